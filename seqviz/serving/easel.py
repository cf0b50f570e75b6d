"""One person's pictures: a scene goes in, the frame that brings the screen to it comes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from seqviz.core.analysis import GradientCheck
from seqviz.core.records import Look, Run
from seqviz.core.task import Example
from seqviz.serving.messages import Kind, Pace
from seqviz.serving.observe import Tools, on_show
from seqviz.serving.screen import Screen
from seqviz.serving.seldom import Seldom
from seqviz.serving.sights import Sights
from seqviz.serving.status import status


@dataclass(frozen=True)
class Scene:
    """How a run is to be shown.

    state, reason, pace, rate, past: as in `status`. figures: those of the page; those of them that are `unseen` are out
    of sight. check: the last gradient check. anew: whether something else than the next updates is to be seen, so that
    what is dear to draw does not wait for its turn.
    """

    state: str
    reason: str
    pace: Pace
    rate: float
    past: tuple[int, ...]
    figures: tuple[str, ...]
    look: Look
    unseen: frozenset[str] = frozenset()
    check: GradientCheck | None = None
    anew: bool = False

    @property
    def moving(self) -> bool:
        """Whether the run trains, so that another picture will follow by itself."""
        return self.state == "training"

    @property
    def fast(self) -> bool:
        """Whether it trains faster than one step could be watched."""
        return self.moving and self.pace != "slow"


class Painter(Protocol):
    """Draws for one session, in this process or in another."""

    @property
    def free(self) -> bool:
        """Whether the screen waits for a frame."""

    @property
    def patient(self) -> bool:
        """Whether a scene may also be given to it before: it takes the place of one that has not been drawn yet."""

    @property
    def drawing(self) -> float:
        """Seconds that a frame takes from the time in which runs could train, smoothed."""

    def attach(self) -> None:
        """A screen that shows nothing yet takes the place of the one before. Says `Kind.ATTACHED`."""

    def drawn(self, *, lost: bool) -> None:
        """The frame on its way has been drawn, or was lost."""

    def draw(self, run: Run, example: Example, scene: Scene) -> None:
        """Sends the frame that brings the screen to this run, as it is looked at, with this example."""


class Easel:
    """A painter in this process. Frames come out of `send`."""

    patient = False

    def __init__(
        self,
        tools: Tools,
        send: Callable[[Kind, bytes], None],
        clock: Callable[[], float] = perf_counter,
        sights: Sights | None = None,
    ) -> None:
        self._tools, self._send, self._clock = tools, send, clock
        self._sights = sights or Sights(tools, clock)
        self._screen = Screen()
        self._figures: dict[str, object] = {}
        self._seldom = Seldom()
        self._was_costly = False
        self.drawing = 0.0
        """Seconds that tracing and drawing take, smoothed, but for figures that are drawn now and then."""

    @property
    def free(self) -> bool:
        """As in `Painter`."""
        return self._screen.free

    def attach(self) -> None:
        """As in `Painter`."""
        self._screen.attach()
        self._send(Kind.ATTACHED, b"")

    def drawn(self, *, lost: bool) -> None:
        """As in `Painter`."""
        self._screen.drawn(lost=lost)

    def draw(self, run: Run, example: Example, scene: Scene) -> None:
        """As in `Painter`. Raises what tracing raises."""
        started = self._clock()
        shown = on_show(scene.figures, scene.look)
        left = scene.unseen & self._figures.keys() if scene.fast else frozenset[str]()
        needs = {key: self._tools.figures[key].needs for key in shown if key not in left}
        kinds = [kind for kind in dict.fromkeys(needs.values()) if kind]
        if scene.anew or not scene.moving or not set(shown) <= set(self._figures):
            self._seldom.forget()
        turn = self._seldom.turn(kinds, started)
        wanted = tuple(key for key, kind in needs.items() if not kind or kind in turn)
        sight = self._sights.sight(run, example, scene.look, wanted, scene.check)
        costly = {kind: sight.seconds[kind] for kind in kinds if kind in sight.seconds}
        self._figures = {key: sight.figures.get(key, self._figures.get(key)) for key in shown}
        task = self._tools.task_of(run.config)
        said = status(scene.state, scene.reason, sight.moment, sight.look, task, scene.pace, scene.rate, scene.past)
        pictures = self._figures
        if "graph" in shown:
            # While weights change fast, nobody can watch one step: the story would only make the frames heavier.
            told = None if scene.fast else self._sights.story(run, sight)
            pictures = {"cell": None, **pictures, "player": told}  # a cell that is not opened is still a place
        self._send(Kind.MOVING if scene.moving else Kind.RESTING, self._screen.frame(said, pictures))
        took = self._clock() - started
        if costly:
            self._seldom.took(costly, started)
        if not costly or self._was_costly:
            self.drawing = 0.7 * self.drawing + 0.3 * took if self.drawing else took
        self._was_costly = bool(costly)
