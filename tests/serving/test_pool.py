"""A worker process and its end."""

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from seqviz.serving.messages import ENVELOPE, Kind
from seqviz.serving.pool import LARGE_PAGES, WorkerProcess

TALKATIVE = """
import os, sys, threading
sys.stdout.buffer.write((10**9).to_bytes(4, "little") + bytes(5))
threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(0)), daemon=True).start()
while True:
    sys.stdout.buffer.write(bytes(1 << 16))
"""
"""Begins a message that takes a gigabyte, and goes at once when it is told to."""


async def _start_and_stop():
    worker = WorkerProcess(lambda *_: None, lambda _: None, (sys.executable, "-c", TALKATIVE))
    await worker.start()
    await asyncio.sleep(1.0)
    assert worker.running
    await asyncio.wait_for(worker.stop(), 20)
    return worker.running


def test_a_worker_ends_also_in_the_middle_of_a_long_message():
    with ThreadPoolExecutor(1) as apart:  # a browser test may have left its own event loop in this thread
        assert apart.submit(asyncio.run, _start_and_stop()).result() is False


TELLTALE = f"""
import os, struct, sys
told = os.environ["GLIBC_TUNABLES"].encode()
sys.stdout.buffer.write(struct.pack({ENVELOPE.format!r}, len(told), 7, {Kind.RESTING:d}) + told)
sys.stdout.flush()
sys.stdin.read()
"""
"""Sends how its memory is to be laid out."""


async def _told():
    heard = asyncio.get_running_loop().create_future()
    worker = WorkerProcess(lambda *said: heard.set_result(said[3]), lambda _: None, (sys.executable, "-c", TELLTALE))
    await worker.start()
    try:
        return (await asyncio.wait_for(heard, 20)).decode()
    finally:
        await worker.stop()


@pytest.mark.parametrize("chosen", [None, "glibc.malloc.hugetlb=0"])
def test_a_worker_takes_large_pages_unless_somebody_has_chosen_otherwise(monkeypatch, chosen):
    monkeypatch.delenv("GLIBC_TUNABLES", raising=False)
    if chosen:
        monkeypatch.setenv("GLIBC_TUNABLES", chosen)
    with ThreadPoolExecutor(1) as apart:
        assert apart.submit(asyncio.run, _told()).result() == (chosen or LARGE_PAGES)


BRIEF = f"""
import struct, sys
sys.stdout.buffer.write(struct.pack({ENVELOPE.format!r}, 0, 0, {Kind.READY:d}))
sys.stdout.flush()
"""
"""Says that it is ready, and ends."""
READY = f"{BRIEF}sys.stdin.read()"


def run(act):
    async def whole():
        await asyncio.wait_for(act(), 20)

    with ThreadPoolExecutor(1) as apart:
        apart.submit(asyncio.run, whole()).result()


async def until(happened):
    while not happened():
        await asyncio.sleep(0.01)


def test_where_no_process_can_be_started_it_is_tried_again(monkeypatch):
    spawn, tried, lost = asyncio.create_subprocess_exec, [], []

    async def scarce(*command, **options):
        tried.append(command)
        if len(tried) in (1, 3):
            raise OSError("out of memory")
        return await spawn(*command, **options)

    async def act():
        monkeypatch.setattr(asyncio, "create_subprocess_exec", scarce)
        worker = WorkerProcess(lambda *_: None, lost.append, (sys.executable, "-c", READY))
        await worker.start()
        assert not worker.running
        await until(lambda: worker.ready)
        worker._process.kill()
        await until(lambda: len(tried) == 4 and worker.ready)
        assert len(lost) == 3
        await worker.stop()

    run(act)


def test_a_message_that_cannot_be_taken_costs_the_process_and_is_not_the_end():
    heard, lost = [], []

    def receive(*message):
        heard.append(message)
        if len(heard) == 1:
            raise ValueError("not a message")

    async def act():
        worker = WorkerProcess(receive, lost.append, (sys.executable, "-c", READY))
        await worker.start()
        await until(lambda: len(heard) == 2 and worker.ready)
        assert lost == [worker]
        await worker.stop()

    run(act)


@pytest.mark.parametrize(("program", "waits"), [("pass", [0.1, 0.2, 0.4]), (BRIEF, [0.1, 0.1, 0.1])])
def test_a_worker_is_started_again_soon_and_less_soon_where_it_is_never_ready(monkeypatch, program, waits):
    slept, sleep = [], asyncio.sleep

    async def short(seconds):
        slept.append(seconds)
        await sleep(0)

    async def act():
        monkeypatch.setattr("seqviz.serving.pool.asyncio.sleep", short)
        worker = WorkerProcess(lambda *_: None, lambda _: None, (sys.executable, "-c", program))
        await worker.start()
        while len(slept) < 3:
            await sleep(0.01)
        await worker.stop()

    run(act)
    assert slept[:3] == waits
