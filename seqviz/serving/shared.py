"""What several people do with the same network at the same moment is computed once for all of them.

Training is a pure function: a hundred people who open one link and press Train are due the very same numbers. Whoever
comes first to a point computes it, and the others are given it, at the pace at which it was computed. Nothing is kept
for later: with the last one who holds a run goes all that is known of it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Generic, TypeVar, cast
from weakref import WeakValueDictionary, finalize

from seqviz.core.analysis import GradientCheck
from seqviz.core.config import RunConfig
from seqviz.core.records import Look, Moment, Run
from seqviz.core.task import Example
from seqviz.serving.observe import Tools, observe
from seqviz.serving.player import player
from seqviz.serving.seldom import Kind
from seqviz.serving.wire import content

MOST_BYTES: Final = 128_000_000
"""What runs may take that were computed for one person and wait for others, who are far behind."""
MOST_SEEN: Final = 32
"""Sights that are kept for others."""

Thing = TypeVar("Thing")
_Key = tuple[Hashable, ...]
"""A run's identity, and what else it is that is known."""


@dataclass(frozen=True)
class Stretch:
    """Some updates: where they led, the seconds they took, and whether they were computed just now."""

    run: Run
    seconds: float
    computed: bool


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


class Shared:
    """What is known of the runs that the sessions of one worker hold."""

    def __init__(self, tools: Tools, clock: Callable[[], float]) -> None:
        self._tools, self._clock = tools, clock
        self._first = WeakValueDictionary[RunConfig, Run]()
        self._next = _Known[tuple[Run, float]](MOST_BYTES)
        self._seen = _Known[Sight](MOST_SEEN)

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


class _Known(Generic[Thing]):
    """What is known of runs, each for as long as somebody holds it; where it becomes too much, the oldest goes."""

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._things: dict[_Key, tuple[Thing, int]] = {}
        self._keys: dict[int, set[_Key]] = {}
        """Of each run that somebody holds, by its identity."""

    def of(self, run: Run, *what: Hashable) -> Thing | None:
        """What is known of a run."""
        found = self._things.get((id(run), *what))
        return None if found is None else found[0]

    def put(self, run: Run, thing: Thing, size: int, *what: Hashable) -> None:
        """Takes note of something, in place of what was known. It must not hold the run."""
        key: _Key = (id(run), *what)
        if id(run) not in self._keys:
            self._keys[id(run)] = set()
            finalize(run, self._gone, id(run)).atexit = False
        self._forget(key)
        self._keys[id(run)].add(key)
        self._things[key] = thing, size
        self._size += size
        while self._size > self._most and len(self._things) > 1:
            self._forget(next(iter(self._things)))

    def _gone(self, number: int) -> None:
        for key in tuple(self._keys[number]):
            self._forget(key)
        del self._keys[number]

    def _forget(self, key: _Key) -> None:
        if key in self._things:
            self._keys[cast(int, key[0])].discard(key)
            self._size -= self._things[key][1]
            del self._things[key]  # with a run may go the one that follows it, and what is known of that
