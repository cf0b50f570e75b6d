"""What a worker's second process does: it takes orders and draws, for many sessions."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from seqviz.core.config import RunConfig
from seqviz.core.records import Run
from seqviz.core.task import Example
from seqviz.serving.easel import Easel
from seqviz.serving.failures import FAILURES, failure_of
from seqviz.serving.messages import Attach, Drawn, Failed, Forget, Kind
from seqviz.serving.observe import Tools
from seqviz.serving.scene import Scene, Sides
from seqviz.serving.sights import Sights

Number = tuple[int, bool]
"""Of a run: what tells it from others, and whether it is without the optimiser's numbers."""


@dataclass(frozen=True)
class Expect:
    """A run with these settings is to be drawn soon: its task can be made meanwhile."""

    config: RunConfig


@dataclass(frozen=True)
class Paint:
    """Draw this. Each run and the example come with a number; where one is None it was in an order before."""

    runs: tuple[tuple[Number, Run | None], ...]
    example: tuple[int, Example | None]
    scene: Scene | Sides


Order = Attach | Drawn | Forget | Expect | Paint
Answer = tuple[int, Kind, bytes] | tuple[int, Failed]
"""Of a session a message for the web process, or what could not be drawn."""


class Studio:
    """What the second process does: an easel for each session, and pictures that wait to be drawn."""

    def __init__(self, tools: Tools, answer: Callable[[Answer], None]) -> None:
        self._tools, self._answer = tools, answer
        self._sights = Sights(tools)
        self._easels: dict[int, Easel] = {}
        self._lent: dict[int, tuple[dict[Number, Run], dict[int, Example]]] = {}
        """What each session's last picture was of, by number."""
        self._waiting: dict[int, tuple[tuple[Run, ...], Example, Scene | Sides]] = {}
        self._passed_over = False
        """Whether pictures that had waited longer were, the last time."""

    @property
    def busy(self) -> bool:
        """Whether there is something to be drawn at once."""
        return any(self._easels[session].free for session in self._waiting)

    def obey(self, session: int, order: Order) -> None:
        """Takes an order; what is to be painted waits for `turn`."""
        if session not in self._easels:
            self._easels[session] = self._new_easel(session)
        easel = self._easels[session]
        match order:
            case Attach():
                easel.attach()
            case Drawn(lost):
                easel.drawn(lost=lost)
            case Paint():
                self._note(session, order)
            case Expect(config):
                with suppress(*FAILURES):  # the first process finds the same, and says it
                    self._tools.task_of(config)
            case Forget():
                for things in (self._easels, self._lent, self._waiting):
                    things.pop(session, None)

    def turn(self) -> None:
        """Paints a picture: one that a person has asked for, and the next time the one that has waited longest."""
        ready = [session for session in self._waiting if self._easels[session].free]
        asked = [session for session in ready if not self._waiting[session][2].moving]
        favoured = bool(asked) and not self._passed_over
        session = asked[0] if favoured else ready[0]
        self._passed_over = favoured and len(asked) < len(ready)
        what = self._waiting.pop(session)
        why = failure_of(lambda: self._easels[session].draw(*what))
        if why:
            self._answer((session, Failed(why)))

    def _new_easel(self, session: int) -> Easel:
        def send(kind: Kind, content: bytes) -> None:
            self._answer((session, kind, content))

        return Easel(self._tools, send, sights=self._sights)

    def _note(self, session: int, order: Paint) -> None:
        runs, examples = dict[Number, Run](), dict[int, Example]()
        for lent_runs, lent_examples in self._lent.values():
            runs |= lent_runs
            examples |= lent_examples
        runs |= {number: run for number, run in order.runs if run is not None}
        place, example = order.example
        example = examples[place] if example is None else example
        seen = tuple(runs[number] for number, _ in order.runs)
        self._lent[session] = {number: runs[number] for number, _ in order.runs}, {place: example}
        scene, before = order.scene, self._waiting.get(session)
        if before and before[2].anew:
            scene = replace(scene, anew=True)
        self._waiting[session] = seen, example, scene
