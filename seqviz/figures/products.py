"""How far back a gradient comes: the norm of the product of step Jacobians between a state and the loss's own step.

The bold line is ‖∂h_t/∂h_k‖ for the loss of step t and every k before it; above it the two bounds, the product of the
steps' own norms and, for a plain cell, the product of the largest singular values of W_hh (Pascanu, Mikolov & Bengio
2013). For an LSTM the orange line is the same along the cell state, ‖∂c_t/∂c_k‖.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from seqviz.core.records import Look, Moment
from seqviz.figures import Picture
from seqviz.figures.lab import NEEDS, LogAxis, analysis_of, at_one, line, said, with_cuts
from seqviz.figures.palette import AMOUNT, GRADIENT, HIDDEN, TARGET
from seqviz.figures.parts import Drawing, Part, figure
from seqviz.figures.small import over_words

TITLE: Final = "What is left of a gradient on its way back"
LOOK_FOR: Final = (
    "A straight line is a factor per step: down to the left it vanishes, up it explodes. Bold pink is measured, orange "
    "the same along an LSTM's c. Neither passes a blue bound: dashed the product of the steps' own norms, dotted, for "
    "plain cells only, the bound from W_hh."
)


def draw(moment: Moment, look: Look) -> Drawing:
    """One point a step, back from the loss `look.loss`; a ring at the state `look.state`, a diamond at the loss."""
    analysis, trace = analysis_of(moment), moment.trace
    products, backward = analysis.products, trace.streams[analysis.stream].backward
    ground = over_words(trace, range(len(trace.steps)))
    reach, cell, by_steps, by_weights = products.reach, products.reach_cell, products.by_steps, products.by_weights
    axis = LogAxis(reach, cell)
    marked = np.array([products.entry, products.state])
    t = products.entry + 1
    lines: list[Part] = [
        line(ground.x, axis(by_weights), AMOUNT, "bound by W<sub>hh</sub> alone", said(by_weights), dash="dot"),
        line(ground.x, axis(by_steps), AMOUNT, "bound by the steps' own norms", said(by_steps), dash="dash"),
        line(ground.x, axis(cell), HIDDEN, f"‖∂c<sub>{t}</sub>/∂c<sub>%{{x}}</sub>‖", said(cell), width=2),
        line(ground.x, axis(reach), GRADIENT, f"‖∂h<sub>{t}</sub>/∂h<sub>%{{x}}</sub>‖", said(reach), width=2.5),
        {
            "type": "scatter",
            "mode": "markers",
            "x": ground.x[marked],
            "y": axis(reach[marked]),
            "marker": {
                "symbol": ["diamond", "circle-open"],
                "size": 2 * ground.mark,
                "color": [TARGET, GRADIENT],
                "line": {"width": 2},
            },
            "hoverinfo": "skip",
        },
    ]
    layout = {
        **with_cuts(ground, analysis.jacobians.cut, backward),
        "yaxis": axis.layout(ground, "‖∂h<sub>t</sub>/∂h<sub>k</sub>‖"),
    }
    return figure([*lines, at_one(ground), *ground.parts], layout)


PICTURE: Final = Picture(TITLE, LOOK_FOR, draw, NEEDS)
