"""Weight sharing: each step's own contribution to ∂L/∂W_hh as a small matrix, their sum, and autograd's own.

All steps use the same W_hh, so its gradient is the sum of one outer product a step, ∂L/∂a_t h_{t-1}ᵀ (Werbos 1990).
Of a wide layer a few evenly spread units are shown; the difference that is printed is of the whole matrices.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float32

from seqviz.core.records import Look, Moment
from seqviz.figures import Picture
from seqviz.figures.lab import NEEDS, analysis_of, block_of, title_of
from seqviz.figures.palette import SIGNED_GRADIENTS, WIRE, faded
from seqviz.figures.parts import Drawing, Part, figure
from seqviz.figures.scales import largest, rounded_up
from seqviz.figures.small import HEIGHT, over_words
from seqviz.figures.words import LINE

TITLE: Final = "Each step's share of the weights' gradient"
LOOK_FOR: Final = (
    "One matrix a step; on the right their sum beside what autograd finds. "
    "If only the last steps have colour, the weights learn from them alone."
)
STEPS: Final = 0.64
"""Share of the width for the steps."""
GAP: Final = 0.14
"""Share of a step's column that stays free between two matrices."""


def draw(moment: Moment, look: Look) -> Drawing:
    """For a gated cell the rows of `look.quantity`'s gate. The steps have one colour scale, their sums another."""
    shares, trace = analysis_of(moment).shares, moment.trace
    block = block_of(trace, look.quantity)
    each, sums, own = (values[:, block] for values in (shares.contributions, shares.summed, shares.by_autograd))
    segments = sorted({step.segment for step in trace.steps})
    pairs = np.concatenate([np.stack([sums[segment], own[segment]]) for segment in segments])
    ground = over_words(trace, range(len(trace.steps)))
    _, top = ground.plot
    where, z = _side_by_side(each)
    limits = rounded_up(largest(each)), rounded_up(largest(pairs))
    hover = [[f"row {i}, column {j}" for j in shares.units + 1] for i in shares.units + 1]
    parts: list[Part] = [
        {"x": where + 1, "z": z, "hovertemplate": "%{z:.3g}<extra></extra>", **_colours(limits[0])},
        *(
            {
                "xaxis": f"x{place + 3}",
                "yaxis": f"y{place + 3}",
                "z": matrix,
                "hovertext": hover,
                "hovertemplate": "%{hovertext}: %{z:.4g}<extra></extra>",
                **_colours(limits[1]),
            }
            for place, matrix in enumerate(pairs)
        ),
        {
            "type": "scatter",
            "mode": "text",
            "xaxis": "x9",
            "yaxis": "y9",
            "x": np.zeros(3, np.float32),
            "y": np.array([2.5, 1.5, 0.5], np.float32),
            "text": [
                f"full colour: {limits[0]:g} a step, {limits[1]:g} sum",
                f"largest entry: {shares.scale:.2g}",
                f"largest difference: {shares.difference:.1g}",
            ],
            "textposition": "middle right",
            "cliponaxis": False,
            "hoverinfo": "skip",
        },
    ]
    xaxis = ground.layout["xaxis"]
    assert isinstance(xaxis, dict)
    layout = {
        **ground.layout,
        **_panels(len(segments), 3 * LINE / HEIGHT, top),
        "xaxis": {
            **xaxis,
            "domain": [0, STEPS],
            "showgrid": True,
            "tick0": 0.5,
            "dtick": 1,
            "gridcolor": faded(WIRE, 0.5),
        },
        "yaxis": {"domain": ground.plot, "autorange": "reversed", "visible": False},
        "annotations": [title_of(str(place + 3), ("sum", "autograd")[place % 2]) for place in range(len(pairs))],
    }
    return figure([*parts, *ground.parts], layout)


def _colours(limit: float) -> Part:
    return {
        "type": "heatmap",
        "colorscale": SIGNED_GRADIENTS,
        "zmin": -limit,
        "zmax": limit,
        "hoverongaps": False,
        "showscale": False,
    }


def _panels(rows: int, floor: float, top: float) -> dict[str, object]:
    """Axes of `rows` pairs of matrices at the right, from the upper left, and of the words below them."""
    axes: dict[str, object] = {
        "xaxis9": {"domain": [STEPS + 0.04, 1], "anchor": "y9", "range": [0, 1], "visible": False},
        "yaxis9": {"domain": [0, floor], "anchor": "x9", "range": [0, 3], "visible": False},
    }
    bare = {"showticklabels": False, "ticks": "", "showgrid": False, "zeroline": False}
    framed = {**bare, "showline": True, "mirror": True, "linecolor": WIRE}
    height, width = (top - floor) / rows, (1 - STEPS - 0.04) / 2
    for place in range(2 * rows):
        row, column = divmod(place, 2)
        name, left, upper = str(place + 3), STEPS + 0.04 + column * width, top - row * height
        axes[f"xaxis{name}"] = {"domain": [left, left + width - 0.02], "anchor": f"y{name}", **framed}
        axes[f"yaxis{name}"] = {
            "domain": [upper - height + 0.02, upper - LINE / HEIGHT],
            "anchor": f"x{name}",
            "autorange": "reversed",
            **framed,
        }
    return axes


def _side_by_side(
    matrices: Float32[np.ndarray, "steps rows columns"],
) -> tuple[Float32[np.ndarray, " wide"], Float32[np.ndarray, "rows wide"]]:
    """The matrices in a row, the middle of number t at x = t, an empty column behind each; and every column's x."""
    steps, rows, columns = matrices.shape
    apart = np.full((steps, rows, columns + 1), np.nan, np.float32)
    apart[:, :, :columns] = matrices
    within = np.append((np.arange(columns) + 0.5) / columns * (1 - GAP) + GAP / 2, 1.0) - 0.5
    x = np.arange(steps)[:, None] + within
    return x.ravel().astype(np.float32), apart.transpose(1, 0, 2).reshape(rows, -1)


PICTURE: Final = Picture(TITLE, LOOK_FOR, draw, NEEDS)
