"""One example's output written in several ways: the best word each time, drawn at random, and by beam search."""

from __future__ import annotations

import html

from seqviz.core.records import Look, Moment
from seqviz.figures import Picture
from seqviz.figures.palette import OUTPUT, TARGET, WIRE
from seqviz.figures.parts import Drawing, figure
from seqviz.figures.tables import TIGHT, TableColumn, table


def draw(moment: Moment, look: Look) -> Drawing:
    """A row for each way with its sentence and log-probability, and the right sentence first where it is known."""
    written = moment.written
    rows = [(s.way, " ".join(s.words), f"{s.log_probability:.2f}") for s in written.sentences] if written else []
    if written and written.wanted:
        rows.insert(0, ("right", " ".join(written.wanted), ""))
    ways, said, sizes = ([html.escape(row[column], quote=False) for row in rows] for column in range(3))
    columns = (
        TableColumn("<b>Way of writing</b>", ways, WIRE, 2),
        TableColumn("<b>Sentence</b>", said, OUTPUT, 6),
        TableColumn("<b>log p, nats</b>", sizes, TARGET, 1.3, align="right"),
    )
    return figure([table(columns)], {"margin": TIGHT, "height": 48 + 30 * max(len(rows), 1)})


PICTURE = Picture(
    "Several ways to write",
    "The best word each time need not give the best sentence. A higher temperature draws bolder words.",
    draw,
    needs=frozenset({"written"}),
    wide=True,
)
