"""Held-out examples side by side: what is asked, what is right, what the network says now, what the baseline says."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from seqviz.core.answers import Answer
from seqviz.core.records import Look, Moment
from seqviz.figures import Picture
from seqviz.figures.film import Column, films
from seqviz.figures.palette import INPUT, OUTPUT, TARGET, WIRE
from seqviz.figures.parts import Drawing, figure
from seqviz.figures.tables import NOTHING, TIGHT, TableColumn, table
from seqviz.figures.words import broken, cut, runs

LINE: Final = 20
"""px of a line of 14 px type in a table."""
WIDE, NARROW = 3 / 11, 2 / 11
"""Shares of the width that a wide and the narrow column take."""
ROOM: Final = 990
"""px of the whole width on a page 1366 px wide."""
MARKS: Final = {True: "✓ ", False: "✗ "}
"""Before an answer: whether it is right, so that nobody has to tell it by colour."""


def draw(moment: Moment, look: Look) -> Drawing:
    """One row an example. Only the network's column changes while it trains."""
    answers = moment.answers
    columns = (
        Column("Right", [_spoken(answer, answer.wanted) for answer in answers], TARGET),
        Column("The network says", [_marked(answer, answer.said) for answer in answers], OUTPUT, moves=True),
        Column(
            moment.baseline_name,
            [_marked(answer, answer.baseline) if answer.baseline else "" for answer in answers],
            WIRE,
        ),
    )
    if any(answer.pictures for answer in answers):
        return films([answer.pictures for answer in answers], columns, look.room)
    asked = Column("What goes in", [" ".join(answer.asked) for answer in answers], INPUT)
    right, said, baseline = columns
    lines = _lines(asked, right, baseline)
    # A network that has learned nothing may say the same words without end.
    texts = [cut(text, WIDE * ROOM - 20, most) for text, most in zip(said.texts, lines, strict=True)]
    return _table((asked, right, replace(said, texts=texts), baseline), lines)


def _table(columns: Sequence[Column], lines: Sequence[int]) -> Drawing:
    """lines: of each row, which is as high also where its texts need fewer: nothing jumps when an answer changes."""
    head = max(len(broken(column.title, NARROW * ROOM - 20)) for column in columns)
    rows = [14 + LINE * count for count in lines]
    shown = [
        TableColumn(
            f"<b>{html.escape(column.title)}</b>",
            [html.escape(text, quote=False) for text in column.texts],
            column.colour,
            width,
        )
        for column, width in zip(columns, (3, 3, 3, 2), strict=True)
    ]
    return figure([table(shown, min(rows, default=0))], {"margin": TIGHT, "height": 36 + LINE * head + sum(rows)})


def _lines(asked: Column, right: Column, baseline: Column) -> list[int]:
    """How many lines each row has on a stage of the usual width. What the network says may change, and does not count:
    it has a line more than the right answer where that is a sentence."""
    return [
        max(
            len(broken(one, WIDE * ROOM - 20)),
            len(broken(two, WIDE * ROOM - 20)) + (" " in two),
            len(broken(three, NARROW * ROOM - 20)),
        )
        for one, two, three in zip(asked.texts, right.texts, baseline.texts, strict=True)
    ]


def _spoken(answer: Answer, words: Sequence[str]) -> str:
    """Words of a sentence; or what is said of each of several pictures, equal ones put together."""
    return ", ".join(runs(words)) if len(answer.pictures) > 1 else " ".join(words)


def _marked(answer: Answer, said: tuple[str, ...]) -> str:
    return MARKS[said == answer.wanted] + (_spoken(answer, said) or NOTHING)


PICTURE = Picture(
    "Never seen in training",
    "These examples were kept from the network. Watch which of them it gets right first, and which never.",
    draw,
    needs=frozenset({"answers"}),
    wide=True,
)
