"""One person's pictures: a scene goes in, the frame that brings their screen to it comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from time import perf_counter

from seqviz.core.compared import Compared, Side
from seqviz.core.records import Run
from seqviz.core.task import Example
from seqviz.figures.parts import Drawing
from seqviz.serving.messages import Kind
from seqviz.serving.observe import Tools, observe, on_show
from seqviz.serving.player import player
from seqviz.serving.scene import Scene, Sides
from seqviz.serving.screen import Screen
from seqviz.serving.seldom import Seldom
from seqviz.serving.sights import Sights
from seqviz.serving.status import status, status_of_sides
from seqviz.serving.wire import Plain, content

Shown = tuple[Plain, Mapping[str, object]]
"""A status and pictures by key, as a screen holds them."""


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
        self._send, self._clock = send, clock
        self._screen = Screen()
        self._single = _Single(tools, clock, sights or Sights(tools, clock))
        self._several = _Several(tools)
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

    def draw(self, runs: tuple[Run, ...], example: Example, scene: Scene | Sides) -> None:
        """As in `Painter`. Raises what tracing raises."""
        started, usual = self._clock(), True
        if isinstance(scene, Sides):
            said, pictures = self._several.shown(runs, example, scene)
        else:
            said, pictures = self._single.shown(runs[0], example, scene)
            usual = self._single.usual
        self._send(Kind.MOVING if scene.moving else Kind.RESTING, self._screen.frame(said, pictures))
        took = self._clock() - started
        if usual:
            self.drawing = 0.7 * self.drawing + 0.3 * took if self.drawing else took


class _Single:
    """One run. Figures that are dear are drawn now and then while it trains."""

    def __init__(self, tools: Tools, clock: Callable[[], float], sights: Sights) -> None:
        self._tools, self._clock, self._sights = tools, clock, sights
        self._figures: dict[str, object] = {}
        self._seldom = Seldom()
        self._was_costly = False
        self.usual = True
        """Whether the last picture took as long as others will."""

    def shown(self, run: Run, example: Example, scene: Scene) -> Shown:
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
        if costly:
            self._seldom.took(costly, started)
        self.usual, self._was_costly = not costly or self._was_costly, bool(costly)
        self._figures = {key: sight.figures.get(key, self._figures.get(key)) for key in shown}
        task = self._tools.task_of(run.config)
        said = status(scene.state, scene.reason, sight.moment, sight.look, task, scene.pace, scene.rate, scene.past)
        if "graph" not in shown:
            return said, self._figures
        # While weights change fast, nobody can watch one step: the story would only make the frames heavier.
        told = None if scene.fast else self._sights.story(run, sight)
        return said, {"cell": None, **self._figures, "player": told}  # a cell that is not opened is still a place


class _Several:
    """Runs beside each other."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._pictures: dict[str, object] = {}

    def shown(self, runs: tuple[Run, ...], example: Example, scene: Sides) -> Shown:
        moments = [observe(self._tools, run, example, scene.look, ())[0] for run in runs]
        compared = Compared(tuple(map(Side, scene.names, moments, scene.attempts)), scene.budget)
        left = scene.unseen if scene.fast and not scene.anew else frozenset[str]()
        graph = self._tools.figures["graph"].draw
        made: dict[str, Callable[[], Drawing]] = {
            **{key: partial(self._tools.overlays[key].draw, compared) for key in scene.figures},
            **{f"graph {n}": partial(graph, moment, scene.look) for n, moment in enumerate(moments)},
        }
        old = self._pictures
        self._pictures = {key: old[key] if key in left & old.keys() else content(draw()) for key, draw in made.items()}
        told = {
            f"player {n}": None if scene.fast else player(self._tools.tell(run, moment.trace))
            for n, (run, moment) in enumerate(zip(runs, moments, strict=True))
        }
        said = status_of_sides(
            compared, scene.states, scene.rates, scene.moving, scene.pace, scene.sweeping, scene.unanswered
        )
        return said, self._pictures | told
