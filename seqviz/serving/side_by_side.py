"""Several runs beside each other inside a worker: one toolbar drives them, and they train in step.

Their clock is the number of updates. In each turn the run that is furthest behind decides how far all may go, so that
they see the same batches at the same time whatever an update of theirs costs.
"""

from __future__ import annotations

import json
import pickle
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Final, cast

from seqviz.core.config import RunConfig
from seqviz.core.records import Look, Run
from seqviz.core.task import BadInput, Example, Task
from seqviz.serving.attempts import Attempts
from seqviz.serving.easel import Easel
from seqviz.serving.messages import (
    Attach,
    Command,
    Compare,
    Comparison,
    Do,
    Drawn,
    Failed,
    Kept,
    Kind,
    Pace,
    Room,
    Speed,
    Unseen,
    Verb,
)
from seqviz.serving.observe import Tools
from seqviz.serving.scene import Painter, Sides, can_draw
from seqviz.serving.session import KEEP_EVERY, LONGEST_RUN, SLOW
from seqviz.serving.slices import Rate
from seqviz.serving.status import state_of

MOST_LEFT: Final = 24
"""Runs that are not on the page and can be gone on with: those of a whole sweep and of the page before it."""


@dataclass
class _Side:
    run: Run
    rate: Rate = field(default_factory=Rate)


@dataclass
class _Play:
    """What is on show: a page with everything it names looked up, and its runs, which a sweep may have at another lag.

    task, example: with the lag that is on at present.
    """

    page: Comparison
    sides: list[_Side]
    task: Task
    example: Example
    rate: Rate = field(default_factory=Rate)


