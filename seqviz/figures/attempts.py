"""Lag against solved or not: a row for each run, a mark for each attempt of its that has ended.

A filled mark was solved, a cross was not; an open mark was solved with some of several seeds only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np

from seqviz.core.compared import SWEEP, Attempt, Compared, Side
from seqviz.figures import Overlay
from seqviz.figures.palette import RUNS, Style
from seqviz.figures.parts import Drawing, Part, figure
from seqviz.figures.words import shortened, shown

TITLE: Final = "Solved, at which lag?"
LOOK_FOR: Final = (
    "Filled: solved, below it after how many updates. Cross: not solved, below it the best score. "
    "Open: solved with some seeds only. Of several seeds, below it how many solved it."
)
LONGEST_NAME: Final = 112
"""px of type."""


def draw(compared: Compared) -> Drawing:
    """One part a run, in the order of the runs, the first at the top."""
    rows = list(range(len(compared.sides), 0, -1))
    parts = [_run(side, style, row) for side, style, row in zip(compared.sides, RUNS, rows, strict=False)]
    lags = sorted({*SWEEP, *(attempt.config.lag for side in compared.sides for attempt in side.attempts)})
    layout = {
        "xaxis": {
            "type": "log",
            "range": [np.log10(lags[0] / 1.5).item(), np.log10(lags[-1] * 1.5).item()],
            "tickvals": lags,
            "ticktext": [str(lag) for lag in lags],
            "title": {"text": "lag, in steps"},
            "zeroline": False,
        },
        "yaxis": {
            "range": [0.3, len(rows) + 0.7],
            "tickvals": rows,
            "ticktext": [
                f"{style.character} {shown(shortened(side.name, LONGEST_NAME))}"
                for side, style in zip(compared.sides, RUNS, strict=False)
            ],
            "zeroline": False,
        },
    }
    return figure(parts, layout)


def _run(side: Side, style: Style, row: int) -> Part:
    by_lag: dict[int, list[Attempt]] = defaultdict(list)
    for attempt in side.attempts:
        by_lag[attempt.config.lag].append(attempt)
    lags = sorted(by_lag)
    found = [by_lag[lag] for lag in lags]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": np.array(lags, np.int32),
        "y": np.full(len(lags), row, np.float32),
        "marker": {
            "symbol": [_symbol(attempts, style) for attempts in found],
            "size": 14,
            "color": style.colour,
            "line": {"width": 2, "color": style.colour},
        },
        "text": [_short(attempts) for attempts in found],
        "textposition": "bottom center",
        "cliponaxis": False,
        "hovertext": [f"{shown(side.name)}, lag {lag}<br>{_long(by_lag[lag])}" for lag in lags],
        "hoverinfo": "text",
    }


def _symbol(attempts: Sequence[Attempt], style: Style) -> str:
    solved = sum(attempt.solved for attempt in attempts)
    return style.symbol if solved == len(attempts) else f"{style.symbol}-open" if solved else "x-thin"


def _short(attempts: Sequence[Attempt]) -> str:
    if len(attempts) > 1:
        return f"{sum(attempt.solved for attempt in attempts)} of {len(attempts)}"
    (only,) = attempts
    return str(only.update) if only.solved else f"{_percent(only.score)} %"


def _percent(score: float) -> int:
    """Rounded down: what is not solved must not look as if it were."""
    return int(100 * score + 1e-4)


def _long(attempts: Sequence[Attempt]) -> str:
    return "<br>".join(
        f"seed {attempt.config.seed}: "
        + (
            f"solved after {attempt.update} updates"
            if attempt.solved
            else f"best {_percent(attempt.score)} % in {attempt.update} updates"
        )
        + (", then it diverged" if attempt.diverged else "")
        for attempt in sorted(attempts, key=lambda attempt: attempt.config.seed)
    )


OVERLAY: Final = Overlay(TITLE, LOOK_FOR, draw)
