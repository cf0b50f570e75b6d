"""How well the network does on each kind of kept-back sentence, side by side."""

from __future__ import annotations

import html

from seqviz.core.records import Look, Moment
from seqviz.figures import Picture
from seqviz.figures.palette import INPUT, OUTPUT, WIRE, faded
from seqviz.figures.parts import Drawing, Part, figure


def draw(moment: Moment, look: Look) -> Drawing:
    """A row for each group. Only the two measures change while the network trains."""
    groups = moment.groups
    columns = (
        ("Kept back", [html.escape(group.name, quote=False) for group in groups], INPUT),
        ("Sentences", [str(group.sentences) for group in groups], WIRE),
        ("Exact match", [f"{100 * group.exact:.1f} %" for group in groups], OUTPUT),
        ("BLEU", [f"{group.bleu:.1f}" for group in groups], OUTPUT),
    )
    table: Part = {
        "type": "table",
        "columnwidth": [4, 1, 1, 1],
        "header": {
            "values": [f"<b>{title}</b>" for title, _, _ in columns],
            "align": ["left", "right", "right", "right"],
            "fill": {"color": [faded(colour, 0.25) for _, _, colour in columns]},
            "line": {"width": 0},
            "height": 28,
        },
        "cells": {
            "values": [texts for _, texts, _ in columns],
            "align": ["left", "right", "right", "right"],
            "fill": {"color": [faded(colour, 0.07) for _, _, colour in columns]},
            "line": {"width": 1, "color": faded(WIRE, 0.25)},
            "height": 26,
        },
    }
    return figure([table], {"margin": {"l": 0, "r": 0, "t": 0, "b": 0}, "height": 40 + 30 * max(len(groups), 1)})


PICTURE = Picture(
    "Which sentences it gets right",
    "The sentences kept back, group by group. Without attention, the longer one is, the more has to pass through the "
    "one state between the two networks. A pattern never met joins pieces of grammar that no training sentence joins: "
    "only who has learned the grammar can translate it.",
    draw,
    needs=frozenset({"groups"}),
    wide=True,
)
