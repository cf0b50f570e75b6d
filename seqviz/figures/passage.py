"""The way between one loss and one state: the product of Jacobians ∂h_t/∂h_k as a matrix, and the norms at its ends.

In a network of one chain, what arrives at h_k is the gradient at h_t times this matrix, so its norm is at most the
product of the two before it; further chains, and attention, add ways of their own.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from seqviz.core.records import Look, Moment
from seqviz.figures import Picture
from seqviz.figures.lab import LARGEST, NEEDS, analysis_of
from seqviz.figures.numbers import number
from seqviz.figures.palette import SIGNED_GRADIENTS, WIRE
from seqviz.figures.parts import Drawing, Part, figure
from seqviz.figures.scales import evenly, largest, rounded_up

TITLE: Final = "From one loss back to one state"
LOOK_FOR: Final = (
    "Each row is a unit of the later state, each column one of the earlier: colour says how the one depends on the "
    "other. Where the matrix is empty, the loss can no longer tell what that state should have been."
)
SHOWN: Final = 32
"""Units at most, evenly spread among all."""
FAINT: Final = 0.1
"""The colour scale ends here at the earliest, so that a matrix of small numbers looks like one."""


def draw(moment: Moment, look: Look) -> Drawing:
    """The matrix for the loss `look.loss` and the state `look.state`, and three norms in words above it."""
    products = analysis_of(moment).products
    units = evenly(len(products.matrix), SHOWN)
    matrix = products.matrix[np.ix_(units, units)]
    limit = min(max(rounded_up(largest(matrix)), FAINT), LARGEST)
    t, k = products.entry + 1, products.state + 1
    at_loss, at_state = map(number, products.norms)
    norm = number(float(products.reach[products.state]))
    words = [
        f"‖∂L<sub>{products.loss + 1}</sub>/∂h<sub>{t}</sub>‖ = {at_loss}",
        f"‖∂h<sub>{t}</sub>/∂h<sub>{k}</sub>‖ = {norm}",
        f"‖∂L<sub>{products.loss + 1}</sub>/∂h<sub>{k}</sub>‖ = {at_state}",
    ]
    numbers = (units + 1).astype(str).tolist()
    places = ((np.arange(len(units)) + 0.5) / len(units)).astype(np.float32)
    heatmap: Part = {
        "type": "heatmap",
        "x": places,
        "y": places,
        "z": np.clip(matrix, -limit, limit).astype(np.float32),
        "hovertext": [
            [f"unit {row} of h<sub>{t}</sub>, unit {col} of h<sub>{k}</sub>" for col in numbers] for row in numbers
        ],
        "hovertemplate": "%{hovertext}: %{z:.4g}<extra></extra>",
        "colorscale": SIGNED_GRADIENTS,
        "zmin": -limit,
        "zmax": limit,
        "colorbar": {"thickness": 10, "outlinewidth": 0, "tickvals": [-limit, 0, limit], "exponentformat": "power"},
    }
    spoken: Part = {
        "type": "scatter",
        "mode": "text",
        "xaxis": "x2",
        "yaxis": "y2",
        "x": np.zeros(3, np.float32),
        "y": np.array([2.5, 1.5, 0.5], np.float32),
        "text": words,
        "textposition": "middle right",
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
    plain = {"showticklabels": False, "ticks": "", "showgrid": False, "zeroline": False}
    plain |= {"showline": True, "mirror": True, "linecolor": WIRE}
    layout = {
        "xaxis": {"domain": [0.08, 1], "range": [0, 1], "title": {"text": f"units of h<sub>{k}</sub>"}, **plain},
        "yaxis": {
            "domain": [0.08, 0.68],
            "range": [1, 0],
            "title": {"text": f"units of h<sub>{t}</sub>"},
            **plain,
        },
        "xaxis2": {"domain": [0, 1], "anchor": "y2", "range": [0, 1], "visible": False},
        "yaxis2": {"domain": [0.7, 1], "anchor": "x2", "range": [0, 3], "visible": False},
    }
    return figure([heatmap, spoken], layout)


PICTURE: Final = Picture(TITLE, LOOK_FOR, draw, NEEDS)
