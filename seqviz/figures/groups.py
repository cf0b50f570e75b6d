"""How well the network does on each kind of kept-back sentence, side by side."""

from __future__ import annotations

import html

from seqviz.core.records import Look, Moment
from seqviz.figures import Picture
from seqviz.figures.palette import INPUT, OUTPUT, WIRE
from seqviz.figures.parts import Drawing, figure
from seqviz.figures.tables import TIGHT, TableColumn, table


def draw(moment: Moment, look: Look) -> Drawing:
    """A row for each group. Only the two measures change while the network trains."""
    groups = moment.groups
    columns = (
        TableColumn("<b>Kept back</b>", [html.escape(group.name, quote=False) for group in groups], INPUT, 4),
        TableColumn("<b>Sentences</b>", [str(group.sentences) for group in groups], WIRE, align="right"),
        TableColumn("<b>Exact match</b>", [f"{100 * group.exact:.1f} %" for group in groups], OUTPUT, align="right"),
        TableColumn("<b>BLEU</b>", [f"{group.bleu:.1f}" for group in groups], OUTPUT, align="right"),
    )
    return figure([table(columns)], {"margin": TIGHT, "height": 40 + 30 * max(len(groups), 1)})


PICTURE = Picture(
    "Which sentences it gets right",
    "The sentences kept back, group by group. Without attention, the longer one is, the more has to pass through the "
    "one state between the two networks. A pattern never met joins pieces of grammar that no training sentence joins: "
    "only a network that has learned the grammar can translate it.",
    draw,
    needs=frozenset({"groups"}),
    wide=True,
)
