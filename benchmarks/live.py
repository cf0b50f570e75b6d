"""The many-to-one page in a real browser, trained at full speed, beside the same `advance` without a page."""

from __future__ import annotations

import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import torch
from playwright.sync_api import Page, sync_playwright

from seqviz.core.config import RunConfig
from seqviz.tasks import task_of
from seqviz.training import advance, start
from seqviz.ui.settings import defaults

ROOT = Path(__file__).parents[1]
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
SECONDS, ROUNDS, TURNS, PAUSES, MOVES, OPENINGS = 2, 16, 20, 15, 200, 5

WATCH = """() => {
  const numbers = document.querySelector(".seqviz-numbers");
  const seen = (window.seen = { redraws: 0, update: 0, last: 0, all: [] });
  const read = () => Number((numbers.textContent.match(/Update ([\\d,]+)/) ?? ["", "0"])[1].replaceAll(",", ""));
  new MutationObserver(() => {
    if (read() === seen.update) return;
    Object.assign(seen, { redraws: seen.redraws + 1, update: read(), last: performance.now() });
    seen.all.push([seen.last, seen.update]);
  }).observe(numbers, { subtree: true, childList: true, characterData: true });
}"""
# The moment, in ms since 1970, when the first picture is on the screen: the browser paints between a frame's callbacks
# and what was put off until after them. Playwright itself looks only now and then.
PAINTED = """() => {
  window.painted = new Promise((resolve) => {
    const told = () => resolve(performance.timeOrigin + performance.now());
    const watch = new MutationObserver(() => {
      if (!document.querySelector('[data-figure="graph"]:not(.seqviz-waiting)')) return;
      watch.disconnect();
      requestAnimationFrame(() => setTimeout(told));
    });
    watch.observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["class"] });
  });
}"""
FRAMES = """async (seconds) => {
  let frames = 0;
  const begin = performance.now();
  for (; performance.now() - begin < 1000 * seconds; frames += 1) await new Promise(requestAnimationFrame);
  return frames / seconds;
}"""
# Stops answering that a picture is drawn. The run then goes on by `advance` alone, in the same process: a machine that
# is now fast, now slow is then so for both.
HOLD = """() => {
  const send = WebSocket.prototype.send;
  window.hold = false;
  WebSocket.prototype.send = function (order) {
    if (window.hold && String(order).includes('"drawn"')) window.held = () => send.call(this, order);
    else send.call(this, order);
  };
}"""
IN_TURN = """async (turns) => {
  const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  const speed = ([before, first], [after, last]) => (1000 * (last - first)) / (after - before);
  const speeds = [];
  for (let turn = 0; turn < turns; turn += 1) {
    const begin = window.seen.all.at(-1);
    await wait(1000);
    const watched = window.seen.all.at(-1);
    window.hold = true;
    await wait(1200);
    const last = window.seen.all.at(-1); // was on its way already
    window.hold = false;
    window.held?.();
    window.held = undefined;
    while (window.seen.all.at(-1) === last) await wait(1);
    speeds.push([speed(begin, watched), speed(last, window.seen.all.at(-1))]);
  }
  return speeds;
}"""
PAUSE = """async () => {
  const clicked = performance.now();
  document.querySelector(".seqviz-train").click();
  const toolbar = document.querySelector(".seqviz-toolbar");
  let shown = performance.now() - clicked;
  while (toolbar.dataset.state !== "paused" && shown < 5000) {
    await new Promise(requestAnimationFrame);
    shown = performance.now() - clicked;
  }
  await new Promise((resolve) => setTimeout(resolve, 600));
  return Math.max(shown, window.seen.last - clicked);
}"""


