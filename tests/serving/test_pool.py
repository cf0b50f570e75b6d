"""A worker process and its end."""

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor

from seqviz.serving.pool import WorkerProcess

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
