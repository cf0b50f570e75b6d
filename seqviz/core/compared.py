"""Several runs beside each other: what a figure draws of them, when one has solved its task, how a link says them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from seqviz.core.config import RunConfig
from seqviz.core.records import Moment, Run

SOLVED: Final = 0.9
"""A task is solved once this share of the held-out answers is right."""
SWEEP: Final = (5, 10, 20, 40, 80)
"""Lags that a sweep tries, one after the other."""
MOST_SIDES: Final = 4
SHARED: Final = frozenset({"task", "data", "seed", "batch", "lag"})
"""Settings that decide which examples are seen, and when: the same for all runs that are compared."""


@dataclass(frozen=True)
class Attempt:
    """How a run's attempt at its task ended.

    update: when it solved the task, or else how many updates it had. score: of the held-out answers, 0 to 1, the best
    until then. diverged: "" or why the run could not go on.
    """

    config: RunConfig
    update: int
    score: float
    solved: bool
    diverged: str = ""

    def answers(self, budget: int) -> bool:
        """Whether it says if the task is solved within `budget` updates: a later success says nothing of that."""
        return self.update <= budget if self.solved else bool(self.diverged) or self.update >= budget


@dataclass(frozen=True)
class Side:
    """One of the runs. name: what tells it from the others. attempts: those of its settings at any lag and seed."""

    name: str
    moment: Moment
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True)
class Compared:
    """What a figure draws of several runs of one task that read the same example. budget: updates each may take."""

    sides: tuple[Side, ...]
    budget: int


def attempt(run: Run, budget: int) -> Attempt | None:
    """How the run's attempt to solve its task within `budget` updates ended; None while it is going on."""
    tried = run.history.held_step <= budget
    steps, scores = run.history.held_step[tried], run.history.held_score[tried]
    good = np.flatnonzero(scores >= SOLVED)
    if len(good):
        return Attempt(run.config, int(steps[good[0]]), float(scores[good[0]]), solved=True)
    if run.step < budget and not run.diverged:
        return None
    best = float(np.fmax.reduce(scores, initial=0.0))
    return Attempt(run.config, min(run.step, budget), best, solved=False, diverged=run.diverged)


def alike(one: RunConfig, other: RunConfig) -> bool:
    """Whether they differ in lag and seed at most."""
    ignored = {"lag", "seed"}
    return all(getattr(one, item.name) == getattr(other, item.name) for item in fields(one) if item.name not in ignored)


def written(runs: Sequence[RunConfig], shared: RunConfig) -> str:
    """Runs as a link says them: each its cell and what else differs from `shared`.

    >>> base = RunConfig(task="recall")
    >>> written([base, RunConfig(task="recall", cell="lstm", hidden=8)], base)
    'gru,lstm:hidden=8'
    """
    return ",".join(
        ":".join([run.cell, *(f"{name}={value}" for name, value in run.to_query(shared).items() if name != "cell")])
        for run in runs
    )


def read(text: str, shared: RunConfig) -> tuple[RunConfig, ...]:
    """The runs that `written` wrote. Raises ValueError, in a sentence for people, for anything else."""
    runs = tuple(_read(said, shared) for said in text.split(","))
    if not 2 <= len(runs) <= MOST_SIDES:
        raise ValueError(f"2 to {MOST_SIDES} runs can be compared, not {len(runs)}.")
    return runs


def _read(said: str, shared: RunConfig) -> RunConfig:
    cell, *differences = said.split(":")
    query = {"cell": cell} | dict(_pair(difference) for difference in differences)
    for name in query:
        if name in SHARED or name not in {item.name for item in fields(RunConfig)}:
            raise ValueError(f"{name!r} is not a setting that one of the runs may have for itself.")
    return RunConfig.from_query(query, shared)


def _pair(difference: str) -> tuple[str, str]:
    name, is_there, value = difference.partition("=")
    if not is_there:
        raise ValueError(f"{difference!r} does not say what is set to what.")
    return name, value
