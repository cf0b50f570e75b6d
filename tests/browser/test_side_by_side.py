import re

import pytest
from playwright.sync_api import expect

from seqviz.core.config import RunConfig
from seqviz.tasks import task_of
from seqviz.training import advance, start
from seqviz.ui.settings import defaults

STATE = ".seqviz-state"
NUMBERS = ".seqviz-numbers"
LOSSES = """() => [0, 3].map((part) => {
  const { x, y } = document.querySelector("[data-figure=races] .js-plotly-plot").data[part];
  return Array.from(x, (update, place) => [update, y[place]]);
})"""
MARKS = """() => document.querySelector("[data-figure=attempts] .js-plotly-plot").data.map(({ x }) => Array.from(x))"""
MASKED = ".seqviz-panel:has(.cartesianlayer[mask])"


@pytest.fixture
def two(page, app):
    """Two runs on a short lag, once all that is in sight is drawn."""
    page.set_viewport_size({"width": 1366, "height": 1400})
    page.goto(f"{app.address}/side_by_side?lag=5&runs=elman,lstm")
    expect(page.locator(STATE)).to_have_text("not trained yet")
    expect(page.locator(".seqviz-waiting")).to_have_count(0)
    return page


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def test_one_button_trains_both_and_both_curves_move_in_step(two):
    assert two.evaluate(LOSSES) == [[], []]
    button(two, "Train").click()
    two.wait_for_function(f"({LOSSES})().every((curve) => curve.length > 20)")
    button(two, "Pause training").click()
    expect(two.locator(STATE)).to_have_text("paused")
    expect(two.locator(NUMBERS)).to_contain_text(re.compile(r"update \d+"))
    first, second = two.evaluate(LOSSES)
    assert [update for update, _ in first] == [update for update, _ in second]
    shared = defaults(task_of(RunConfig(task="recall")))
    for cell, curve in (("elman", first), ("lstm", second)):
        alone = advance(start(RunConfig(**{**vars(shared), "cell": cell, "lag": 5})), 1)
        assert curve[0] == [1, pytest.approx(float(alone.history.loss[0]), rel=1e-5)]


def test_a_run_that_solves_its_task_gets_a_mark_that_can_be_seen(two):
    assert two.locator("[data-figure=attempts] .point").count() == 0
    button(two, "Train").click()
    expect(two.locator("[data-figure=attempts] .point")).to_have_count(2)


def test_the_chart_fills_in_as_lags_are_tried_and_stops(two):
    button(two, "Try all lags").click()
    two.wait_for_function(f"({MARKS})().some((lags) => lags.includes(5))")
    expect(two.locator(NUMBERS)).to_contain_text("Trying lag")
    button(two, "Pause training").click()
    expect(two.locator(STATE)).to_have_text("paused")
    button(two, "Reset").click()
    two.wait_for_function(f"({MARKS})().every((lags) => lags.length === 0)")


def test_what_one_player_plays_all_play(two):
    button(two, "Jump to: loss (2)").click()
    expect(two.locator(MASKED)).to_have_count(2)
    captions = two.locator(".seqviz-caption")
    expect(captions).to_have_count(2)
    for place in (0, 1):
        expect(captions.nth(place)).to_contain_text("nats")
    assert captions.nth(0).text_content() != captions.nth(1).text_content(), "each tells its own numbers"
    two.keyboard.press("ArrowRight")
    for place in (0, 1):
        expect(captions.nth(place)).to_contain_text("∂L/∂o")
    two.locator("[data-figure='graph 1'] .seqviz-canvas").focus()
    two.keyboard.press("1")
    for place in (0, 1):
        expect(captions.nth(place)).not_to_contain_text("∂L/∂o")
    expect(two.locator(".seqviz-player:visible")).to_have_count(1)
    button(two, "End the player: the whole picture again").click()
    expect(two.locator(MASKED)).to_have_count(0)
