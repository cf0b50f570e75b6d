"""One example's output written in several ways: the best word each time, drawn at random, and by beam search."""

from __future__ import annotations

import html

from seqviz.core.records import Look, Moment
from seqviz.figures import Picture
from seqviz.figures.palette import OUTPUT, TARGET, WIRE, faded
from seqviz.figures.parts import Drawing, Part, figure


def draw(moment: Moment, look: Look) -> Drawing:
    """A row for each way with its sentence and log-probability, and the right sentence first where it is known."""
    written = moment.written
    rows = [(s.way, " ".join(s.words), f"{s.log_probability:.2f}") for s in written.sentences] if written else []
    if written and written.wanted:
        rows.insert(0, ("right", " ".join(written.wanted), ""))
    titles = ("Way of writing", "Sentence", "log p, nats")
    colours = (WIRE, OUTPUT, TARGET)
    table: Part = {
        "type": "table",
        "columnwidth": [2, 6, 1.3],
        "header": {
            "values": [f"<b>{title}</b>" for title in titles],
            "align": "left",
            "fill": {"color": [faded(colour, 0.25) for colour in colours]},
            "line": {"width": 0},
            "height": 28,
        },
        "cells": {
            "values": [[html.escape(row[column], quote=False) for row in rows] for column in range(3)],
            "align": ["left", "left", "right"],
            "fill": {"color": [faded(colour, 0.07) for colour in colours]},
            "line": {"width": 1, "color": faded(WIRE, 0.25)},
            "height": 26,
        },
    }
    return figure([table], {"margin": {"l": 0, "r": 0, "t": 0, "b": 0}, "height": 48 + 30 * max(len(rows), 1)})


PICTURE = Picture(
    "Several ways to write",
    "The best word each time need not give the best sentence. A higher temperature draws bolder words.",
    draw,
    needs=frozenset({"written"}),
    wide=True,
)
