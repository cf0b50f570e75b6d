"""Worker processes as the web process sees them: started, listened to, and started again when one is lost."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import seqviz
from seqviz.serving.messages import ENVELOPE, Command, Kind, command_envelope

COMMAND: Final = (sys.executable, "-m", "seqviz.serving.worker")
SHORTEST_WAIT: Final = 0.1
"""Seconds before a worker that has ended is started again, the first time; …"""
LONGEST_WAIT: Final = 30.0
"""… they double where it ends before it was ready, up to this."""
CHUNK: Final = 1 << 16
"""Bytes."""
LARGE_PAGES: Final = "glibc.malloc.hugetlb=1"
"""How a worker's memory is laid out, as glibc is told: runs that are kept spread it over very many small pages."""

_log = logging.getLogger(__name__)


class WorkerProcess:
    """One worker. `receive` gets every message but its load, `lost` is called whenever it has ended unasked."""

    def __init__(
        self,
        receive: Callable[[WorkerProcess, int, Kind, bytes], None],
        lost: Callable[[WorkerProcess], None],
        command: Sequence[str] = COMMAND,
    ) -> None:
        self._receive, self._lost, self._command = receive, lost, command
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self.ready = False
        """Whether it has warmed up."""
        self.load = 0
        """How many runs it is training."""

    async def start(self) -> None:
        """Starts it, and keeps it alive until `stop`."""
        tried = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._keep_alive(tried))
        await tried.wait()

    async def stop(self) -> None:
        """Ends it: closing its input is enough."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @property
    def running(self) -> bool:
        """Whether there is a process to send to."""
        return self._process is not None

    def send(self, session: int, command: Command) -> None:
        """Sends a command; nothing happens where there is no process."""
        if self._process and self._process.stdin:
            self._process.stdin.write(command_envelope(session, command))

    async def _keep_alive(self, tried: asyncio.Event) -> None:
        """tried: set once the first process has been started, or could not be."""
        wait = SHORTEST_WAIT
        while True:
            try:
                code = await self._live(tried)
                _log.error("a worker ended with code %s and is started again", code)
            except Exception:  # whatever it is: without a next attempt nobody would be served any more
                _log.exception("a worker could not be started or heard, and is started again")
            finally:
                was_ready = self.ready
                self._process, self.ready, self.load = None, False, 0
                tried.set()
            self._lost(self)
            wait = SHORTEST_WAIT if was_ready else wait
            await asyncio.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)

    async def _live(self, tried: asyncio.Event) -> int:
        """One process from its start to its end; its exit code."""
        process = self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={"GLIBC_TUNABLES": LARGE_PAGES, **os.environ, "PYTHONPATH": _search_path()},
        )
        tried.set()
        try:
            await self._listen(process)
        finally:
            if process.stdin:
                process.stdin.close()
            # Its end is only noticed once all that it has written is read.
            while process.stdout and await process.stdout.read(CHUNK):
                pass
            code = await process.wait()
        return code

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        if process.stdout is None:
            raise RuntimeError("a worker was started without a pipe to listen to")
        try:
            while True:
                length, session, kind = ENVELOPE.unpack(await process.stdout.readexactly(ENVELOPE.size))
                content = await process.stdout.readexactly(length)
                if kind == Kind.LOAD:
                    self.load = int.from_bytes(content, "little")
                    continue
                self.ready = self.ready or kind == Kind.READY
                self._receive(self, session, Kind(kind), content)
        except asyncio.IncompleteReadError:
            return  # the end of the pipe: the process is gone


def _search_path() -> str:
    """Where this program was imported from comes first, wherever the app was started."""
    root = str(Path(seqviz.__path__[0]).parent)
    return os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
