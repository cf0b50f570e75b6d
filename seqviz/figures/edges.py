"""The edges of the unrolled network as Plotly parts: wires, what flows forward, and the gradient that flows back.

Along each chain two arrows lie side by side. The upper one is what flows forward: its thickness is the root mean square
of the hidden state's units, ‖h_t‖ / √units, thickest at 1. The lower one, the other way round, is the gradient
‖∂L/∂h_t‖ that reaches the state where it starts in time: thickness and strength of colour go with its logarithm, from
the largest gradient in the picture down to `scales.DECADES` powers of ten below it. Triangles beside inputs and outputs
show ‖∂L/∂x_t‖ and ‖∂L/∂o_t‖ on the same scale. Where a gradient is exactly 0 there is nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
from jaxtyping import Bool, Float32, Int32

from seqviz.core.graph import Edge, EdgeKind, NodeKind
from seqviz.core.records import Stream, Trace
from seqviz.figures.layout import Plan, Route
from seqviz.figures.nodes import stream_name
from seqviz.figures.numbers import power
from seqviz.figures.palette import AMOUNT, GRADIENT, GRADIENTS, HIDDEN, OUTPUT, TARGET, WIRE, Colour, faded
from seqviz.figures.parts import Part
from seqviz.figures.scales import DECADES, largest, levels, norms, without_nan

WIRES: Final = (EdgeKind.READS, EdgeKind.STACKS, EdgeKind.EMITS, EdgeKind.SCORES)
LOOKS: Final = ((0.05, 0.75), (0.15, 1.5), (0.35, 2.75), (0.65, 4.5))
"""Attention above each weight, and how thick it is drawn, in px."""
HEAD: Final = 7.0
"""Size of a wire's head, in px."""
CHAIN_HEAD: Final = 13.0
"""Size of the largest head along a chain, in px: twice as wide as any band."""
THICKEST: Final = 6.0
"""Height of the largest band along a chain, in px."""


@lru_cache(maxsize=64)
def wires(plan: Plan) -> tuple[Part, ...]:
    """The edges whose flow is not measured: thin lines with heads."""
    edges = [edge for kind in WIRES for edge in plan.edges[kind]]
    ends = sorted({plan.routes[edge][-1] for edge in edges if edge.kind is not EdgeKind.SCORES})
    heads = np.array(ends, np.float32).reshape(-1, 2)
    return (
        {
            **_lines([plan.routes[edge] for edge in edges]),
            "line": {"color": WIRE, "width": 1.2},
            "meta": {"edges": _places(plan, edges)},
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": heads[:, 0],
            "y": heads[:, 1] - HEAD / 2,
            "hoverinfo": "skip",
            "marker": {"symbol": "triangle-up", "size": HEAD, "color": WIRE},
        },
    )


def feedback(plan: Plan, trace: Trace) -> list[Part]:
    """From each output to the next input, if any: in the target's colour where the true word is read instead."""
    edges = plan.edges[EdgeKind.FEEDS]
    if not edges:
        return []
    colour = TARGET if trace.targets_known else OUTPUT
    ends = np.array([plan.routes[edge][-1] for edge in edges], np.float32).reshape(-1, 2)
    return [
        {
            **_lines([plan.routes[edge] for edge in edges]),
            "line": {"color": colour, "width": 1.5, "dash": "dot"},
            "meta": {"edges": _places(plan, edges)},
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": ends[:, 0],
            "y": ends[:, 1],
            "hoverinfo": "skip",
            "marker": {"symbol": "triangle-right", "size": HEAD, "color": colour},
        },
    ]


def attention(plan: Plan, trace: Trace) -> list[Part]:
    """Every look of an output at the encoder as a faint line; the stronger the look, the thicker a line on top."""
    edges = plan.edges[EdgeKind.ATTENDS]
    if not edges:
        return []
    routes = np.array([plan.routes[edge] for edge in edges], np.float32).reshape(-1, 2, 2)
    weights = trace.attention[[edge.target.step for edge in edges], [edge.source.step for edge in edges]]
    bounds = [*(bound for bound, _ in LOOKS), np.inf]
    return [
        {
            **_lines([plan.routes[edge] for edge in edges]),
            "line": {"color": faded(AMOUNT, min(0.2, 8 / len(edges))), "width": 1},
            "meta": {"edges": _places(plan, edges)},
        },
        *(
            {
                **_lines(routes[(weights > low) & (weights <= high)]),
                "line": {"color": faded(AMOUNT, 0.6), "width": width},
            }
            for (low, width), high in zip(LOOKS, bounds[1:], strict=True)
        ),
    ]


