"""The gradient that reaches each hidden state, ‖∂L/∂h_t‖, of several runs that have read the same example.

Of a run with several chains it is the norm over all of them. What has no place on a logarithmic axis is left out: a
norm of exactly 0, or one that is no number any more.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float32

from seqviz.core.compared import Compared
from seqviz.core.records import Trace
from seqviz.figures import Overlay
from seqviz.figures.numbers import ticks
from seqviz.figures.palette import RUNS, Style
from seqviz.figures.parts import Drawing, Part, figure
from seqviz.figures.scales import decades, norms
from seqviz.figures.small import over_words
from seqviz.figures.words import shown

TITLE: Final = "Gradient reaching each step"
LOOK_FOR: Final = "The further to the left a curve stays high, the further back in time a loss can teach."
DECADES: Final = 12
MARKS: Final = 10
"""Marks on each curve, about."""


def draw(compared: Compared) -> Drawing:
    """One part a run, in the order of the runs, over the words that all have read."""
    traces = [side.moment.trace for side in compared.sides]
    times = range(len(traces[0].steps))
    ground = over_words(traces[0], times)
    found = [reaching(trace) for trace in traces]
    low, high = decades(np.concatenate(found), DECADES)
    low = min(low, high - 2)
    every = max(1, len(times) // MARKS)
    parts = [
        _run(shown(side.name), style, ground.x, norm, low, every)
        for side, style, norm in zip(compared.sides, RUNS, found, strict=False)
    ]
    layout = {
        **ground.layout,
        "yaxis": {
            "domain": ground.plot,
            "type": "log",
            "range": [low - 0.15, high + 0.2],
            "title": {"text": "‖∂L/∂h‖"},
            **ticks(low, high, most=4),
        },
        "meta": {"steady": ["yaxis"]},
    }
    return figure([*parts, *ground.parts], layout)


def reaching(trace: Trace) -> Float32[np.ndarray, " steps"]:
    """‖∂L/∂h_t‖ over all chains."""
    everything = np.where(trace.present[:, :, None], trace.grad_hidden, np.float32(0))
    return norms(everything.transpose(1, 0, 2).reshape(len(trace.steps), -1))


def _run(name: str, style: Style, x: np.ndarray, norm: np.ndarray, low: int, every: int) -> Part:
    usual = np.isfinite(norm) & (norm > 0)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": x,
        "y": np.where(usual, np.maximum(norm, np.float32(10.0**low)), np.float32(np.nan)),
        "customdata": norm,
        "hovertemplate": f"‖∂L/∂h<sub>%{{x}}</sub>‖ = %{{customdata:.4g}}<extra>{name}</extra>",
        "line": {"color": style.colour, "dash": style.dash, "width": 2.5},
        "marker": {
            "symbol": style.symbol,
            "color": style.colour,
            "line": {"width": 0},
            "size": [7.0 if place % every == 0 else 0.0 for place in range(len(x))],
        },
        "name": name,
    }


OVERLAY: Final = Overlay(TITLE, LOOK_FOR, draw)
