"""The unrolled network as a graph of values: what is computed from what, step by step.

The graph follows from the unrolled topology alone, so that a picture of it can be held against autograd's own graph.
Wiring: Raschka, Liu & Mirjalili (2022), ch. 15, fig. 2; Schuster & Paliwal (1997) for the two directions;
Sutskever, Vinyals & Le (2014) for the encoder that hands its last states to the decoder;
Luong, Pham & Manning (2015) for attention; Williams & Peng (1990) for the window.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

import numpy as np
from jaxtyping import Bool

from seqviz.core.records import Stream
from seqviz.core.topology import Reads, Step


class NodeKind(StrEnum):
    """What a node holds."""

    INPUT = "input"
    HIDDEN = "hidden"
    OUTPUT = "output"
    LOSS = "loss"


class EdgeKind(StrEnum):
    """What an edge does. All but `FEEDS` carry a gradient back, unless the truncation window cuts them."""

    READS = "reads"
    """The input enters the first layer's hidden state."""
    RECURS = "recurs"
    """The hidden state enters the next one along its own chain."""
    STACKS = "stacks"
    """A layer's hidden state enters the layer above, at the same step."""
    EMITS = "emits"
    """The hidden state enters the output layer."""
    ATTENDS = "attends"
    """A decoder's output looks at one of the encoder's hidden states."""
    SCORES = "scores"
    """The output is compared with its target."""
    FEEDS = "feeds"
    """The word written is the next step's input: a choice of one word, through which no gradient flows."""


@dataclass(frozen=True)
class Node:
    """One value of the unrolled network. stream: row of `Trace.hidden` for a hidden state, otherwise -1."""

    kind: NodeKind
    step: int
    stream: int = -1


@dataclass(frozen=True)
class Edge:
    """`target` is computed from `source`."""

    kind: EdgeKind
    source: Node
    target: Node


