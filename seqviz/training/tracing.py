"""`trace`: one example's forward and backward pass, cell by cell, as a record of NumPy arrays.

Everything comes from autograd on the weights that are being trained. The example is run as a batch of copies of
itself, one a loss: copy t keeps the loss L_t alone, so ∂L_t/∂h_k for all t and k is what a single backward pass finds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import torch
from jaxtyping import Float, Float32, Int64
from torch import Tensor

from seqviz.cells import State
from seqviz.core.records import Run, Stream, Trace, freeze
from seqviz.core.task import END, IGNORE, Example, Task, collate
from seqviz.core.topology import Emits, Reads, Step, Topology
from seqviz.networks.decode import greedy
from seqviz.networks.network import Feed, Network, Pass
from seqviz.networks.stack import Chain
from seqviz.tasks import task_of
from seqviz.training.model import loaded

LONGEST = 40
"""Words after which a network that writes by itself is stopped."""


@torch.no_grad()
def trace(run: Run, example: Example) -> Trace:
    """What `example` makes the run's network do, forward and backward.

    Where the targets are known, writing steps read the true words, as in training where teacher forcing is complete.
    Where they are not, the network's own answer stands in for them. Raises ValueError for an example that does not
    fit the task's topology.
    """
    task, network = task_of(run.config), loaded(run)
    asked = _asked(network, task, example, run)
    steps = asked.steps
    with torch.enable_grad():
        passed: Pass = network(asked.feed, run.config.window, unrolled=True)
        placed = _placed(passed, network.parts[0].streams)
        losses = torch.nn.functional.cross_entropy(passed.logits[asked.counted], asked.right, reduction="none")
        gradients = _gradients(losses, placed, passed)

    total = len(steps)
    spread = _Spread(total, asked.emitting)
    loss_times = asked.emitting[asked.counted[1].numpy()]
    logits = passed.logits[0]
    influence = np.zeros((total, total), np.float32)
    influence[loss_times] = gradients.influence
    values = placed.values()
    no_cell = np.zeros((*placed.present.shape, 0), np.float32)
    result = Trace(
        config=run.config,
        update=run.step,
        example=example,
        steps=steps,
        read=asked.read,
        classes=task.writes,
        streams=placed.streams,
        inputs=_array(torch.cat([vector[0] for vector in passed.vectors])),
        present=placed.present,
        hidden=values["hidden"],
        cell_state=values.get("cell_state", no_cell),
        gates={name: values[name] for name in placed.gates[0]},
        readout=_readout(network, asked.feed, passed, steps, values["hidden"]),
        logits=spread(logits.numpy()),
        probabilities=spread(logits.softmax(dim=-1).numpy()),
        written=spread(logits.argmax(dim=-1).numpy(), empty=-1),
        targets=spread(asked.feed.targets[0].numpy(), empty=IGNORE),
        losses=_Spread(total, loss_times)(losses.numpy()),
        loss=float(losses.mean()),
        targets_known=asked.known,
        grad_logits=spread(gradients.logits),
        grad_hidden=placed.spread(gradients.hidden),
        grad_cell_state=no_cell if gradients.cell is None else placed.spread(gradients.cell),
        grad_inputs=gradients.inputs,
        influence=influence,
        grad_recurrent=placed.spread(gradients.recurrent),
        attention=_attention(passed, steps),
        feature_maps=tuple(_array(maps) for maps in passed.feature_maps),
        grad_feature_maps=tuple(_array(grad) for grad in gradients.feature_maps),
    )
    # Not `freeze_all`: it would look into every step and every word as well, which takes a few hundredths of a trace.
    freeze(*(value for value in vars(result).values() if isinstance(value, np.ndarray)))
    freeze(*result.gates.values(), *result.feature_maps, *result.grad_feature_maps)
    return result


def feed_of(network: Network, traced: Trace) -> Feed:
    """The batch of one that a trace was made of, the network's own answer included where the truth is not known."""
    targets = traced.targets[[step.emits for step in traced.steps]]
    return network.feed(collate([replace(traced.example, targets=targets)]), traced.config.reverse)


