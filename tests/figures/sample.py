"""Traces of a small Elman network written out in NumPy, forward and backward, for any topology.

The network computes along `graph_of`: h = tanh(Σ W h_source + b) over the edges that enter a hidden state, logits
likewise, dot-product attention over the encoder. The backward pass walks the same edges in the opposite order.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from graphlib import TopologicalSorter
from itertools import cycle, islice

import numpy as np

from seqviz.core.config import RunConfig
from seqviz.core.graph import Edge, EdgeKind, Graph, Node, NodeKind, graph_of
from seqviz.core.records import History, Moment, Stream, Trace
from seqviz.core.task import Example
from seqviz.core.topology import DIRECT, MANY_TO_ONE, ONE_TO_MANY, Emits, Reads, Step, Topology

TEXT = (
    "the film was not good but extraordinarily well acted and I liked an unforgettable ending although nobody "
    "else did so we stayed until midnight talking about every single incomprehensible scene in it"
)
WRITTEN = "ich habe das Buch gestern nicht gelesen weil es <eos> Donaudampfschifffahrt"


@dataclass(frozen=True)
class Net:
    """Weights by the kind of edge and the streams at its ends; an embedding a word; one head."""

    hidden: int
    embedding: int
    classes: int
    seed: int
    gain: float

    def weight(self, edge: Edge) -> np.ndarray:
        source = self.embedding if edge.kind is EdgeKind.READS else self.hidden
        target = self.hidden if edge.target.kind is NodeKind.HIDDEN else self.classes
        key = [self.seed, list(EdgeKind).index(edge.kind), edge.source.stream + 1, edge.target.stream + 1]
        return self.gain * np.random.default_rng(key).normal(0, source**-0.5, (target, source))

    def word(self, number: int) -> np.ndarray:
        return np.random.default_rng([self.seed, 99, number]).normal(0, 1, self.embedding)


class Pass:
    """One forward pass; `backward` may be called for any gradient of the logits."""

    def __init__(self, net: Net, graph: Graph, words: dict[int, int]) -> None:
        """words: the word that each step reads; a step that is missing reads what the output before it wrote."""
        self.net, self.graph = net, graph
        self.into: dict[Node, list[Edge]] = defaultdict(list)
        for edge in graph.edges:
            self.into[edge.target].append(edge)
        order = TopologicalSorter({node: [edge.source for edge in self.into[node]] for node in graph.nodes})
        self.order = [node for node in order.static_order() if node.kind is not NodeKind.LOSS]
        self.weights = {edge: net.weight(edge) for edge in graph.edges if edge.kind is not EdgeKind.FEEDS}
        self.values: dict[Node, np.ndarray] = {}
        self.looks: dict[Node, np.ndarray] = {}
        self.read = dict(words)
        for node in self.order:
            self.values[node] = self._value(node)

    def _value(self, node: Node) -> np.ndarray:
        if node.kind is NodeKind.INPUT:
            if node.step not in self.read:
                self.read[node.step] = 1000 + int(self.values[Node(NodeKind.OUTPUT, node.step - 1)].argmax())
            return self.net.word(self.read[node.step])
        plain = [edge for edge in self.into[node] if edge.kind is not EdgeKind.ATTENDS]
        total = sum(self.weights[edge] @ self.values[edge.source] for edge in plain)
        if node.kind is NodeKind.HIDDEN:
            return np.tanh(total)
        looked_at = self._looked_at(node)
        if looked_at:
            scores = np.array([self.values[edge.source] @ self._query(node) for edge in looked_at])
            self.looks[node] = np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()
            memory = np.array([self.values[edge.source] for edge in looked_at])
            total = total + self.weights[looked_at[0]] @ (self.looks[node] @ memory)
        return total

    def _looked_at(self, node: Node) -> list[Edge]:
        return [edge for edge in self.into[node] if edge.kind is EdgeKind.ATTENDS]

    def _query_node(self, node: Node) -> Node:
        return next(edge.source for edge in self.into[node] if edge.kind is EdgeKind.EMITS)

    def _query(self, node: Node) -> np.ndarray:
        return self.values[self._query_node(node)]

    def backward(self, logits: dict[Node, np.ndarray]) -> dict[Node, np.ndarray]:
        gradient = {node: np.zeros_like(self.values[node]) for node in self.order}
        gradient.update(logits)
        for node in reversed(self.order):
            if node.kind is NodeKind.INPUT:
                continue
            inner = gradient[node]
            if node.kind is NodeKind.HIDDEN:
                inner = inner * (1 - self.values[node] ** 2)
            for edge in self.into[node]:
                if edge.kind is not EdgeKind.ATTENDS:
                    gradient[edge.source] = gradient[edge.source] + self.weights[edge].T @ inner
            looked_at = self._looked_at(node)
            if looked_at:
                context = self.weights[looked_at[0]].T @ inner
                share = self.looks[node]
                along = np.array([self.values[edge.source] @ context for edge in looked_at])
                score = share * (along - share @ along)
                for edge, weight, step in zip(looked_at, share, score, strict=True):
                    gradient[edge.source] = gradient[edge.source] + weight * context + step * self._query(node)
                    query = self._query_node(node)
                    gradient[query] = gradient[query] + step * self.values[edge.source]
        return gradient


def softmax(logits: np.ndarray) -> np.ndarray:
    shares: np.ndarray = np.exp(logits - logits.max())
    return shares / shares.sum()


def sample(
    topology: Topology = MANY_TO_ONE,
    inputs: int = 5,
    outputs: int = 0,
    *,
    hidden: int = 8,
    layers: int = 1,
    bidirectional: bool = False,
    attention: bool = False,
    classes: int = 2,
    known: bool = True,
    words: tuple[str, ...] = (),
    seed: int = 0,
    gain: float = 1.0,
    window: int = 0,
) -> Trace:
    """A trace. `seed` and `gain` decide the weights and nothing else, as training would."""
    inputs = 1 if topology is ONE_TO_MANY else inputs
    outputs = inputs if topology is DIRECT else outputs or (5 if topology.writes_words else 1)
    steps = topology.unroll(inputs, outputs)
    directions = (False, True) if bidirectional else (False,)
    streams = tuple(Stream(layer, backward) for layer in range(layers) for backward in directions)
    present = np.ones((len(streams), len(steps)), bool)
    graph = graph_of(steps, streams, present, attention)
    net = Net(hidden, 6, classes, seed, gain)
    labels = words or tuple(islice(cycle(TEXT.split()), inputs))
    names = _names(topology, classes)
    emitting = [time for time, step in enumerate(steps) if step.emits]
    truth = {time: (3 * place + 1) % classes for place, time in enumerate(emitting)}

    given = {time: place for place, time in enumerate(t for t, s in enumerate(steps) if s.reads is Reads.INPUT)}
    for time, step in enumerate(steps):
        if step.reads is Reads.PREVIOUS and (known or step.position == 0):
            given[time] = 1000 + (truth[time - 1] if step.position else classes)
    done = Pass(net, graph, given)
    logits = {time: done.values[Node(NodeKind.OUTPUT, time)] for time in emitting}
    targets = truth if known else {time: int(logits[time].argmax()) for time in emitting}
    wrong = {time: softmax(logits[time]) - np.eye(classes)[targets[time]] for time in emitting}
    gradient = done.backward({Node(NodeKind.OUTPUT, time): wrong[time] / len(emitting) for time in emitting})
    influence = np.zeros((len(steps), len(steps)))
    for time in emitting:
        own = done.backward({Node(NodeKind.OUTPUT, time): wrong[time]})
        for past in range(len(steps)):
            states = [own[Node(NodeKind.HIDDEN, past, row)] for row in range(len(streams))]
            influence[time, past] = np.linalg.norm(np.concatenate(states))
    place_of = dict(enumerate((*names, "<bos>")))
    state = np.array(
        [[done.values[Node(NodeKind.HIDDEN, t, r)] for t in range(len(steps))] for r in range(len(streams))]
    )
    grad_state = np.array(
        [[gradient[Node(NodeKind.HIDDEN, t, r)] for t in range(len(steps))] for r in range(len(streams))]
    )
    inner = grad_state * (1 - state**2)
    gate = 1 / (1 + np.exp(-3 * state))
    attended = np.zeros((len(steps), len(steps)))
    for node, weights in done.looks.items():
        attended[node.step, : len(weights)] = weights
    read_inputs = iter(labels)

    def over_time(rows: dict[int, np.ndarray], width: int) -> np.ndarray:
        return np.array([rows.get(time, np.zeros(width)) for time in range(len(steps))], np.float32)

    probabilities = over_time({time: softmax(logits[time]) for time in emitting}, classes)
    last = topology.segments[-1].emits is Emits.LAST
    return Trace(
        config=RunConfig(hidden=hidden, layers=layers, bidirectional=bidirectional, attention=attention, window=window),
        update=seed,
        example=Example(np.arange(inputs), np.array(list(truth.values())), labels, "an example"),
        steps=steps,
        read=tuple(
            next(read_inputs) if step.reads is Reads.INPUT else place_of[done.read[time] - 1000]
            for time, step in enumerate(steps)
        ),
        classes=names,
        streams=streams,
        inputs=np.array([done.values[Node(NodeKind.INPUT, t)] for t in range(len(steps))], np.float32),
        present=present,
        hidden=state.astype(np.float32),
        cell_state=np.zeros((*state.shape[:2], 0), np.float32),
        gates={"update": gate.astype(np.float32), "candidate": state.astype(np.float32)},
        readout=_prefixes(net, topology, streams, given, classes) if last else probabilities,
        logits=over_time(logits, classes),
        probabilities=probabilities,
        written=np.array([int(logits[t].argmax()) if t in logits else -1 for t in range(len(steps))]),
        targets=np.array([targets.get(t, -1) for t in range(len(steps))]),
        losses=np.array(
            [-np.log(softmax(logits[t])[targets[t]]) if t in logits else 0 for t in range(len(steps))], np.float32
        ),
        loss=float(np.mean([-np.log(softmax(logits[t])[targets[t]]) for t in emitting])),
        targets_known=known,
        grad_logits=over_time({time: wrong[time] / len(emitting) for time in emitting}, classes),
        grad_hidden=grad_state.astype(np.float32),
        grad_cell_state=np.zeros((*state.shape[:2], 0), np.float32),
        grad_inputs=np.array([gradient[Node(NodeKind.INPUT, t)] for t in range(len(steps))], np.float32),
        influence=influence.astype(np.float32),
        grad_recurrent=inner.astype(np.float32),
        attention=attended.astype(np.float32),
    )


def _names(topology: Topology, classes: int) -> tuple[str, ...]:
    if topology.writes_words:
        return tuple(islice(cycle(WRITTEN.split()), classes))
    return ("negative", "positive")[:classes] if classes <= 2 else tuple(f"class {n}" for n in range(classes))


def _prefixes(
    net: Net, topology: Topology, streams: tuple[Stream, ...], given: dict[int, int], classes: int
) -> np.ndarray:
    """What the output layer makes of every beginning of the input."""
    rows = []
    for length in range(1, len(given) + 1):
        steps: tuple[Step, ...] = topology.unroll(length, 1)
        graph = graph_of(steps, streams, np.ones((len(streams), length), bool), attention=False)
        done = Pass(net, graph, {time: given[time] for time in range(length)})
        rows.append(softmax(done.values[Node(NodeKind.OUTPUT, length - 1)]))
    return np.array(rows, np.float32).reshape(-1, classes)


def history(updates: int, seed: int = 0) -> History:
    """A run that learns: falling loss, rising score, held-out checks every 20 updates."""
    rng = np.random.default_rng(seed)
    step = np.arange(1, updates + 1)
    held = step[19::20]
    return History(
        step=step,
        loss=(0.7 * np.exp(-step / 150) + 0.1 * rng.random(updates)).astype(np.float32),
        score=np.clip(1 - 0.5 * np.exp(-step / 120) + rng.normal(0, 0.05, updates), 0, 1).astype(np.float32),
        grad_norm=rng.random(updates).astype(np.float32),
        held_step=held,
        held_loss=(0.7 * np.exp(-held / 150) + 0.08).astype(np.float32),
        held_score=np.clip(1 - 0.5 * np.exp(-held / 120) - 0.02, 0, 1).astype(np.float32),
        held_bleu=np.full(len(held), np.nan, np.float32),
    )


def moment(trace: Trace, updates: int = 300, diverged: str = "") -> Moment:
    """What a figure draws, around a trace."""
    return Moment(history(updates), trace, "always the commoner class", 0.51, "accuracy", diverged)