@dataclass(frozen=True)
class Graph:
    """Nodes and edges in a fixed order: the same arguments always give the same places.

    cut: the edges that the truncation window cuts.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    cut: frozenset[Edge] = frozenset()

    @cached_property
    def after(self) -> Mapping[Node, tuple[Node, ...]]:
        """For each node, those computed directly from it."""
        targets: dict[Node, list[Node]] = defaultdict(list)
        for edge in self.edges:
            targets[edge.source].append(edge.target)
        return {node: tuple(targets[node]) for node in self.nodes}

    @cached_property
    def before(self) -> Mapping[Node, tuple[Node, ...]]:
        """For each node, those it is computed from directly."""
        sources: dict[Node, list[Node]] = defaultdict(list)
        for edge in self.edges:
            sources[edge.target].append(edge.source)
        return {node: tuple(sources[node]) for node in self.nodes}

    def reached_from(self, *starts: Node) -> set[Node]:
        """All nodes to which a path leads from one of `starts`, and those themselves."""
        return _walked(starts, self.after)

    def leading_to(self, *ends: Node) -> set[Node]:
        """All nodes from which a path leads to one of `ends`, and those themselves."""
        return _walked(ends, self.before)

    @cached_property
    def differentiable(self) -> Graph:
        """The same graph without the edges that carry no gradient back."""
        kept = (edge for edge in self.edges if edge.kind is not EdgeKind.FEEDS and edge not in self.cut)
        return Graph(self.nodes, tuple(kept))


def graph_of(
    steps: Sequence[Step],
    streams: Sequence[Stream],
    present: Bool[np.ndarray, "streams steps"],
    attention: bool,
    scored: Bool[np.ndarray, " steps"] | None = None,
    window: int = 0,
) -> Graph:
    """The graph of an unrolled topology.

    steps: as `Topology.unroll` gives them. streams and present: as in `Trace`. attention: whether outputs of a
    segment look at the top layer of the segment before it. scored: the steps at which a loss enters, where that is
    not every step that emits. window: the truncation window, 0 for none.
    """
    losses = [step.emits and (scored is None or bool(scored[time])) for time, step in enumerate(steps)]
    nodes = [
        *(Node(NodeKind.INPUT, time) for time in range(len(steps))),
        *(
            Node(NodeKind.HIDDEN, time, row)
            for row, _ in enumerate(streams)
            for time, _ in enumerate(steps)
            if present[row, time]
        ),
        *(Node(NodeKind.OUTPUT, time) for time, step in enumerate(steps) if step.emits),
        *(Node(NodeKind.LOSS, time) for time, enters in enumerate(losses) if enters),
    ]
    wiring = _Wiring(tuple(steps), tuple(streams), present)
    edges = [
        *wiring.vertical(),
        *wiring.recurrent(),
        *wiring.emitting(),
        *(wiring.attending() if attention else ()),
        *(
            Edge(EdgeKind.SCORES, Node(NodeKind.OUTPUT, loss.step), loss)
            for loss in nodes
            if loss.kind is NodeKind.LOSS
        ),
        *wiring.feeding(),
    ]
    return Graph(tuple(nodes), tuple(edges), wiring.cut(window))


def _walked(starts: Sequence[Node], onwards: Mapping[Node, Sequence[Node]]) -> set[Node]:
    seen, waiting = set(starts), list(starts)
    while waiting:
        fresh = [node for node in onwards[waiting.pop()] if node not in seen]
        seen.update(fresh)
        waiting.extend(fresh)
    return seen


@dataclass(frozen=True)
class _Wiring:
    steps: tuple[Step, ...]
    streams: tuple[Stream, ...]
    present: Bool[np.ndarray, "streams steps"]

    def vertical(self) -> list[Edge]:
        """Inputs into the first layer, and each layer into the one above it."""
        edges = []
        for time in range(len(self.steps)):
            for row in self._here(time):
                layer = self.streams[row].layer
                target = Node(NodeKind.HIDDEN, time, row)
                if layer == 0:
                    edges.append(Edge(EdgeKind.READS, Node(NodeKind.INPUT, time), target))
                below = [other for other in self._here(time) if self.streams[other].layer == layer - 1]
                edges += [Edge(EdgeKind.STACKS, Node(NodeKind.HIDDEN, time, other), target) for other in below]
        return edges

    def recurrent(self) -> list[Edge]:
        """Along each chain: to the right, or to the left in a chain that reads from the end.

        Forward chains go on from one segment into the next; a chain that reads from the end stays within its segment.
        """
        edges = []
        for row, stream in enumerate(self.streams):
            for time, later in pairwise(range(len(self.steps))):
                if not (self.present[row, time] and self.present[row, later]):
                    continue
                nodes = Node(NodeKind.HIDDEN, time, row), Node(NodeKind.HIDDEN, later, row)
                if not stream.backward:
                    edges.append(Edge(EdgeKind.RECURS, *nodes))
                elif self.steps[time].segment == self.steps[later].segment:
                    edges.append(Edge(EdgeKind.RECURS, *reversed(nodes)))
        return edges

    def cut(self, window: int) -> frozenset[Edge]:
        """The recurrent edges into every `window`-th step of a segment's chain, counted along the chain."""
        if not window:
            return frozenset()
        lengths = Counter(step.segment for step in self.steps)

        def order(node: Node) -> int:
            step = self.steps[node.step]
            return lengths[step.segment] - 1 - step.position if self.streams[node.stream].backward else step.position

        return frozenset(
            edge for edge in self.recurrent() if order(edge.target) > 0 and order(edge.target) % window == 0
        )

    def emitting(self) -> list[Edge]:
        """The top layer into each output.

        Where a segment emits only at its end, a chain that reads from the end has read everything at the segment's
        first step, and that is the state which the output reads.
        """
        edges = []
        for time, step in enumerate(self.steps):
            if step.emits:
                segment = self._segment(step.segment)
                only_last = sum(self.steps[place].emits for place in segment) == 1
                for row in self._top(time):
                    read = segment[0] if only_last and self.streams[row].backward else time
                    source = Node(NodeKind.HIDDEN, read, row)
                    edges.append(Edge(EdgeKind.EMITS, source, Node(NodeKind.OUTPUT, time)))
        return edges

    def attending(self) -> list[Edge]:
        """Every top-layer state of the segment before, into each output."""
        return [
            Edge(EdgeKind.ATTENDS, Node(NodeKind.HIDDEN, source, row), Node(NodeKind.OUTPUT, time))
            for time, step in enumerate(self.steps)
            if step.emits and step.segment > 0
            for source in self._segment(step.segment - 1)
            for row in self._top(source)
        ]

    def feeding(self) -> list[Edge]:
        """Each output into the next input, where that step reads the word before it."""
        return [
            Edge(EdgeKind.FEEDS, Node(NodeKind.OUTPUT, time), Node(NodeKind.INPUT, later))
            for time, later in pairwise(range(len(self.steps)))
            if self.steps[time].emits and self.steps[later].reads is Reads.PREVIOUS
        ]

    def _here(self, time: int) -> list[int]:
        return [row for row in range(len(self.streams)) if self.present[row, time]]

    def _top(self, time: int) -> list[int]:
        here = self._here(time)
        top = max(self.streams[row].layer for row in here)
        return [row for row in here if self.streams[row].layer == top]

    def _segment(self, number: int) -> list[int]:
        return [time for time, step in enumerate(self.steps) if step.segment == number]
