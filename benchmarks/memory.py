"""Which cells solve first-token recall at the lag of the page, within seconds that a class would wait."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from typing import Any

import torch

from seqviz.core.compared import SOLVED
from seqviz.core.config import RunConfig
from seqviz.tasks import task_of
from seqviz.training import advance, start
from seqviz.ui.settings import defaults

SEEDS = range(5)
SECONDS = 20
SLICE = 20
CELLS: dict[str, dict[str, Any]] = {
    "elman": {"cell": "elman"},
    "gru": {"cell": "gru"},
    "lstm": {"cell": "lstm"},
    "lstm, forget bias 3": {"cell": "lstm", "forget_bias": 3.0},
}
"""What differs from the task's own settings, which are those that the page opens with."""


def measure() -> dict[str, object]:
    """For each cell: how many of the seeds solved the task in time, and of each seed when, or the best score."""
    torch.set_num_threads(1)
    config = defaults(task_of(RunConfig(task="recall")))
    advance(start(config), 1)  # imports and first-use costs are paid when the app starts, not when Train is pressed
    found = {name: [_run(replace(config, **changed, seed=seed)) for seed in SEEDS] for name, changed in CELLS.items()}
    return {
        "lag": config.lag,
        "solved": f"at least {SOLVED:.0%} of the held-out answers right within {SECONDS} s",
        "baseline": round(task_of(config).baseline.score, 3),
        **{name: _summary(runs) for name, runs in found.items()},
    }


def _summary(runs: list[dict[str, float | None]]) -> dict[str, object]:
    solved = sum(run["seconds to solve"] is not None for run in runs)
    return {"solved": f"{solved} of {len(runs)}", "runs": runs}


def _run(config: RunConfig) -> dict[str, float | None]:
    run = start(config)
    begin = time.perf_counter()
    seconds: float | None = None
    while seconds is None and not run.diverged and time.perf_counter() - begin < SECONDS:
        run = advance(run, SLICE)
        if run.history.held_score[-1] >= SOLVED:
            seconds = round(time.perf_counter() - begin, 2)
    best = round(float(run.history.held_score.max()), 3)
    print(f"{config.cell}, seed {config.seed}: {seconds or f'not solved, best {best}'}", file=sys.stderr)
    return {"seed": config.seed, "seconds to solve": seconds, "updates": run.step, "best score": best}
