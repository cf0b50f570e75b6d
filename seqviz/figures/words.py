"""Words beside a picture: shortened to fit, turned upright where they are crowded, left out where even that fails.

Labels that may change while a network trains are the texts of a bar trace, not tick labels: an array that a browser
can replace alone, in the theme's own colour, and unlike other texts of a trace it can be turned.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from seqviz.core.records import Trace
from seqviz.core.topology import Reads
from seqviz.figures.palette import CLEAR
from seqviz.figures.parts import Part

CHARACTER: Final = 8.0
"""Width of a character of 14 px type, in px, on the generous side. In 20 px type a stage is larger as a whole."""
LINE: Final = 17.0
"""Height of a line of 14 px type, in px."""
LEGIBLE: Final = 6
"""Characters of a word that must be there if it is set level."""
LONGEST: Final = 7
"""Characters that a word may keep where it stands upright."""


def shortened(word: str, longest: int) -> str:
    """The word, cut with "…" where it is longer than `longest`.

    >>> shortened("extraordinarily", 8), shortened("film", 8)
    ('extraor…', 'film')
    """
    return word if len(word) <= longest else word[: longest - 1] + "…"


def shown(word: str) -> str:
    """The word as Plotly prints it letter for letter: "<eos>" is not taken for markup."""
    return html.escape(word, quote=False)


def longest_read(trace: Trace) -> int:
    """Characters of the longest word that the example's steps may ever read: any output may be fed back."""
    given = [len(word) for word, step in zip(trace.read, trace.steps, strict=True) if step.reads is Reads.INPUT]
    fed_back = [len(name) for name in trace.classes] if len(given) < len(trace.steps) else []
    return max([*given, *fed_back, 1])


@dataclass(frozen=True)
class Lettering:
    """How the labels of a row of columns are set. every: only each so many-th column has its label."""

    longest: int
    upright: bool
    every: int

    def __call__(self, words: Sequence[str]) -> list[str]:
        """The labels as they are printed, "" where one is left out."""
        return [
            shown(shortened(word, self.longest)) if place % self.every == 0 else "" for place, word in enumerate(words)
        ]

    @property
    def height(self) -> float:
        """Room that the labels need, in px of 14 px type."""
        return self.longest * 1.05 * CHARACTER + 4 if self.upright else LINE


def lettering(longest_word: int, spacing: float, share: float = 1.0) -> Lettering:
    """How to set words of up to `longest_word` characters in columns `spacing` px wide.

    Level as long as `LEGIBLE` characters of a word, or all of it, find room in that `share` of the column, otherwise
    upright and up to `LONGEST` characters.
    """
    fitting = int((spacing * share - 4) / CHARACTER)
    if fitting >= min(longest_word, LEGIBLE):
        return Lettering(min(longest_word, fitting), upright=False, every=1)
    return Lettering(min(longest_word, LONGEST), upright=True, every=int(np.ceil(LINE / spacing)))


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
