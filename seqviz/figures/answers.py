"""Held-out examples side by side: what is asked, what is right, what the network says now, what the baseline says."""

from __future__ import annotations

import html
from collections.abc import Sequence

from seqviz.core.answers import Answer
from seqviz.core.records import Look, Moment
from seqviz.figures import Picture
from seqviz.figures.palette import INPUT, OUTPUT, TARGET, WIRE, faded
from seqviz.figures.parts import Drawing, Part, figure

LINE = 20
"""px of a line of 14 px type in a table."""
WIDE, NARROW = 32, 20
"""Characters that a wide and the narrow column hold."""
MARKS = {True: "✓ ", False: "✗ "}
"""Before an answer: whether it is right, so that nobody has to tell it by colour."""


def draw(moment: Moment, look: Look) -> Drawing:
    """One row an example. Only the network's column changes while it trains."""
    answers = moment.answers
    columns = (
        ("What goes in", [answer.asked for answer in answers], INPUT),
        ("Right", [answer.wanted for answer in answers], TARGET),
        ("The network says", _marked(answers), OUTPUT),
        (moment.baseline_name, [_mark(answer.baseline, answer.wanted) for answer in answers], WIRE),
    )
    table: Part = {
        "type": "table",
        "columnwidth": [3, 3, 3, 2],
        "header": {
            "values": [f"<b>{html.escape(title)}</b>" for title, _, _ in columns],
            "align": "left",
            "fill": {"color": [faded(colour, 0.25) for _, _, colour in columns]},
            "line": {"width": 0},
            "height": 30,
        },
        "cells": {
            "values": [[html.escape(text, quote=False) for text in texts] for _, texts, _ in columns],
            "align": "left",
            "fill": {"color": [faded(colour, 0.07) for _, _, colour in columns]},
            "line": {"width": 1, "color": faded(WIRE, 0.25)},
            "height": 28,
        },
    }
    return figure([table], {"margin": {"l": 0, "r": 0, "t": 0, "b": 0}, "height": _height(answers)})


def _height(answers: Sequence[Answer]) -> int:
    """Room for every row on a stage of the usual width, in px: what goes in decides how many lines a row has."""
    lines = [max(-(-len(answer.asked) // WIDE), -(-len(answer.baseline) // NARROW), 1) for answer in answers]
    return 56 + sum(12 + LINE * count for count in lines)


def _marked(answers: Sequence[Answer]) -> list[str]:
    return [MARKS[answer.right] + answer.said for answer in answers]


def _mark(said: str, wanted: str) -> str:
    return MARKS[said == wanted] + said if said else ""


PICTURE = Picture(
    "Never seen in training",
    "These examples were kept from the network. Watch which of them it gets right first, and which never.",
    draw,
    needs=frozenset({"answers"}),
    wide=True,
)
