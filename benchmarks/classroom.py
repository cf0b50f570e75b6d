"""A class of a hundred that opens one link at the same moment and presses Train, without a browser's painting.

Each pupil is what a browser is to the server: a session of Streamlit's own protocol, in which the page's script runs,
and the live socket, on which every frame is answered at once.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import torch
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from benchmarks.live import app
from seqviz.core.config import RunConfig
from seqviz.tasks import task_of
from seqviz.training import advance, start
from seqviz.ui.settings import defaults

PUPILS = 100
SECONDS = 20
PAGE = "many_to_one"
PLAIN: dict[str, Any] = {"max_size": 1 << 24, "ping_interval": None, "close_timeout": 1}
"""A browser sends no pings of its own."""


@dataclass
class Pupil:
    """One of them: what was received, and when."""

    address: str
    link: str = ""
    opened: float = 0.0
    pictured: float = 0.0
    frames: int = 0
    update: int = 0
    state: str = ""
    live: ClientConnection | None = None
    page: ClientConnection | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def open(self) -> None:
        """Opens the page, has its script run, and waits for the first picture."""
        self.opened = time.perf_counter()
        host = urlsplit(self.address).netloc
        protocols = [Subprotocol("streamlit")]
        self.page = await connect(f"ws://{host}/_stcore/stream", subprotocols=protocols, **PLAIN)
        asked = BackMsg()
        asked.rerun_script.page_name = PAGE
        asked.rerun_script.query_string = self.link
        await self.page.send(asked.SerializeToString())
        said = await self._stage()
        address = f"ws://{host}{said['live']}/{said['token']}"
        self.live = await connect(address, origin=Origin(self.address), **PLAIN)
        self._listening = asyncio.create_task(self._listen())
        await self.until(lambda: self.frames > 0)
        self.pictured = time.perf_counter()

    async def _stage(self) -> dict[str, Any]:
        """What the page tells its live stage."""
        assert self.page
        while True:
            message = ForwardMsg()
            message.ParseFromString(await self.page.recv(decode=False))
            element = message.delta.new_element
            if element.HasField("exception"):
                raise RuntimeError(element.exception.message)
            if element.HasField("bidi_component") and b"token" in element.bidi_component.bytes:
                said: dict[str, Any] = json.loads(element.bidi_component.bytes)
                return said

    async def _listen(self) -> None:
        assert self.live
        async for message in self.live:
            if isinstance(message, str):
                continue
            (length,) = struct.unpack_from("<I", message)
            status = json.loads(message[4 : 4 + length])["status"]
            self.frames += 1
            self.update, self.state = status["update"], status["state"]
            self.changed.set()
            await self.live.send('{"do": "drawn"}')

    async def until(self, happened: Any) -> None:
        """Waits until it is so."""
        while not happened():
            self.changed.clear()
            await asyncio.wait_for(self.changed.wait(), 120)

    async def press(self, verb: str) -> None:
        """Presses a button."""
        assert self.live
        await self.live.send(json.dumps({"do": verb}))

    async def close(self) -> None:
        """Leaves."""
        self._listening.cancel()
        for socket in (self.live, self.page):
            if socket:
                await socket.close()


def measure() -> dict[str, object]:
    """From the link to everybody's first picture, and what each gets while all train."""
    torch.set_num_threads(1)
    links = {"one link": [""] * PUPILS, "a seed for each": [f"seed={seed}" for seed in range(PUPILS)]}
    report: dict[str, object] = {"pupils": PUPILS}
    for name, asked in links.items():
        with app() as address:
            report[name] = asyncio.run(_lesson(address, asked))
    return {**report, "updates a second of one alone, advance only": round(_alone())}


async def _lesson(address: str, links: Sequence[str]) -> dict[str, object]:
    pupils = [Pupil(address, link) for link in links]
    begun = time.perf_counter()
    await asyncio.gather(*(pupil.open() for pupil in pupils))
    opening = [pupil.pictured - begun for pupil in pupils]
    await asyncio.gather(*(pupil.press("train") for pupil in pupils))
    await asyncio.gather(*(pupil.until(lambda pupil=pupil: pupil.state == "training") for pupil in pupils))
    before = [(pupil.frames, pupil.update) for pupil in pupils]
    cpu, then = _seconds_of_web(), time.perf_counter()
    await asyncio.sleep(SECONDS)
    passed = time.perf_counter() - then
    frames = [(pupil.frames - frames) / passed for pupil, (frames, _) in zip(pupils, before, strict=True)]
    updates = [(pupil.update - update) / passed for pupil, (_, update) in zip(pupils, before, strict=True)]
    web = (_seconds_of_web() - cpu) / passed
    clicks = [await _click(pupil) for pupil in pupils[:20]]
    census = json.load(urlopen(f"{address}/seqviz/census"))
    await asyncio.gather(*(pupil.close() for pupil in pupils))
    return {
        "first picture, s": _spread(opening),
        "redraws a second for each while all train": _spread(frames),
        "updates a second for each": _spread(updates),
        "updates a second together": round(sum(updates)),
        "pause heard, ms": _spread([1000 * click for click in clicks]),
        "of a core for the web process": round(web, 2),
        "MB of the web process": round(_memory_of_web()),
        "census": census,
    }


async def _click(pupil: Pupil) -> float:
    begun = time.perf_counter()
    await pupil.press("pause")
    await pupil.until(lambda: pupil.state == "paused")
    return time.perf_counter() - begun


def _web() -> Path:
    """The web process among all processes."""
    for directory in Path("/proc").iterdir():
        if directory.name.isdecimal():
            command = (directory / "cmdline").read_bytes()
            if b"streamlit\0run\0app.py" in command:
                return directory
    raise LookupError("the app does not run")


def _seconds_of_web() -> float:
    fields = (_web() / "stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def _memory_of_web() -> float:
    (line,) = (line for line in (_web() / "status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {
        "least": round(min(values), 2),
        "median": round(statistics.median(values), 2),
        "most": round(max(values), 2),
    }


def _alone() -> float:
    run = advance(start(defaults(task_of(RunConfig()))), 20)
    begun, first = time.perf_counter(), run.step
    while time.perf_counter() - begun < 5:
        run = advance(run, 20)
    return (run.step - first) / (time.perf_counter() - begun)