def measure() -> dict[str, object]:
    """What a person sees while the default network trains. Raises what Playwright does where there is no Chromium."""
    torch.set_num_threads(1)
    with app() as address, window() as (page, complaints):
        page.add_init_script(f"({HOLD})()")
        page.add_init_script(f"({PAINTED})()")
        _open(page, address)
        page.evaluate(WATCH)
        page.wait_for_function("!document.querySelector('.seqviz-waiting')")
        page.evaluate("document.querySelectorAll('.js-plotly-plot').forEach((plot, n) => (plot.mark = n))")
        live, alone, redraws = [], [], []
        for number in range(ROUNDS):  # in turn and in either order, so that a slow moment of the machine meets both
            if number % 2:
                alone.append(_alone())
            seen = _train(page)
            live.append(seen["update"])
            redraws.append(seen["redraws"])
            if not number % 2:
                alone.append(_alone())
        _start(page)
        page.wait_for_timeout(1500)
        in_turn = page.evaluate(IN_TURN, TURNS)
        frames = page.evaluate(FRAMES, SECONDS)  # by itself, as counting them makes the browser draw more of them
        page.click(".seqviz-train")
        page.wait_for_selector(".seqviz-toolbar[data-state=paused]")
        page.wait_for_timeout(300)
        pauses = [_pause(page) for _ in range(PAUSES)]
        kept = page.evaluate("[...document.querySelectorAll('.js-plotly-plot')].every((plot, n) => plot.mark === n)")
        slider = _slider(page)
        openings = [_open(page, address) for _ in range(OPENINGS)]  # warm now: what a class would see
        return {
            "first picture, s (median)": round(statistics.median(openings), 2),
            "first picture, s (slowest)": round(max(openings), 2),
            "redraws a second": round(statistics.median(redraws), 1),
            "page frames a second": round(frames, 1),
            "updates a second with the page": round(statistics.median(live)),
            "updates a second of advance alone": round(statistics.median(alone)),
            "training kept beside it (median of pairs)": round(
                statistics.median(a / b for a, b in zip(live, alone, strict=True)), 3
            ),
            "training kept, second by second (median)": round(statistics.median(a / b for a, b in in_turn), 3),
            "training kept, all seconds": round(sum(a for a, _ in in_turn) / sum(b for _, b in in_turn), 3),
            "pause visible, ms (median)": round(statistics.median(pauses)),
            "graphs kept": bool(kept),
            "slider moves": slider,
            "console errors": complaints,
        }


def _open(page: Page, address: str) -> float:
    """Opens the page: the seconds until its first picture has been painted."""
    begin = time.time()
    page.goto(address + "/many_to_one")
    return float(page.evaluate("window.painted")) / 1000 - begin


def _train(page: Page) -> dict[str, float]:
    """Updates and redraws a second, from one picture to another."""
    _start(page)
    page.wait_for_timeout(1500)
    before = page.evaluate("({ ...window.seen })")
    page.wait_for_timeout(SECONDS * 1000)
    after = page.evaluate("({ ...window.seen })")
    page.click(".seqviz-train")
    page.wait_for_selector(".seqviz-toolbar[data-state=paused]")
    page.wait_for_timeout(300)
    seconds = (after["last"] - before["last"]) / 1000
    return {name: (after[name] - before[name]) / seconds for name in ("update", "redraws")}


def _alone() -> float:
    """Updates a second of `advance` in slices as long as the worker's, with no page open to the run."""
    run = advance(start(defaults(task_of(RunConfig()))), 20)
    begin, first = time.perf_counter(), run.step
    while time.perf_counter() - begin < SECONDS:
        run = advance(run, 20)
    return (run.step - first) / (time.perf_counter() - begin)


def _start(page: Page) -> None:
    """Presses Train and waits until the page shows that it trains: pressed earlier, the button would start it again."""
    page.click(".seqviz-train")
    page.wait_for_selector(".seqviz-toolbar[data-state=training]")


def _pause(page: Page) -> float:
    _start(page)
    page.wait_for_timeout(700)
    milliseconds: float = page.evaluate(PAUSE)
    return milliseconds


def _slider(page: Page) -> dict[str, object]:
    """Moves the slider of the hidden size by keys as fast as they go, and reads where the link ends up."""
    thumb = page.get_by_role("slider", name="Hidden size")
    thumb.focus()
    thumb.press("Home")
    for move in range(MOVES):
        page.keyboard.press("ArrowRight" if move % 2 == 0 else "ArrowLeft")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(2000)  # the link has been at 4 many times on the way
    page.wait_for_function("new URL(location).searchParams.get('hidden') === '4'", timeout=20_000)
    return {"moves": MOVES + 2, "link at the end": page.evaluate("location.search.slice(1)")}


@contextmanager
def app() -> Iterator[str]:
    """The app in a process of its own, once a trainer is ready: its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--server.port", str(port), "--server.address", "127.0.0.1", "--server.headless", "true"]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        while not _ready(address):
            time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait()


def _ready(address: str) -> bool:
    try:
        with urlopen(f"{address}/seqviz/census") as answer:
            return b'"workers":0' not in answer.read().replace(b" ", b"")
    except URLError:
        return False


@contextmanager
def window() -> Iterator[tuple[Page, list[str]]]:
    """A fresh window of a usual laptop, and what its console complains of."""
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=[*FLAGS])
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.set_default_timeout(60_000)
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page, complaints
        browser.close()
