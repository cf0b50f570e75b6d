"""The simple case: one unit without an activation, whose Jacobian is one number w, so that k steps make it w^k.

A weight of 0.99 loses nearly all of a gradient over 500 steps, 1.01 makes it more than a hundred times as large, and
only 1 keeps it (Hochreiter 1991; Bengio, Simard & Frasconi 1994).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from seqviz.core.records import Look, Moment
from seqviz.figures import Picture
from seqviz.figures.numbers import ticks
from seqviz.figures.palette import AMOUNT, GRADIENT, WIRE
from seqviz.figures.parts import Drawing, Part, figure

TITLE: Final = "One unit: a number to the power of the steps"
LOOK_FOR: Final = (
    "One hundredth more or less than 1 is hard to tell over a few steps, and decides everything over hundreds. "
    "The points stand where this example's length ends."
)
FURTHEST: Final = 500
WEIGHTS: Final = ((0.99, AMOUNT), (1.0, WIRE), (1.01, GRADIENT))


def draw(moment: Moment, look: Look) -> Drawing:
    """w^k against k for three weights, and points at the number of steps in the example. `look` changes nothing."""
    k = np.arange(0, FURTHEST + 1, 5)
    steps = len(moment.trace.steps)
    parts: list[Part] = []
    for weight, colour in WEIGHTS:
        parts += [
            {
                "type": "scatter",
                "mode": "lines",
                "x": k.astype(np.int32),
                "y": (weight**k).astype(np.float32),
                "line": {"color": colour, "width": 2.5},
                "hovertemplate": f"{weight:.2f}<sup>%{{x}}</sup> = %{{y:.3g}}<extra></extra>",
            },
            {
                "type": "scatter",
                "mode": "markers",
                "x": np.array([steps], np.int32),
                "y": np.array([weight**steps], np.float32),
                "marker": {"color": colour, "size": 9},
                "hovertemplate": f"{weight:.2f}<sup>%{{x}}</sup> = %{{y:.3g}}<extra></extra>",
            },
            {
                "type": "scatter",
                "mode": "text",
                "x": np.array([FURTHEST], np.int32),
                "y": np.array([weight**FURTHEST], np.float32),
                "text": [f"{weight:.2f}<sup>k</sup>"],
                "textposition": "middle right",
                "cliponaxis": False,
                "hoverinfo": "skip",
            },
        ]
    layout = {
        "xaxis": {"range": [0, FURTHEST], "title": {"text": "steps k"}, "zeroline": False, "nticks": 6},
        "yaxis": {"type": "log", "range": [-2.6, 2.6], **ticks(-2, 2, most=5)},
        "margin": {"l": 8, "r": 60, "t": 8, "b": 8},
    }
    return figure(parts, layout)


PICTURE: Final = Picture(TITLE, LOOK_FOR, draw)
