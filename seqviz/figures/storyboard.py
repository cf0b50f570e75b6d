"""One training step told beat by beat: forward, where the loss enters, backward, and the update.

The order follows from the graph alone: forward a topological order that stays in one column as long as it can,
backward the same order in reverse (backpropagation through time, Werbos 1990). Every number comes from the trace or,
for the weights, from the update that autograd and the run's own optimiser make of this example.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from jaxtyping import Float32, Int64

from seqviz.core.graph import Edge, EdgeKind, Graph, Node, NodeKind, graph_of
from seqviz.core.records import Trace
from seqviz.core.update import Update, WeightChange
from seqviz.figures.scales import evenly, largest
from seqviz.figures.telling import Teller

SHOWN: Final = 16
"""Rows and columns of W_hh that are drawn at most, evenly spread: more would be finer than the screen."""

Phase = Literal["forward", "loss", "backward", "update"]
Places = tuple[tuple[int, int, int], ...]
"""Places in a tuple of the graph, as (first, stop, stride) each: a wide fan of edges takes no more room than one."""


@dataclass(frozen=True)
class Beat:
    """One thing that happens. Nodes and edges are told by their places in the graph of the unrolled network.

    step: where in time, or -1. nodes: what is now known. gradients: the nodes whose ∂L is now known.
    edges: along what it comes: from source to target while going forward and for the loss, the other way in the
    backward pass. matrix: which of `Storyboard.matrices` is spoken of, or -1. share: row of its `gradients` and
    `before`, whose outer product is added to it now, or -1. said: what happens, in words and numbers.
    """

    phase: Phase
    step: int
    said: str
    nodes: tuple[int, ...] = ()
    gradients: tuple[int, ...] = ()
    edges: Places = ()
    matrix: int = -1
    share: int = -1


@dataclass(frozen=True)
class Matrix:
    """One W_hh with everything that is added to its gradient, thinned to at most `SHOWN` rows and columns.

    name: what it is called. shape: rows and columns of the whole. limits: the largest absolute entry that is shown
    of the shares and their sums, of the weights, and of the change. gradients: (shares, rows) ∂L/∂a_t and states:
    (shares, columns) h_{t-1}, in the order of the backward pass: the outer product of two rows is the step's share
    of ∂L/∂W_hh. weights, change: (rows, columns) before the update, and what it adds.
    """

    name: str
    shape: tuple[int, int]
    limits: tuple[float, float, float]
    gradients: Float32[np.ndarray, "shares rows"]
    states: Float32[np.ndarray, "shares columns"]
    weights: Float32[np.ndarray, "rows columns"]
    change: Float32[np.ndarray, "rows columns"]


@dataclass(frozen=True)
class Storyboard:
    """Everything a player needs besides the graph's picture; grows linearly with the number of steps."""

    beats: tuple[Beat, ...]
    matrices: tuple[Matrix, ...]


def storyboard(trace: Trace, update: Update) -> Storyboard:
    """The story of the traced example. update: what its gradient alone would do to the weights."""
    config = trace.config
    graph = graph_of(trace.steps, trace.streams, trace.present, config.attention, trace.targets >= 0, config.window)
    return _Story(trace, update, graph).board()


def order(graph: Graph) -> tuple[Node, ...]:
    """Inputs, hidden states and outputs so that each comes after all it is computed from.

    Of all that could come next, an output goes first, then a state (lower layers before higher, those that read
    forwards before those that read from the end), then the earliest input.
    """
    waiting = Counter(edge.target for edge in graph.edges)
    ready: list[tuple[int, int, int, Node]] = []
    number = {node: place for place, node in enumerate(graph.nodes)}

    def offer(node: Node) -> None:
        kinds = (NodeKind.OUTPUT, NodeKind.HIDDEN, NodeKind.INPUT)
        if node.kind is not NodeKind.LOSS:
            heapq.heappush(ready, (kinds.index(node.kind), node.stream, number[node], node))

    for node in graph.nodes:
        if not waiting[node]:
            offer(node)
    found = []
    while ready:
        node = heapq.heappop(ready)[-1]
        found.append(node)
        for target in graph.after[node]:
            waiting[target] -= 1
            if not waiting[target]:
                offer(target)
    return tuple(found)


