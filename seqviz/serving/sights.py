"""Pictures of runs: what several people see of the same run in the same way is drawn once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Final

from seqviz.core.analysis import GradientCheck
from seqviz.core.records import Look, Moment, Run
from seqviz.core.task import Example
from seqviz.serving.known import Known
from seqviz.serving.observe import Tools, observe
from seqviz.serving.player import player
from seqviz.serving.seldom import Kind
from seqviz.serving.wire import content

MOST_SEEN: Final = 32
"""Sights that are kept for others."""


@dataclass
class Sight:
    """One look at a run: the moment, the look as this network can be looked at, and pictures that are ready to be sent.

    example: what was looked at. figures: those that were drawn, by key. seconds: what they took, by what they need.
    story: of one training step, for the player, once somebody has asked for it.
    """

    example: Example
    moment: Moment
    look: Look
    figures: Mapping[str, object]
    seconds: Mapping[Kind, float]
    story: object = None


class Sights:
    """What can be seen of the runs that somebody holds. With the last one who holds a run goes what was drawn of it."""

    def __init__(self, tools: Tools, clock: Callable[[], float] = perf_counter) -> None:
        self._tools, self._clock = tools, clock
        self._seen = Known[Sight](MOST_SEEN)

    def sight(
        self, run: Run, example: Example, look: Look, wanted: tuple[str, ...], check: GradientCheck | None
    ) -> Sight:
        """The figures `wanted`, and perhaps more that somebody has had drawn already; only what is missing is drawn.

        check: somebody's own, so that what it is drawn from is not shared.
        """
        found = self._seen.of(run, id(example), look) if check is None else None
        missing = [key for key in wanted if found is None or key not in found.figures]
        if found and not missing:
            return found
        sight = found or self._plain(run, example, look)
        for kind in dict.fromkeys(self._tools.figures[key].needs for key in missing):
            alike = tuple(key for key in missing if self._tools.figures[key].needs == kind)
            sight = self._further(run, sight, look, alike, kind, check)
        if check is None:
            self._seen.put(run, sight, 1, id(example), look)
        return sight

    def _plain(self, run: Run, example: Example, look: Look) -> Sight:
        """No figures as yet."""
        started = self._clock()
        moment, possible = observe(self._tools, run, example, look, ())
        return Sight(example, moment, possible, {}, {frozenset(): self._clock() - started})

    def _further(
        self, run: Run, sight: Sight, look: Look, keys: tuple[str, ...], kind: Kind, check: GradientCheck | None
    ) -> Sight:
        """The same sight with more figures, all of one kind."""
        started = self._clock()
        moment, possible = observe(self._tools, run, sight.example, look, keys, check, sight.moment)
        drawn = {key: content(self._tools.figures[key].draw(moment, possible)) for key in keys}
        seconds = {**sight.seconds, kind: self._clock() - started}
        return replace(sight, moment=moment, figures={**sight.figures, **drawn}, seconds=seconds)

    def story(self, run: Run, sight: Sight) -> object:
        """The story of the training step that `run` would take on what `sight` looks at."""
        if sight.story is None:
            sight.story = player(self._tools.tell(run, sight.moment.trace))
        return sight.story
