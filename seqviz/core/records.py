"""The frozen records that floors hand each other. NumPy only, every array read-only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float32, Int64

from seqviz.core.analysis import Analysis, GradientCheck, WeightGradient
from seqviz.core.answers import Answer, Group, Sample, Written
from seqviz.core.config import RunConfig
from seqviz.core.opened import Opened
from seqviz.core.task import Example
from seqviz.core.topology import Step


def freeze(*arrays: np.ndarray) -> None:
    """Makes arrays read-only, so that a record cannot be changed behind the back of whoever holds it."""
    for array in arrays:
        array.flags.writeable = False


def freeze_all(record: object) -> None:
    """Makes every array of a record read-only, also those of the records, tuples and dictionaries in it."""
    if isinstance(record, np.ndarray):
        freeze(record)
    elif isinstance(record, tuple):
        for item in record:
            freeze_all(item)
    elif isinstance(record, dict):
        freeze_all(tuple(record.values()))
    elif is_dataclass(record):
        freeze_all(tuple(vars(record).values()))


def _empty(kind: type) -> np.ndarray:
    empty: np.ndarray = np.zeros(0, dtype=kind)
    freeze(empty)
    return empty


@dataclass(frozen=True)
class History:
    """How a run has gone.

    step: (updates,) int64, the number of the update, from 1. loss: (updates,) float32, mean cross-entropy of the
    update's batch in nats. score: (updates,) float32, share of the batch that was right, 0 to 1: of its
    outputs, or for an exact match of its examples.
    grad_norm: (updates,) float32, norm of the whole gradient before clipping.
    held_step: (checks,) int64, updates done when the held-out examples were tried.
    held_loss: (checks,) float32, nats. held_score: (checks,) float32, 0 to 1, of whole outputs when the network
    writes by itself, or of single words after the true ones, as `Task.score_name` says.
    held_bleu: (checks,) float32, 0 to 100, or NaN where BLEU means nothing.
    """

    step: Int64[np.ndarray, " updates"] = field(default_factory=lambda: _empty(np.int64))
    loss: Float32[np.ndarray, " updates"] = field(default_factory=lambda: _empty(np.float32))
    score: Float32[np.ndarray, " updates"] = field(default_factory=lambda: _empty(np.float32))
    grad_norm: Float32[np.ndarray, " updates"] = field(default_factory=lambda: _empty(np.float32))
    held_step: Int64[np.ndarray, " checks"] = field(default_factory=lambda: _empty(np.int64))
    held_loss: Float32[np.ndarray, " checks"] = field(default_factory=lambda: _empty(np.float32))
    held_score: Float32[np.ndarray, " checks"] = field(default_factory=lambda: _empty(np.float32))
    held_bleu: Float32[np.ndarray, " checks"] = field(default_factory=lambda: _empty(np.float32))

    def extended(self, **columns: list[float] | list[int]) -> History:
        """This history with values appended to the named columns."""
        grown = {
            item.name: np.concatenate(
                [getattr(self, item.name), np.asarray(columns.get(item.name, ()), getattr(self, item.name).dtype)]
            )
            for item in fields(self)
        }
        freeze(*grown.values())
        return History(**grown)


@dataclass(frozen=True)
class Run:
    """A training run at one moment: everything that is needed to go on from here, anywhere, to the same bits.

    config: its settings; those that `LIVE` names may be changed between updates.
    step: updates done; the one at which a run diverges counts, though it moves no weight.
    weights: each parameter by name, float32 in the parameter's own shape.
    optimiser: for each parameter name, the optimiser's arrays by name (momentum, Adam's two moments, its count).
    history: how it went. diverged: "" or the sentence that says why the run cannot go on.
    """

    config: RunConfig
    step: int
    weights: Mapping[str, np.ndarray]
    optimiser: Mapping[str, Mapping[str, np.ndarray]]
    history: History
    diverged: str = ""

    @property
    def nbytes(self) -> int:
        """What its arrays take, in bytes."""
        state = [array for arrays in self.optimiser.values() for array in arrays.values()]
        columns = [getattr(self.history, column.name) for column in fields(self.history)]
        return sum(array.nbytes for array in (*self.weights.values(), *state, *columns))


@dataclass(frozen=True)
class Stream:
    """One chain of hidden states: layer from 0 (next to the input); backward where it reads from the end."""

    layer: int
    backward: bool = False


@dataclass(frozen=True)
class Trace:
    """What one example's forward and backward pass did. steps = all time steps of the unrolled network.

    config, update: the run's settings and the number of updates it had done. example: what was read.
    steps: the unrolled topology. read: (steps,) the label of what each step took in (a word, "picture", a word
    written before, "<bos>"). classes: the labels of the outputs. streams: which chain each row of `hidden` is.
    inputs: (steps, embedding) the vector each step's cell read.
    present: (streams, steps) whether that chain exists at that step: everywhere, as long as all segments have the same
    chains. Arrays below are 0 where it does not.
    hidden: (streams, steps, hidden) h_t.
    cell_state: (streams, steps, hidden) the LSTM's c_t, otherwise an array with no hidden units, (streams, steps, 0).
    gates: by name, (streams, steps, hidden), in the cell's order; empty for cells without gates.
    readout: (steps, classes) probabilities the output layer gives at *every* step of a segment that emits, also where
    the step does not: there, those of the input up to it alone. 0 in an encoder, which no output layer reads.
    logits, probabilities: (steps, classes) at emitting steps, 0 elsewhere.
    written: (steps,) int64, the most probable class at emitting steps, -1 elsewhere.
    targets: (steps,) int64 the right class, -1 where there is none. losses: (steps,) nats, 0 where no loss enters.
    loss: their mean over the steps where one enters, in nats: what the gradients below are of.
    targets_known: whether the targets are true ones; where a person typed the input, the network's own answer
    stands in, and the gradients are of that answer.
    grad_logits: (steps, classes) ∂L/∂o_t. grad_hidden: (streams, steps, hidden) ∂L/∂h_t, everything that reaches
    h_t by any path. grad_cell_state: the same for c_t. grad_inputs: (steps, embedding) ∂L/∂x_t.
    influence: (steps, steps) float32, the norm ‖∂L_t/∂h_k‖ over all streams; row t the loss, column k the state.
    grad_recurrent: (streams, steps, blocks × hidden) ∂L/∂a_t with a_t = W_hh h_{t-1} + b_hh, rows in the order of
    W_hh. Step t's own contribution to ∂L/∂W_hh is the outer product of this and `hidden_before`; all add up to it.
    attention: (steps, steps) weight that output step t (row) gives to input step s (column), 0 without attention.
    feature_maps: what the image encoder's layers saw, one array a layer, (inputs, maps, height, width); empty where
    no picture is read. grad_feature_maps: ∂L of the same.
    """

    config: RunConfig
    update: int
    example: Example
    steps: tuple[Step, ...]
    read: tuple[str, ...]
    classes: tuple[str, ...]
    streams: tuple[Stream, ...]
    inputs: Float32[np.ndarray, "steps embedding"]
    present: Bool[np.ndarray, "streams steps"]
    hidden: Float32[np.ndarray, "streams steps hidden"]
    cell_state: Float32[np.ndarray, "streams steps cell"]
    gates: Mapping[str, Float32[np.ndarray, "streams steps hidden"]]
    readout: Float32[np.ndarray, "steps classes"]
    logits: Float32[np.ndarray, "steps classes"]
    probabilities: Float32[np.ndarray, "steps classes"]
    written: Int64[np.ndarray, " steps"]
    targets: Int64[np.ndarray, " steps"]
    losses: Float32[np.ndarray, " steps"]
    loss: float
    targets_known: bool
    grad_logits: Float32[np.ndarray, "steps classes"]
    grad_hidden: Float32[np.ndarray, "streams steps hidden"]
    grad_cell_state: Float32[np.ndarray, "streams steps cell"]
    grad_inputs: Float32[np.ndarray, "steps embedding"]
    influence: Float32[np.ndarray, "steps steps"]
    grad_recurrent: Float32[np.ndarray, "streams steps rows"]
    attention: Float32[np.ndarray, "steps steps"]
    feature_maps: tuple[Float32[np.ndarray, "inputs maps height width"], ...] = ()
    grad_feature_maps: tuple[Float32[np.ndarray, "inputs maps height width"], ...] = ()

    @property
    def hidden_before(self) -> Float32[np.ndarray, "streams steps hidden"]:
        """h_{t-1} as step t's cell read it: the state before along the chain's own direction, 0 before its first."""
        return self._before(self.hidden)

    @property
    def cell_before(self) -> Float32[np.ndarray, "streams steps cell"]:
        """c_{t-1} as step t's cell was handed it, found as `hidden_before` is."""
        return self._before(self.cell_state)

    @cached_property
    def share(self) -> Float32[np.ndarray, "streams steps"]:
        """(streams, steps) the Frobenius norm of each step's own contribution to ∂L/∂W_hh."""
        # The contribution is an outer product, so its norm is the product of two norms: in float64, where the square of
        # a vanishing number is still not nothing.
        ends = (self.grad_recurrent, self.hidden_before)
        with np.errstate(over="ignore", invalid="ignore"):  # a network may grow beyond every number
            sent, before = (np.linalg.norm(values.astype(np.float64), axis=2) for values in ends)
            share: np.ndarray = (sent * before).astype(np.float32)
        freeze(share)
        return share

    def _before(self, states: Float32[np.ndarray, "streams steps units"]) -> Float32[np.ndarray, "streams steps units"]:
        before = np.zeros_like(states)
        for row, stream in enumerate(self.streams):
            if stream.backward:
                before[row, :-1] = states[row, 1:]
            else:
                before[row, 1:] = states[row, :-1]
        return before


