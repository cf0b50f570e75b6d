import os
import signal
import subprocess
import sys
import time
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from threading import Thread, Timer

import numpy as np

from seqviz.serving.loop import Inbox
from seqviz.serving.messages import (
    ENVELOPE,
    Attach,
    Compare,
    Comparison,
    Do,
    Drawn,
    Kind,
    LookAt,
    Show,
    command_envelope,
)
from seqviz.serving.rota import Rota
from tests.serving.stand_in import ENDLESS, LONG
from tests.serving.workshop import Clock, Eye, Workshop

PARENT = """
import subprocess, sys, time
command = [sys.executable, "-m", "tests.serving.stand_in"]
worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
worker.stdout.read(9)
print(worker.pid, flush=True)
time.sleep(60)
"""


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_worker_dies_with_its_parent_even_when_that_is_killed():
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    pid = int(parent.stdout.readline())
    assert is_running(pid)
    (artist,) = children(pid)
    parent.kill()
    parent.wait()
    assert gone(pid, artist)
    parent.stdout.close()


def children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def gone(*pids):
    deadline = time.monotonic() + 20
    while any(map(is_running, pids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not any(map(is_running, pids))


class Worker:
    """A stand-in for a worker, with a time after which its messages end, and with them the test."""

    def __enter__(self):
        command = [sys.executable, "-m", "tests.serving.stand_in"]
        self.process = subprocess.Popen(command, **dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE))
        self.late = Timer(60, self.process.kill)
        self.late.start()
        self.until(Kind.READY)
        return self

    def __exit__(self, *_):
        self.late.cancel()
        with self.process:
            self.process.kill()

    def tell(self, session, *commands):
        self.process.stdin.write(b"".join(command_envelope(session, command) for command in commands))
        self.process.stdin.flush()

    def until(self, wanted):
        kinds = []
        while wanted not in kinds:
            kinds.append(self.message()[1])
        return kinds

    def message(self):
        length, session, kind = ENVELOPE.unpack(self.process.stdout.read(ENVELOPE.size))
        return session, Kind(kind), self.process.stdout.read(length)


def test_of_the_two_processes_of_a_worker_neither_outlives_the_other():
    for victim in (0, 1):
        with Worker() as worker:
            pids = (worker.process.pid, *children(worker.process.pid))
            assert len(pids) == 2
            os.kill(pids[victim], signal.SIGKILL)
            assert gone(*pids)
            assert worker.process.stdout.read() == b"", "nothing holds its output open"


def test_two_processes_show_what_one_would(setting):
    figures, first = ("graph", "numbers", "look", "extras"), setting().config
    script = (
        (1, Show(setting(figures=figures))),
        (2, Show(setting(figures=figures))),
        (1, Do("step")),
        (1, LookAt(opened=True, unit=3)),
        (2, Do("epoch")),
        (2, Show(setting(example=1, figures=figures, hidden=5))),
        (2, Do("epoch")),
        (1, Show(setting(example="typed", figures=("numbers", "look")))),
        (1, Attach()),
        (3, Compare(Comparison((("one", first), ("other", replace(first, hidden=3))), 0, ("sides",), 100))),
        (3, Do("step")),
        (3, Do("epoch")),
        (1, Do("epoch")),
    )

    def timeless(status):
        return {
            name: [timeless(side) for side in value] if name == "sides" else value
            for name, value in status.items()
            if name != "rate"
        }

    def played(tell, answers):
        eyes, found = {1: Eye(), 2: Eye(), 3: Eye()}, []
        for session, command in script:
            tell(session, command)
            if isinstance(command, Show | Compare) and eyes[session].figures is None:
                tell(session, Attach())
            rests = False
            while not rests:
                number, kind, content = next(answers)
                if kind is Kind.ATTACHED:
                    eyes[number].figures = None
                if kind in (Kind.MOVING, Kind.RESTING):
                    eyes[number].draw(kind, content)
                    tell(number, Drawn())
                    rests = kind is Kind.RESTING
            found.append((session, timeless(eyes[session].status), deepcopy(eyes[session].figures)))
        return found

    workshop, sent = Workshop(Clock()), []
    rota = Rota(workshop.tools, lambda *message: sent.append(message), workshop.clock)

    def alone():
        while True:
            workshop.clock.now += rota.idle_for() or 0.0
            rota.turn()
            while sent:
                yield sent.pop(0)

    with Worker() as worker:
        found = played(worker.tell, iter(worker.message, None))
    np.testing.assert_equal(found, played(rota.obey, alone()))


def test_training_stops_for_an_order(setting):
    with Worker() as worker:
        worker.tell(1, Show(setting(seed=ENDLESS)), Attach())
        worker.until(Kind.RESTING)
        worker.tell(1, Do("train"), Drawn())
        assert worker.process.stderr.readline() == b"training\n"
        worker.tell(1, Do("pause"))
        assert Kind.KEPT in worker.until(Kind.RESTING)


def test_orders_without_end_do_not_stop_the_pictures_of_others(setting):
    with Worker() as worker:
        worker.tell(1, Show(setting()), Attach())
        worker.until(Kind.RESTING)
        asked = []

        def ask():
            while len(asked) < 100:
                asked.append(setting(seed=LONG, hidden=1 + len(asked)))
                worker.tell(2, Show(asked[-1]), Do("pause"))
                time.sleep(0.04)

        flood = Thread(target=ask)
        flood.start()
        worker.tell(1, Do("train"), Drawn())
        worker.until(Kind.MOVING)
        assert len(asked) < 50
        flood.join()


def test_only_orders_call():
    inbox = Inbox()
    inbox.put(1, Drawn())
    inbox.put(2, Do("pause"))
    assert [inbox.calls(session) for session in (1, 2, 3)] == [False, True, False]
    assert inbox.take(None) == [(1, Drawn()), (2, Do("pause"))]
    assert not inbox.calls(2)
    assert inbox.take(0) == []
