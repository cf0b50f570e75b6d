"""What the network makes up: names drawn letter by letter, a column for each kind, and where each is found."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Final

from seqviz.core.answers import Origin
from seqviz.core.records import Look, Moment
from seqviz.figures import Picture
from seqviz.figures.palette import INPUT, OUTPUT, WIRE, faded
from seqviz.figures.parts import Drawing, Part, figure

MARKS: Final[Mapping[Origin, str]] = {"learned": "= ", "kept back": "★ ", "new": ""}
"""Before a name."""


def draw(moment: Moment, look: Look) -> Drawing:
    """Ten names of each kind. Above them how many are its own."""
    kinds = list(dict.fromkeys(drawn.given for drawn in moment.drawn))
    columns = [[drawn for drawn in moment.drawn if drawn.given == kind] for kind in kinds]
    new = [sum(drawn.origin == "new" for drawn in column) for column in columns]
    texts = [[MARKS[drawn.origin] + ("".join(drawn.words) or "(nothing)") for drawn in column] for column in columns]
    rows = max(map(len, texts), default=1)
    table: Part = {
        "type": "table",
        "header": {
            "values": [
                f"<b>{html.escape(kind)}</b>: {count} of {len(column)} are its own"
                for kind, count, column in zip(kinds, new, columns, strict=True)
            ],
            "align": "left",
            "fill": {"color": faded(INPUT, 0.25)},
            "line": {"width": 0},
            "height": 30,
        },
        "cells": {
            "values": [[html.escape(text, quote=False) for text in column] for column in texts],
            "align": "left",
            "fill": {"color": faded(OUTPUT, 0.07)},
            "line": {"width": 1, "color": faded(WIRE, 0.25)},
            "height": 28,
        },
    }
    return figure([table], {"margin": {"l": 0, "r": 0, "t": 0, "b": 0}, "height": 36 + 29 * rows})


PICTURE: Final = Picture(
    "What it makes up",
    "= stands before what it has learned by heart, ★ before what is real though it was never shown it. "
    "All else is its own.",
    draw,
    needs=frozenset({"drawn"}),
    wide=True,
)
