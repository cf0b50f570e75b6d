"""How long the gradient of all weights was at each update, before clipping: ‖g‖ on a logarithmic axis over updates.

Where training clips by norm, a dashed line stands at the present limit: a gradient that lies above it would be
shortened to it (Pascanu, Mikolov & Bengio 2013, sec. 3.2).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from seqviz.core.config import RunConfig
from seqviz.core.records import Look, Moment
from seqviz.figures import Picture
from seqviz.figures.curves import outline, smoothed
from seqviz.figures.numbers import number
from seqviz.figures.palette import GRADIENT, WIRE, Colour, faded
from seqviz.figures.parts import Drawing, Part, figure
from seqviz.figures.progress import alone, heights, last_number, limits
from seqviz.figures.scales import evenly, rounded_up

TITLE: Final = "How long the gradient was"
LOOK_FOR: Final = (
    "Each training batch has a gradient of its own, drawn as long as it was before clipping. "
    "A sudden peak is an explosion: without a limit, one such step can undo what was learned."
)
STRETCHES: Final = 150
"""Stretches of updates of which a long run's curves are made."""
DECADES: Final = 8
USUAL: Final = 4
"""The power of ten up to which every norm keeps its place on the axis; a longer one may stand at its edge."""


def draw(moment: Moment, look: Look) -> Drawing:
    """Each batch thin and pale, the running mean bold, the limit dashed. `look` changes nothing here."""
    history, config = moment.history, moment.trace.config
    norms = history.grad_norm
    means = smoothed(norms, STRETCHES)
    limit = config.clip if config.clip_by == "norm" else 0.0
    wanted = np.array([limit] * (limit > 0), np.float32)  # the limit has its place on the axis
    low, high = limits(np.concatenate([norms, wanted]), np.concatenate([means, wanted]), DECADES, USUAL)
    end = max(rounded_up(float(history.step[-1]) if len(history.step) else 1.0), 10.0)
    extremes, some = outline(norms, STRETCHES), evenly(len(norms), STRETCHES)
    parts: list[Part] = [
        _curve(history.step[extremes], norms[extremes], "one batch", faded(GRADIENT, 0.45), 1.0, high),
        _curve(history.step[some], means, "running mean", GRADIENT, 2.5, high),
        {
            "type": "scatter",
            "mode": "lines",
            "x": [0, end],
            "y": np.array([limit if limit > 0 else np.nan] * 2, np.float32),
            "line": {"color": WIRE, "width": 2, "dash": "dash"},
            "hoverinfo": "skip",
        },
        last_number(history.step, norms, moment.diverged, end, high),
    ]
    return figure(parts, alone((low, high), end, "‖g‖, before clipping", "<b>—</b> running mean", _limit_said(config)))


def _curve(step: np.ndarray, norms: np.ndarray, name: str, colour: Colour, width: float, high: int) -> Part:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": step.astype(np.int32),
        **heights(norms, high),
        "hovertemplate": f"update %{{x}}: ‖g‖ = %{{customdata:.4g}}<extra>{name}</extra>",
        "line": {"color": colour, "width": width},
    }


def _limit_said(config: RunConfig) -> str:
    if not config.clip:
        return "no limit now"
    if config.clip_by == "value":
        return f"limit now: ±{number(config.clip)} for each entry"
    return f'<span style="color:{WIRE}">- - -</span> limit now: {number(config.clip)}'


PICTURE: Final = Picture(TITLE, LOOK_FOR, draw)
