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
from threading import Thread
from typing import BinaryIO

from seqviz.serving.messages import ENVELOPE, Command, Kind, envelope, read_command
from seqviz.serving.observe import Tools
from seqviz.serving.rota import Rota

Inbox = SimpleQueue[tuple[int, Command]]


def work(tools: Tools, warm_up: Callable[[], None]) -> None:
    """Warms up, says so, and serves until the parent is gone: it does not return."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides when to end
    out, inbox = _private_output(), _inbox()

    def send(session: int, kind: Kind, content: bytes) -> None:
        out.write(envelope(session, kind, content))
        out.flush()

    warm_up()
    gc.collect()
    gc.freeze()  # else every full collection goes through all of torch, for an eighth of a second
    send(0, Kind.READY, b"")
    rota = Rota(tools, send)
    while True:
        _obey(rota, inbox)
        rota.turn()


def _obey(rota: Rota, inbox: Inbox) -> None:
    """Hands on all that has come in; waits for more until somebody wants a turn."""
    wait = rota.idle_for()
    try:
        rota.obey(*(inbox.get(timeout=wait) if wait else inbox.get(block=wait is None)))
        while True:
            rota.obey(*inbox.get_nowait())
    except Empty:
        return


def _private_output() -> BinaryIO:
    """The pipe to the parent. What anything prints goes to standard error from now on, not among the messages."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return out


def _inbox() -> Inbox:
    inbox: Inbox = SimpleQueue()
    # A copy, because the interpreter takes hold of its own standard input when it ends.
    source = os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    Thread(target=_listen, args=(source, inbox), daemon=True).start()
    return inbox


def _listen(source: BinaryIO, inbox: Inbox) -> None:
    try:
        while head := source.read(ENVELOPE.size):
            length, session, _ = ENVELOPE.unpack(head)
            inbox.put((session, read_command(source.read(length))))
    finally:
        os._exit(0)  # at once, also in the middle of a long update or of a message