@dataclass(frozen=True)
class _Asked:
    """An example as it is put to a network.

    feed: one copy of the example for each loss. known: whether its targets are the true ones. counted, right: each copy
    with the output whose loss it keeps, and the target there. emitting: the steps with an output. read: the label of
    what each step takes in.
    """

    steps: tuple[Step, ...]
    feed: Feed
    known: bool
    counted: tuple[Int64[Tensor, " losses"], Int64[Tensor, " losses"]]
    right: Int64[Tensor, " losses"]
    emitting: Int64[np.ndarray, " outputs"]
    read: tuple[str, ...]


def _asked(network: Network, task: Task, example: Example, run: Run) -> _Asked:
    reverse = run.config.reverse
    if bool((example.targets != IGNORE).any()):
        return _truly_asked(task.topology, task.writes, example, reverse)
    each = task.topology.segments[-1].emits is Emits.EACH
    unknown = np.full(len(example.inputs) if each else 1, IGNORE, dtype=np.int64)
    feed = network.feed(collate([replace(example, targets=unknown)]), reverse)
    if task.topology.writes_words:
        written = greedy(network, feed, task.writes.index(END), LONGEST)
        feed = replace(feed, targets=written, previous=network.shifted(written))
    else:
        feed = replace(feed, targets=network(feed).logits.argmax(dim=-1))
    return _ask(task.topology, task.writes, example, reverse, feed, known=False)


@lru_cache(maxsize=64)
def _truly_asked(topology: Topology, writes: tuple[str, ...], example: Example, reverse: bool) -> _Asked:
    """All that no weight has a say in, for an example whose targets are known: it is traced again and again."""
    feed = Feed.of(collate([example]), begin=len(writes), reverse=reverse)
    return _ask(topology, writes, example, reverse, feed, known=True)


def _ask(
    topology: Topology, writes: tuple[str, ...], example: Example, reverse: bool, feed: Feed, known: bool
) -> _Asked:
    steps = topology.unroll(len(example.inputs), int(feed.targets.shape[1]))
    given = iter(example.words[::-1] if reverse else example.words)
    vocabulary = (*writes, "<bos>")
    previous = feed.previous[0].tolist()
    counted = torch.nonzero(feed.targets[0] != IGNORE)[:, 0]
    return _Asked(
        steps,
        copied(feed, len(counted)),
        known,
        counted=(torch.arange(len(counted)), counted),
        right=feed.targets[0, counted],
        emitting=np.flatnonzero([step.emits for step in steps]),
        read=tuple(next(given) if step.reads is Reads.INPUT else vocabulary[previous[step.position]] for step in steps),
    )


def copied(feed: Feed, copies: int) -> Feed:
    """The same example `copies` times over; its inputs stay single, so that pictures are read once."""
    return Feed(
        feed.inputs,
        feed.lengths.expand(copies),
        feed.targets.expand(copies, -1),
        feed.previous.expand(copies, -1),
    )


@dataclass(frozen=True)
class _Placed:
    """Every state in the graph with its place in the record: `rows` streams, `times` steps. Copies are alike."""

    streams: tuple[Stream, ...]
    rows: list[int]
    times: list[int]
    states: list[State]
    gates: list[dict[str, Tensor]]
    from_state: list[Tensor]
    present: np.ndarray

    def values(self) -> dict[str, np.ndarray]:
        """By name the hidden states, cell states if any, and gates: (streams, steps, units), 0 where there is none."""
        cells = [state.cell for state in self.states if state.cell is not None]
        columns = {
            "hidden": [state.hidden for state in self.states],
            **({"cell_state": cells} if cells else {}),
            **{name: [gates[name] for gates in self.gates] for name in self.gates[0]},
        }
        first = torch.stack([value for column in columns.values() for value in column]).numpy()[:, 0]
        parts = first.reshape(len(columns), len(self.states), -1)
        return {name: self.spread(part) for name, part in zip(columns, parts, strict=True)}

    def spread(self, values: Float[np.ndarray, "states units"]) -> Float[np.ndarray, "streams steps units"]:
        """Each state's values at its place, 0 elsewhere."""
        out = np.zeros((*self.present.shape, values.shape[1]), values.dtype)
        out[self.rows, self.times] = values
        return out


