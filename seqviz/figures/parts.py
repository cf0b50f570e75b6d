"""What figures draw: Plotly's own JSON as a record, made without its slow check of every property (tests make that)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from seqviz.figures.palette import CLEAR

if TYPE_CHECKING:
    import plotly.graph_objects as go

Part = dict[str, object]
"""One Plotly trace, as its JSON says it. "Trace" alone means the record of a forward and backward pass."""


@dataclass(frozen=True, eq=False)
class Drawing:
    """A picture for Plotly. data: its parts, the first lowest. layout: axes, margins and whatever is no part."""

    data: Sequence[Part]
    layout: Mapping[str, object]

    def figure(self) -> go.Figure:
        """As Plotly's own object, every property checked. Raises ValueError for one that Plotly does not know."""
        import plotly.graph_objects as go  # a fifth of a second, which no picture on a page needs

        return go.Figure(self.data, self.layout)


BLANK: Final = "\u200b"
"""A text of no width. Plotly takes away for good the place of a point's text that is empty once."""


def figure(parts: Sequence[Part], layout: Mapping[str, object]) -> Drawing:
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
    return Drawing(tuple(map(_with_places, parts)), {**common, **layout})


def _with_places(part: Part) -> Part:
    texts = part.get("text")
    if part["type"] != "scatter" or not isinstance(texts, list) or "" not in texts:
        return part
    return {**part, "text": [text or BLANK for text in texts]}
