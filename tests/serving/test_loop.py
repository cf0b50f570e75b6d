import subprocess
import sys
import time
from pathlib import Path
from threading import Timer

from seqviz.serving.loop import Inbox
from seqviz.serving.messages import ENVELOPE, Attach, Do, Drawn, Kind, Show, command_envelope
from tests.serving.stand_in import ENDLESS

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


def test_training_stops_for_an_order(setting):
    command = [sys.executable, "-m", "tests.serving.stand_in"]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, **pipes) as worker:
        late = Timer(60, worker.kill)  # then the messages end, and with them the test
        late.start()

        def tell(*commands):
            worker.stdin.write(b"".join(command_envelope(1, command) for command in commands))
            worker.stdin.flush()

        def until(wanted):
            kinds = []
            while wanted not in kinds:
                length, _, kind = ENVELOPE.unpack(worker.stdout.read(ENVELOPE.size))
                worker.stdout.read(length)
                kinds.append(Kind(kind))
            return kinds

        until(Kind.READY)
        tell(Show(setting(seed=ENDLESS)), Attach())
        until(Kind.RESTING)
        tell(Do("train"), Drawn())
        assert worker.stderr.readline() == b"training\n"
        tell(Do("pause"))
        assert Kind.KEPT in until(Kind.RESTING)
        late.cancel()
        worker.stdin.close()


def test_only_orders_call():
    inbox = Inbox()
    inbox.put(1, Drawn())
    inbox.put(2, Do("pause"))
    assert [inbox.calls(session) for session in (1, 2, 3)] == [False, True, False]
    assert inbox.take(None) == [(1, Drawn()), (2, Do("pause"))]
    assert not inbox.calls(2)
    assert inbox.take(0) == []
