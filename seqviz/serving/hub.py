"""Where pages, browsers and workers meet, in the web process.

A page's script opens a seat and says what is to be shown (`open`, `show`, `alive`: from any thread). The browser then
connects with the seat's token and is served by a worker. Everything else happens in the event loop, in the order in
which it was asked for: of many settings the last one wins, and none is overtaken by an earlier one.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import pickle
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, cast

from seqviz.core.records import Look
from seqviz.serving.messages import (
    Attach,
    Command,
    Comparison,
    Do,
    Drawn,
    Forget,
    Kept,
    Kind,
    Room,
    Setting,
    goes_on,
    showing,
)
from seqviz.serving.orders import read_order
from seqviz.serving.pool import COMMAND, WorkerProcess

MOST_SEATS: Final = 300
GRACE: Final = 30.0
"""Seconds that a seat without a browser is kept: a dropped network comes back, a closed tab does not."""


class Full(RuntimeError):
    """There is no seat left. Its message is for people."""


class Connection:
    """One browser's end of the live socket: what is to be sent to it, bytes for frames and text for notices."""

    def __init__(self) -> None:
        self.outbox: asyncio.Queue[bytes | str | None] = asyncio.Queue()

    def notice(self, notice: str, text: str) -> None:
        """Says something in words. notice: starting, busy, problem or stopped."""
        self.outbox.put_nowait(json.dumps({"notice": notice, "text": text}))

    def replace(self) -> None:
        """Ends it: another connection has taken the seat."""
        self.outbox.put_nowait(None)


@dataclass
class _Seat:
    number: int
    worker: WorkerProcess | None = None
    setting: Setting | Comparison | None = None
    kept: Kept | None = None
    resident: bool = False  # whether the worker has been told the setting
    waiting: bool = False  # something was asked for while there was no process
    failed: bool = False  # it could not be built, or could not go on
    attaching: int = 0  # frames are for an earlier screen until so many answers have come
    muted: bool = False  # it does not train, and frames of the training before are still coming
    connection: Connection | None = None
    room: int = Look.room
    expiry: asyncio.TimerHandle | None = None


