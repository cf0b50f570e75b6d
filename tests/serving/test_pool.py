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
