"""The unrolled network: what each step reads, computes and writes, and what flows along every edge, both ways.

Inputs are the blue boxes at the bottom, hidden states the strips of units in the middle, outputs the green boxes at
the top, losses the diamonds above them. A pale input was not given: it is the word written before. Every box and edge
comes from `core.graph.graph_of`; each part's `meta` says which of its nodes or edges the part draws, in order.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from seqviz.core.graph import Node, NodeKind
from seqviz.core.records import Look, Moment, Stream, Trace
from seqviz.core.topology import Reads
from seqviz.figures import Picture
from seqviz.figures.edges import attention, backward, feedback, forward, wires
from seqviz.figures.layout import THUMBNAIL, Plan, plan
from seqviz.figures.marks import between_layers, between_layers_said, chosen, way
from seqviz.figures.nodes import frames, inputs, losses, outputs, stream_name, strips
from seqviz.figures.palette import WIRE
from seqviz.figures.parts import Drawing, Part, figure
from seqviz.figures.thumbnails import data_uri
from seqviz.figures.words import LINE, extent, extent_read

TITLE: Final = "The unrolled network"
LOOK_FOR: Final = (
    "Follow the pink arrows back from the losses: where they grow thin and pale, hardly any gradient arrives, "
    "and what was read there is hard to learn."
)


def draw(moment: Moment, look: Look) -> Drawing:
    """The whole unrolled network of the example, with the state and the way back to it that `look` has chosen."""
    trace = moment.trace
    placed = plan_of(trace, look.room)
    parts = [
        *strips(placed, trace),
        frames(placed),
        *inputs(placed, trace, _labels(trace), _has_pictures(trace)),
        *outputs(placed, trace),
        *attention(placed, trace),
        way(placed, look),
        *wires(placed),
        *feedback(placed, trace),
        *forward(placed, trace),
        *backward(placed, trace),
        losses(placed, trace),
        chosen(placed, look),
        *between_layers(placed, trace.config),
        *_segments(placed),
    ]
    return figure(parts, _layout(placed, trace))


def plan_of(trace: Trace, room: float) -> Plan:
    """Where everything goes for this trace. The words that happen to be written at the moment do not matter."""
    return plan(
        trace.steps,
        trace.streams,
        tuple(tuple(row) for row in trace.present.tolist()),
        trace.config.attention,
        extent((str(len(trace.steps)),)) if _is_film(trace) else extent_read(trace),
        extent(trace.classes),
        _has_pictures(trace),
        tuple((trace.targets >= 0).tolist()),
        trace.config.window,
        room,
    )


def _has_pictures(trace: Trace) -> bool:
    return trace.example.inputs.ndim == 4


def _is_film(trace: Trace) -> bool:
    return _has_pictures(trace) and all(step.reads is Reads.INPUT for step in trace.steps)


def _labels(trace: Trace) -> list[str]:
    """What each step reads. The frames of a film are numbered: under its picture that is enough."""
    return [str(time + 1) for time in range(len(trace.steps))] if _is_film(trace) else list(trace.read)


def _segments(placed: Plan) -> list[Part]:
    """The names of the segments under a line as wide as each; nothing where there is but one."""
    if not placed.spans:
        return []
    ends = [x for span in placed.spans for x in (span.left, span.right, None)]
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": ends,
            "y": [None if x is None else LINE + 1 for x in ends],
            "line": {"color": WIRE, "width": 2},
            "hoverinfo": "skip",
        },
        {
            "type": "scatter",
            "mode": "text",
            "x": [(span.left + span.right) / 2 for span in placed.spans],
            "y": [LINE / 2 for _ in placed.spans],
            "text": [span.name for span in placed.spans],
            "cliponaxis": False,
            "hoverinfo": "skip",
        },
    ]


def _layout(placed: Plan, trace: Trace) -> Part:
    axes = _axes(placed, trace.streams, between_layers_said(trace.config))
    return {**axes, "images": _thumbnails(placed, trace)} if _has_pictures(trace) else axes


@lru_cache(maxsize=64)
def _axes(placed: Plan, streams: tuple[Stream, ...], between: str) -> Part:
    """The layout without pictures. between: what happens between two layers, if anything."""
    rows = placed.rows
    names = [
        ("input", rows.inputs.middle),
        *((stream_name(stream, streams), band.middle) for stream, band in zip(streams, rows.streams, strict=True)),
        *((between, y) for y in (_gaps(placed, streams) if between else ())),
        ("output", rows.outputs.middle),
        ("loss", rows.losses.middle),
    ]
    return {
        "margin": {"l": 8, "r": 8, "t": 4, "b": 4},
        "xaxis": {"visible": False, "range": [placed.left, placed.right]},
        "yaxis": {
            "range": [0, rows.losses.top],
            "tickvals": [y for _, y in names],
            "ticktext": [name for name, _ in names],
            "showgrid": False,
            "zeroline": False,
            "showline": False,
            "ticks": "",
            "automargin": True,
            "fixedrange": True,
        },
        "images": [],
    }


def _gaps(placed: Plan, streams: Sequence[Stream]) -> list[float]:
    """The middles of the gaps between two layers."""
    return [
        (placed.rows.streams[below].top + placed.rows.streams[above].bottom) / 2
        for below, above in pairwise(range(len(streams)))
        if streams[below].layer != streams[above].layer
    ]


def _thumbnails(placed: Plan, trace: Trace) -> list[Part]:
    """The pictures themselves, each in its box above its label."""
    pictures = trace.example.inputs[::-1] if trace.config.reverse else trace.example.inputs
    reading = [time for time, step in enumerate(trace.steps) if step.reads is Reads.INPUT]
    boxes = [placed.boxes[Node(NodeKind.INPUT, time)] for time in reading]
    return [
        {
            "source": data_uri(picture),
            "xref": "x",
            "yref": "y",
            "x": box.x,
            "y": placed.rows.inputs.top - 3,
            "sizex": 1.92 * box.half,
            "sizey": THUMBNAIL,
            "xanchor": "center",
            "yanchor": "top",
            "layer": "above",
        }
        for box, picture in zip(boxes, pictures, strict=True)
    ]


PICTURE: Final = Picture(TITLE, LOOK_FOR, draw)
