"""A wiring by itself: which steps read, which emit, where a loss enters, with an example's words and no numbers.

Each part's `meta` holds the moment at which it lights up, so that a browser can let the example run through: step by
step, first what is read, then the hidden state, then what comes out and its loss.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Final

import numpy as np

from seqviz.core.graph import Edge, EdgeKind, Node, NodeKind, graph_of
from seqviz.core.records import Stream
from seqviz.core.task import Example
from seqviz.core.topology import Reads, Topology
from seqviz.figures.palette import HIDDEN, INPUT, OUTPUT, TARGET, WIRE
from seqviz.figures.parts import Drawing, Part, figure
from seqviz.figures.thumbnails import data_uri

HEIGHT: Final = {NodeKind.INPUT: 0.0, NodeKind.HIDDEN: 1.0, NodeKind.OUTPUT: 2.0, NodeKind.LOSS: 2.75}
COLOUR: Final = {NodeKind.INPUT: INPUT, NodeKind.HIDDEN: HIDDEN, NodeKind.OUTPUT: OUTPUT, NodeKind.LOSS: TARGET}
SHAPE: Final = {
    NodeKind.INPUT: "square",
    NodeKind.HIDDEN: "circle",
    NodeKind.OUTPUT: "square",
    NodeKind.LOSS: "diamond",
}
SIZE: Final = {NodeKind.INPUT: 18, NodeKind.HIDDEN: 22, NodeKind.OUTPUT: 18, NodeKind.LOSS: 10}
STAGES: Final = {NodeKind.INPUT: 0, NodeKind.HIDDEN: 1, NodeKind.OUTPUT: 2, NodeKind.LOSS: 2}
GAP: Final = 0.6
"""Columns left free between reader and writer."""


def draw(topology: Topology, example: Example, said: Sequence[str], recurrent: bool = True) -> Drawing:
    """The unrolled wiring for one example; `said` are the words of its outputs, in order.

    recurrent: False leaves out the wires between hidden states, for the plain network to compare with.
    """
    steps = topology.unroll(len(example.inputs), len(said))
    graph = graph_of(steps, (Stream(0),), np.ones((1, len(steps)), dtype=bool), attention=False)
    columns = [place + GAP * step.segment for place, step in enumerate(steps)]
    edges = [edge for edge in graph.edges if recurrent or edge.kind is not EdgeKind.RECURS]
    outputs = iter(said)
    words: list[Part] = []
    images = []
    for time, step in enumerate(steps):
        if step.reads is Reads.INPUT:
            picture = example.inputs.ndim == 4
            words.append(_word("" if picture else example.words[step.position], columns[time], -0.68, 3 * time))
            if picture:
                images.append(_image(example.inputs[step.position], columns[time]))
        if step.emits:
            words.append(_word(next(outputs), columns[time], 3.5, 3 * time + 2))
    parts = [*(_wire(edge, columns) for edge in edges), *(_node(node, columns) for node in graph.nodes), *words]
    hidden = {"visible": False, "fixedrange": True}
    missing = max(4 - len(columns), 0) / 2
    return figure(
        parts,
        {
            "xaxis": hidden | {"range": [columns[0] - 0.7 - missing, columns[-1] + 0.7 + missing]},
            "yaxis": hidden | {"range": [-1.25, 4.1]},
            "images": images,
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
            "dragmode": False,
        },
    )


def _moment(node: Node) -> int:
    return 3 * node.step + STAGES[node.kind]


def _node(node: Node, columns: Sequence[float]) -> Part:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [columns[node.step]],
        "y": [HEIGHT[node.kind]],
        "marker": {"symbol": SHAPE[node.kind], "size": SIZE[node.kind], "color": COLOUR[node.kind]},
        "hovertemplate": f"{node.kind.value}, step {node.step + 1}<extra></extra>",
        "meta": _moment(node),
    }


def _wire(edge: Edge, columns: Sequence[float]) -> Part:
    start, end = edge.source, edge.target
    x = [columns[start.step], columns[end.step]]
    y = [HEIGHT[start.kind], HEIGHT[end.kind]]
    if edge.kind is EdgeKind.FEEDS:
        between = columns[start.step] + 0.5 * (columns[end.step] - columns[start.step])
        x, y = [x[0], between, between, x[1]], [y[0], y[0], y[1], y[1]]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": x,
        "y": y,
        "line": {"color": WIRE, "width": 2, "dash": "dot" if edge.kind is EdgeKind.FEEDS else "solid"},
        "marker": {
            "symbol": "arrow",
            "angleref": "previous",
            "size": [0] * (len(x) - 1) + [11],
            "color": WIRE,
            "standoff": SIZE[end.kind] / 2,
        },
        "hoverinfo": "skip",
        "meta": _moment(end),
    }


def _word(word: str, x: float, y: float, moment: int) -> Part:
    return {
        "type": "scatter",
        "mode": "text",
        "x": [x],
        "y": [y],
        "text": [html.escape(word, quote=False).replace(" ", "<br>")],
        "textposition": "middle center",
        "hoverinfo": "skip",
        "meta": moment,
    }


def _image(picture: np.ndarray, x: float) -> dict[str, object]:
    return {
        "source": data_uri(picture),
        "xref": "x",
        "yref": "y",
        "x": x,
        "y": -0.3,
        "sizex": 0.9,
        "sizey": 0.9,
        "xanchor": "center",
        "yanchor": "top",
    }
