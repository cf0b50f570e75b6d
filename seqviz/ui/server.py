"""What the server does besides Streamlit: our own routes, and the workers that live as long as it does."""

from __future__ import annotations

import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Thread
from typing import Final

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime.pages_manager import PagesManager

from seqviz.core.config import RunConfig
from seqviz.serving.home import Home
from seqviz.serving.hub import hub
from seqviz.serving.routes import Files, routes
from seqviz.tasks import task_of
from seqviz.ui.settings import defaults

HOME: Final = "/".join(["", *filter(None, [st.get_option("server.baseUrlPath").strip("/")])])
BASE: Final = f"{HOME}/seqviz"
"""The beginning of our own addresses; Streamlit leaves it to us to put them below its own."""
FILES: Final = Files.read(Path(__file__).parent / "static", BASE)
ROUTES: Final = routes(hub, FILES)
MIDDLEWARE: Final = (Middleware(Home, base=HOME or "/"),)


COMMON: Final = ("reviews", "scenes", "clips", "translation", "digits", "towns", "recall")
"""Tasks with which the pages open."""


def _get_ready() -> None:
    """Builds what the pages open with, so that nobody has to wait for it, nor many at the same moment."""
    for task in COMMON:
        ready = task_of(defaults(task_of(RunConfig(task=task))))
        _ = ready.examples, ready.baseline
    # Objects that stay for ever need not be looked at in every collection, which would hold up all threads: Streamlit's
    # own one after each script run took 47 to 220 ms.
    gc.collect()
    gc.freeze()


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Starts the workers, one core being left to the pages, and ends them with the server."""
    # `st.navigation` says so too, but only once it has run: the first link to a page would get Streamlit's own menu of
    # the pages directory, without anything that app.py sets up.
    PagesManager.uses_pages_directory = False
    await hub.start(max(1, (os.cpu_count() or 2) - 1))
    Thread(target=_get_ready, daemon=True).start()
    try:
        yield
    finally:
        await hub.stop()
