"""What several people do with the same network at the same moment is computed once for all of them.

Training is a pure function: a hundred people who open one link and press Train are due the very same numbers. Whoever
comes first to a point computes it, and the others are given it, at the pace at which it was computed. Nothing is kept
for later: with the last one who holds a run goes all that is known of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from weakref import WeakValueDictionary

from seqviz.core.config import RunConfig
from seqviz.core.records import Run
from seqviz.serving.known import Known
from seqviz.serving.observe import Tools

MOST_BYTES: Final = 128_000_000
"""What runs may take that were computed for one person and wait for others, who are far behind."""


@dataclass(frozen=True)
class Stretch:
    """Some updates: where they led, the seconds they took, and whether they were computed just now."""

    run: Run
    seconds: float
    computed: bool


class Shared:
    """The runs that the sessions of one worker hold, and how each has gone on."""

    def __init__(self, tools: Tools, clock: Callable[[], float]) -> None:
        self._tools, self._clock = tools, clock
        self._first = WeakValueDictionary[RunConfig, Run]()
        self._next = Known[tuple[Run, float]](MOST_BYTES)

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
