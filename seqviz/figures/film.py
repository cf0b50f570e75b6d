"""A table whose rows begin with pictures: one, or the frames of a film in a strip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from seqviz.figures.palette import INPUT, WIRE, Colour, faded
from seqviz.figures.parts import Drawing, Part, figure
from seqviz.figures.thumbnails import data_uri
from seqviz.figures.words import LINE, broken, shown, width

HEAD: Final = 30.0
"""Height of the row of titles, in px."""
SIDE: Final = 40.0
"""Side of a picture that stands alone, in px; the frames of a film share what room there is, at most so much each."""
PADDING: Final = 8.0
"""px around what stands in a cell."""
BESIDE: Final = 170
"""px by which a table is wider than the steps of a network that is drawn above it."""


@dataclass(frozen=True)
class Column:
    """A column of a table: its title, the text of each row, the colour of what it is about.

    moves: whether its texts change while a network trains: then they have no say in how high a row is.
    """

    title: str
    texts: Sequence[str]
    colour: Colour
    moves: bool = False


def films(pictures: Sequence[Sequence[np.ndarray]], columns: Sequence[Column], room: int) -> Drawing:
    """The rows from top to bottom. room: as in `Look`. What finds no place in a row ends in "…".

    pictures: (channels, height, width) each, from 0 to 1.
    """
    whole = float(room + BESIDE)
    longest = max(map(len, pictures))
    side = min(SIDE, max(12.0, 0.36 * whole / longest))
    strip = max(longest * (side + 1) + 2 * PADDING, width("What goes in") + 4 * PADDING)
    each = (whole - strip) / len(columns)
    texts = [[broken(text, each - 2 * PADDING) for text in column.texts] for column in columns]
    still = [cells for cells, column in zip(texts, columns, strict=True) if not column.moves]
    lines = [max(2, *(len(cells[row]) for cells in still)) for row in range(len(pictures))]
    heights = [max(side, LINE * count) + 2 * PADDING for count in lines]
    tops = HEAD + np.cumsum([0.0, *heights])
    lefts = [0.0, *(strip + each * place for place in range(len(columns) + 1))]
    titles = [Column("What goes in", [], INPUT), *columns]
    bottom = float(tops[-1])
    images = [
        _image(picture, PADDING + place * (side + 1), (tops[row] + tops[row + 1]) / 2, side)
        for row, film in enumerate(pictures)
        for place, picture in enumerate(film)
    ]
    shapes = [
        shape
        for column, left, right in zip(titles, lefts, lefts[1:], strict=False)
        for shape in (
            _ground(left, right, 0.0, HEAD, faded(column.colour, 0.25)),
            _ground(left, right, HEAD, bottom, faded(column.colour, 0.07)),
        )
    ]
    rules = [_ground(0.0, whole, float(top), float(top) + 1, faded(WIRE, 0.25)) for top in tops[1:]]
    middles = (tops[:-1] + tops[1:]) / 2
    parts = [
        _texts(lefts, np.full(len(lefts), HEAD / 2), [f"<b>{shown(column.title)}</b>" for column in titles]),
        *(
            _texts([left] * len(cells), middles, [_within(cell, most) for cell, most in zip(cells, lines, strict=True)])
            for left, cells in zip(lefts[1:], texts, strict=False)
        ),
    ]
    hidden = {"visible": False, "fixedrange": True}
    layout = {
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "height": round(bottom),
        "xaxis": {**hidden, "range": [0, whole]},
        "yaxis": {**hidden, "range": [bottom, 0]},
        "images": images,
        "shapes": [*shapes, *rules],
        "dragmode": False,
    }
    return figure(parts, layout)


def _within(lines: Sequence[str], most: int) -> str:
    return "<br>".join(map(shown, lines[:most])) + (" …" if len(lines) > most else "")


def _texts(lefts: Sequence[float], y: np.ndarray, texts: Sequence[str]) -> Part:
    x = np.array(lefts[: len(texts)], np.float32) + np.float32(PADDING / 2)
    return {
        "type": "scatter",
        "mode": "text",
        "x": x,
        "y": y[: len(texts)].astype(np.float32),
        "text": list(texts),
        "textposition": "middle right",
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def _image(picture: np.ndarray, left: float, middle: float, side: float) -> Part:
    return {
        "source": data_uri(picture),
        "xref": "x",
        "yref": "y",
        "x": left,
        "y": float(middle),
        "sizex": side,
        "sizey": side,
        "xanchor": "left",
        "yanchor": "middle",
        "layer": "above",
    }


def _ground(left: float, right: float, top: float, bottom: float, colour: Colour) -> Part:
    return {
        "type": "rect",
        "xref": "x",
        "yref": "y",
        "x0": left,
        "x1": right,
        "y0": top,
        "y1": bottom,
        "fillcolor": colour,
        "line": {"width": 0},
        "layer": "below",
    }
