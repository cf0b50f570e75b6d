"""Words beside a picture: broken or shortened to fit, turned upright where they are crowded, left out where even that
fails.

Labels that may change while a network trains are the texts of a bar trace, not tick labels: an array that a browser
can replace alone, in the theme's own colour, and unlike other texts of a trace it can be turned.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Final

import numpy as np

from seqviz.core.records import Trace
from seqviz.core.topology import Reads
from seqviz.figures.palette import CLEAR
from seqviz.figures.parts import Part

TYPE: Final = 14.0
"""Height of the type, in px. In 20 px type a stage is larger as a whole."""
WIDTHS: Final = {
    character: width
    for width, characters in {
        0.20: " ",
        0.26: "',.:;Iijl|‘’",
        0.30: "!()-[]f{}",
        0.36: "/\\rt",
        0.43: '"*?sz“”„',
        0.47: "cvxy",
        0.50: "#$+0123456789<=>FJLY^_aegk~–",
        0.55: "AESTVXZ`bdhnopqu",
        0.58: "BCKPRß",
        0.62: "&DG",
        0.66: "HNOQU",
        0.73: "Mw",
        0.83: "%Wm",
        0.85: "@—",
        0.95: "…",
    }.items()
    for character in characters
}
"""Widths of the characters of Source Sans, which Streamlit brings along, as shares of the type's height: a page looks
the same on every machine, so what fits is known before it is drawn."""
CHARACTER: Final = 7.0
"""Width of an average character and of a digit, in px."""
LINE: Final = 17.0
"""Height of a line of type, in px."""
LEGIBLE: Final = 40.0
"""Room in px, six characters, that a word must have to be cut and set level."""
LONGEST: Final = 54.0
"""Length in px, eight characters or so, that a word may keep where it stands upright."""


@lru_cache(maxsize=4096)
def width(text: str) -> float:
    """The width of one line of type in px. A letter with an accent is as wide as without.

    >>> width("film"), width("naïve") == width("naive")
    (23.1, True)
    """
    return round(TYPE * sum(map(_share, text)), 1)


def _share(character: str) -> float:
    plain = character if character in WIDTHS else unicodedata.normalize("NFD", character)[0]
    return WIDTHS.get(plain, 1.0 if unicodedata.east_asian_width(plain) in "FW" else 0.65)


@lru_cache(maxsize=4096)
def shortened(word: str, room: float) -> str:
    """The word, cut with "…" where it is wider than `room` px; its first letter stays.

    >>> shortened("extraordinarily", 60), shortened("film", 60)
    ('extraor…', 'film')
    """
    if width(word) <= room:
        return word
    kept = next((end for end in range(len(word) - 1, 1, -1) if width(word[:end] + "…") <= room), 1)
    return word[:kept] + "…"


def shown(word: str) -> str:
    """The word as Plotly prints it letter for letter: "<eos>" is not taken for markup."""
    return html.escape(word, quote=False)


def broken(text: str, room: float) -> list[str]:
    """A text in lines of at most `room` px, broken at its spaces; a wider word has a line of its own.

    >>> broken("a small red circle above a blue square", 130)
    ['a small red circle', 'above a blue square']
    """
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines or [""]


def cut(text: str, room: float, lines: int) -> str:
    """A text that is broken at its spaces, as far as it goes into so many lines of `room` px.

    >>> cut("a small red circle above a blue square", 130, 1)
    'a small red circle …'
    """
    found = broken(text, room)
    return text if len(found) <= lines else " ".join(found[:lines]) + " …"


def runs(words: Sequence[str]) -> list[str]:
    """Equal words that follow each other, put together.

    >>> runs(["appearing", "left", "left", "up"])
    ['appearing', 'left × 2', 'up']
    """
    counted = [(word, len(list(same))) for word, same in groupby(words)]
    return [f"{word} × {count}" if count > 1 else word for word, count in counted]


@dataclass(frozen=True)
class Extent:
    """How much room labels need in one line, and broken into lines at their spaces. In px of the widest.

    lines: the most that any of them can be broken into.
    """

    whole: float
    broken: float
    lines: int


@lru_cache(maxsize=64)
def extent(labels: tuple[str, ...]) -> Extent:
    """Of the widest of the labels.

    >>> extent(("up", "moving left"))
    Extent(whole=66.9, broken=44.2, lines=2)
    """
    words = [label.split(" ") for label in labels]
    return Extent(
        max(map(width, labels), default=0.0),
        max((width(word) for label in words for word in label), default=0.0),
        max(map(len, words), default=1),
    )


def extent_read(trace: Trace) -> Extent:
    """Of all that the example's steps may ever read: any output may be fed back."""
    given = [word for word, step in zip(trace.read, trace.steps, strict=True) if step.reads is Reads.INPUT]
    fed_back = trace.classes if len(given) < len(trace.steps) else ()
    return extent((*given, *fed_back))


@dataclass(frozen=True)
class Lettering:
    """How the labels of a row of columns are set.

    room: px that a label may take along its line. lines: into how many it may be broken at its spaces. every: only each
    so many-th column has its label.
    """

    room: float
    upright: bool
    every: int
    lines: int = 1

    def __call__(self, words: Sequence[str]) -> list[str]:
        """The labels as they are printed, "" where one is left out."""
        return [self._set(word) if place % self.every == 0 else "" for place, word in enumerate(words)]

    def _set(self, label: str) -> str:
        if self.lines == 1 or width(label) <= self.room:
            return shown(shortened(label, self.room))
        return "<br>".join(shown(shortened(word, self.room)) for word in label.split(" "))

    @property
    def height(self) -> float:
        """Room that the labels need, in px."""
        return self.room + 10 if self.upright else LINE * self.lines


def lettering(labels: Extent, spacing: float, share: float = 1.0, lines: int = 1) -> Lettering:
    """How to set labels in columns `spacing` px wide, of which they may fill a `share`.

    Level if they fit, in up to `lines` lines where they have spaces, or if at least `LEGIBLE` px of each word can be
    shown; otherwise upright and up to `LONGEST` px long.
    """
    room = spacing * share - 4
    if labels.whole > room >= min(labels.broken, LEGIBLE) and 1 < labels.lines <= lines:
        return Lettering(min(labels.broken, room), upright=False, every=1, lines=labels.lines)
    if room >= min(labels.whole, LEGIBLE):
        return Lettering(min(labels.whole, room), upright=False, every=1)
    return Lettering(min(labels.whole, LONGEST), upright=True, every=int(np.ceil(LINE / spacing)))


def labels_below(x: np.ndarray, texts: list[str], upright: bool, axis: str) -> Part:
    """The part that prints `texts` downwards from the top of `axis`, whose range is 0 to 1."""
    return {
        "type": "bar",
        "x": x,
        "y": np.full(len(x), -0.01, np.float32),
        "base": np.full(len(x), 1.0, np.float32),
        "yaxis": axis,
        "text": texts,
        "textposition": "outside",
        "textangle": -90 if upright else 0,
        "constraintext": "none",
        "cliponaxis": False,
        "marker": {"color": CLEAR},
        "hoverinfo": "skip",
    }