class _Story:
    def __init__(self, trace: Trace, update: Update, graph: Graph) -> None:
        self.trace, self.update, self.graph = trace, update, graph
        self.order = order(graph)
        self.number: Mapping[Node, int] = {node: place for place, node in enumerate(graph.nodes)}
        self.into, self.out = _by_end(graph)
        self.carrying = set(graph.differentiable.edges)
        self.teller = Teller(trace, graph)
        self.keys = [(change.segment, change.row) for change in update.weights]
        self.shares: dict[int, list[Node]] = defaultdict(list)

    def board(self) -> Storyboard:
        beats = (*self._forward(), *self._losses(), *self._backward(), *self._updating())
        return Storyboard(beats, tuple(self._matrix(place) for place in range(len(self.keys))))

    def _forward(self) -> Iterator[Beat]:
        for node in self.order:
            sources = [self.graph.edges[place].source for place in self.into[node]]
            said = self.teller.forward(node, sources)
            yield Beat("forward", node.step, said, (self.number[node],), edges=self._spans(self.into[node]))

    def _losses(self) -> Iterator[Beat]:
        scored = [node for node in self.graph.nodes if node.kind is NodeKind.LOSS]
        for node in scored:
            said = self.teller.loss(node.step, len(scored), last=node is scored[-1])
            yield Beat("loss", node.step, said, (self.number[node],), edges=self._spans(self.into[node]))

    def _backward(self) -> Iterator[Beat]:
        """Inputs have no beat of their own: what reaches them goes with the state that sent it."""
        waiting: Beat | None = None
        for node in reversed(self.order):
            edges = [place for place in self.out[node] if self.graph.edges[place] in self.carrying]
            if waiting and node.kind is NodeKind.INPUT:
                gradients = (*waiting.gradients, self.number[node])
                waiting = replace(waiting, gradients=gradients, edges=(*waiting.edges, *self._spans(edges)))
                continue
            if waiting:
                yield waiting
            waiting = self._sent_back(node, edges)
        if waiting:
            yield waiting

    def _sent_back(self, node: Node, edges: Sequence[int]) -> Beat:
        matrix = share = -1
        if node.kind is NodeKind.HIDDEN:
            matrix = self.keys.index((self.trace.steps[node.step].segment, node.stream))
            share = len(self.shares[matrix])
            self.shares[matrix].append(node)
        targets = [self.graph.edges[place].target for place in edges]
        said = self.teller.backward(node, targets)
        return Beat(
            "backward", node.step, said, (), (self.number[node],), self._spans(edges), matrix=matrix, share=share
        )

    def _updating(self) -> Iterator[Beat]:
        for place, change in enumerate(self.update.weights):
            name = self.teller.weights(change.segment, change.row)
            for said in self.teller.update(self.update, change, name, first=place == 0):
                yield Beat("update", -1, said, matrix=place)

    def _matrix(self, place: int) -> Matrix:
        change = self.update.weights[place]
        nodes = self.shares[place]
        rows, columns = (evenly(size, SHOWN) for size in change.before.shape)
        times = [node.step for node in nodes]
        gradients = self.trace.grad_recurrent[change.row][times][:, rows]
        states = self.trace.hidden_before[change.row][times][:, columns]
        weights, step = _thinned(change, rows, columns)
        with np.errstate(over="ignore", invalid="ignore"):
            products = np.einsum("ti,tj->tij", gradients.astype(np.float64), states)
            sums = np.cumsum(products, axis=0)
        return Matrix(
            self.teller.weights(change.segment, change.row),
            (change.before.shape[0], change.before.shape[1]),
            (largest(np.stack([products, sums])) or 1.0, largest(weights) or 1.0, largest(step) or 1.0),
            gradients,
            states,
            weights,
            step,
        )

    def _spans(self, places: Sequence[int]) -> Places:
        """Edge by edge, but a fan of one kind with even distances as one."""
        kinds: dict[EdgeKind, list[int]] = defaultdict(list)
        for place in sorted(places):
            kinds[self.graph.edges[place].kind].append(place)
        return tuple(span for found in kinds.values() for span in _evenly(found))


def _evenly(places: Sequence[int]) -> Places:
    strides = set(np.diff(places).tolist())
    if len(strides) == 1:
        (stride,) = strides
        return ((places[0], places[-1] + 1, stride),)
    return tuple((place, place + 1, 1) for place in places)


def _by_end(graph: Graph) -> tuple[Mapping[Node, list[int]], Mapping[Node, list[int]]]:
    """For each node the places of the edges that enter it, and of those that leave it."""
    into: dict[Node, list[int]] = {node: [] for node in graph.nodes}
    out: dict[Node, list[int]] = {node: [] for node in graph.nodes}
    edge: Edge
    for place, edge in enumerate(graph.edges):
        into[edge.target].append(place)
        out[edge.source].append(place)
    return into, out


def _thinned(
    change: WeightChange, rows: Int64[np.ndarray, " rows"], columns: Int64[np.ndarray, " columns"]
) -> tuple[Float32[np.ndarray, "rows columns"], Float32[np.ndarray, "rows columns"]]:
    before, after = (values[np.ix_(rows, columns)] for values in (change.before, change.after))
    with np.errstate(over="ignore", invalid="ignore"):
        return before, after - before
