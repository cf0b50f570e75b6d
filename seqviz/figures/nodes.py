"""The nodes of the unrolled network as Plotly parts: inputs, hidden states, outputs and losses."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from jaxtyping import Float32, Int32

from seqviz.core.graph import Node, NodeKind
from seqviz.core.records import Stream, Trace
from seqviz.core.topology import Reads, Step
from seqviz.figures.layout import Band, Box, Plan
from seqviz.figures.numbers import number
from seqviz.figures.palette import CLEAR, DIVERGING, FED_BACK, HIDDEN, INPUT, ON_DARK, ON_LIGHT, OUTPUT, TARGET, Colour
from seqviz.figures.parts import Part
from seqviz.figures.scales import largest, rounded_up, strongest, without_nan
from seqviz.figures.words import CHARACTER, Lettering, shown

FINEST: Final = 3.5
"""Height in px below which a unit's row of a strip is put together with its neighbours."""


def stream_name(stream: Stream, streams: Sequence[Stream]) -> str:
    """What a chain is called beside its row; an arrow tells the direction in which it reads.

    >>> stream_name(Stream(0), [Stream(0)]), stream_name(Stream(0, True), [Stream(0), Stream(0, True)])
    ('hidden', 'layer 1 ←')
    """
    if len(streams) == 1:
        return "hidden"
    arrow = "" if not any(other.backward for other in streams) else " ←" if stream.backward else " →"
    return f"layer {stream.layer + 1}{arrow}"


def strips(plan: Plan, trace: Trace) -> list[Part]:
    """One heatmap a stream: every hidden state a strip of units, with nothing between the strips."""
    limit = max(1.0, rounded_up(largest(trace.hidden)))
    return [_strip(plan, trace, row, limit) for row in range(len(trace.streams))]


def _strip(plan: Plan, trace: Trace, row: int, limit: float) -> Part:
    most = max(int(plan.rows.streams[row].height / FINEST), 1)
    values, chosen = strongest(trace.hidden[row][trace.present[row]].T, most)
    spread = np.full((len(values), 2 * values.shape[1] - 1), np.nan, np.float32)
    spread[:, ::2] = values
    units = np.zeros(spread.shape, np.int32)
    units[:, ::2] = chosen + 1
    return {
        **_ground(plan, row, len(values)),
        "z": spread,
        "customdata": units,
        "hoverongaps": False,
        "hovertemplate": f"unit %{{customdata}} of {trace.hidden.shape[2]}: %{{z:.3f}}"
        f"<extra>{stream_name(trace.streams[row], trace.streams)}</extra>",
        **_scale(row, limit),
    }


@lru_cache(maxsize=64)
def _scale(row: int, limit: float) -> Part:
    """The colours of a stream's strips from -limit to `limit`; one colour bar is enough for all."""
    return {
        "colorscale": DIVERGING,
        "zmin": -limit,
        "zmax": limit,
        "showscale": row == 0,
        "colorbar": {
            "title": {"text": "h"},
            "tickvals": [-limit, 0, limit],
            "thickness": 10,
            "len": 0.4,
            "y": 1.0,
            "yanchor": "top",
            "outlinewidth": 0,
        },
    }


@lru_cache(maxsize=64)
def _ground(plan: Plan, row: int, units: int) -> Part:
    """Where the strips of a stream with so many units stand, and what they are of."""
    band = plan.rows.streams[row]
    nodes = [node for node in plan.nodes[NodeKind.HIDDEN] if node.stream == row]
    boxes = [plan.boxes[node] for node in nodes]
    return {
        "type": "heatmap",
        "x": np.array([x for box in boxes for x in (box.x - box.half, box.x + box.half)], np.float32),
        "y": np.linspace(band.bottom, band.top, units + 1, dtype=np.float32),
        "meta": {"nodes": _places(plan, nodes), "stream": row, "steps": [node.step for node in nodes]},
    }


@lru_cache(maxsize=64)
def frames(plan: Plan) -> Part:
    """The borders of all strips."""
    nodes = plan.nodes[NodeKind.HIDDEN]
    return {
        **_rectangles([plan.boxes[node] for node in nodes]),
        "marker": {"color": CLEAR, "line": {"color": HIDDEN, "width": 1.5}},
        "hoverinfo": "skip",
    }


def inputs(plan: Plan, trace: Trace, labels: Sequence[str], pictures: bool) -> tuple[Part, ...]:
    """The boxes at the bottom: what is given in full blue; what comes from the output before it pale, with a border."""
    return _inputs(plan, trace.steps, trace.read, trace.targets_known, tuple(labels), pictures)


@lru_cache(maxsize=64)
def _inputs(
    plan: Plan,
    steps: tuple[Step, ...],
    read: tuple[str, ...],
    targets_known: bool,
    labels: tuple[str, ...],
    pictures: bool,
) -> tuple[Part, ...]:
    words = plan.read(labels)
    parts: list[Part] = []
    for reads in Reads:
        nodes = [node for node in plan.nodes[NodeKind.INPUT] if steps[node.step].reads is reads]
        if not nodes:
            continue
        given = reads is Reads.INPUT
        said = [_said_of_input(node.step, steps[node.step], shown(read[node.step]), targets_known) for node in nodes]
        parts.append(
            {
                **_rectangles([plan.boxes[node] for node in nodes]),
                **_lettered(plan.read, ON_DARK if given else ON_LIGHT),
                "insidetextanchor": "start" if given and pictures else "middle",
                "text": [words[node.step] for node in nodes],
                "hovertext": said,
                "hoverinfo": "text",
                "marker": {"color": INPUT if given else FED_BACK, "line": {"color": INPUT, "width": 0 if given else 2}},
                "meta": {"nodes": _places(plan, nodes)},
            }
        )
    return tuple(parts)


