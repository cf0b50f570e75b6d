"""Loss and score against the number of updates: each training batch, their running mean, and held-out examples.

The loss stands on a logarithmic axis. Of a long run some hundred points are drawn: of every stretch of updates its
lowest and its highest value, so that no spike is lost.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from seqviz.core.records import Look, Moment
from seqviz.figures import Picture
from seqviz.figures.curves import evenly, outline, running_mean
from seqviz.figures.palette import OUTPUT, TARGET, WIRE, Colour, faded
from seqviz.figures.parts import Drawing, Part, figure
from seqviz.figures.progress import progress
from seqviz.figures.scales import decades, rounded_up
from seqviz.figures.words import shortened, shown

TITLE: Final = "Learning"
LOOK_FOR: Final = (
    "The score on held-out examples must rise above the dashed line, "
    "and stay close to that on the training batches: a gap between them is learning by heart."
)
STRETCHES: Final = 150
"""Stretches of updates of which a long run's curves are made."""
CHECKS: Final = 25
"""Marks for held-out examples."""
STYLES: Final = "<b>—</b> training  ··<b>○</b>·· held out"
"""What the lines of both plots mean."""
NAME: Final = 270.0
"""px that the baseline's name may take."""


def draw(moment: Moment, look: Look) -> Drawing:
    """Loss above, score below. `look` changes nothing here."""
    history = moment.history
    losses = np.concatenate([history.loss, history.held_loss])
    low, high = decades(losses, span=6)
    last = max([*history.step[-1:].tolist(), *history.held_step[-1:].tolist(), 1])
    end = max(rounded_up(last), 10.0)
    parts = [
        *_curves(history.step, history.loss, TARGET, "y", "nats"),
        _checks(history.held_step, history.held_loss, TARGET, "y", "nats"),
        *_curves(history.step, history.score, OUTPUT, "y2", moment.score_name),
        _checks(history.held_step, history.held_score, OUTPUT, "y2", moment.score_name),
        _baseline(moment, end),
        _end(moment, end),
    ]
    return figure(parts, progress((low, high), end, shown(moment.score_name), STYLES, _baseline_said(moment)))


def _curves(step: np.ndarray, value: np.ndarray, colour: Colour, axis: str, unit: str) -> list[Part]:
    """Each batch thin and pale, the running mean bold."""
    extremes = outline(value, STRETCHES)
    some = evenly(len(value), STRETCHES)
    common: Part = {"type": "scatter", "mode": "lines", "yaxis": axis}
    return [
        {
            **common,
            "x": step[extremes].astype(np.int32),
            "y": value[extremes],
            "line": {"color": faded(colour, 0.4), "width": 1},
            "hovertemplate": f"update %{{x}}: %{{y:.4g}} {unit}<extra>one batch</extra>",
        },
        {
            **common,
            "x": step[some].astype(np.int32),
            "y": running_mean(value, max(len(value) // 30, 1), some),
            "line": {"color": colour, "width": 2.5},
            "hovertemplate": f"update %{{x}}: %{{y:.4g}} {unit}<extra>training, running mean</extra>",
        },
    ]


def _checks(step: np.ndarray, value: np.ndarray, colour: Colour, axis: str, unit: str) -> Part:
    some = evenly(len(value), CHECKS)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "yaxis": axis,
        "x": step[some].astype(np.int32),
        "y": value[some],
        "line": {"color": colour, "width": 1.5, "dash": "dot"},
        "marker": {"symbol": "circle-open", "size": 7, "color": colour, "line": {"width": 2, "color": colour}},
        "hovertemplate": f"update %{{x}}: %{{y:.4g}} {unit}<extra>held out</extra>",
    }


def _baseline(moment: Moment, end: float) -> Part:
    return {
        "type": "scatter",
        "mode": "lines",
        "yaxis": "y2",
        "x": [0, end],
        "y": [moment.baseline, moment.baseline],
        "line": {"color": WIRE, "width": 2, "dash": "dash"},
        "hoverinfo": "skip",
    }


def _end(moment: Moment, end: float) -> Part:
    """A cross after the last loss that was a number, where the run could not go on."""
    history = moment.history
    usual = np.flatnonzero(np.isfinite(history.loss) & (history.loss > 0))[-1:] if moment.diverged else np.zeros(0, int)
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": history.step[usual].astype(np.int32),
        "y": history.loss[usual],
        "text": ["diverged"] * len(usual),
        "textposition": "middle right" if (history.step[usual] < end / 2).all() else "middle left",
        "cliponaxis": False,
        "marker": {"symbol": "x", "size": 12, "color": TARGET},
        "hovertext": [shown(moment.diverged)] * len(usual),
        "hoverinfo": "text",
    }


def _baseline_said(moment: Moment) -> str:
    name = shown(shortened(moment.baseline_name, NAME))
    return f'<span style="color:{WIRE}">- - -</span> {name}: {100 * moment.baseline:.0f} %'


PICTURE: Final = Picture(TITLE, LOOK_FOR, draw)