@dataclass(frozen=True)
class Chains:
    """The recurrent edges as columns, one entry an edge.

    times, rows: step and stream of the state each edge starts from. cut: whether the truncation window cuts it.
    start, end, y: its ends. thickest, head: the largest band's height and the largest head's size, in px. labels: what
    hovering calls the state it starts from.
    """

    times: Int32[np.ndarray, " edges"]
    rows: Int32[np.ndarray, " edges"]
    cut: Bool[np.ndarray, " edges"]
    start: Float32[np.ndarray, " edges"]
    end: Float32[np.ndarray, " edges"]
    y: Float32[np.ndarray, " edges"]
    thickest: float
    head: float
    labels: list[str]

    @cached_property
    def span(self) -> Part:
        """Where along x a band over each edge lies."""
        return {"type": "bar", "x": (self.start + self.end) / 2, "width": np.abs(self.end - self.start)}

    @property
    def aside(self) -> float:
        """How far above the middle the forward arrow runs, and the gradient below, in px: no head covers another."""
        return self.thickest / 2 + self.head / 3


@lru_cache(maxsize=64)
def chains(plan: Plan, streams: tuple[Stream, ...]) -> Chains:
    """The recurrent edges of a plan."""
    edges = plan.edges[EdgeKind.RECURS]
    ends = np.array([plan.routes[edge] for edge in edges], np.float32).reshape(-1, 2, 2)
    names = [stream_name(stream, streams) for stream in streams]
    length = plan.spacing * np.abs(ends[:, 1, 0] - ends[:, 0, 0]).min(initial=1)
    height = plan.rows.streams[0].height
    return Chains(
        np.array([edge.source.step for edge in edges], np.int32),
        np.array([edge.source.stream for edge in edges], np.int32),
        np.array([edge in plan.graph.cut for edge in edges], bool),
        ends[:, 0, 0],
        ends[:, 1, 0],
        ends[:, 0, 1],
        min(THICKEST, height / 2 - 2),
        float(np.clip(min(0.7 * length, 0.42 * height), 5, CHAIN_HEAD)),
        [_state_name(edge.source.step, names[edge.source.stream], streams) for edge in edges],
    )


def _state_name(time: int, name: str, streams: Sequence[Stream]) -> str:
    return f"h<sub>{time + 1}</sub>" + (f", {name}" if len(streams) > 1 else "")


def forward(plan: Plan, trace: Trace) -> list[Part]:
    """The upper arrows along the chains, as thick as what flows."""
    along = chains(plan, trace.streams)
    flow = norms(trace.hidden[along.rows, along.times])
    mean = np.clip(flow / np.sqrt(trace.hidden.shape[2]), 0, 1)
    line, heads = _upper(plan, trace.streams)
    band = {**_thick(along, along.y + np.float32(along.aside), mean), "marker": {"color": faded(HIDDEN, 0.6)}}
    return [{**band, "hoverinfo": "skip"}, line, {**heads, "customdata": flow}]


@lru_cache(maxsize=64)
def _upper(plan: Plan, streams: tuple[Stream, ...]) -> tuple[Part, Part]:
    """The upper arrows' lines and heads, which stay whatever flows."""
    along = chains(plan, streams)
    y = along.y + np.float32(along.aside)
    side = np.sign(along.end - along.start)
    line: Part = {
        **_lines(np.stack([np.stack([along.start, y], 1), np.stack([along.end, y], 1)], 1)),
        "line": {"color": HIDDEN, "width": 1.2},
        "meta": {"edges": _places(plan, plan.edges[EdgeKind.RECURS])},
    }
    heads: Part = {
        "type": "scatter",
        "mode": "markers",
        "x": along.end - side * np.float32(along.head / 2 / plan.spacing),
        "y": y,
        "text": along.labels,
        "hovertemplate": "‖%{text}‖ = %{customdata:.4g}<extra></extra>",
        "marker": {
            "symbol": ["triangle-right" if right > 0 else "triangle-left" for right in side],
            "size": along.head - 1,
            "color": HIDDEN,
        },
    }
    return line, heads


def backward(plan: Plan, trace: Trace) -> list[Part]:
    """The lower arrows along the chains, and the triangles beside inputs and outputs: the gradient."""
    along = chains(plan, trace.streams)
    states = norms(trace.grad_hidden[along.rows, along.times])
    read = norms(trace.grad_inputs)
    times = [node.step for node in plan.nodes[NodeKind.OUTPUT]]
    written = norms(trace.grad_logits[times])
    gradients = np.concatenate([states, read, written])
    biggest = np.repeat(np.array([along.head, HEAD + 4], np.float32), [len(states), len(read) + len(written)])
    level = levels(gradients, largest(gradients))
    heads, marker = _gradient_heads(plan, trace.streams)
    # Where the graph is cut, the state still has a gradient, but none that came along this edge.
    level[: len(states)][along.cut] = 0
    size = np.where(level > 0, 5 + (biggest - 5) * level, 0).astype(np.float32)
    return [
        {
            **_thick(along, along.y - np.float32(along.aside), level[: len(states)]),
            "hoverinfo": "skip",
            "marker": {"color": _strengths(level[: len(states)])},
        },
        {**heads, "customdata": gradients, "marker": {**marker, "size": size, "color": level}},
        *([_cut_marks(along)] if along.cut.any() else []),
    ]


