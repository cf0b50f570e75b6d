"""What the figures of the lab share: the analysis itself, logarithmic axes, lines, cuts of the window."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float32

from seqviz.core.analysis import Analysis, WeightGradient
from seqviz.core.records import Moment, Trace
from seqviz.figures.numbers import number, ticks
from seqviz.figures.palette import WIRE, Colour
from seqviz.figures.parts import Part
from seqviz.figures.scales import decades
from seqviz.figures.small import Ground

NEEDS: Final = frozenset({"analysis"})
"""The field of `Moment` that figures of an analysis ask for."""
OF_WEIGHTS: Final = frozenset({"weight_gradient"})
"""The field that figures of the weights' gradient ask for."""
LARGEST: Final = 1e30
"""Beyond this, and below its inverse, a number only has to leave the picture: it is still one in float32."""


def analysis_of(moment: Moment) -> Analysis:
    """The moment's analysis. Raises ValueError where it was not asked for."""
    if moment.analysis is None:
        raise ValueError("this figure can only be drawn of a moment with an analysis")
    return moment.analysis


def weight_gradient_of(moment: Moment) -> WeightGradient:
    """The moment's gradient of the weights. Raises ValueError where it was not asked for."""
    if moment.weight_gradient is None:
        raise ValueError("this figure can only be drawn of a moment with a gradient of the weights")
    return moment.weight_gradient


def said(values: np.ndarray) -> list[str]:
    """Each number as a person reads it; "" where there is none.

    >>> said(np.array([0.0, 1234.5, 1e-60, np.inf, np.nan]))
    ['0', '1234', '1 × 10⁻⁶⁰', '∞', '']
    """
    return ["" if np.isnan(value) else number(value) for value in values.tolist()]


class LogAxis:
    """A logarithmic axis in whole powers of ten around 1: up to 10 at least, at most `span` to either side.

    Numbers beyond that leave the picture.
    """

    def __init__(self, *values: np.ndarray, span: int = 9) -> None:
        low, high = decades(np.concatenate([np.ravel(some) for some in (*values, np.ones(1))]), span=700)
        self.low, self.high = max(low, -span), min(max(high, 1), span)
        self.low = min(self.low, self.high - 2)

    def __call__(self, values: np.ndarray) -> Float32[np.ndarray, " steps"]:
        """The numbers as they can be drawn; NaN where one is 0, which no such axis has."""
        places: Float32[np.ndarray, " steps"] = np.clip(values, 1 / LARGEST, LARGEST).astype(np.float32)
        return np.where(values == 0, np.float32(np.nan), places)

    def layout(self, ground: Ground, title: str) -> dict[str, object]:
        """The y axis of a picture, its title included."""
        return {
            "domain": ground.plot,
            "type": "log",
            "range": [self.low - 0.15, self.high + 0.15],
            "title": {"text": title},
            **ticks(self.low, self.high, most=5),
        }


def line(x: np.ndarray, y: np.ndarray, colour: Colour, what: str, texts: list[str], **style: object) -> Part:
    """A line whose points say `what` they are and their own text, which is exact where the axis has no room."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "hovertext": texts,
        "hovertemplate": f"{what} = %{{hovertext}}<extra></extra>",
        "line": {"color": colour, "width": 1.5, **style},
    }


def at_one(ground: Ground) -> Part:
    """A dashed line at 1, where a gradient neither grows nor shrinks."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": np.array([ground.x[0] - 0.5, ground.x[-1] + 0.5], np.float32),
        "y": np.ones(2, np.float32),
        "hoverinfo": "skip",
        "line": {"color": WIRE, "width": 1.5, "dash": "dash"},
    }


def with_cuts(ground: Ground, cut: np.ndarray, backward: bool) -> dict[str, object]:
    """The ground's layout with a thick bar at each edge that the truncation window cuts.

    cut: as in `Jacobians`. backward: whether the chain reads from the end, so that the edge is on the step's right.
    """
    floor, top = ground.plot
    side = 0.5 if backward else -0.5
    cuts = [
        {
            "type": "line",
            "xref": "x",
            "yref": "paper",
            "x0": float(ground.x[time]) + side,
            "x1": float(ground.x[time]) + side,
            "y0": floor,
            "y1": top,
            "line": {"color": WIRE, "width": 5},
        }
        for time in np.flatnonzero(cut)
    ]
    shapes = ground.layout["shapes"]
    assert isinstance(shapes, list)
    return {**ground.layout, "shapes": [*shapes, *cuts]}


def block_of(trace: Trace, quantity: str) -> int:
    """The block of W_hh that belongs to the gate `quantity`; without such a gate the candidate's, or the only one."""
    gates = list(trace.gates)
    return gates.index(quantity if quantity in gates else "candidate") if gates else 0


def title_of(axis: str, text: str) -> dict[str, object]:
    """An annotation above the left end of a panel, whose axes are x and y with the suffix `axis`."""
    return {
        "text": text,
        "xref": f"x{axis} domain",
        "yref": f"y{axis} domain",
        "x": 0,
        "y": 1,
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
    }
