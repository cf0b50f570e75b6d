"""The colours of all figures: one palette, one meaning each.

Every colour stands out at least 3:1 against the light and the dark background (WCAG 2.2, 1.4.11), and any two differ
for eyes without red, green or blue cones (simulated after Machado, Oliveira & Fernandes 2009). The scales fade into
the background instead of ending in black or white, so that a small number is faint on either theme. They are
explicit arrays because Plotly's named scales differ between Python and JavaScript.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

Colour = str
"""A CSS colour: "#rrggbb" or "rgba(r,g,b,a)"."""

Scale = list[tuple[float, Colour]]
"""A Plotly colour scale: places from 0 to 1 with their colours."""

INPUT: Final = "#1458e6"
HIDDEN: Final = "#d07e10"
OUTPUT: Final = "#10a37f"
TARGET: Final = "#c40b3a"
"""Targets and losses."""
GRADIENT: Final = "#e02ec4"
WIRE: Final = "#7d8590"
"""Edges through which a forward value passes, and other lines without a role of their own."""
NEGATIVE: Final = "#64748b"
"""The far end of the diverging scale; its near end is `HIDDEN`."""
AMOUNT: Final = "#0a86b4"
"""The full end of the sequential scale from 0 to 1: gates, probabilities, attention."""
FED_BACK: Final = "#b9cdf7"
"""A pale input: a word that was not given but comes from the output before."""
ON_LIGHT: Final = "#0e1117"
ON_DARK: Final = "#ffffff"
"""Type on a box filled with one of the colours above."""
CLEAR: Final = "rgba(0,0,0,0)"


@dataclass(frozen=True)
class Style:
    """How one of several runs is drawn everywhere: told apart by dash and mark also where colours are not.

    dash, symbol: Plotly's names. character: the symbol among words.
    """

    colour: Colour
    dash: str
    symbol: str
    character: str


RUNS: Final = (
    Style("#6d92db", "solid", "circle", "●"),
    Style("#db366d", "dash", "square", "■"),
    Style("#939324", "dot", "diamond", "◆"),
    Style("#9e00ed", "dashdot", "triangle-up", "▲"),
)


@lru_cache(maxsize=1024)
def faded(colour: Colour, strength: float) -> Colour:
    """The colour "#rrggbb" at an opacity from 0 to 1.

    >>> faded("#ff8000", 0.5)
    'rgba(255,128,0,0.5)'
    """
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{strength:g})"


DIVERGING: Final[Scale] = [
    (0.0, faded(NEGATIVE, 1)),
    (0.5, faded(NEGATIVE, 0)),
    (0.5001, faded(HIDDEN, 0)),
    (1.0, faded(HIDDEN, 1)),
]
"""Activations around zero: grey below, nothing at zero, orange above."""
SIGNED_GRADIENTS: Final[Scale] = [
    (0.0, faded(NEGATIVE, 1)),
    (0.5, faded(NEGATIVE, 0)),
    (0.5001, faded(GRADIENT, 0)),
    (1.0, faded(GRADIENT, 1)),
]
"""Entries of a gradient or a Jacobian around zero."""
SEQUENTIAL: Final[Scale] = [(0.0, faded(AMOUNT, 0.04)), (1.0, faded(AMOUNT, 1))]
"""Quantities from 0 to 1."""
GRADIENTS: Final[Scale] = [(0.0, faded(GRADIENT, 0.2)), (1.0, faded(GRADIENT, 1))]
"""Gradient norms on a logarithmic scale; the smallest is still not nothing."""
