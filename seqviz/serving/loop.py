"""What a worker process does all day: obey what comes in on its standard input, and give turns.

Messages go out on standard output. The end of the input means that the parent is gone, however it went, and the
worker goes too.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import BinaryIO

from seqviz.serving.artist import hire
from seqviz.serving.messages import ENVELOPE, Command, Drawn, Kind, envelope, read_command
from seqviz.serving.observe import Tools
from seqviz.serving.rota import Rota


class Inbox:
    """What has come in and is not yet obeyed, put in by one thread and taken out by another."""

    def __init__(self) -> None:
        self._waiting = SimpleQueue[tuple[int, Command]]()
        self._called = set[int]()
        self._lock = Lock()

    def put(self, session: int, command: Command) -> None:
        """Puts in a command for this session."""
        with self._lock:
            self._waiting.put((session, command))
            if not isinstance(command, Drawn):
                self._called.add(session)

    def take(self, wait: float | None) -> list[tuple[int, Command]]:
        """All that is in it. It waits so many seconds for the first of it, None for as long as it takes."""
        try:
            taken = [self._waiting.get(timeout=wait) if wait else self._waiting.get(block=wait is None)]
        except Empty:
            return []
        with self._lock:
            while not self._waiting.empty():
                taken.append(self._waiting.get())
            self._called.clear()
        return taken

    def calls(self, session: int) -> bool:
        """Whether an order for this session is in it. That something has been drawn is news, not an order."""
        return session in self._called


def work(tools: Tools, warm_up: Callable[[], None]) -> None:
    """Warms up, says so, and serves until the parent is gone: it does not return."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides when to end
    out, inbox, lock = _private_output(), Inbox(), Lock()

    def send(session: int, kind: Kind, content: bytes) -> None:
        with lock:
            out.write(envelope(session, kind, content))
            out.flush()

    warm_up()
    gc.collect()
    gc.freeze()  # else every full collection goes through all of torch, for an eighth of a second
    # Elsewhere a process that has done something cannot safely be copied, and the worker draws itself.
    artist = hire(tools, send, inbox.put, not_its_own=(out,)) if sys.platform == "linux" else None
    _listen(inbox)
    send(0, Kind.READY, b"")
    rota = Rota(tools, send, called=inbox.calls, artist=artist)
    while True:
        for number, command in inbox.take(rota.idle_for()):
            rota.obey(number, command)
        rota.turn()  # however many orders have come in meanwhile


def _private_output() -> BinaryIO:
    """The pipe to the parent. What anything prints goes to standard error from now on, not among the messages."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return out


def _listen(inbox: Inbox) -> None:
    # A copy, because the interpreter takes hold of its own standard input when it ends.
    source = os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    Thread(target=_hear, args=(source, inbox), daemon=True).start()


def _hear(source: BinaryIO, inbox: Inbox) -> None:
    try:
        while head := source.read(ENVELOPE.size):
            length, session, _ = ENVELOPE.unpack(head)
            inbox.put(session, read_command(source.read(length)))
    finally:
        os._exit(0)  # at once, also in the middle of a long update or of a message