class SideBySide:
    """A comparison as `Session` is a run: commands go in through `obey`, time through `turn`."""

    def __init__(
        self,
        tools: Tools,
        send: Callable[[Kind, bytes], None],
        clock: Callable[[], float] = perf_counter,
        painter: Painter | None = None,
    ) -> None:
        self._tools, self._send, self._clock = tools, send, clock
        self._painter = painter or Easel(tools, send, clock)
        self._wanted: Compare | None = None
        self._play: _Play | None = None
        self._left: OrderedDict[RunConfig, Run] = OrderedDict()
        self._attempts = Attempts()
        self._lags: list[int] = []  # of the sweep that is on: the present one first
        self._look = Look()
        self._unseen = frozenset[str]()
        self._anew = True
        self._pace: Pace = "full"
        self._training = False
        self._goal = LONGEST_RUN
        self._next_update = 0.0
        self._kept_at = clock()
        self._stale = False
        self._late = False
        self.leads = True
        """As in `Session`: its runs are its own."""

    @property
    def training(self) -> bool:
        """Whether the runs go on by themselves."""
        return self._training

    @property
    def drawing(self) -> float:
        """As in `Painter`."""
        return self._painter.drawing

    @property
    def _can_draw(self) -> bool:
        return can_draw(self._painter, moving=self._training)

    def due(self, now: float) -> float | None:
        """The moment it wants a turn; None where it waits for a command."""
        if self._wanted or (self._play and self._stale and self._can_draw):
            return now
        if not self._training:
            return None
        if self._pace == "full":
            return now
        return max(now, self._next_update) if self._painter.free else None

    def obey(self, command: Command) -> None:
        """Takes a command; what has no meaning here is ignored. Raises what `Session.obey` raises."""
        self._stale = self._stale or not isinstance(command, Drawn | Unseen)
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
                self._unseen = frozenset()
                self._painter.attach()
            case Room(room):
                self._look = Look(room=room)
            case Unseen(figures):
                self._unseen = figures
            case Drawn(lost):
                self._painter.drawn(lost=lost)
            case Failed(why):
                self._painter.drawn(lost=True)
                self.give_up(why)

    def turn(self, seconds: float, called: Callable[[], bool] = lambda: False) -> None:
        """Settles what is wanted, trains all runs for about `seconds` seconds and brings the screen up to date.

        An order waits until all runs are equally far. Raises what `Session.turn` raises.
        """
        self._settle()
        play = self._play
        if play is None:
            return
        if self._late and self._can_draw:
            self._draw(play)  # as in `Session.turn`
        if self._training and (self._pace == "full" or (self._painter.free and self._clock() >= self._next_update)):
            play = self._train(play, seconds)
        if self._stale and self._can_draw:
            self._draw(play)
        self._late = self._stale

    def give_up(self, why: str) -> None:
        """Stops after a failure and says why."""
        self._rest()
        self._wanted = None
        self._stale = False
        self._notice("stopped", why)

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
        play, page = self._play, wanted.comparison
        if wanted.kept and play is None:
            runs, self._attempts = cast(tuple[tuple[Run, ...], Attempts], pickle.loads(wanted.kept.run))
            self._left.update((run.config, run) for run in runs)
        configs = [config for _, config in page.sides]
        if play is None or [config for _, config in play.page.sides] != configs:
            self._rest()
            play = self._stand(page, configs, self._known())
        elif play.page.example != page.example:
            play.example = self._example(page, play.task)
        play.page = page
        # They may have been left when fewer updates were allowed.
        self._attempts.note((*self._left.values(), *(side.run for side in play.sides)), page.budget)

    def _known(self) -> dict[RunConfig, Run]:
        """The runs that can be gone on with, those on the page last."""
        on_page = self._play.sides if self._play else []
        return self._left | {side.run.config: side.run for side in on_page}

    def _stand(self, page: Comparison, configs: Sequence[RunConfig], known: Mapping[RunConfig, Run]) -> _Play:
        """Puts these runs on the page, each as it is `known`; the others of those are left.

        Where one cannot be built, everything stays as it is.
        """
        runs = [known[config] if config in known else self._started(config) for config in configs]
        task = self._tools.task_of(configs[0])
        self._play = _Play(page, [_Side(run) for run in runs], task, self._example(page, task))
        self._anew = True
        self._left = OrderedDict((config, run) for config, run in known.items() if config not in configs)
        while len(self._left) > MOST_LEFT:
            self._left.popitem(last=False)
        return self._play

    def _started(self, config: RunConfig) -> Run:
        self._notice("busy", "Building the networks …")
        return self._tools.start(config)

    def _example(self, page: Comparison, task: Task) -> Example:
        """The example of the page, or the one on show where that cannot be read."""
        try:
            return task.examples[page.example] if isinstance(page.example, int) else task.read(page.example)
        except BadInput as problem:
            self._notice("problem", str(problem))
            return self._play.example if self._play and self._play.task is task else task.examples[0]

    # The buttons

    def _do(self, command: Do) -> None:
        play = self._play
        if play is None:
            return
        page = play.page
        if command.verb == "pause":
            self._training = False
            self._keep(play)
            return
        self._rest()
        configs = [config for _, config in page.sides]
        if command.verb == "sweep":
            self._lags = self._attempts.unanswered(configs, page.budget)
            configs = [replace(config, lag=lag) for lag in self._lags[:1] for config in configs] or configs
        if command.verb == "reset":
            play = self._stand(page, configs, {})
            self._attempts = Attempts()
            self._keep(play)
        elif configs != [side.run.config for side in play.sides]:
            play = self._stand(page, configs, self._known())
        self._goal = _goal(play, command.verb)
        self._training = bool(self._going(play))
        self._next_update = self._clock()

    # Training

    def _going(self, play: _Play) -> list[_Side]:
        """The runs that have not come to their end: in a sweep, those that have not answered yet."""
        if self._lags:
            return [side for side in play.sides if not self._attempts.answered(side.run.config, play.page.budget)]
        return [side for side in play.sides if not side.run.diverged and side.run.step < self._goal]

    def _train(self, play: _Play, seconds: float) -> _Play:
        """What is on show afterwards: a sweep may have come to its next lag."""
        started = self._clock()
        self._next_update = started + (SLOW if self._pace == "slow" else 0.0)
        going = self._going(play)
        if going:
            slowest = min(side.run.step for side in going)
            wanted = play.rate.updates(seconds) if self._pace == "full" else 1
            target = min(slowest + wanted, play.page.budget if self._lags else self._goal)
            for side in going:
                self._advance(side, target)
            play.rate.took(target - slowest, self._clock() - started)
            self._attempts.note((side.run for side in play.sides), play.page.budget)
        self._training = bool(self._going(play))
        if self._lags and not self._training:
            play = self._next_lag(play.page)
            self._training = bool(self._lags)
        self._stale = True
        if not self._training or self._clock() - self._kept_at > KEEP_EVERY:
            self._keep(play)
        return play

    def _advance(self, side: _Side, target: int) -> None:
        updates = target - side.run.step
        if updates < 1:
            return
        begun = self._clock()
        side.run = self._tools.advance(side.run, updates, lambda: False)
        side.rate.took(updates, self._clock() - begun)

    def _next_lag(self, page: Comparison) -> _Play:
        """Goes on to the sweep's next lag, after the last one back to the page's own."""
        self._lags = self._lags[1:]
        lag = self._lags[0] if self._lags else page.sides[0][1].lag
        return self._stand(page, [replace(config, lag=lag) for _, config in page.sides], self._known())

    def _keep(self, play: _Play) -> None:
        """The page's own runs, with which one would go on, and those of the lag that a sweep is at."""
        self._kept_at = self._clock()
        known = self._known()
        own = {config: known[config] for _, config in play.page.sides if config in known}
        runs = tuple((own | {side.run.config: side.run for side in play.sides}).values())
        update = min((run.step for run in own.values()), default=0)
        self._send(Kind.KEPT, pickle.dumps(Kept(update, pickle.dumps((runs, self._attempts)))))

    # The screen

    def _draw(self, play: _Play) -> None:
        page = play.page
        configs = [config for _, config in page.sides]
        scene = Sides(
            names=tuple(name for name, _ in page.sides),
            attempts=tuple(self._attempts.like(side.run.config, page.budget) for side in play.sides),
            budget=page.budget,
            states=tuple(state_of(side.run, self._training, LONGEST_RUN) for side in play.sides),
            rates=tuple(side.rate.per_second for side in play.sides),
            moving=self._training,
            pace=self._pace,
            sweeping=tuple(self._lags),
            unanswered=len(self._attempts.unanswered(configs, page.budget)),
            figures=page.figures,
            look=self._look,
            unseen=self._unseen,
            anew=self._anew,
        )
        self._painter.draw(tuple(side.run for side in play.sides), play.example, scene)
        self._stale = self._anew = False


def _goal(play: _Play, verb: Verb) -> int:
    """The update at which all are to stop; a sweep's is its budget."""
    slowest = min(side.run.step for side in play.sides)
    match verb:
        case "train":
            return LONGEST_RUN
        case "step":
            return slowest + 1
        case "epoch":
            epoch = max(1, -(-play.task.train_size // play.sides[0].run.config.batch))
            return (slowest // epoch + 1) * epoch
    return 0
