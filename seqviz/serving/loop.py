"""What a worker process does all day: obey what comes in on its standard input, and give turns.

Messages go out on standard output. The end of the input means that the parent is gone, however it went, and the
worker goes too.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from threading import Thread
from typing import BinaryIO

from seqviz.serving.messages import ENVELOPE, Command, Drawn, Kind, envelope, read_command
from seqviz.serving.observe import Tools
from seqviz.serving.rota import Rota

Inbox = SimpleQueue[tuple[int, Command]]


def work(tools: Tools, warm_up: Callable[[], None]) -> None:
    """Warms up, says so, and serves until the parent is gone: it does not return."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides when to end
    out, called = _private_output(), set[int]()
    inbox = _inbox(called)

    def send(session: int, kind: Kind, content: bytes) -> None:
        out.write(envelope(session, kind, content))
        out.flush()

    warm_up()
    gc.collect()
    gc.freeze()  # else every full collection goes through all of torch, for an eighth of a second
    send(0, Kind.READY, b"")
    rota = Rota(tools, send, called=called.__contains__)
    while True:
        for number, command in _arrived(inbox, rota.idle_for()):
            called.discard(number)
            rota.obey(number, command)
        rota.turn()


def _arrived(inbox: Inbox, wait: float | None) -> Iterator[tuple[int, Command]]:
    """All that has come in; waits so many seconds for the first of it, None for as long as it takes."""
    try:
        yield inbox.get(timeout=wait) if wait else inbox.get(block=wait is None)
        while True:
            yield inbox.get_nowait()
    except Empty:
        return


def _private_output() -> BinaryIO:
    """The pipe to the parent. What anything prints goes to standard error from now on, not among the messages."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return out


def _inbox(called: set[int]) -> Inbox:
    """What comes in from now on. called: gets the sessions for which an order is among it."""
    inbox: Inbox = SimpleQueue()
    # A copy, because the interpreter takes hold of its own standard input when it ends.
    source = os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    Thread(target=_listen, args=(source, inbox, called), daemon=True).start()
    return inbox


def _listen(source: BinaryIO, inbox: Inbox, called: set[int]) -> None:
    try:
        while head := source.read(ENVELOPE.size):
            length, session, _ = ENVELOPE.unpack(head)
            command = read_command(source.read(length))
            if not isinstance(command, Drawn):
                called.add(session)  # before the order itself, which takes it away again
            inbox.put((session, command))
    finally:
        os._exit(0)  # at once, also in the middle of a long update or of a message
