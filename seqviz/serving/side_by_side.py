"""Several runs beside each other inside a worker: one toolbar drives them, and they train in step.

Their clock is the number of updates. In each turn the run that is furthest behind decides how far all may go, so that
they see the same batches at the same time whatever an update of theirs costs.
"""

from __future__ import annotations

import json
import pickle
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Final, cast

from seqviz.core.compared import SWEEP, Attempt, Compared, Side, alike, attempt
from seqviz.core.config import RunConfig
from seqviz.core.records import Look, Moment, Run
from seqviz.core.task import BadInput, Example
from seqviz.serving.messages import Attach, Command, Compare, Comparison, Do, Drawn, Kept, Kind, Pace, Room, Speed, Verb
from seqviz.serving.observe import Tools, observe
from seqviz.serving.player import player
from seqviz.serving.screen import Screen
from seqviz.serving.session import KEEP_EVERY, LONGEST_RUN, SLOW
from seqviz.serving.slices import Rate
from seqviz.serving.status import state_of, status_of_sides
from seqviz.serving.wire import content

MOST_LEFT: Final = 24
"""Runs that are not on the page and can be gone on with: those of a whole sweep and of the page before it."""


@dataclass
class _Side:
    run: Run
    rate: Rate = field(default_factory=Rate)


class SideBySide:
    """A comparison as `Session` is a run: commands go in through `obey`, time through `turn`."""

    def __init__(
        self, tools: Tools, send: Callable[[Kind, bytes], None], clock: Callable[[], float] = perf_counter
    ) -> None:
        self._tools, self._send, self._clock = tools, send, clock
        self._wanted: Compare | None = None
        self._page: Comparison | None = None
        self._sides: list[_Side] = []
        self._left: OrderedDict[RunConfig, Run] = OrderedDict()
        self._attempts: dict[RunConfig, Attempt] = {}
        self._lags: list[int] = []  # of the sweep that is on: the present one first
        self._example: Example | None = None
        self._rate = Rate()
        self._screen = Screen()
        self._look = Look()
        self._pace: Pace = "full"
        self._training = False
        self._goal = LONGEST_RUN
        self._next_update = 0.0
        self._kept_at = clock()
        self._stale = False
        self._late = False
        self.leads = True
        """As in `Session`: its runs are its own."""
        self.drawing = 0.0
        """Seconds that tracing and drawing take, smoothed."""

    @property
    def training(self) -> bool:
        """Whether the runs go on by themselves."""
        return self._training

    def due(self, now: float) -> float | None:
        """The moment it wants a turn; None where it waits for a command."""
        if self._wanted or (self._stale and self._screen.free):
            return now
        if not self._training:
            return None
        if self._pace == "full":
            return now
        return max(now, self._next_update) if self._screen.free else None

    def obey(self, command: Command) -> None:
        """Takes a command; what has no meaning here is ignored. Raises what `Session.obey` raises."""
        self._stale = self._stale or not isinstance(command, Drawn)
        match command:
            case Compare():
                before = self._wanted.kept if self._wanted else None
                self._wanted = replace(command, kept=command.kept or before)
            case Do():
                self._settle()
                self._do(command)
            case Speed(pace):
                self._pace = pace
            case Attach(room):
                self._look = Look(room=room)
                self._screen.attach()
            case Room(room):
                self._look = Look(room=room)
            case Drawn(lost):
                self._screen.drawn(lost=lost)

    def turn(self, seconds: float, called: Callable[[], bool] = lambda: False) -> None:
        """Settles what is wanted, trains all runs for about `seconds` seconds and brings the screen up to date.

        An order waits until all runs are equally far. Raises what `Session.turn` raises.
        """
        self._settle()
        if self._page is None:
            return
        if self._late and self._screen.free:
            self._draw(self._page)  # as in `Session.turn`
        if self._training and (self._pace == "full" or (self._screen.free and self._clock() >= self._next_update)):
            self._train(self._page, seconds)
        if self._stale and self._screen.free:
            self._draw(self._page)
        self._late = self._stale

    def give_up(self, why: str) -> None:
        """Stops after a failure and says why."""
        self._rest()
        self._wanted = None
        self._stale = False
        self._notice("problem", why)

    def _notice(self, notice: str, text: str) -> None:
        self._send(Kind.NOTICE, json.dumps({"notice": notice, "text": text}).encode())

    def _rest(self) -> None:
        self._training = False
        self._lags = []

    # What is on the page

    def _settle(self) -> None:
        if self._wanted is None:
            return
        wanted, self._wanted = self._wanted, None
        before, page = self._page, wanted.comparison
        if wanted.kept and before is None:
            runs, self._attempts = cast(tuple[tuple[Run, ...], dict[RunConfig, Attempt]], pickle.loads(wanted.kept.run))
            self._left.update((run.config, run) for run in runs)
        self._page = page
        if before is None or [config for _, config in before.sides] != [config for _, config in page.sides]:
            self._rest()
            self._stand(config for _, config in page.sides)
        elif before.example != page.example:
            self._choose_example()
        self._take_note(page.budget, self._left.values())  # they may have been left when fewer updates were allowed

    def _stand(self, configs: Iterable[RunConfig]) -> None:
        """Puts these runs on the page, each as it was left; those that were there are left."""
        for side in self._sides:
            self._left[side.run.config] = side.run
        self._sides = [_Side(self._taken(config)) for config in configs]
        while len(self._left) > MOST_LEFT:
            self._left.popitem(last=False)
        self._rate = Rate()
        self._choose_example()

    def _taken(self, config: RunConfig) -> Run:
        return self._left.pop(config) if config in self._left else self._started(config)

    def _started(self, config: RunConfig) -> Run:
        self._notice("busy", "Building the networks …")
        return self._tools.start(config)

    def _choose_example(self) -> None:
        """The example of the page, from the task with the lag that is on at present."""
        assert self._page
        task, wanted = self._tools.task_of(self._sides[0].run.config), self._page.example
        try:
            self._example = task.examples[wanted] if isinstance(wanted, int) else task.read(wanted)
        except BadInput as problem:
            self._example = self._example or task.examples[0]
            self._notice("problem", str(problem))

    # The buttons

    def _do(self, command: Do) -> None:
        page = self._page
        if page is None:
            return
        if command.verb == "pause":
            self._training = False
            self._keep()
            return
        self._rest()
        configs = [config for _, config in page.sides]
        if command.verb == "reset":
            self._attempts.clear()
            self._sides.clear()
            self._left.clear()
        if command.verb == "sweep":
            self._lags = self._unanswered(page)
            configs = [replace(config, lag=lag) for lag in self._lags[:1] for config in configs] or configs
        if configs != [side.run.config for side in self._sides]:
            self._stand(configs)
        if command.verb == "reset":
            self._keep()
        self._goal = self._goal_of(command.verb)
        self._training = bool(self._going(page))
        self._next_update = self._clock()

    def _goal_of(self, verb: Verb) -> int:
        """The update at which all are to stop; a sweep's is its budget."""
        slowest = min(side.run.step for side in self._sides)
        match verb:
            case "train":
                return LONGEST_RUN
            case "step":
                return slowest + 1
            case "epoch":
                config = self._sides[0].run.config
                epoch = max(1, -(-self._tools.task_of(config).train_size // config.batch))
                return (slowest // epoch + 1) * epoch
        return 0

    def _unanswered(self, page: Comparison) -> list[int]:
        """The lags at which at least one of the runs has not yet shown whether it solves its task."""
        return [
            lag
            for lag in SWEEP
            if not all(self._answered(replace(config, lag=lag), page.budget) for _, config in page.sides)
        ]

    def _answered(self, config: RunConfig, budget: int) -> bool:
        found = self._attempts.get(config)
        return found is not None and found.answers(budget)

    # Training

    def _going(self, page: Comparison) -> list[_Side]:
        """The runs that have not come to their end: in a sweep, those that have not answered yet."""
        if self._lags:
            return [side for side in self._sides if not self._answered(side.run.config, page.budget)]
        return [side for side in self._sides if not side.run.diverged and side.run.step < self._goal]

    def _train(self, page: Comparison, seconds: float) -> None:
        started = self._clock()
        self._next_update = started + (SLOW if self._pace == "slow" else 0.0)
        going = self._going(page)
        if going:
            slowest = min(side.run.step for side in going)
            wanted = self._rate.updates(seconds) if self._pace == "full" else 1
            target = min(slowest + wanted, page.budget if self._lags else self._goal)
            for side in going:
                self._advance(side, target)
            self._rate.took(target - slowest, self._clock() - started)
            self._take_note(page.budget)
        self._training = bool(self._going(page)) or self._next_lag(page)
        self._stale = True
        if not self._training or self._clock() - self._kept_at > KEEP_EVERY:
            self._keep()

    def _advance(self, side: _Side, target: int) -> None:
        updates = target - side.run.step
        if updates < 1:
            return
        begun = self._clock()
        side.run = self._tools.advance(side.run, updates, lambda: False)
        side.rate.took(updates, self._clock() - begun)

    def _take_note(self, budget: int, left: Iterable[Run] = ()) -> None:
        """Writes down every attempt that has ended: of the runs on the page, and of those that were `left`."""
        for run in (*left, *(side.run for side in self._sides)):
            ended = attempt(run, budget)
            if ended:
                self._attempts[run.config] = ended

    def _next_lag(self, page: Comparison) -> bool:
        """Goes on to the sweep's next lag, after the last one back to the page's own; whether there was a next one."""
        if not self._lags:
            return False
        self._lags = self._lags[1:]
        lag = self._lags[0] if self._lags else page.sides[0][1].lag
        self._stand([replace(config, lag=lag) for _, config in page.sides])
        return bool(self._lags)

    def _keep(self) -> None:
        self._kept_at = self._clock()
        runs = tuple(side.run for side in self._sides)
        update = min((run.step for run in runs), default=0)
        self._send(Kind.KEPT, pickle.dumps(Kept(update, pickle.dumps((runs, self._attempts)))))

    # The screen

    def _draw(self, page: Comparison) -> None:
        assert self._example
        started = self._clock()
        moments = [observe(self._tools, side.run, self._example, self._look, ())[0] for side in self._sides]
        sides = tuple(
            Side(name, moment, self._attempts_of(side.run.config))
            for (name, _), side, moment in zip(page.sides, self._sides, moments, strict=True)
        )
        compared = Compared(sides, page.budget)
        pictures: dict[str, object] = {key: content(self._tools.overlays[key].draw(compared)) for key in page.figures}
        for place, (side, moment) in enumerate(zip(self._sides, moments, strict=True)):
            pictures |= self._graph(place, side.run, moment)
        said = status_of_sides(
            compared,
            tuple(state_of(side.run, self._training, LONGEST_RUN) for side in self._sides),
            tuple(side.rate.per_second for side in self._sides),
            self._training,
            self._pace,
            tuple(self._lags),
            len(self._unanswered(page)),
        )
        self._stale = False
        self._send(Kind.MOVING if self._training else Kind.RESTING, self._screen.frame(said, pictures))
        took = self._clock() - started
        self.drawing = 0.7 * self.drawing + 0.3 * took if self.drawing else took

    def _attempts_of(self, config: RunConfig) -> tuple[Attempt, ...]:
        return tuple(found for tried, found in self._attempts.items() if alike(tried, config))

    def _graph(self, place: int, run: Run, moment: Moment) -> dict[str, object]:
        """The unrolled network and, at rest or in slow motion, the story of its training step."""
        told = None if self._training and self._pace != "slow" else player(self._tools.tell(run, moment.trace))
        drawn = content(self._tools.figures["graph"].draw(moment, self._look))
        return {f"graph {place}": drawn, f"player {place}": told}
