"""How long after a move of one of the lab's sliders the last picture on the screen is redrawn, at T = 30."""

from __future__ import annotations

import statistics

from playwright.sync_api import Page

from benchmarks.live import app, window

LAG, MOVES = 29, 20
SLIDERS = {"source": "Hidden size", "vanish": "Spectral radius"}
"""By the name of the experiment in a link, the slider that is moved."""

WATCH = """() => {
  const change = { subtree: true, childList: true, attributes: true, characterData: true };
  const pictures = document.querySelector(".seqviz-pictures");
  new MutationObserver(() => (window.redrawn = performance.now())).observe(pictures, change);
  addEventListener("keydown", () => (window.moved = performance.now()), true);
}"""


def measure() -> dict[str, object]:
    """For each experiment: milliseconds from the key to the last picture, median and slowest. Raises as Playwright."""
    with app() as address, window() as (page, complaints):
        report: dict[str, object] = {name: _moves(page, address, name) for name in SLIDERS}
        report["console errors"] = complaints
    return report


def _moves(page: Page, address: str, name: str) -> dict[str, float]:
    page.goto(f"{address}/bptt?task=recall&lag={LAG}&experiment={name}")
    page.wait_for_selector('[data-figure="graph"]:not(.seqviz-waiting)')
    page.wait_for_timeout(2000)
    page.evaluate(WATCH)
    slider = page.get_by_role("slider", name=SLIDERS[name])
    slider.focus()
    taken = []
    for move in range(MOVES):
        page.keyboard.press("ArrowLeft" if move % 2 else "ArrowRight")
        page.wait_for_timeout(1000)
        taken.append(page.evaluate("redrawn - moved"))
    return {"last picture, ms (median)": round(statistics.median(taken)), "slowest, ms": round(max(taken))}
