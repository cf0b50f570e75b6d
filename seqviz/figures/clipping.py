"""What clipping does to the whole gradient: by norm it is shortened, by value it is also turned.

All parameters' gradients are taken as one vector. On the left it lies in the plane of itself and its clipped-by-value
version, so that lengths and angle are the true ones; on the right its largest entries, sorted.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from seqviz.core.records import Look, Moment
from seqviz.figures import Picture
from seqviz.figures.lab import LARGEST, OF_WEIGHTS, title_of, weight_gradient_of
from seqviz.figures.numbers import number
from seqviz.figures.palette import AMOUNT, GRADIENT, WIRE, Colour
from seqviz.figures.parts import Drawing, Part, figure
from seqviz.figures.scales import rounded_up

TITLE: Final = "Clipping the gradient"
LOOK_FOR: Final = (
    "Clipped by norm, the arrow only gets shorter: its direction stays, cosine 1. "
    "Clipped by value, large entries are cut off and the arrow turns."
)
PLOTS: Final = 0.64
"""Share of the height that the plots take, under three rows of words and the right one's title."""


def draw(moment: Moment, look: Look) -> Drawing:
    """Three arrows with their lengths and cosines; entries before and after. `look` changes nothing here."""
    clipping = weight_gradient_of(moment).clipping
    limit = rounded_up(min(clipping.norm, LARGEST))
    arrows = (
        ("before", clipping.norm, 1.0, WIRE, 2.0),
        ("by value", clipping.norm_by_value, clipping.cosine_by_value, AMOUNT, 2.5),
        ("by norm", clipping.norm_by_norm, clipping.cosine_by_norm, GRADIENT, 4.0),
    )
    clipped = moment.trace.config.clip > 0
    words = [
        _words(name, norm, cosine) if clipped or name == "before" else f"{name}: no limit is set"
        for name, norm, cosine, _, _ in arrows
    ]
    parts: list[Part] = [_arrow(norm, cosine, colour, width) for _, norm, cosine, colour, width in arrows]
    parts.append(
        {
            "type": "scatter",
            "mode": "markers+text",
            "x": np.zeros(3, np.float32),
            "y": np.array([0.97, 0.88, 0.79], np.float32),
            "xaxis": "x3",
            "yaxis": "y3",
            "text": words,
            "textposition": "middle right",
            "cliponaxis": False,
            "marker": {"symbol": "square", "size": 10, "color": [colour for _, _, _, colour, _ in arrows]},
            "hoverinfo": "skip",
        }
    )
    parts += [
        _entries(clipping.before, "before", WIRE, 2.0),
        _entries(clipping.by_value, "by value", AMOUNT, 2.5),
        _entries(clipping.by_norm, "by norm", GRADIENT, 2.5),
    ]
    ends = rounded_up(float(np.nanmax(np.abs(clipping.before), initial=0)))
    layout = {
        # One unit is as long upwards as to the right: otherwise the angles would not be true.
        "xaxis": {"domain": [0, 0.5], "range": [-0.05 * limit, 1.05 * limit], "constrain": "domain", "nticks": 3},
        "yaxis": {
            "domain": [0, PLOTS],
            "range": [-0.05 * limit, 0.6 * limit],
            "scaleanchor": "x",
            "constrain": "domain",
            "constraintoward": "bottom",
            "showticklabels": False,
            "showgrid": False,
        },
        "xaxis2": {"domain": [0.68, 1], "anchor": "y2", "visible": False},
        "yaxis2": {"domain": [0, PLOTS], "anchor": "x2", "range": [-1.05 * ends, 1.05 * ends], "nticks": 5},
        "xaxis3": {"domain": [0.02, 1], "anchor": "y3", "range": [0, 1], "visible": False},
        "yaxis3": {"domain": [0, 1], "anchor": "x3", "range": [0, 1], "visible": False},
        "annotations": [{**title_of("2", "largest entries, sorted"), "x": 1, "xanchor": "right"}],
        "margin": {"l": 8, "r": 8, "t": 8, "b": 24},
    }
    return figure(parts, layout)


def _words(name: str, norm: float, cosine: float) -> str:
    angle = "" if name == "before" else f", cosine {cosine:.4f}" if np.isfinite(cosine) else ", no direction"
    return f"{name}: norm {number(norm)}{angle}"


def _arrow(norm: float, cosine: float, colour: Colour, width: float) -> Part:
    length, cosine = min(norm, LARGEST), float(np.clip(cosine, -1, 1))
    x, y = length * cosine, length * np.sqrt(1 - cosine**2)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": np.array([0, x], np.float32),
        "y": np.array([0, y], np.float32),
        "line": {"color": colour, "width": width},
        "marker": {"symbol": "arrow", "angleref": "previous", "size": [0, 14], "color": colour},
        "hoverinfo": "skip",
    }


def _entries(values: np.ndarray, name: str, colour: Colour, width: float) -> Part:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "marker": {"color": colour, "size": 2 * width},
        "xaxis": "x2",
        "yaxis": "y2",
        "x": np.arange(len(values), dtype=np.float32),
        "y": values,
        "hovertemplate": f"{name}: %{{y:.3g}}<extra></extra>",
        "line": {"color": colour, "width": width},
    }


PICTURE: Final = Picture(TITLE, LOOK_FOR, draw, OF_WEIGHTS)