@dataclass(frozen=True)
class Moment:
    """What a figure draws: a run's history up to now and the trace of the chosen example at its present weights.

    baseline: what a method without a network reaches, with its name. score_name: what the score counts.
    diverged: "" or why the run cannot go on.
    groups: how well it does on each group of kept-back sentences, where a task has groups.
    answers: what the network says of the menu's examples; written: the chosen example's output written in several
    ways. analysis: why its gradients are as large as they are; weight_gradient: what they give to the weights.
    opened: one step's cell with its numbers. weights: rows and columns of every parameter, seen as a matrix of its
    first axis by all others, by name. check: the last gradient check, if any was asked for. drawn: what it makes up
    at random. All of these are there only where a figure on show needs them.
    """

    history: History
    trace: Trace
    baseline_name: str
    baseline: float
    score_name: str
    diverged: str = ""
    answers: tuple[Answer, ...] = ()
    groups: tuple[Group, ...] = ()
    written: Written | None = None
    analysis: Analysis | None = None
    weight_gradient: WeightGradient | None = None
    opened: Opened | None = None
    weights: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    check: GradientCheck | None = None
    drawn: tuple[Sample, ...] = ()


@dataclass(frozen=True)
class Look:
    """What a person has chosen to see in the pictures.

    stream: row of `Trace.hidden` to draw. quantity: "hidden", "cell_state" or the name of a gate.
    temperature: of the sentences that are drawn at random. beam: width of the beam search.
    loss, state: steps t and k of the ∂L_t/∂h_k to look at, the second also the step whose cell is opened; -1 where none
    was chosen: then the last loss, and the state that the chain reads first, or opens last.
    unit: which unit of an opened cell. opened: whether the cell is opened where it is not always on show.
    room: px that the steps of the unrolled network share, on a stage whose type is 14 px high.
    """

    stream: int = 0
    quantity: str = "hidden"
    temperature: float = 1.0
    beam: int = 3
    loss: int = -1
    state: int = -1
    unit: int = 0
    opened: bool = False
    room: int = 830
