"""Which number tells whether gradients vanish or explode: three that are said to, beside what was measured.

Of W_hh the largest singular value, the spectral radius and the determinant. For a plain cell a largest singular value
below 1 is sufficient to vanish, and one above 1 necessary to explode but not sufficient (Pascanu, Mikolov & Bengio
2013). The determinant decides neither: it is the product of all eigenvalues, and one large one is enough to explode.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from seqviz.core.analysis import Analysis
from seqviz.core.records import Look, Moment
from seqviz.figures import Picture
from seqviz.figures.lab import NEEDS, analysis_of, block_of
from seqviz.figures.numbers import number
from seqviz.figures.palette import AMOUNT, GRADIENT, WIRE
from seqviz.figures.parts import Drawing, Part, figure

TITLE: Final = "Which number tells"
LOOK_FOR: Final = (
    "Left of 1 means shrinking, right of 1 growing. Only one bar proves anything: in a plain cell, a largest singular "
    "value below 1 makes the gradient vanish. Above 1 it only permits explosion. The last bar is measured: find "
    "settings at which the determinant points the other way."
)
FURTHEST: Final = 3.0
"""Powers of ten that a bar may reach to either side; its number is printed in full."""


def draw(moment: Moment, look: Look) -> Drawing:
    """Four bars from 1. For a gated cell the numbers are of the block of W_hh of `look.quantity`'s gate."""
    analysis, trace = analysis_of(moment), moment.trace
    jacobians, products = analysis.jacobians, analysis.products
    place = trace.steps[products.entry].segment, block_of(trace, look.quantity)
    values = np.array(
        [
            float(jacobians.largest[place]),
            float(jacobians.radius[place]),
            abs(float(jacobians.determinant[place])),
            growth(analysis, trace.streams[analysis.stream].backward),
        ]
    )
    names = ["largest singular value", "largest |eigenvalue|", "|determinant|", "measured growth a step"]
    with np.errstate(divide="ignore"):
        length = np.clip(np.log10(values), -FURTHEST, FURTHEST)
    values_said = ["none" if np.isnan(value) else number(value) for value in values]
    bars: Part = {
        "type": "bar",
        "orientation": "h",
        "x": np.nan_to_num(length).astype(np.float32),
        "y": np.arange(4, dtype=np.float32),
        "marker": {"color": [AMOUNT, AMOUNT, WIRE, GRADIENT]},
        "text": values_said,
        "textposition": "none",
        "hoverinfo": "skip",
    }
    # To the right of 1 or of the bar: to the left, in a narrow picture, stand the names.
    numbers: Part = {
        "type": "scatter",
        "mode": "text",
        "x": np.nan_to_num(np.maximum(length, 0)).astype(np.float32),
        "y": bars["y"],
        "text": [f" {text}" for text in values_said],
        "textposition": "middle right",
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
    layout = {
        "xaxis": {
            "range": [-FURTHEST - 1.2, FURTHEST + 1.2],
            "tickvals": [-FURTHEST, 0, FURTHEST],
            "ticktext": ["≤ 0.001", "1", "≥ 1000"],
            "zeroline": True,
            "zerolinewidth": 2,
        },
        "yaxis": {
            "range": [3.6, -0.6],
            "tickvals": list(range(4)),
            "ticktext": names,
            "showgrid": False,
            "zeroline": False,
            "automargin": True,
        },
        "margin": {"l": 8, "r": 8, "t": 8, "b": 24},
    }
    return figure([bars, numbers], layout)


def growth(analysis: Analysis, backward: bool) -> float:
    """The factor a step by which ‖∂h_t/∂h_k‖ changes on the way back, as far as it is a number that is not 0.

    0 or infinity where it is that after a single step. NaN where there is no step back, or the window cuts the first.
    """
    products = analysis.products
    reach, entry = products.reach, products.entry
    before = entry + 1 if backward else entry - 1
    if not 0 <= before < len(reach) or analysis.jacobians.cut[entry]:
        return np.nan
    reached = np.flatnonzero((reach > 0) & np.isfinite(reach))
    first = int(reached[-1 if backward else 0]) if reached.size else entry
    steps = abs(first - entry)
    return float(reach[first] ** (1 / steps) if steps else reach[before])


PICTURE: Final = Picture(TITLE, LOOK_FOR, draw, NEEDS)
