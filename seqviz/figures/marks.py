"""What a person has chosen in the picture of the unrolled network: one state, and the way of a gradient back to it."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from seqviz.core.config import RunConfig
from seqviz.core.graph import Edge, EdgeKind, Node, NodeKind
from seqviz.core.records import Look
from seqviz.figures.layout import Plan
from seqviz.figures.palette import HIDDEN, TARGET, WIRE, faded
from seqviz.figures.parts import Part

WAY: Final = 22
"""How broad the way of a gradient is lit, in px."""


@lru_cache(maxsize=64)
def chosen(plan: Plan, look: Look) -> Part:
    """A thick frame around the state `look.state` of the chain `look.stream`; nothing where none was chosen."""
    box = plan.boxes.get(Node(NodeKind.HIDDEN, look.state, look.stream))
    corners = np.zeros((0, 2))
    if box is not None:
        left, right, bottom, top = box.x - box.half, box.x + box.half, box.row.bottom, box.row.top
        corners = np.array([(left, bottom), (left, top), (right, top), (right, bottom), (left, bottom)])
    return {**_line(corners), "line": {"color": HIDDEN, "width": 5}}


@lru_cache(maxsize=64)
def way(plan: Plan, look: Look) -> Part:
    """Every edge on which the gradient of the loss `look.loss` comes to the chosen state, in one broad pale line."""
    loss, state = Node(NodeKind.LOSS, look.loss), Node(NodeKind.HIDDEN, look.state, look.stream)
    edges: list[Edge] = []
    if loss in plan.boxes and state in plan.boxes:
        graph = plan.graph.differentiable
        both = graph.reached_from(state) & graph.leading_to(loss)
        edges = [edge for edge in graph.edges if edge.source in both and edge.target in both]
    points = [point for edge in edges for point in (*plan.routes[edge], (np.nan, np.nan))]
    return {**_line(np.array(points).reshape(-1, 2)), "line": {"color": faded(TARGET, 0.3), "width": WAY}}


def between_layers(plan: Plan, config: RunConfig) -> list[Part]:
    """A mark wherever the numbers of a layer are normalised, or some of them hidden while training, for the next."""
    said = between_layers_said(config)
    if not said:
        return []
    # Just before the wires come to the layer: where they arrive in a column, a state of the other direction may stand.
    places = {(plan.routes[edge][-1][0], plan.routes[edge][-2][1]) for edge in plan.edges[EdgeKind.STACKS]}
    x, y = np.array(sorted(places), np.float32).reshape(-1, 2).T
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": x,
            "y": y,
            "marker": {"symbol": "line-ew-open", "size": 16, "color": WIRE, "line": {"width": 4, "color": WIRE}},
            "hovertemplate": f"between the layers: {said}<extra></extra>",
        }
    ]


def between_layers_said(config: RunConfig) -> str:
    """What happens between two layers, as it is printed there; "" where nothing does.

    >>> between_layers_said(RunConfig(layers=2, layer_norm=True, dropout=0.2))
    'normalise, drop 20 %'
    """
    if config.layers == 1:
        return ""
    done = ["normalise"] if config.layer_norm else []
    return ", ".join([*done, *([f"drop {100 * config.dropout:.0f} %"] if config.dropout else [])])


def _line(points: np.ndarray) -> Part:
    flat = points.astype(np.float32)
    return {"type": "scatter", "mode": "lines", "x": flat[:, 0], "y": flat[:, 1], "hoverinfo": "skip"}
