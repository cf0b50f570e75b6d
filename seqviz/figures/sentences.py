"""One example's output written in several ways: the best word or letter each time, drawn at random, by beam search."""

from __future__ import annotations

import html
from typing import Final

from seqviz.core.records import Look, Moment
from seqviz.figures import Picture
from seqviz.figures.palette import OUTPUT, TARGET, WIRE
from seqviz.figures.parts import Drawing, figure
from seqviz.figures.tables import NOTHING, TIGHT, TableColumn, table
from seqviz.figures.words import broken, cut

ROOM: Final = 600
"""px for a sentence on a page 1366 px wide."""


def draw(moment: Moment, look: Look) -> Drawing:
    """A row for each way with its sentence and log-probability, and the right sentence first where it is known.

    No sentence has more lines than the right one, or two: a network that has learned nothing may write without end.
    """
    written = moment.written
    said_of = [(s.way, " ".join(s.words) or NOTHING, s.log_probability) for s in written.sentences] if written else []
    rows = [(way, text, f"{log_probability:.2f}") for way, text, log_probability in said_of]
    lines = 2
    if written and written.wanted:
        right = " ".join(written.wanted)
        lines = len(broken(right, ROOM))
        rows.insert(0, ("right", right, ""))
    ways, said, sizes = ([row[column] for row in rows] for column in range(3))
    said = [html.escape(cut(text, ROOM, lines), quote=False) for text in said]
    columns = (
        TableColumn("<b>Way of writing</b>", ways, WIRE, 2),
        TableColumn("<b>What it writes</b>", said, OUTPUT, 6),
        TableColumn("<b>log p, nats</b>", sizes, TARGET, 1.3, align="right"),
    )
    return figure([table(columns)], {"margin": TIGHT, "height": 48 + (12 + 20 * lines) * max(len(rows), 1)})


PICTURE = Picture(
    "Several ways to write",
    "The best word, or letter, each time need not give the best whole. A higher temperature draws bolder ones.",
    draw,
    needs=frozenset({"written"}),
    wide=True,
)
