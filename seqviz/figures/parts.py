"""A Plotly figure from its parts, without the slow check of every property (tests make it instead)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from seqviz.figures.palette import CLEAR

Part = dict[str, object]
"""One Plotly trace, as its JSON says it. "Trace" alone means the record of a forward and backward pass."""


def figure(parts: Sequence[Part], layout: Mapping[str, object]) -> go.Figure:
    """The parts over each other on a see-through ground, as large as the page makes it, in the page's type."""
    common = {
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "showlegend": False,
        "barmode": "overlay",
        "hovermode": "closest",
        "autosize": True,
        "uirevision": "kept",
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
    }
    return go.Figure({"data": list(parts), "layout": {**common, **layout}}, _validate=False)
