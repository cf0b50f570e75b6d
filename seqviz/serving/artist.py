"""A worker's second process, which draws while the first one trains.

It is a copy of the first (`os.fork`), made when that has warmed up: nothing is read or built twice, and what neither of
them changes is in memory once. A run is a value, so the one that is drawn stays as it is while training goes on with
the next. Frames come back to the first process, which alone writes to the web process.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Sequence
from dataclasses import replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread
from typing import BinaryIO, Final, NoReturn

from seqviz.core.records import Run
from seqviz.core.task import Example
from seqviz.serving.messages import Attach, Drawn, Failed, Forget, Kind
from seqviz.serving.observe import Tools
from seqviz.serving.scene import Scene, Sides
from seqviz.serving.studio import Order, Paint, Studio

NICE: Final = 5
"""Where processors are scarce, pages and training come first."""


class Artist:
    """The second process as the first one sees it. `hand_over` brings it an order, in turn, without waiting for it."""

    def __init__(self, hand_over: Callable[[tuple[int, Order]], None]) -> None:
        self._hand_over = hand_over
        self._lent: dict[int, tuple[tuple[Run, ...], bool, Example]] = {}
        """What each session's last picture was of. It is held on to, since a number is an identity only so long."""

    def tell(self, session: int, order: Order) -> None:
        """Gives an order, without waiting until anything has been drawn."""
        if isinstance(order, Forget):
            self._lent.pop(session, None)
        self._hand_over((session, order))

    def paint(self, session: int, runs: tuple[Run, ...], example: Example, scene: Scene | Sides) -> None:
        """Has a picture drawn."""
        bare = scene.fast  # a story needs the optimiser's numbers too, two thirds of all, and there is none
        known_runs = {(id(run), without) for held, without, _ in self._lent.values() for run in held}
        known_examples = {id(held) for _, _, held in self._lent.values()}

        def sent(run: Run) -> Run | None:
            if (id(run), bare) in known_runs:
                return None
            return replace(run, optimiser={}) if bare else run

        order = Paint(
            tuple(((id(run), bare), sent(run)) for run in runs),
            (id(example), None if id(example) in known_examples else example),
            scene,
        )
        self._lent[session] = runs, bare, example
        self.tell(session, order)


class Canvas:
    """A painter whose work is done by the second process: it takes no time from training."""

    drawing = 0.0

    def __init__(self, artist: Artist, session: int) -> None:
        self._artist, self._session = artist, session
        self.free = False
        self.patient = False  # as long as there has been no screen

    def attach(self) -> None:
        """As in `Painter`."""
        self.free = self.patient = True
        self._artist.tell(self._session, Attach())

    def drawn(self, *, lost: bool) -> None:
        """As in `Painter`."""
        self.free = True
        self._artist.tell(self._session, Drawn(lost))

    def draw(self, runs: tuple[Run, ...], example: Example, scene: Scene | Sides) -> None:
        """As in `Painter`."""
        self.free = False
        self._artist.paint(self._session, runs, example, scene)


def hire(
    tools: Tools,
    send: Callable[[int, Kind, bytes], None],
    failed: Callable[[int, Failed], None],
    not_its_own: Sequence[BinaryIO] = (),
) -> Artist:
    """Starts the second process; no other thread may run yet.

    send: for what is to go to the web process. failed: for what could not be drawn. not_its_own: files that the second
    process must not hold open.
    """
    orders, ordering = Pipe(duplex=False)
    answers, answering = Pipe(duplex=False)
    if os.fork() == 0:
        ordering.close()
        answers.close()
        for file in not_its_own:
            file.close()
        _draw_for_ever(tools, orders, answering)
    orders.close()
    answering.close()
    given = SimpleQueue[bytes]()
    Thread(target=_hand_over, args=(given, ordering), daemon=True).start()
    Thread(target=_pass_on, args=(answers, send, failed), daemon=True).start()
    return Artist(lambda message: given.put(pickle.dumps(message)))


def _draw_for_ever(tools: Tools, orders: Connection, answers: Connection) -> NoReturn:
    """The second process."""
    os.nice(NICE)
    came = SimpleQueue[tuple[int, Order]]()
    Thread(target=_hear, args=(orders, came), daemon=True).start()
    studio = Studio(tools, answers.send)
    while True:
        while not studio.busy or not came.empty():
            studio.obey(*came.get())
        studio.turn()


def _hear(orders: Connection, came: SimpleQueue[tuple[int, Order]]) -> None:
    try:
        while True:
            came.put(orders.recv())
    finally:
        os._exit(0)  # the first process is gone


def _hand_over(given: SimpleQueue[bytes], orders: Connection) -> None:
    while True:
        orders.send_bytes(given.get())  # waits where the second process is slow to take it: training need not


def _pass_on(
    answers: Connection, send: Callable[[int, Kind, bytes], None], failed: Callable[[int, Failed], None]
) -> None:
    try:
        while True:
            session, *rest = answers.recv()
            if isinstance(rest[0], Failed):
                failed(session, rest[0])
            else:
                send(session, *rest)
    finally:
        os._exit(1)  # without the second process nothing could be shown: the worker begins anew
