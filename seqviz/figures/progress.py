"""The frame of the pictures over updates: the loss on a logarithmic axis above, the score below; or one such axis.

Whatever is said stands in a row of its own: above each plot what it shows, under both the number of updates. So no word
lies over a curve.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from jaxtyping import Float32

from seqviz.figures.numbers import number, ticks
from seqviz.figures.palette import TARGET
from seqviz.figures.parts import Part
from seqviz.figures.scales import decades
from seqviz.figures.small import HEIGHT
from seqviz.figures.words import shown

ROW: Final = 20 / HEIGHT
"""Share of the height that a row of words takes."""


def limits(values: np.ndarray, means: np.ndarray, span: int, usual: int = 1) -> tuple[int, int]:
    """Powers of ten (low, high) for the axis of losses or norms, at most `span` apart.

    Where there is no room for all, single low ones yield first, then the highest: their running `means`, and whatever
    is no larger than ten to `usual`, keep their place. So one that explodes pushes no other out of the picture.

    >>> means = np.array([2.0, 0.3])
    >>> limits(np.array([2.0, 0.3, 1e20]), means, span=6), limits(np.array([2.0, 1e-9]), means, span=6)
    ((-1, 5), (-5, 1))
    """
    low, high = decades(values, span=1000)
    seen = max(decades(means, span=1000)[0], min(high, usual) - span)
    low = max(low, min(seen, high - span))
    return low, min(high, low + span)


def heights(values: Float32[np.ndarray, " points"], high: int) -> Part:
    """Values on that axis: one above ten to `high` stands at the upper edge. The true ones are the `customdata`."""
    edge = min(10.0**high, float(np.finfo(np.float32).max))
    return {"y": np.where(np.isfinite(values), np.minimum(values, np.float32(edge)), values), "customdata": values}


def last_number(step: np.ndarray, values: np.ndarray, diverged: str, end: float, high: int) -> Part:
    """A cross at the last value that has a place on that axis, of a run that `diverged`; no point where it did not."""
    usual = np.flatnonzero(np.isfinite(values) & (values > 0))[-1:] if diverged else np.zeros(0, int)
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": step[usual].astype(np.int32),
        **heights(values[usual], high),
        "text": [
            "diverged" if value <= 10.0**high else f"diverged at {number(value, 2)}" for value in values[usual].tolist()
        ],
        "textposition": "middle right" if (step[usual] < end / 2).all() else "middle left",
        "cliponaxis": False,
        "marker": {"symbol": "x", "size": 12, "color": TARGET},
        "hovertext": [shown(diverged)] * len(usual),
        "hoverinfo": "text",
    }


@lru_cache(maxsize=64)
def alone(powers: tuple[int, int], end: float, name: str, above: str, below: str) -> dict[str, object]:
    """The layout of one plot of a logarithmic axis, from update 0 to `end`; arguments as those of `progress`."""
    low, high = powers
    said = [_row(name, 1 - ROW), _row(above, 1 - ROW, right=True), _row(below, 0.0, right=True)]
    return {
        "margin": {"l": 8, "r": 8, "t": 0, "b": 0},
        "xaxis": _updates(end),
        "yaxis": {
            "domain": [2 * ROW, 1 - ROW],
            "type": "log",
            "range": [low - 0.1, high + 0.1],
            **ticks(low, high, most=5),
        },
        "meta": {"steady": ["yaxis"]},
        "annotations": said,
    }


@lru_cache(maxsize=64)
def progress(powers: tuple[int, int], end: float, score: str, above: str = "", below: str = "") -> dict[str, object]:
    """The layout of two plots of one height, from update 0 to `end`.

    powers: the loss's axis goes from ten to the first to ten to the second. score: what the lower plot shows.
    above: words at the right over the upper plot. below: words under the updates. All as Plotly prints them. Made once,
    as most moments have the same.
    """
    low, high = powers
    floor = (2 if below else 1) * ROW
    middle = (floor + 1) / 2
    left = [_row("loss", 1 - ROW), _row(score, middle - ROW)]
    right = [_row(text, bottom, right=True) for text, bottom in ((above, 1 - ROW), (below, 0.0)) if text]
    return {
        "margin": {"l": 8, "r": 8, "t": 0, "b": 0},
        "xaxis": {**_updates(end), "anchor": "y2"},
        "yaxis": {
            "domain": [middle, 1 - ROW],
            "type": "log",
            "range": [low, high],
            **ticks(low, high, most=3),
        },
        "yaxis2": {
            "domain": [floor, middle - ROW],
            "range": [-0.08, 1.08],
            "tickvals": [0, 0.5, 1],
            "tickformat": ".0%",
            "zeroline": False,
        },
        "meta": {"steady": ["yaxis"]},
        "annotations": [*left, *right],
    }


def _updates(end: float) -> dict[str, object]:
    return {
        "range": [0, end],
        "automargin": False,  # its row is inside
        "tickvals": [0, 0.4 * end, 0.8 * end],
        "ticktext": ["0", f"{0.4 * end:.0f}", f"{0.8 * end:.0f} updates"],
        "zeroline": False,
    }


def _row(text: str, bottom: float, right: bool = False) -> dict[str, object]:
    """Words that begin or end with the plots: near the plot below them, or under all near the updates above them."""
    side, end = "right" if right else "left", "bottom" if bottom else "top"
    place = {"xref": "paper", "yref": "paper", "x": float(right), "y": bottom or ROW, "xanchor": side, "yanchor": end}
    return {**place, "text": text, "showarrow": False}
