"""Where everything in the picture of the unrolled network goes: positions as values, computed before anything is drawn.

Time runs to the right in columns one unit wide; heights are px of a stage whose type is 14 px high. On another stage
everything keeps its proportions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
from jaxtyping import Float32

from seqviz.core.graph import Edge, EdgeKind, Graph, Node, NodeKind, graph_of
from seqviz.core.records import Stream
from seqviz.core.topology import DELAYED, Step
from seqviz.figures.words import LINE, Extent, Lettering, lettering, width

HEIGHT: Final = 284.0
"""px of the whole picture, unless many rows need more."""
FEWEST: Final = 6
"""Columns that share the width at least, so that a short example does not tear apart."""
SEGMENT_GAP: Final = 0.7
"""Columns left free between two segments."""
THUMBNAIL: Final = 40.0
"""Height of an input's small picture, in px."""
BOX: Final = 0.84
"""Share of its column that a box may fill."""
SIDEWAYS: Final = 0.2
"""How far the two directions stand to either side of their step's column, so that wires pass between them."""

WIRING: Final = 23.0
"""Height between two rows that wires connect, in px."""
ANSWER: Final = 96.0
"""Width that a network's only output may take, in px."""
PERCENT: Final = width("100 %")
"""Width of the longest probability, in px."""
LOSS: Final = 24.0
"""Height of the row of losses, in px."""

Point = tuple[float, float]
Route = tuple[Point, ...]


@dataclass(frozen=True)
class Band:
    """A row of the picture: y of its lower and upper edge."""

    bottom: float
    top: float

    @property
    def middle(self) -> float:
        """y of its centre line."""
        return (self.bottom + self.top) / 2

    @property
    def height(self) -> float:
        """From edge to edge."""
        return self.top - self.bottom


@dataclass(frozen=True)
class Box:
    """A node's place: x of its centre, half its width, and the row it fills."""

    x: float
    half: float
    row: Band


@dataclass(frozen=True)
class Span:
    """A segment's name and the x where its columns begin and end."""

    name: str
    left: float
    right: float


@dataclass(frozen=True)
class Rows:
    """The rows from bottom to top; streams in the order of `Trace.streams`. bus: y where far emissions turn."""

    inputs: Band
    streams: tuple[Band, ...]
    bus: float
    gauges: Band
    outputs: Band
    losses: Band


@dataclass(frozen=True, eq=False)
class Plan:
    """The whole picture as positions. A plan equals itself alone, so that what is drawn from it can be kept.

    graph: what is drawn. boxes: every node's place. routes: every edge's way, from the border of its source to that
    of its target. columns: (steps,) x of each step. spacing: px from one column to the next.
    read, written: how the words of inputs and outputs are set. spans: the segments, where there is more than one.
    left, right: limits of x; y goes from 0 to the top of the losses.
    """

    graph: Graph
    boxes: Mapping[Node, Box]
    routes: Mapping[Edge, Route]
    rows: Rows
    columns: Float32[np.ndarray, " steps"]
    spacing: float
    read: Lettering
    written: Lettering
    spans: tuple[Span, ...]
    left: float
    right: float

    @cached_property
    def nodes(self) -> Mapping[NodeKind, tuple[Node, ...]]:
        """The nodes of each kind, in the graph's order."""
        return {kind: tuple(node for node in self.graph.nodes if node.kind is kind) for kind in NodeKind}

    @cached_property
    def edges(self) -> Mapping[EdgeKind, tuple[Edge, ...]]:
        """The edges of each kind, in the graph's order."""
        return {kind: tuple(edge for edge in self.graph.edges if edge.kind is kind) for kind in EdgeKind}

    @cached_property
    def number(self) -> Mapping[Node | Edge, int]:
        """Where each node and each edge stands in the graph."""
        number: dict[Node | Edge, int] = {node: place for place, node in enumerate(self.graph.nodes)}
        number.update({edge: place for place, edge in enumerate(self.graph.edges)})
        return number


def columns_of(steps: Sequence[Step]) -> Float32[np.ndarray, " steps"]:
    """x of each step: one unit a step, and a gap where a new segment begins."""
    return np.array([place + SEGMENT_GAP * step.segment for place, step in enumerate(steps)], np.float32)


@lru_cache(maxsize=64)
def plan(
    steps: tuple[Step, ...],
    streams: tuple[Stream, ...],
    present: tuple[tuple[bool, ...], ...],
    attention: bool,
    words_read: Extent,
    words_written: Extent,
    pictures: bool,
    scored: tuple[bool, ...],
    window: int,
    room: float,
) -> Plan:
    """Places everything.

    steps, streams, present: as in `Trace`. attention: whether outputs look back at the encoder.
    words_read, words_written: the room that words need among the inputs and among the classes.
    pictures: whether inputs are shown as small pictures, which need a higher row.
    scored: the steps at which a loss enters. window: the truncation window. room: as in `Look`.
    """
    graph = graph_of(steps, streams, np.array(present), attention, np.array(scored), window)
    columns = columns_of(steps)
    missing = max(FEWEST - (float(columns[-1]) + 1), 0) / 2
    left, right = -0.5 - missing, float(columns[-1]) + 0.5 + missing
    outputs = [float(x) for x, step in zip(columns, steps, strict=True) if step.emits]
    if len(outputs) == 1 and outputs[0] + 0.5 == right:
        # A single answer stands at the edge: with a little more room there it need not be crowded like the inputs.
        right += max(ANSWER / room * (right - left) - 1, 0) / 2
    spacing = room / (right - left)
    alone = 2 * (right - outputs[0]) if len(outputs) == 1 else 1.0
    read = lettering(words_read, spacing, BOX)
    written = lettering(words_written, spacing * alone, BOX, lines=2)
    rows = _rows(graph, streams, attention, steps[-1].segment > 0, read, written, pictures)
    boxes = _boxes(graph, streams, rows, columns, right, spacing, read, written, pictures)
    routes = {edge: _route(edge, boxes, rows, streams) for edge in graph.edges}
    spans = _spans(steps, columns)
    return Plan(graph, boxes, routes, rows, columns, spacing, read, written, spans, left, right)