@dataclass
class Hub:
    """All seats, by token, and the workers that serve them."""

    grace: float = GRACE
    command: Sequence[str] = COMMAND
    _workers: list[WorkerProcess] = field(default_factory=list)
    _seats: dict[str, _Seat] = field(default_factory=dict)
    _by_number: dict[int, _Seat] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _loop: asyncio.AbstractEventLoop | None = None

    # In the event loop, once

    async def start(self, workers: int) -> None:
        """Starts the workers, without waiting until they have warmed up."""
        self._loop = asyncio.get_running_loop()
        self._workers = [WorkerProcess(self._receive, self._lost, self.command) for _ in range(workers)]
        await asyncio.gather(*(worker.start() for worker in self._workers))

    async def stop(self) -> None:
        """Ends all workers."""
        await asyncio.gather(*(worker.stop() for worker in self._workers))
        self._workers, self._loop = [], None

    def census(self) -> dict[str, int]:
        """How many workers are ready, seats taken, browsers connected and runs training."""
        return {
            "workers": sum(worker.ready for worker in self._workers),
            "seats": len(self._seats),
            "connected": sum(seat.connection is not None for seat in list(self._seats.values())),
            "training": sum(worker.load for worker in self._workers),
        }

    # From a page's script, in any thread

    def open(self) -> str:
        """A seat for one picture stage, as a token that cannot be guessed. Raises Full."""
        if len(self._seats) >= MOST_SEATS:
            raise Full(
                "Everybody's places are taken at the moment. Close a tab you no longer need, or come back later."
            )
        token = secrets.token_urlsafe(24)
        seat = _Seat(next(self._numbers))
        self._seats[token] = self._by_number[seat.number] = seat
        self._post(lambda: self._expire_later(token, seat))
        return token

    def alive(self, token: str) -> bool:
        """Whether the seat is still there: it is dropped some time after its browser has gone."""
        return token in self._seats

    def show(self, token: str, setting: Setting | Comparison) -> None:
        """What the seat is to show from now on. Settings that a run can take while it goes on change nothing else;
        any other starts another network, or goes back to one this seat has shown before, at rest.
        """
        self._post(lambda: self._show(token, setting))

    def _post(self, act: Callable[[], None]) -> None:
        """Has the event loop do it. Without one, as in a test of a page, it is done here and now."""
        if self._loop:
            self._loop.call_soon_threadsafe(act)
        else:
            act()

    def _show(self, token: str, setting: Setting | Comparison) -> None:
        seat = self._seats.get(token)
        if seat is None or (seat.setting == setting and not seat.failed):
            return
        seat.failed = False
        if seat.setting and not goes_on(seat.setting, setting):
            seat.kept = None
        seat.setting = setting
        if seat.resident:
            self._send(seat, showing(setting))
        elif seat.connection:
            self._send(seat, Attach(seat.room))

    # From a browser, in the event loop

    def attach(self, token: str, room: int = Look.room) -> Connection:
        """A browser takes the seat; one that had it before is sent away. room: as in `Look`.

        Raises KeyError for an unknown token.
        """
        seat = self._seats[token]
        seat.room = room
        if seat.expiry:
            seat.expiry.cancel()
        if seat.connection:
            seat.connection.replace()
        seat.connection = Connection()
        seat.muted = False
        worker = self._worker_of(seat)
        if not worker or not worker.ready:
            seat.connection.notice("starting", "Starting the trainer …")
        if seat.setting:
            self._try_again(seat)  # else nobody would say once more why there is nothing to be seen
            self._send(seat, Attach(seat.room))
        return seat.connection

    def hear(self, token: str, connection: Connection, text: str) -> None:
        """A browser's order. Raises ValueError where it is none."""
        command = read_order(text)
        seat = self._seats.get(token)
        if seat is None or seat.connection is not connection:
            return
        if isinstance(command, Do):
            seat.muted = command.verb == "pause"
            if not seat.muted:
                self._try_again(seat)
        if isinstance(command, Room):
            seat.room = command.room
        self._send(seat, command)

    def _try_again(self, seat: _Seat) -> None:
        if seat.failed and seat.setting:
            seat.failed = False
            self._send(seat, showing(seat.setting, seat.kept))

    def detach(self, token: str, connection: Connection) -> None:
        """A browser is gone: its run pauses, and after a while it is dropped."""
        seat = self._seats.get(token)
        if seat is None or seat.connection is not connection:
            return
        seat.connection = None
        if seat.resident:
            self._send(seat, Do("pause"))
        self._expire_later(token, seat)

    def _expire_later(self, token: str, seat: _Seat) -> None:
        if self._loop and seat.connection is None:
            seat.expiry = self._loop.call_later(self.grace, self._drop, token)

    def _drop(self, token: str) -> None:
        seat = self._seats.pop(token)
        del self._by_number[seat.number]
        if seat.resident:
            self._send(seat, Forget())

    # Between a seat and its worker

    def _worker_of(self, seat: _Seat) -> WorkerProcess | None:
        """The seat's worker; the first time, the one with the fewest seats."""
        if seat.worker is None and self._workers:
            taken = [other.worker for other in list(self._seats.values())]
            seat.worker = min(self._workers, key=taken.count)
        return seat.worker

    def _send(self, seat: _Seat, command: Command) -> None:
        """Sends a command, after the setting where the worker does not know it, or no longer does."""
        worker = self._worker_of(seat)
        if worker is None or seat.setting is None:
            return
        seat.waiting = not worker.running
        if seat.waiting:
            if seat.connection:
                seat.connection.notice("starting", "The trainer is being started again. Try once more in a moment.")
            return
        if not seat.resident:
            worker.send(seat.number, showing(seat.setting, seat.kept))
            worker.send(seat.number, Attach(seat.room))
            seat.attaching, seat.resident = 1, True
        seat.attaching += isinstance(command, Attach)
        worker.send(seat.number, command)

    def _receive(self, worker: WorkerProcess, number: int, kind: Kind, content: bytes) -> None:
        if kind is Kind.READY:
            self._take_up(worker)
        seat = self._by_number.get(number)
        if seat is None:
            return
        if kind is Kind.ATTACHED:
            seat.attaching -= 1
        elif kind is Kind.KEPT:
            seat.kept = cast(Kept, pickle.loads(content))
        elif kind is Kind.NOTICE:
            if json.loads(content)["notice"] == "stopped":
                seat.failed = seat.muted = True
            if seat.connection:
                seat.connection.outbox.put_nowait(content.decode())
        elif seat.connection is None or seat.attaching:
            return
        elif kind is Kind.MOVING and seat.muted:
            worker.send(number, Drawn(lost=True))
        else:
            seat.muted = seat.muted and kind is not Kind.RESTING
            seat.connection.outbox.put_nowait(content)

    def _take_up(self, worker: WorkerProcess) -> None:
        """Serves those who asked for something while the worker was away."""
        for seat in list(self._seats.values()):
            if seat.worker is worker and seat.waiting and seat.connection:
                self._send(seat, Attach(seat.room))

    def _lost(self, worker: WorkerProcess) -> None:
        """A worker has ended unasked. Each run is taken up again by the next worker when its person asks for it."""
        for seat in list(self._seats.values()):
            if seat.worker is worker and seat.resident:
                seat.resident = seat.muted = seat.failed = False
                if seat.connection:
                    where = f"go on from update {seat.kept.update:,}" if seat.kept else "start again"
                    seat.connection.notice("stopped", f"The trainer stopped unexpectedly. Press Train to {where}.")


hub: Final = Hub()
"""The one of this process."""
