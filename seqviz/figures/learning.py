"""Loss and score against the number of updates: each training batch, their running mean, and held-out examples.

The loss stands on a logarithmic axis. Of a long run some hundred points are drawn: of every stretch of updates its
lowest and its highest value, so that no spike is lost. One that is too high for the axis stands at its upper edge.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from seqviz.core.records import Look, Moment
from seqviz.figures import Picture
from seqviz.figures.curves import outline, smoothed
from seqviz.figures.palette import OUTPUT, TARGET, WIRE, Colour, faded
from seqviz.figures.parts import Drawing, Part, figure
from seqviz.figures.progress import heights, last_number, limits, progress
from seqviz.figures.scales import evenly, rounded_up
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
    means = smoothed(history.loss, STRETCHES)
    low, high = limits(losses, means, span=6)
    last = max([*history.step[-1:].tolist(), *history.held_step[-1:].tolist(), 1])
    end = max(rounded_up(last), 10.0)
    parts = [
        *_curves(history.step, history.loss, means, TARGET, "y", "nats", high),
        _checks(history.held_step, history.held_loss, TARGET, "y", "nats", high),
        *_curves(history.step, history.score, smoothed(history.score, STRETCHES), OUTPUT, "y2", moment.score_name),
        _checks(history.held_step, history.held_score, OUTPUT, "y2", moment.score_name),
        _baseline(moment, end),
        last_number(history.step, history.loss, moment.diverged, end, high),
    ]
    return figure(parts, progress((low, high), end, shown(moment.score_name), STYLES, _baseline_said(moment)))


def _curves(
    step: np.ndarray,
    value: np.ndarray,
    means: np.ndarray,
    colour: Colour,
    axis: str,
    unit: str,
    high: int | None = None,
) -> list[Part]:
    """Each batch thin and pale, the running mean bold. high: of the axis of losses."""
    extremes = outline(value, STRETCHES)
    some = evenly(len(value), STRETCHES)
    common: Part = {"type": "scatter", "mode": "lines", "yaxis": axis}
    return [
        {
            **common,
            "x": step[extremes].astype(np.int32),
            **_told(value[extremes], f"{unit}<extra>one batch</extra>", high),
            "line": {"color": faded(colour, 0.4), "width": 1},
        },
        {
            **common,
            "x": step[some].astype(np.int32),
            **_told(means, f"{unit}<extra>training, running mean</extra>", high),
            "line": {"color": colour, "width": 2.5},
        },
    ]


def _checks(step: np.ndarray, value: np.ndarray, colour: Colour, axis: str, unit: str, high: int | None = None) -> Part:
    some = evenly(len(value), CHECKS)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "yaxis": axis,
        "x": step[some].astype(np.int32),
        **_told(value[some], f"{unit}<extra>held out</extra>", high),
        "line": {"color": colour, "width": 1.5, "dash": "dot"},
        "marker": {"symbol": "circle-open", "size": 7, "color": colour, "line": {"width": 2, "color": colour}},
    }


def _told(value: np.ndarray, unit: str, high: int | None) -> Part:
    """The heights of a curve, and what pointing at it tells."""
    drawn: Part = {"y": value} if high is None else heights(value, high)
    said = "y" if high is None else "customdata"
    return {**drawn, "hovertemplate": f"update %{{x}}: %{{{said}:.4g}} {unit}"}


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


def _baseline_said(moment: Moment) -> str:
    name = shown(shortened(moment.baseline_name, NAME))
    return f'<span style="color:{WIRE}">- - -</span> {name}: {100 * moment.baseline:.0f} %'


PICTURE: Final = Picture(TITLE, LOOK_FOR, draw)
