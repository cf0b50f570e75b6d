"""Many people's sessions share one worker: who has the next turn, and what happens when a run cannot go on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import perf_counter

from seqviz.serving.artist import Artist, Canvas
from seqviz.serving.easel import Easel
from seqviz.serving.failures import failure_of
from seqviz.serving.messages import Command, Compare, Drawn, Forget, Kind, Show
from seqviz.serving.observe import Tools
from seqviz.serving.scene import Painter
from seqviz.serving.session import Session
from seqviz.serving.shared import Shared
from seqviz.serving.side_by_side import SideBySide
from seqviz.serving.sights import Sights
from seqviz.serving.slices import budget
from seqviz.serving.studio import Expect


class Rota:
    """Gives sessions their turns, one after the other. Messages leave through `send`, with the session's number.

    called: whether an order for a session has come in during its turn. artist: the process that draws, if there is one.
    """

    def __init__(
        self,
        tools: Tools,
        send: Callable[[int, Kind, bytes], None],
        clock: Callable[[], float] = perf_counter,
        called: Callable[[int], bool] = lambda number: False,
        artist: Artist | None = None,
    ) -> None:
        self._artist = artist
        self._tools, self._send, self._clock, self._called = tools, send, clock, called
        self._sessions: dict[int, Session | SideBySide] = {}
        self._asked: dict[int, None] = {}
        """Who has asked for something and not had a turn since, in this order."""
        self._favoured = set[int]()
        """Who was served because of that since somebody was served who had waited longest."""
        self._shared, self._sights = Shared(tools, clock), Sights(tools, clock)
        self._load = 0

    def obey(self, number: int, command: Command) -> None:
        """Hands a command to session `number`, which its first command calls into being."""
        if isinstance(command, Forget):
            self._sessions.pop(number, None)
            self._asked.pop(number, None)
            self._favoured.discard(number)
            if self._artist:
                self._artist.tell(number, command)
            return
        if self._artist and isinstance(command, Show):
            self._artist.tell(number, Expect(command.setting.config))
        if number not in self._sessions:
            self._sessions[number] = self._seat(number, command)
        session = self._sessions[number]
        if not isinstance(command, Drawn):
            self._asked.setdefault(number)
        self._guarded(session, lambda: session.obey(command))

    def idle_for(self) -> float | None:
        """Seconds until somebody wants a turn, 0 where somebody does; None where all wait for commands."""
        now = self._clock()
        wishes = [wish for session in self._sessions.values() if (wish := session.due(now)) is not None]
        return max(0.0, min(wishes) - now) if wishes else None

    def turn(self) -> None:
        """Of the sessions that want a turn, one that was just asked for something has it, else who waited longest.

        Whoever keeps asking lets one that waits go first each time.
        """
        now = self._clock()
        favoured = [number for number in self._asked if number not in self._favoured]
        for number in (*favoured, *self._sessions):
            session = self._sessions[number]
            wish = session.due(now)
            if wish is not None and wish <= now:
                seconds = self._turn_of()
                called = partial(self._called, number)
                self._guarded(session, lambda: session.turn(seconds, called))  # noqa: B023 - before the loop goes on
                self._sessions[number] = self._sessions.pop(number)  # to the end of the queue
                self._asked.pop(number, None)
                if number in favoured:
                    self._favoured.add(number)
                else:
                    self._favoured.clear()
                break
        self._report()

    def _seat(self, number: int, first: Command) -> Session | SideBySide:
        def send(kind: Kind, content: bytes) -> None:
            self._send(number, kind, content)

        painter: Painter = (
            Canvas(self._artist, number) if self._artist else Easel(self._tools, send, self._clock, self._sights)
        )
        if isinstance(first, Compare):
            return SideBySide(self._tools, send, self._clock, painter)
        return Session(self._tools, send, self._clock, self._shared, painter)

    def _turn_of(self) -> float:
        """Seconds of training in one turn: of one run, however many people watch the same."""
        training = [session for session in self._sessions.values() if session.training]
        runs = max(1, sum(session.leads for session in training))
        return budget(runs, sum(session.drawing for session in training) / runs)

    def _report(self) -> None:
        load = sum(session.training for session in self._sessions.values())
        if load != self._load:
            self._load = load
            self._send(0, Kind.LOAD, load.to_bytes(4, "little"))

    def _guarded(self, session: Session | SideBySide, act: Callable[[], None]) -> None:
        why = failure_of(act)
        if why:
            session.give_up(why)