def _strengths(levels: Float32[np.ndarray, " edges"]) -> list[Colour]:
    """The colours that `GRADIENTS` gives, as words: Plotly warns of numbers whenever it paints a bar.

    To a hundredth, which nobody can see, so that most are made already.
    """
    return [faded(GRADIENT, 0.2 + 0.8 * round(level, 2)) for level in without_nan(levels).tolist()]


@lru_cache(maxsize=64)
def _gradient_heads(plan: Plan, streams: tuple[Stream, ...]) -> tuple[Part, Part]:
    """The gradient's triangles for chains, then inputs, then outputs, and their marker: all that stays."""
    along = chains(plan, streams)
    side = np.sign(along.end - along.start)
    aside = 0.0 if any(stream.backward for stream in streams) else 9 / plan.spacing
    reads = [plan.boxes[node] for node in plan.nodes[NodeKind.INPUT]]
    writes = [plan.boxes[node] for node in plan.nodes[NodeKind.OUTPUT]]
    x = [*(along.start + side * along.head / 2 / plan.spacing), *(box.x + aside for box in (*reads, *writes))]
    into = (plan.rows.inputs.top + plan.rows.streams[0].bottom) / 2
    y = [*(along.y - along.aside), *(into for _ in reads), *(plan.rows.gauges.bottom - 9 for _ in writes)]
    heads: Part = {
        "type": "scatter",
        "mode": "markers",
        "x": np.array(x, np.float32),
        "y": np.array(y, np.float32),
        "text": [
            *along.labels,
            *(f"x<sub>{node.step + 1}</sub>" for node in plan.nodes[NodeKind.INPUT]),
            *(f"o<sub>{node.step + 1}</sub>" for node in plan.nodes[NodeKind.OUTPUT]),
        ],
        "hovertemplate": "‖∂L/∂%{text}‖ = %{customdata:.4g}<extra></extra>",
        "cliponaxis": False,
        "meta": {"gradients": _gradients_of(plan)},
    }
    marker: Part = {
        "symbol": [
            *("triangle-left" if right > 0 else "triangle-right" for right in side),
            *("triangle-down" for _ in (*reads, *writes)),
        ],
        "opacity": 1,
        "colorscale": GRADIENTS,
        "cmin": 0,
        "cmax": 1,
        "colorbar": {
            "title": {"text": "∂L/∂h"},
            "tickvals": [0, 0.5, 1],
            "ticktext": [f"÷ {power(DECADES)}", f"÷ {power(DECADES // 2)}", "max"],
            "thickness": 10,
            "len": 0.4,
            "y": 0.0,
            "yanchor": "bottom",
            "outlinewidth": 0,
        },
        "line": {"width": 0},
    }
    return heads, marker


def _gradients_of(plan: Plan) -> Int32[np.ndarray, " heads"]:
    """Where the nodes whose gradients the triangles show stand in the graph."""
    states = [edge.source for edge in plan.edges[EdgeKind.RECURS]]
    nodes = [*states, *plan.nodes[NodeKind.INPUT], *plan.nodes[NodeKind.OUTPUT]]
    return np.array([plan.number[node] for node in nodes], np.int32)


def _cut_marks(along: Chains) -> Part:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": ((along.start + along.end) / 2)[along.cut],
        "y": along.y[along.cut],
        "hovertemplate": "The graph is cut here: no gradient passes.<extra></extra>",
        "marker": {
            "symbol": "line-ns-open",
            "size": 3 * along.thickest,
            "color": GRADIENT,
            "line": {"width": 3, "color": GRADIENT},
        },
    }


def _thick(along: Chains, y: Float32[np.ndarray, " edges"], share: Float32[np.ndarray, " edges"]) -> Part:
    """Bands over the edges around `y`, from nothing to `along.thickest` px high."""
    height = (along.thickest * share).astype(np.float32)
    return {**along.span, "base": y - height / 2, "y": height}


def _lines(routes: Sequence[Route] | Float32[np.ndarray, "routes points xy"]) -> Part:
    """All routes as one line with breaks between them."""
    points = [point for route in routes for point in (*route, (np.nan, np.nan))]
    flat = np.array(points, np.float32).reshape(-1, 2)
    return {"type": "scatter", "mode": "lines", "x": flat[:, 0], "y": flat[:, 1], "hoverinfo": "skip"}


def _places(plan: Plan, edges: Sequence[Edge]) -> Int32[np.ndarray, " edges"]:
    """Where the edges that a part draws stand in the graph."""
    return np.array([plan.number[edge] for edge in edges], np.int32)
