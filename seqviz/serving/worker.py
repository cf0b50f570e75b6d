"""A worker process: `python -m seqviz.serving.worker`. It trains and draws for many sessions, and is told by pipe.

Commands come in on standard input, messages go out on standard output. The end of the input means that the parent is
gone, however it went, and the worker goes too.
"""

from __future__ import annotations

import os
import signal
import sys
from queue import Empty, SimpleQueue
from threading import Thread
from typing import BinaryIO

import plotly.io
import torch

from seqviz import training
from seqviz.core.config import RunConfig
from seqviz.core.records import Look, Moment
from seqviz.figures import FIGURES
from seqviz.serving.messages import ENVELOPE, Command, Kind, envelope, read_command
from seqviz.serving.rota import Rota
from seqviz.serving.session import Tools
from seqviz.tasks import task_of

TOOLS = Tools(training.start, training.advance, training.trace, task_of, FIGURES)


def main() -> None:
    """Warms up, says so, and serves until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides when to end
    if sys.platform != "win32":
        os.nice(5)  # the pages come first
    torch.set_num_threads(1)
    plotly.io.templates.default = None  # the page's own theme takes its place, and figures are made much faster
    out = _private_output()
    inbox: SimpleQueue[tuple[int, Command]] = SimpleQueue()
    source = os.fdopen(os.dup(sys.stdin.fileno()), "rb")  # the interpreter takes hold of its own one when it ends
    Thread(target=_listen, args=(source, inbox), daemon=True).start()

    def send(session: int, kind: Kind, content: bytes) -> None:
        out.write(envelope(session, kind, content))
        out.flush()

    _warm_up()
    send(0, Kind.READY, b"")
    serve(Rota(TOOLS, send), inbox)


def serve(rota: Rota, inbox: SimpleQueue[tuple[int, Command]]) -> None:
    """Obeys all that has come in, gives one turn, and so on; sleeps when there is nothing to do."""
    while True:
        wait = rota.idle_for()
        try:
            rota.obey(*inbox.get(timeout=wait) if wait else inbox.get(block=wait is None))
            while True:
                rota.obey(*inbox.get_nowait())
        except Empty:
            rota.turn()


def _private_output() -> BinaryIO:
    """The pipe to the parent. What anything prints goes to standard error from now on, not among the messages."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return out


def _listen(source: BinaryIO, inbox: SimpleQueue[tuple[int, Command]]) -> None:
    try:
        while head := source.read(ENVELOPE.size):
            length, session, _ = ENVELOPE.unpack(head)
            inbox.put((session, read_command(source.read(length))))
    finally:
        os._exit(0)  # at once, also in the middle of a long update or of a message


def _warm_up() -> None:
    """Does once what is slow the first time: the optimiser's imports, the data, Plotly's validators."""
    config = RunConfig()
    task = task_of(config)
    run = training.advance(training.start(config), 1)
    trace = training.trace(run, task.examples[0])
    moment = Moment(run.history, trace, task.baseline.name, task.baseline.score, task.score_name)
    for picture in FIGURES.values():
        picture.draw(moment, Look())


if __name__ == "__main__":
    main()
