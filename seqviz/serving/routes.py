"""The routes of ours beside Streamlit's: the live socket, and files that a browser keeps for ever."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from seqviz.core.records import Look
from seqviz.serving.hub import Connection, Hub
from seqviz.serving.orders import within

REPLACED: Final = 4409
"""Another browser window has taken the seat."""
UNKNOWN: Final = 4404
"""There is no such seat, or no longer."""
FOREIGN: Final = 4403
"""The page that asks is not one of ours."""
NONSENSE: Final = 4400
"""The browser said something that is no order."""

KINDS: Final = {".js": "text/javascript", ".css": "text/css"}
"""The files that are served, by the end of their name."""


@dataclass(frozen=True)
class Files:
    """Files by name, zipped once, under an address that changes with their content."""

    zipped: Mapping[str, bytes]
    version: str
    base: str

    @classmethod
    def read(cls, directory: Path, base: str) -> Files:
        """The scripts and styles in `directory`.

        base: the beginning of all our addresses, such as "/seqviz".
        """
        sources = sorted(path for path in directory.iterdir() if path.suffix in KINDS)
        contents = {path.name: path.read_bytes() for path in sources}
        digest = hashlib.sha256()
        for content in contents.values():
            digest.update(content)
        # mtime=0: the same content has the same bytes, whenever it was zipped.
        zipped = {name: gzip.compress(content, 6, mtime=0) for name, content in contents.items()}
        return cls(zipped, digest.hexdigest()[:16], base)

    @property
    def address(self) -> str:
        """Where they are found, without a slash at the end."""
        return f"{self.base}/static/{self.version}"


def routes(hub: Hub, files: Files) -> list[BaseRoute]:
    """The live socket, the files, and a count of what is going on for whoever runs the app."""

    async def live(socket: WebSocket) -> None:
        await _live(hub, socket)

    async def static(request: Request) -> Response:
        return _static(files, request)

    async def census(_: Request) -> Response:
        return JSONResponse(hub.census())

    return [
        WebSocketRoute(f"{files.base}/live/{{token}}", live),
        Route(f"{files.base}/static/{{version}}/{{name}}", static),
        Route(f"{files.base}/census", census),
    ]


def _static(files: Files, request: Request) -> Response:
    name = request.path_params["name"]
    content = files.zipped.get(name)
    if content is None or request.path_params["version"] != files.version:
        return Response("There is no such file.", status_code=404)
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
    else:
        content = gzip.decompress(content)
    return Response(content, media_type=KINDS[Path(name).suffix], headers=headers)


def _is_ours(socket: WebSocket) -> bool:
    """Whether the page that opens the socket came from this server. Browsers let any page open a socket anywhere."""
    return urlsplit(socket.headers.get("origin", "")).netloc == socket.headers.get("host")


def _room(socket: WebSocket) -> int:
    """The room that the browser's stage has, as far as it says so."""
    said = socket.query_params.get("room", "")
    return within(int(said)) if said.isdecimal() and len(said) < 6 else Look.room


async def _live(hub: Hub, socket: WebSocket) -> None:
    if not _is_ours(socket):
        await socket.close(FOREIGN)
        return
    await socket.accept()
    token = socket.path_params["token"]
    if not hub.alive(token):
        await socket.close(UNKNOWN)
        return
    connection = hub.attach(token, _room(socket))
    sending = asyncio.create_task(_send_all(connection, socket))
    try:
        while socket.application_state is WebSocketState.CONNECTED:  # `_send_all` closes it where it is replaced
            hub.hear(token, connection, await socket.receive_text())
    except WebSocketDisconnect:
        pass
    except (ValueError, KeyError):
        await socket.close(NONSENSE)
    finally:
        sending.cancel()
        hub.detach(token, connection)


async def _send_all(connection: Connection, socket: WebSocket) -> None:
    # The browser may go at any moment; `_live` hears of it and tidies up.
    with suppress(WebSocketDisconnect, RuntimeError):
        while (message := await connection.outbox.get()) is not None:
            if isinstance(message, bytes):
                await socket.send_bytes(message)
            else:
                await socket.send_text(message)
        await socket.close(REPLACED)
