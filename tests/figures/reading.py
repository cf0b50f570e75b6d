"""The picture of the unrolled network, read back from the coordinates that are drawn."""

import numpy as np
import plotly.graph_objects as go
from plotly.basedatatypes import BaseTraceType

from seqviz.core.graph import Edge, Graph, Node, NodeKind

Rectangle = tuple[float, float, float, float]
"""left, right, bottom, top."""


def parts(figure: go.Figure, what: str) -> list[BaseTraceType]:
    return [part for part in figure.data if part.meta is not None and what in part.meta]


def lines_of(part: BaseTraceType) -> list[np.ndarray]:
    """The (points, 2) lines of a part, taken apart at the gaps."""
    points = np.stack([part.x, part.y], 1)
    return [line for line in np.split(points, np.flatnonzero(np.isnan(points[:, 0])) + 1) if len(line) > 1]


def boxes_of(figure: go.Figure, graph: Graph) -> dict[int, Rectangle]:
    """The place of every node, by its number in the graph, as the figure draws it."""
    found: dict[int, Rectangle] = {}
    for part in parts(figure, "nodes"):
        for place, number in enumerate(part.meta["nodes"]):
            if part.type == "heatmap":
                box = (part.x[2 * place], part.x[2 * place + 1], part.y[0], part.y[-1])
            elif part.type == "bar":
                half = part.width[place] / 2
                low = part.base[place]
                box = (part.x[place] - half, part.x[place] + half, low, low + part.y[place])
            else:
                box = (part.x[place], part.x[place], part.y[place], part.y[place])
            assert number not in found
            found[int(number)] = tuple(float(side) for side in box)  # type: ignore[assignment]
    assert sorted(found) == list(range(len(graph.nodes)))
    return found


def touches(point: np.ndarray, node: Node, box: Rectangle) -> bool:
    """Whether a line that ends at `point` ends at the node that is drawn in `box`."""
    left, right, bottom, top = box
    gauge = 10 if node.kind is NodeKind.OUTPUT else 1e-3  # a gauge hangs under an output's box
    return left - 1e-4 <= point[0] <= right + 1e-4 and bottom - gauge <= point[1] <= top + 1e-3


def edges_of(figure: go.Figure, graph: Graph) -> list[Edge]:
    """Every line as the two nodes at whose boxes it ends; its kind is what its part says that it is."""
    boxes = boxes_of(figure, graph)

    def at(point: np.ndarray) -> Node:
        (found,) = [node for number, box in boxes.items() if touches(point, node := graph.nodes[number], box)]
        return found

    return [
        Edge(graph.edges[number].kind, at(line[0]), at(line[~np.isnan(line[:, 0])][-1]))
        for part in parts(figure, "edges")
        for line, number in zip(lines_of(part), part.meta["edges"], strict=True)
    ]
