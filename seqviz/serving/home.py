"""Tells the page where its server is.

On a link to one of the pages, Streamlit's script in the browser first looks for its server below that page, where it is
not: two requests fail, which the console shows as errors, and only then is anything connected.
"""

from __future__ import annotations

import json
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEAD: Final = b"<head>"


class Home:
    """Middleware that writes the address `base` of the server, such as "/", into the pages that Streamlit hands out."""

    def __init__(self, app: ASGIApp, base: str) -> None:
        self._app = app
        # What Streamlit's script goes by where it finds it. The browser knows the host better than the server does.
        home = f"new URL({json.dumps(base)}, location.origin).href"
        self._said = f"{HEAD.decode()}<script>window.__streamlit = {{ BACKEND_BASE_URL: {home} }};</script>".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes everything on; a page with the address in it."""
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            await self._app(scope, receive, send)
            return
        # A page that somebody opens comes unzipped, so that it can be written into: it is small.
        headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        await self._app({**scope, "headers": headers}, receive, _Writer(self._said, send))


class _Writer:
    """Writes into the one page that is sent through it; anything else that is sent stays as it is."""

    def __init__(self, said: bytes, send: Send) -> None:
        self._said, self._send = said, send
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_a_page(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish(self._start)

    async def _finish(self, start: Message) -> None:
        written = self._body.replace(HEAD, self._said, 1)
        headers = MutableHeaders(scope=start)
        if "content-length" in headers and self._body:  # a request for the headers alone has no body
            headers["content-length"] = str(len(written))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": written})


def _is_a_page(start: Message) -> bool:
    headers = MutableHeaders(scope=start)
    return headers.get("content-type", "").startswith("text/html") and "content-encoding" not in headers
