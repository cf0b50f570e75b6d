"""What the network makes up: names drawn letter by letter, a column for each kind, and where each is found."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Final

from seqviz.core.answers import Origin
from seqviz.core.records import Look, Moment
from seqviz.figures import Picture
from seqviz.figures.palette import INPUT, OUTPUT
from seqviz.figures.parts import Drawing, figure
from seqviz.figures.tables import NOTHING, TIGHT, TableColumn, table
from seqviz.figures.words import shortened

MARKS: Final[Mapping[Origin, str]] = {"learned": "= ", "kept back": "★ ", "new": ""}
"""Before a name."""
ROOM: Final = 900
"""px that the names of all kinds share on a page 1366 px wide."""


def draw(moment: Moment, look: Look) -> Drawing:
    """Ten names of each kind. Above them how many are in neither list."""
    kinds = list(dict.fromkeys(drawn.given for drawn in moment.drawn))
    columns = [[drawn for drawn in moment.drawn if drawn.given == kind] for kind in kinds]
    new = [sum(drawn.origin == "new" for drawn in column) for column in columns]
    room = ROOM / max(len(kinds), 1)
    texts = [
        [MARKS[drawn.origin] + (shortened("".join(drawn.words), room) or NOTHING) for drawn in column]
        for column in columns
    ]
    rows = max(map(len, texts), default=1)
    heads = [
        f"<b>{html.escape(kind)}</b>: {count} of {len(column)} are new"
        for kind, count, column in zip(kinds, new, columns, strict=True)
    ]
    shown = [
        TableColumn(head, [html.escape(text, quote=False) for text in column], INPUT, ground=OUTPUT)
        for head, column in zip(heads, texts, strict=True)
    ]
    return figure([table(shown)], {"margin": TIGHT, "height": 36 + 29 * rows})


PICTURE: Final = Picture(
    "What it makes up",
    "= stands before what it has learned by heart, ★ before what is real though it was never shown it. "
    "All else is new: in neither list, though it may be real.",
    draw,
    needs=frozenset({"drawn"}),
    wide=True,
)