def _rows(
    graph: Graph,
    streams: tuple[Stream, ...],
    attention: bool,
    several: bool,
    read: Lettering,
    written: Lettering,
    pictures: bool,
) -> Rows:
    floor = LINE + 4 if several else 1.0
    inputs = Band(floor, floor + read.height + (THUMBNAIL if pictures else 0) + 7)
    far = any(edge.kind is EdgeKind.EMITS and edge.source.step != edge.target.step for edge in graph.edges)
    wiring = 52.0 if attention else 36.0 if far else WIRING
    output = written.height + (6 if written.upright else LINE + 4)
    low = inputs.top + WIRING
    gaps = [0.0] + [6.0 if above.backward else 20.0 for above in streams[1:]]
    free = HEIGHT - low - wiring - 8 - output - LOSS - sum(gaps)
    height = max(free / len(streams), 14.0)
    bands = []
    for gap in gaps:
        low += gap
        bands.append(Band(low, low + height))
        low += height
    gauges = Band(low + wiring, low + wiring + 7)
    outputs = Band(gauges.top + 1, gauges.top + 1 + output)
    return Rows(inputs, tuple(bands), low + wiring / 2, gauges, outputs, Band(outputs.top, outputs.top + LOSS))


def _boxes(
    graph: Graph,
    streams: tuple[Stream, ...],
    rows: Rows,
    columns: Float32[np.ndarray, " steps"],
    right: float,
    spacing: float,
    read: Lettering,
    written: Lettering,
    pictures: bool,
) -> dict[Node, Box]:
    both = any(stream.backward for stream in streams)
    several = sum(node.kind is NodeKind.OUTPUT for node in graph.nodes) > 1
    strip = min(0.17, 16 / spacing) if both else min(0.25, 22 / spacing)

    def place(node: Node) -> Box:
        x = float(columns[node.step])
        match node.kind:
            case NodeKind.INPUT:
                thumbnail = THUMBNAIL / 2 / spacing + 0.02 if pictures else 0.0
                return Box(x, min(max(word(read), thumbnail), BOX / 2), rows.inputs)
            case NodeKind.HIDDEN:
                aside = 0.0 if not both else SIDEWAYS if streams[node.stream].backward else -SIDEWAYS
                return Box(x + aside, strip, rows.streams[node.stream])
            case NodeKind.OUTPUT:
                # Wide enough for the wire that comes from the other direction's end.
                reached = SIDEWAYS + 0.02 if both else 0.0
                alone = max((max(written.room, PERCENT) + 16) / 2 / spacing, reached)
                half = word(written) if several else min(alone, right - x)
                return Box(x, half, Band(rows.gauges.bottom, rows.outputs.top))
            case NodeKind.LOSS:
                return Box(x, strip, Band(rows.losses.middle, rows.losses.middle))

    def word(set_as: Lettering) -> float:
        fitting = BOX / 2 if set_as.upright else (set_as.room + 16) / 2 / spacing
        return min(max(fitting, strip + (SIDEWAYS if both else 0) + 0.02), BOX / 2)

    return {node: place(node) for node in graph.nodes}


def _route(edge: Edge, boxes: Mapping[Node, Box], rows: Rows, streams: tuple[Stream, ...]) -> Route:
    start, end = boxes[edge.source], boxes[edge.target]
    if edge.kind is EdgeKind.RECURS:
        side = 1 if end.x > start.x else -1
        return (start.x + side * start.half, start.row.middle), (end.x - side * end.half, end.row.middle)
    if edge.kind is EdgeKind.FEEDS:
        between = (start.x + start.half + end.x - end.half) / 2
        heights = rows.outputs.middle, end.row.middle
        corners = ((between, y) for y in heights)
        return (start.x + start.half, heights[0]), *corners, (end.x - end.half, heights[1])
    near = edge.source.step == edge.target.step
    leave = end.x if edge.kind is EdgeKind.READS else start.x
    arrive = (start.x if near else end.x + SIDEWAYS) if edge.kind is EdgeKind.EMITS else end.x
    turn = _turn(edge, near, rows, streams)
    return (leave, start.row.top), *((x, turn) for x in (leave, arrive) if turn), (arrive, end.row.bottom)


def _turn(edge: Edge, near: bool, rows: Rows, streams: tuple[Stream, ...]) -> float:
    """The y at which a way to a box elsewhere runs sideways; 0 for a straight way."""
    if edge.kind is EdgeKind.EMITS and not near:
        return rows.bus
    if edge.kind is EdgeKind.STACKS:
        layer = streams[edge.target.stream].layer
        return min(rows.streams[row].bottom for row, stream in enumerate(streams) if stream.layer == layer) - 10
    return 0.0


def _spans(steps: Sequence[Step], columns: Float32[np.ndarray, " steps"]) -> tuple[Span, ...]:
    if steps[-1].segment == 0:
        return ()
    spans = []
    for number, segment in enumerate(DELAYED.segments):
        places = [float(x) for x, step in zip(columns, steps, strict=True) if step.segment == number]
        spans.append(Span(segment.name, places[0] - BOX / 2, places[-1] + BOX / 2))
    return tuple(spans)
