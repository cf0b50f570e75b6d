"""The player in a real browser, and what it needs to know beside Plotly's own `frames` made from the same record."""

from __future__ import annotations

import statistics
from dataclasses import replace

import plotly.graph_objects as go
import torch
from playwright.sync_api import Page

from benchmarks.live import app, window
from seqviz.core.config import RunConfig
from seqviz.core.records import Look, Moment, Run, Trace
from seqviz.core.task import Task
from seqviz.figures.graph import draw
from seqviz.figures.storyboard import storyboard
from seqviz.serving.player import player
from seqviz.serving.screen import Screen
from seqviz.serving.wire import content
from seqviz.tasks import task_of
from seqviz.training import advance, start, trace
from seqviz.training.update import update
from seqviz.ui.settings import defaults

LAGS = (19, 49, 99)
"""Steps of the recall task beside the one that asks, so T is one more."""
SECONDS, CLICKS = 4, 7

PLAY = """async ([seconds]) => {
  const next = () => new Promise(requestAnimationFrame);
  const began = performance.now();
  let frames = 0;
  while (performance.now() - began < 1000 * seconds) { await next(); frames += 1; }
  return (1000 * frames) / (performance.now() - began);
}"""
CLICK = """async () => {
  const spot = () => document.querySelector('[data-figure=graph] .cartesianlayer[mask]');
  const clicked = performance.now();
  document.querySelector(".seqviz-play").click();
  while (!spot()) await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return performance.now() - clicked;
}"""


def measure() -> dict[str, object]:
    """For each T: frames a second of both passes, click to first frame, bytes. Raises what Playwright does."""
    torch.set_num_threads(1)
    report: dict[str, object] = {}
    with app() as address, window() as (page, complaints):
        for lag in LAGS:
            page.goto(f"{address}/bptt?task=recall&lag={lag}")
            page.wait_for_selector('[data-figure="graph"]:not(.seqviz-waiting)')
            page.wait_for_selector("[data-phase=backward]:enabled")
            page.wait_for_timeout(1500)
            report[f"T = {lag + 1}"] = {**_seen(page), **_sizes(lag)}
        report["console errors"] = complaints
    return report


def _seen(page: Page) -> dict[str, float]:
    clicks = []
    for _ in range(CLICKS):
        clicks.append(page.evaluate(CLICK))
        page.click(".seqviz-player >> text=Show all")
    rates = {}
    for phase in ("forward", "backward"):
        page.click(f"[data-phase={phase}]")
        page.click(".seqviz-play")
        rates[f"{phase}, frames a second"] = round(page.evaluate(PLAY, [SECONDS]), 1)
        page.click(".seqviz-play")
    page.click(".seqviz-player >> text=Show all")
    return {**rates, "click to first frame, ms (median)": round(statistics.median(clicks))}


def _sizes(lag: int) -> dict[str, float]:
    """kB for the picture, for it and its story, and for both as Plotly's frames: a copy of the picture a moment."""
    config = replace(defaults(task_of(RunConfig(task="recall"))), lag=lag)
    task = task_of(config)
    run = advance(start(config), 1)
    traced = trace(run, task.examples[0])
    drawing, story = draw(_moment(run, traced, task), Look()), storyboard(traced, update(run, traced))
    naive = drawing.figure()
    naive.frames = [go.Frame(data=naive.data) for _ in story.beats]
    picture, both = Screen(), Screen()
    graph = content(drawing)
    return {
        "picture, kB": round(len(picture.frame({}, {"graph": graph})) / 1000, 1),
        "picture and story, kB": round(len(both.frame({}, {"graph": graph, "player": player(story)})) / 1000, 1),
        "as Plotly's frames, kB": round(len(naive.to_json()) / 1000, 1),
    }


def _moment(run: Run, traced: Trace, task: Task) -> Moment:
    baseline = task.baseline
    return Moment(run.history, traced, baseline.name, baseline.score, task.score_name, run.diverged)
