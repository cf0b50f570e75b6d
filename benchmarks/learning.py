"""How soon a run with default settings reaches its goal on held-out examples, in seconds from the first update."""

from __future__ import annotations

import math
import statistics
import sys
import time
from dataclasses import dataclass, replace

import torch

from seqviz.core.config import RunConfig
from seqviz.tasks import task_of
from seqviz.training import advance, start
from seqviz.ui.settings import defaults

SEEDS = range(5)
SLICE = 10


@dataclass(frozen=True)
class Goal:
    """A score, and BLEU where it counts, to be reached within `seconds`; or, with `at_most`, never to be passed."""

    task: str
    cell: str
    score: float
    seconds: float
    bleu: float = 0.0
    at_most: bool = False


GOALS = (
    Goal("reviews", "gru", 0.95, 10),
    Goal("reviews", "lstm", 0.95, 10),
    Goal("reviews", "elman", 0.95, 10),
    Goal("scenes", "gru", 0.90, 30),
    Goal("digits", "gru", 0.90, 30),
    Goal("clips", "gru", 0.95, 20),
    Goal("tags", "gru", 0.95, 15),
    Goal("towns", "gru", 0.33, 10),
    Goal("translation", "gru", 0.80, 30, bleu=85),
    Goal("translation-direct", "gru", 0.35, 30, at_most=True),
    Goal("recall", "gru", 0.99, 20),
    Goal("recall", "elman", 0.90, 20, at_most=True),
)


def measure() -> dict[str, object]:
    """For each goal and seed: whether and when it was reached, and the best score within the time."""
    torch.set_num_threads(1)
    return {f"{goal.task}, {goal.cell}": _goal(goal) for goal in GOALS}


def _goal(goal: Goal) -> dict[str, object]:
    config = replace(defaults(task_of(RunConfig(task=goal.task))), cell=goal.cell)
    task = task_of(config)
    advance(start(config), 1)  # imports and first-use costs are paid when the app starts, not when Train is pressed
    runs = [_run(goal, replace(config, seed=seed)) for seed in SEEDS]
    reached = [run["seconds to goal"] for run in runs if run["seconds to goal"] is not None]
    print(f"{goal.task}, {goal.cell}: {len(reached)} of {len(runs)}", file=sys.stderr)
    return {
        "goal": f"{'at most' if goal.at_most else 'at least'} {goal.score:.0%} {task.score_name} in {goal.seconds:g} s",
        "baseline": {task.baseline.name: round(task.baseline.score, 3)},
        "reached": f"{len(reached)} of {len(runs)}",
        "median seconds": round(statistics.median(reached), 2) if reached else None,
        "runs": runs,
    }


def _run(goal: Goal, config: RunConfig) -> dict[str, float | None]:
    run = start(config)
    begin = time.perf_counter()
    seconds: float | None = None
    while (spent := time.perf_counter() - begin) < goal.seconds and not run.diverged:
        run = advance(run, SLICE)
        good = run.history.held_score[-1] >= goal.score and not run.history.held_bleu[-1] < goal.bleu  # NaN passes
        if good and seconds is None:
            seconds = round(time.perf_counter() - begin, 2)
            if not goal.at_most:
                break
    best = int(run.history.held_score.argmax())
    bleu = float(run.history.held_bleu[best])
    return {
        "seed": config.seed,
        "seconds to goal": seconds,
        "updates": run.step,
        "updates a second": round(run.step / max(time.perf_counter() - begin, spent)),
        "best score": round(float(run.history.held_score[best]), 3),
        "BLEU there": None if math.isnan(bleu) else round(bleu, 1),
    }
