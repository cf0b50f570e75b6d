"""One person's run inside a worker: it obeys commands, trains in slices and sends frames."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Final, cast

from seqviz.core.analysis import GradientCheck
from seqviz.core.config import RunConfig
from seqviz.core.records import Look, Run
from seqviz.core.task import BadInput, Example, Task
from seqviz.serving.easel import Easel
from seqviz.serving.messages import (
    Attach,
    Check,
    Command,
    Do,
    Drawn,
    Failed,
    Kept,
    Kind,
    LookAt,
    LookBack,
    Pace,
    Room,
    Setting,
    Show,
    Speed,
    Unseen,
)
from seqviz.serving.observe import Tools
from seqviz.serving.scene import Painter, Scene, can_draw
from seqviz.serving.shared import Shared
from seqviz.serving.shelf import Past, Shelf, until
from seqviz.serving.slices import Rate
from seqviz.serving.status import state_of

LONGEST_RUN: Final = 200_000
"""Updates after which a run is finished: its history would grow without end in a tab that nobody looks at."""
SLOW: Final = 1.0
"""Seconds between two updates in slow motion."""
KEEP_EVERY: Final = 10.0
"""Seconds of training that may be lost with a worker."""
NOW: Final = -1
"""Looking at the network as it is, not back."""


@dataclass
class _Play:
    """What is on show: a setting with everything it names looked up, and the run with its past and its pace."""

    setting: Setting
    task: Task
    example: Example
    run: Run
    past: Past
    rate: Rate = field(default_factory=Rate)

    def restart(self, run: Run) -> None:
        """Another run, or the same network from its first weights, takes the place of the present one."""
        self.run, self.past, self.rate = run, Past(run), Rate()


class Session:
    """Commands go in through `obey`, time through `turn`; messages come out of `send`."""

    def __init__(
        self,
        tools: Tools,
        send: Callable[[Kind, bytes], None],
        clock: Callable[[], float] = perf_counter,
        shared: Shared | None = None,
        painter: Painter | None = None,
    ) -> None:
        self._tools, self._send, self._clock = tools, send, clock
        self._shared = shared or Shared(tools, clock)
        self._painter = painter or Easel(tools, send, clock)
        self._wanted: Show | None = None
        self._play: _Play | None = None
        self._shelf = Shelf()
        self._chosen = LookAt()
        self._room = Look.room
        self._unseen = frozenset[str]()
        self._asked: Check | None = None
        self._check: GradientCheck | None = None
        self._back = NOW
        self._pace: Pace = "full"
        self._training = False
        self._goal = LONGEST_RUN
        self._next_update = 0.0
        self._kept_at = clock()
        self._stale = False
        self._late = False
        self._anew = False
        self.leads = True
        """Whether its last updates were computed for it, not for somebody before it."""

    @property
    def training(self) -> bool:
        """Whether the run goes on by itself."""
        return self._training

    @property
    def drawing(self) -> float:
        """As in `Painter`."""
        return self._painter.drawing

    @property
    def _can_draw(self) -> bool:
        return can_draw(self._painter, moving=self._training)

    def due(self, now: float) -> float | None:
        """The moment this session wants a turn; None where it waits for a command."""
        if self._wanted or (self._play and (self._asked or (self._stale and self._can_draw))):
            return now
        if not self._training:
            return None
        # Slowed down, every update is to be seen, so the next one waits for the screen.
        return max(now, self._next_update) if self._pace == "full" or self._painter.free else None

    def obey(self, command: Command) -> None:
        """Takes a command. A new setting or a gradient check is only noted: of many the last is what is done.

        Raises ValueError or KeyError where a setting cannot be run.
        """
        self._stale = self._stale or not isinstance(command, Drawn | Unseen)
        match command:
            case Show():
                if before := self._wanted:
                    whole = command.setting.whole or before.setting.whole
                    setting = replace(command.setting, whole=whole)
                    command = Show(setting, command.kept or before.kept)
                self._wanted = command
            case Do():
                self._settle()
                self._do(command)
            case Speed(pace):
                self._pace = pace
                self._next_update = self._clock()
            case LookAt():
                self._settle()
                self._chosen = self._chosen.then(command)
                self._anew = True
            case Check():
                self._settle()
                self._asked = command if self._play else None
            case LookBack(update):
                self._back = NOW if self._training else update
            case Attach(room):
                self._room, self._unseen = room, frozenset()
                self._painter.attach()
            case Room(room):
                self._room = room
            case Unseen(figures):
                self._unseen = figures
            case Drawn(lost):
                self._painter.drawn(lost=lost)
            case Failed(why):
                self._painter.drawn(lost=True)
                self.give_up(why)

    def turn(self, seconds: float, called: Callable[[], bool] = lambda: False) -> None:
        """Settles what is wanted, trains for about `seconds` seconds and brings the screen up to date.

        called: whether an order has come in meanwhile; training then stops for it, and what is drawn shows what it has
        changed. Raises ValueError or KeyError where the setting cannot be run, and what training raises.
        """
        self._settle()
        play = self._play
        if play is None:
            return
        if self._asked:
            self._examine(play, self._asked)
        if self._late and self._can_draw:
            self._draw(play)  # the last turn left it: the screen became free in its middle, or an order came first
        ready = self._pace == "full" or self._painter.free
        if self._training and ready and self._clock() >= self._next_update:
            self._train(play, seconds, called)
        if self._stale and self._can_draw and not called():
            self._draw(play)
        self._late = self._stale

    def give_up(self, why: str) -> None:
        """Stops after a failure and says why; a new setting or a reset begins again."""
        self._training = False
        self._wanted = self._asked = None
        self._stale = False
        self._notice("stopped", why)

    def _notice(self, notice: str, text: str) -> None:
        self._send(Kind.NOTICE, json.dumps({"notice": notice, "text": text}).encode())

    def _settle(self) -> None:
        if self._wanted is None:
            return
        show, self._wanted = self._wanted, None
        self._anew = True
        setting, play = show.setting, self._play
        task = self._tools.task_of(setting.config)
        example = play.example if play and play.task is task else task.examples[0]
        try:
            wanted = setting.example
            example = task.examples[wanted] if isinstance(wanted, int) else task.read(wanted)
        except BadInput as problem:
            self._notice("problem", str(problem))
        if play is None:
            run = _restored(show.kept, setting.config) or self._started(setting.config)
            self._play = _Play(setting, task, example, run, Past(run))
            return
        said, asked = (replace(item.look, temperature=1.0, beam=1) for item in (play.setting, setting))
        if said != asked or setting.figures != play.setting.figures:
            self._chosen = LookAt()  # the page has spoken since
        if setting.suits(play.run.config):
            if play.run.config != setting.config:
                play.run = replace(play.run, config=setting.config)
        else:
            self._rest()
            self._shelf.put(play.run)
            play.restart(self._shelf.take(setting.config, setting.suits) or self._started(setting.config))
        if setting != play.setting:
            self._asked = self._check = None  # of another network or example
        play.setting, play.task, play.example = setting, task, example

    def _started(self, config: RunConfig) -> Run:
        self._notice("busy", "Building the network …")
        return self._shared.start(config)

    def _rest(self) -> None:
        self._training = False
        self._back = NOW

    def _do(self, command: Do) -> None:
        play = self._play
        if play is None:
            return
        self._rest()
        run = play.run
        match command.verb:
            case "pause":
                self._keep(run)
                return
            case "sweep":
                return  # one run has nothing to go through
            case "reset":
                play.restart(self._started(run.config))
                self._keep(play.run)
                return
            case "train":
                self._goal = LONGEST_RUN
            case "step":
                self._goal = run.step + 1
            case "epoch":
                epoch = max(1, -(-play.task.train_size // run.config.batch))
                self._goal = (run.step // epoch + 1) * epoch
        self._training = not run.diverged and run.step < LONGEST_RUN
        self._next_update = self._clock()

    def _train(self, play: _Play, seconds: float, called: Callable[[], bool]) -> None:
        started, before = self._clock(), play.run.step
        most = self._goal - before if self._pace == "full" else 1
        stretch = self._shared.advance(play.run, min(play.rate.updates(seconds), most), most, called)
        run = play.run = stretch.run
        self.leads = stretch.computed
        play.rate.took(run.step - before, stretch.seconds)
        play.past.keep(run)
        ended = self._clock()
        self._next_update = started + (SLOW if self._pace == "slow" else stretch.seconds)
        self._training = not run.diverged and run.step < self._goal
        self._stale = True
        if not self._training or ended - self._kept_at > KEEP_EVERY:
            self._keep(run)

    def _keep(self, run: Run) -> None:
        self._kept_at = self._clock()
        self._send(Kind.KEPT, pickle.dumps(Kept(run.step, pickle.dumps(run))))

    def _draw(self, play: _Play) -> None:
        scene = Scene(
            self._state(play.run),
            play.run.diverged,
            self._pace,
            play.rate.per_second,
            play.past.updates,
            play.setting.figures,
            self._look(play),
            self._unseen,
            self._check,
            self._anew,
        )
        self._painter.draw((self._seen(play),), play.example, scene)
        self._stale = self._anew = False

    def _seen(self, play: _Play) -> Run:
        """The run as it is looked at: as it is now, or with the weights that it had and the present `LIVE` settings."""
        if self._back == NOW:
            return play.run
        earlier = play.past.nearest(self._back)
        history = until(play.run.history, earlier.step)
        diverged = play.run.diverged if earlier.step == play.run.step else ""
        return replace(earlier, config=play.run.config, history=history, diverged=diverged)

    def _examine(self, play: _Play, asked: Check) -> None:
        self._asked = None
        self._anew = True
        run = self._seen(play)
        try:
            self._check = self._tools.check(run, self._tools.trace(run, play.example), asked.weights)
        except ValueError as wrong:  # a weight that this network does not have
            self._notice("problem", str(wrong))

    def _look(self, play: _Play) -> Look:
        """The page's look, with what was chosen in and beside the pictures in its place, and the screen's room."""
        return replace(self._chosen.on(play.setting.look), room=self._room)

    def _state(self, run: Run) -> str:
        return state_of(run, self._training, LONGEST_RUN)


def _restored(kept: Kept | None, config: RunConfig) -> Run | None:
    """The run that was kept, if it is one of the network that `config` describes."""
    if kept is None:
        return None
    run = cast(Run, pickle.loads(kept.run))
    return replace(run, config=config) if run.config.same_network(config) else None
