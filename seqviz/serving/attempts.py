"""Which runs have solved their task, and at which lags a sweep still has to find out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from seqviz.core.compared import SWEEP, Attempt, alike, attempt
from seqviz.core.config import RunConfig
from seqviz.core.records import Run


@dataclass(frozen=True)
class Attempts:
    """Every attempt that has come to an end, by the settings of its run."""

    ended: dict[RunConfig, Attempt] = field(default_factory=dict)

    def note(self, runs: Iterable[Run], budget: int) -> None:
        """Writes down those of `runs` that have solved their task, or have not within `budget` updates."""
        for run in runs:
            found = attempt(run, budget)
            if found:
                self.ended[run.config] = found

    def answered(self, config: RunConfig, budget: int) -> bool:
        """Whether it is known if such a run solves its task within `budget` updates."""
        found = self.ended.get(config)
        return found is not None and found.answers(budget)

    def unanswered(self, configs: Sequence[RunConfig], budget: int) -> list[int]:
        """The lags of the sweep at which that is not known of at least one of the runs."""
        return [lag for lag in SWEEP if not all(self.answered(replace(config, lag=lag), budget) for config in configs)]

    def like(self, config: RunConfig, budget: int) -> tuple[Attempt, ...]:
        """What is known within `budget` updates of the same settings at any lag and seed."""
        return tuple(found for tried, found in self.ended.items() if alike(tried, config) and found.answers(budget))