def _said_of_input(time: int, step: Step, word: str, targets_known: bool) -> str:
    if step.reads is Reads.INPUT:
        return f"x<sub>{time + 1}</sub>: {word}"
    if step.position == 0:
        return f"x<sub>{time + 1}</sub>: {word}, nothing is written yet"
    return f"x<sub>{time + 1}</sub>: {word}, the {'true' if targets_known else 'network’s own'} word before"


def outputs(plan: Plan, trace: Trace) -> list[Part]:
    """The boxes at the top with the most probable label, and under each a gauge that its probability fills."""
    times = [node.step for node in plan.nodes[NodeKind.OUTPUT]]
    best = trace.probabilities[times, trace.written[times]]
    words = plan.written([trace.classes[number] for number in trace.written[times]])
    if not plan.written.upright:
        words = [f"{word}<br>{percent(share)}" for word, share in zip(words, best, strict=True)]
    box, gauge, filling, widths = _empty_outputs(plan)
    return [
        {**box, "text": words, "hovertext": [_said_of_output(trace, time) for time in times]},
        gauge,
        {**filling, "width": widths * without_nan(best)},
    ]


@lru_cache(maxsize=64)
def _empty_outputs(plan: Plan) -> tuple[Part, Part, Part, Float32[np.ndarray, " outputs"]]:
    """The boxes, the gauges, what fills them, and its widths where they are full: all that stays whatever is said."""
    nodes = plan.nodes[NodeKind.OUTPUT]
    boxes = [plan.boxes[node] for node in nodes]
    widths = np.array([2 * box.half for box in boxes], np.float32)
    box = {
        **_rectangles([Box(box.x, box.half, plan.rows.outputs) for box in boxes]),
        **_lettered(plan.written, ON_LIGHT),
        "hoverinfo": "text",
        "marker": {"color": OUTPUT},
        "meta": {"nodes": _places(plan, nodes)},
    }
    gauge = {**_rectangles([Box(box.x, box.half, plan.rows.gauges) for box in boxes]), "hoverinfo": "skip"}
    frame = {"marker": {"color": CLEAR, "line": {"color": OUTPUT, "width": 1}}}
    return box, {**gauge, **frame}, {**gauge, "offset": -widths / 2, "marker": {"color": OUTPUT}}, widths


def percent(share: float) -> str:
    """A probability for people.

    >>> percent(0.973), percent(float("nan"))
    ('97 %', 'NaN')
    """
    return f"{100 * share:.0f} %" if np.isfinite(share) else "NaN"


def _said_of_output(trace: Trace, time: int) -> str:
    shares = trace.probabilities[time]
    ranked = np.argsort(-shares, kind="stable")[:3]
    lines = [f"{shown(trace.classes[number])} {100 * shares[number]:.1f} %" for number in ranked]
    return "<br>".join([f"output {time + 1}", *lines])


def losses(plan: Plan, trace: Trace) -> Part:
    """A diamond wherever a loss enters. Its area grows with the loss; at the loss of a plain guess it is 14 px high."""
    nodes = plan.nodes[NodeKind.LOSS]
    times = [node.step for node in nodes]
    values = trace.losses[times]
    guess = np.log(max(len(trace.classes), 2))
    alone = len(nodes) == 1
    room = alone or plan.spacing / 2 > 4 * CHARACTER
    biggest = min(20.0, plan.spacing * 0.8)
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": np.array([plan.boxes[node].x for node in nodes], np.float32),
        "y": np.full(len(nodes), plan.rows.losses.middle, np.float32),
        "text": [said(value) if room else "" for value in values],
        "textposition": "middle left" if alone else "middle right",
        "cliponaxis": False,
        "hovertext": [
            f"L<sub>{time + 1}</sub> = {trace.losses[time]:.4g} nats<br>"
            f"{'right' if trace.targets_known else 'taken as right'}: {shown(trace.classes[trace.targets[time]])}"
            for time in times
        ],
        "hoverinfo": "text",
        "marker": {
            "symbol": "diamond",
            "color": TARGET,
            "opacity": 1,
            "line": {"width": 0},
            "size": np.clip(14 * np.sqrt(without_nan(values / guess, otherwise=9.0)), 5, biggest).astype(np.float32),
        },
        "meta": {"nodes": _places(plan, nodes)},
    }


def said(value: float) -> str:
    """A loss for people.

    >>> said(2.134), said(0.0312), said(0.00004), said(4.1e17), said(float("inf")), said(float("nan"))
    ('2.13', '0.03', '≈ 0', '4 × 10¹⁷', '∞', 'NaN')
    """
    if np.isnan(value) or value >= 1000:
        return "NaN" if np.isnan(value) else number(value, 1 if value >= 1e5 else 4)
    return f"{value:.2f}" if value >= 0.1 else f"{value:.1g}" if value >= 1e-4 else "≈ 0"


def _places(plan: Plan, nodes: Sequence[Node]) -> Int32[np.ndarray, " nodes"]:
    """Where the nodes that a part draws stand in the graph."""
    return np.array([plan.number[node] for node in nodes], np.int32)


def _rectangles(boxes: Sequence[Box]) -> Part:
    def column(values: Sequence[float]) -> Float32[np.ndarray, " boxes"]:
        return np.array(values, np.float32)

    rows: Sequence[Band] = [box.row for box in boxes]
    return {
        "type": "bar",
        "x": column([box.x for box in boxes]),
        "width": column([2 * box.half for box in boxes]),
        "base": column([row.bottom for row in rows]),
        "y": column([row.height for row in rows]),
    }


def _lettered(lettering: Lettering, colour: Colour) -> Part:
    return {
        "insidetextfont": {"color": colour},
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": -90 if lettering.upright else 0,
        "constraintext": "none",
    }
