"""A running app and a real Chromium. Where there is none these tests fail: what they hold cannot be seen otherwise."""

import json
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect, sync_playwright

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 60
"""Seconds until something that should happen counts as not happening, also on a machine that is busy."""
expect.set_options(timeout=PATIENCE * 1000)


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(item.fspath).parent == Path(__file__).parent:
            item.add_marker("browser")
    items.sort(key=lambda item: item.get_closest_marker("long") is None)  # else one worker is left with it at the end


class App:
    """The app in a process of its own."""

    def __init__(self, address, process):
        self.address, self.process = address, process

    def census(self):
        with urlopen(f"{self.address}/seqviz/census") as answer:
            return json.load(answer)

    def until(self, happened):
        """Waits until `happened(census)` is true."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                if happened(self.census()):
                    return
            except URLError:
                assert self.process.poll() is None, "the app has ended"
            time.sleep(0.05)
        raise TimeoutError("the app did not get there")


@pytest.fixture(scope="session")
def app():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {"server.port": port, "server.address": "127.0.0.1", "server.headless": "true"}
    arguments = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    process = subprocess.Popen([sys.executable, "-m", "streamlit", "run", "app.py", *arguments], cwd=ROOT)
    running = App(f"http://127.0.0.1:{port}", process)
    try:
        running.until(lambda census: census["workers"] >= 1)
        yield running
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture(scope="session")
def window(tmp_path_factory):
    """A window of a usual laptop. It has a profile on the disk, so that scripts are fetched and compiled only once."""
    with sync_playwright() as playwright:
        window = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"),
            executable_path=shutil.which("chromium"),
            args=FLAGS,
            viewport={"width": 1366, "height": 768},
        )
        yield window
        window.close()


@pytest.fixture
def page(window):
    """A fresh tab. The test fails if its console has complained."""
    page = window.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    complaints = []

    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    page.close()
    assert not complaints