def _placed(passed: Pass, streams: tuple[Stream, ...]) -> _Placed:
    rows: list[int] = []
    times: list[int] = []
    chains: list[Chain] = []
    start = 0
    for segment in passed.chains:
        for chain in segment:
            rows += [streams.index(chain.stream)] * len(chain.states)
            times += range(start, start + len(chain.states))
            chains.append(chain)
        start += len(segment[0].states)
    present = np.zeros((len(streams), start), dtype=bool)
    present[rows, times] = True
    return _Placed(
        streams,
        rows,
        times,
        [state for chain in chains for state in chain.states],
        [gates for chain in chains for gates in chain.gates],
        [values for chain in chains for values in chain.from_state],
        present,
    )


@dataclass(frozen=True)
class _Gradients:
    """Gradients of the mean loss, in the order of the placed states; influence: (losses, steps) norms of each's own."""

    hidden: Float32[np.ndarray, "states hidden"]
    cell: Float32[np.ndarray, "states hidden"] | None
    recurrent: Float32[np.ndarray, "states rows"]
    logits: Float32[np.ndarray, "outputs classes"]
    inputs: Float32[np.ndarray, "steps embedding"]
    feature_maps: list[Tensor]
    influence: Float32[np.ndarray, "losses steps"]


def _gradients(losses: Float[Tensor, " losses"], placed: _Placed, passed: Pass) -> _Gradients:
    hidden = [state.hidden for state in placed.states]
    cell = [state.cell for state in placed.states if state.cell is not None]
    parts = [hidden, cell, placed.from_state, [passed.logits], passed.vectors, passed.feature_maps]
    flat = [tensor for part in parts for tensor in part]
    found = torch.autograd.grad(losses.mean(), flat, allow_unused=True)
    whole = iter(torch.zeros_like(t) if g is None else g for t, g in zip(flat, found, strict=True))
    of_hidden, of_cell, of_sums, of_logits, of_vectors, of_maps = ([next(whole) for _ in part] for part in parts)
    # Row t of a state's gradient is what L_t sends there, as a part of the mean: all rows add up to the whole.
    each = torch.stack(of_hidden).numpy()
    exact = each.astype(np.float64)  # where the square of a vanishing number is still not nothing
    with np.errstate(over="ignore", invalid="ignore"):  # a network may grow beyond every number
        squares = placed.spread(np.vecdot(exact, exact)).sum(axis=0)
        return _Gradients(
            each.sum(axis=1),
            torch.stack(of_cell).numpy().sum(axis=1) if of_cell else None,
            torch.stack(of_sums).numpy().sum(axis=1),
            of_logits[0].numpy().sum(axis=0),
            np.concatenate([gradient.numpy().sum(axis=0) for gradient in of_vectors]),
            of_maps,
            (len(losses) * np.sqrt(squares.T)).astype(np.float32),
        )


def _readout(
    network: Network,
    feed: Feed,
    passed: Pass,
    steps: tuple[Step, ...],
    hidden: Float32[np.ndarray, "streams steps units"],
) -> np.ndarray:
    """What the output layer makes of every step: for a single answer, of the input up to there and no further."""
    last = network.topology.segments[-1]
    if last.emits is Emits.EACH:
        return _Spread(len(steps), np.flatnonzero([step.emits for step in steps]))(
            _array(passed.logits[0].softmax(dim=-1))
        )
    if not passed.chains[-1][-1].stream.backward:
        return _array(network.head(torch.from_numpy(hidden[-1])).softmax(dim=-1))
    count = len(steps)
    prefixes = replace(
        feed, inputs=feed.inputs.expand(count, *feed.inputs.shape[1:]), lengths=torch.arange(1, count + 1)
    )
    return _array(network(prefixes).logits[:, 0].softmax(dim=-1))


def _attention(passed: Pass, steps: tuple[Step, ...]) -> np.ndarray:
    weights = np.zeros((len(steps), len(steps)), np.float32)
    if passed.attention is not None:
        read = passed.attention.shape[2]
        weights[read:, :read] = _array(passed.attention[0])
    return weights


@dataclass(frozen=True)
class _Spread:
    """Puts what some steps have, one row each, at their `places` among all steps."""

    total: int
    places: np.ndarray

    def __call__(self, rows: np.ndarray, empty: int = 0) -> np.ndarray:
        out = np.full((self.total, *rows.shape[1:]), empty, rows.dtype)
        out[self.places] = rows
        return out


def _array(tensor: Tensor) -> np.ndarray:
    return tensor.detach().numpy().copy()
