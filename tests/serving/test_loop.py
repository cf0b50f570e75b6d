import subprocess
import sys
import time
from pathlib import Path
from threading import Thread, Timer

from seqviz.serving.loop import Inbox
from seqviz.serving.messages import ENVELOPE, Attach, Do, Drawn, Kind, Show, command_envelope
from tests.serving.stand_in import ENDLESS, LONG

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
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 20
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_running(pid)
    parent.stdout.close()


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
            length, _, kind = ENVELOPE.unpack(self.process.stdout.read(ENVELOPE.size))
            self.process.stdout.read(length)
            kinds.append(Kind(kind))
        return kinds


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
