"""How far each unit still answers: ∂h_t/∂a_t unit by unit, where a_t is what W_hh makes of the state before.

For a plain cell this is the slope of its activation, 1 - h_t² with tanh: a saturated unit stands at 0 and lets no
gradient through, whatever W_hh is. For a gated cell one gate's rows of a_t are shown (`Look.quantity`).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from seqviz.core.records import Look, Moment
from seqviz.figures import Picture
from seqviz.figures.lab import LARGEST, NEEDS, analysis_of, block_of
from seqviz.figures.palette import AMOUNT, DIVERGING, SEQUENTIAL
from seqviz.figures.parts import Drawing, Part, figure
from seqviz.figures.scales import largest, rounded_up, strongest
from seqviz.figures.small import over_words

TITLE: Final = "Saturation: which units still answer"
LOOK_FOR: Final = (
    "Pale columns are steps at which most units are saturated, and the line above, the mean slope, falls. "
    "On the way back each unit's gradient is multiplied by that unit's own slope."
)
ROWS: Final = 64
"""Rows at most; more units than that share rows."""
STRIP: Final = 0.3
"""Share of the plot's height for the line of means."""


def draw(moment: Moment, look: Look) -> Drawing:
    """Above the mean over the units, below one row a unit, one column a step."""
    analysis, trace = analysis_of(moment), moment.trace
    every = np.clip(analysis.jacobians.slope, -LARGEST, LARGEST).astype(np.float32)
    slope = every[:, block_of(trace, look.quantity)]
    gated = bool(trace.gates)
    ground = over_words(trace, range(len(trace.steps)))
    floor, top = ground.plot
    border = top - STRIP * (top - floor)
    limit = rounded_up(largest(slope)) if gated else 1.0
    mean = slope.mean(axis=1)
    mean_limit = rounded_up(largest(mean)) if gated else 1.0
    rows, units = strongest(slope.T, ROWS)
    group = -(-slope.shape[1] // ROWS)
    parts: list[Part] = [
        {
            "type": "heatmap",
            "x": ground.x,
            "y0": (group + 1) / 2,
            "dy": group,
            "z": rows,
            "customdata": units + 1,
            "hoverongaps": False,
            "hovertemplate": "∂h/∂a of unit %{customdata}, step %{x}: %{z:.4f}<extra></extra>",
            "colorscale": DIVERGING if gated else SEQUENTIAL,
            "zmin": -limit if gated else 0.0,
            "zmax": limit,
            "colorbar": {**ground.colour_bar(), "len": border - floor, "y": border, "nticks": 4},
        },
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": ground.x,
            "y": mean,
            "yaxis": "y3",
            "hovertemplate": "mean of step %{x}: %{y:.4f}<extra></extra>",
            "line": {"color": AMOUNT, "width": 2},
            "marker": {"color": AMOUNT, "size": ground.mark},
        },
    ]
    layout = {
        **ground.layout,
        "yaxis": {
            "domain": [floor, border - 0.02],
            "range": [0.5, slope.shape[1] + 0.5],
            "title": {"text": "unit"},
            "dtick": max(rounded_up(slope.shape[1] / 5), 1),
            "showgrid": False,
            "zeroline": False,
        },
        "yaxis3": {
            "domain": [border + 0.02, top],
            "range": [-1.05 * mean_limit if gated else 0.0, 1.05 * mean_limit],
            "title": {"text": "mean"},
            "nticks": 3,
        },
    }
    return figure([*parts, *ground.parts], layout)


PICTURE: Final = Picture(TITLE, LOOK_FOR, draw, NEEDS)
