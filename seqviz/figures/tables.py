"""Tables of Plotly's: a heading and a pale ground in the colour of what each column is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from seqviz.figures.palette import WIRE, Colour, faded
from seqviz.figures.parts import Part

NOTHING: Final = "(nothing)"
"""What stands for an answer without a word."""
TIGHT: Final = {"l": 0, "r": 0, "t": 0, "b": 0}
"""The margins of a table that is a whole picture."""


@dataclass(frozen=True)
class TableColumn:
    """title, texts: as Plotly prints them, so that "<" in somebody's words must be escaped. width: beside the others.

    ground: the colour below the heading, where it is another.
    """

    title: str
    texts: Sequence[str]
    colour: Colour
    width: float = 1.0
    align: Literal["left", "right"] = "left"
    ground: Colour = ""


def table(columns: Sequence[TableColumn], row: int = 28) -> Part:
    """The part that shows the columns, each row `row` px high or as high as its longest text needs."""
    aligned = [column.align for column in columns]
    return {
        "type": "table",
        "columnwidth": [column.width for column in columns],
        "header": {
            "values": [column.title for column in columns],
            "align": aligned,
            "fill": {"color": [faded(column.colour, 0.25) for column in columns]},
            "line": {"width": 0},
            "height": 30,
        },
        "cells": {
            "values": [list(column.texts) for column in columns],
            "align": aligned,
            "fill": {"color": [faded(column.ground or column.colour, 0.07) for column in columns]},
            "line": {"width": 1, "color": faded(WIRE, 0.25)},
            "height": row,
        },
    }
