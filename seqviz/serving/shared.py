"""What several people do with the same network at the same moment is computed once for all of them.

Training is a pure function: a hundred people who open one link and press Train are due the very same numbers. Whoever
comes first to a point computes it, and the others are given it, at the pace at which it was computed. Nothing is kept
for later: with the last one who holds a run goes all that is known of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar
from weakref import WeakValueDictionary, finalize

from seqviz.core.analysis import GradientCheck
from seqviz.core.config import RunConfig
from seqviz.core.records import Look, Moment, Run
from seqviz.core.task import Example
from seqviz.serving.observe import Tools, observe
from seqviz.serving.player import player
from seqviz.serving.wire import content

MOST_BYTES: Final = 128_000_000
"""What runs may take that were computed for one person and wait for others, who are far behind."""
MOST_SEEN: Final = 32
"""Runs whose pictures are kept for others."""

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Stretch:
    """Some updates: where they led, the seconds they took, and whether they were computed just now."""

    run: Run
    seconds: float
    computed: bool


@dataclass
class Sight:
    """One look at a run: the moment, the look as this network can be looked at, and pictures that are ready to be sent.

    example: what was looked at. figures: those that were drawn, by key. seconds: what it took. story: of one training
    step, for the player, once somebody has asked for it.
    """

    example: Example
    moment: Moment
    look: Look
    figures: Mapping[str, object]
    seconds: float
    story: object = None


class Shared:
    """What is known of the runs that the sessions of one worker hold."""

    def __init__(self, tools: Tools, clock: Callable[[], float]) -> None:
        self._tools, self._clock = tools, clock
        self._first = WeakValueDictionary[RunConfig, Run]()
        self._next = _Known[tuple[Run, float]](MOST_BYTES)
        self._seen = _Known[dict[object, Sight]](MOST_SEEN)

    def start(self, config: RunConfig) -> Run:
        """A run that has not begun: that of everybody who is at the same point. Raises what `Tools.start` raises."""
        run = self._first.get(config)
        if run is None:
            run = self._first[config] = self._tools.start(config)
        return run

    def advance(self, run: Run, updates: int, most: int, stop: Callable[[], bool] = lambda: False) -> Stretch:
        """The run after `updates` updates, or after those that it has made already for somebody else, if up to `most`.

        stop: asked after each update whether to leave the rest undone. Raises what `Tools.advance` raises.
        """
        known = self._next.of(run)
        if known and known[0].step - run.step <= most:
            return Stretch(*known, computed=False)
        started = self._clock()
        further = self._tools.advance(run, updates, stop)
        seconds = self._clock() - started
        if known is None and further is not run:
            self._next.put(run, (further, seconds), further.nbytes)
        return Stretch(further, seconds, computed=True)

    def sight(
        self, run: Run, example: Example, look: Look, wanted: tuple[str, ...], check: GradientCheck | None
    ) -> Sight:
        """The figures `wanted`, and perhaps more that somebody has had drawn already.

        check: somebody's own, so that what it is drawn from is not shared.
        """
        seen = (self._seen.of(run) or {}) if check is None else {}
        found = seen.get((id(example), look))
        if found and set(wanted) <= set(found.figures):
            return found
        started = self._clock()
        moment, possible = observe(self._tools, run, example, look, wanted, check)
        figures = {key: content(self._tools.figures[key].draw(moment, possible)) for key in wanted}
        sight = Sight(example, moment, possible, figures, self._clock() - started)
        if check is None:
            self._seen.put(run, {**seen, (id(example), look): sight})
        return sight

    def story(self, run: Run, sight: Sight) -> object:
        """The story of the training step that `run` would take on what `sight` looks at."""
        if sight.story is None:
            sight.story = player(self._tools.tell(run, sight.moment.trace))
        return sight.story


class _Known(Generic[Thing]):
    """What is known of runs, each for as long as somebody holds it; where it becomes too much, the oldest goes."""

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._things: dict[int, tuple[Thing, int]] = {}

    def of(self, run: Run) -> Thing | None:
        """What is known of a run."""
        found = self._things.get(id(run))
        return None if found is None else found[0]

    def put(self, run: Run, thing: Thing, size: int = 1) -> None:
        """Takes note of something, in place of what was known. It must not hold the run."""
        self._forget(id(run))
        finalize(run, self._forget, id(run)).atexit = False
        self._things[id(run)] = thing, size
        self._size += size
        while self._size > self._most and len(self._things) > 1:
            self._forget(next(iter(self._things)))

    def _forget(self, number: int) -> None:
        if number in self._things:
            self._size -= self._things[number][1]
            del self._things[number]  # with a run may go the one that follows it, and what is known of that
