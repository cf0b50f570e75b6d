"""How several runs learn, over each other: each one's loss above, its score on held-out examples below.

Every run is drawn at its own number of updates: that is the clock they share. The loss is a running mean, as single
batches of several runs would hide each other.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from seqviz.core.compared import SOLVED, Compared, Side
from seqviz.figures import Overlay
from seqviz.figures.curves import smoothed
from seqviz.figures.palette import RUNS, WIRE, Style
from seqviz.figures.parts import Drawing, Part, figure
from seqviz.figures.progress import heights, limits, progress
from seqviz.figures.scales import evenly, rounded_up
from seqviz.figures.words import shown

TITLE: Final = "Learning"
LOOK_FOR: Final = "Training loss above, held-out score below. Dashed: what guessing reaches, and what counts as solved."
POINTS: Final = 150
CHECKS: Final = 25
"""Marks for held-out examples in each curve."""


def draw(compared: Compared) -> Drawing:
    """Three parts a run, in the order of the runs, then the two lines to be compared with."""
    histories = [side.moment.history for side in compared.sides]
    curves = [smoothed(run.loss, POINTS) for run in histories]
    means = np.concatenate(curves)
    low, high = limits(means, means, span=4)
    last = max([1, *(int(run.step[-1]) for run in histories if len(run.step))])
    end = max(rounded_up(last), 10.0)
    parts = [
        part
        for side, curve, style in zip(compared.sides, curves, RUNS, strict=False)
        for part in _run(side, curve, style, high)
    ]
    levels = [("solved", SOLVED), ("guessing", compared.sides[0].moment.baseline)]
    score = f"held-out {shown(compared.sides[0].moment.score_name)}"
    return figure([*parts, *(_line(name, level, end) for name, level in levels)], progress((low, high), end, score))


def _run(side: Side, curve: np.ndarray, style: Style, high: int) -> list[Part]:
    """curve: the running mean of the loss. high: of its axis."""
    history, name = side.moment.history, shown(side.name)
    some, checks = evenly(len(history.loss), POINTS), evenly(len(history.held_step), CHECKS)
    line: Part = {"color": style.colour, "dash": style.dash, "width": 2.5}
    stopped = np.flatnonzero(np.isfinite(history.loss))[-1:] if side.moment.diverged else np.zeros(0, np.int64)
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": history.step[some].astype(np.int32),
            **heights(curve, high),
            "line": line,
            "hovertemplate": f"update %{{x}}: loss %{{customdata:.4g}} nats<extra>{name}</extra>",
        },
        {
            "type": "scatter",
            "mode": "lines+markers",
            "yaxis": "y2",
            "x": history.held_step[checks].astype(np.int32),
            "y": history.held_score[checks],
            "line": line,
            "marker": {"symbol": style.symbol, "size": 7, "color": style.colour},
            "name": name,
            "hovertemplate": f"update %{{x}}: %{{y:.1%}} of the held-out answers right<extra>{name}</extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": history.step[stopped].astype(np.int32),
            **heights(history.loss[stopped], high),
            "marker": {"symbol": "x", "size": 12, "color": style.colour},
            "hovertext": [shown(side.moment.diverged)] * len(stopped),
            "hoverinfo": "text",
        },
    ]


def _line(name: str, score: float, end: float) -> Part:
    return {
        "type": "scatter",
        "mode": "lines",
        "yaxis": "y2",
        "x": [0, end],
        "y": [score, score],
        "line": {"color": WIRE, "width": 1.5, "dash": "dash"},
        "hovertemplate": f"{name}: {100 * score:.0f} %<extra></extra>",
    }


OVERLAY: Final = Overlay(TITLE, LOOK_FOR, draw)
