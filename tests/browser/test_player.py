import re

import numpy as np
import pytest
from playwright.sync_api import expect

from seqviz.core.config import RunConfig
from seqviz.figures.numbers import number
from seqviz.networks.network import mean_loss
from seqviz.tasks import task_of
from seqviz.training import advance, start, trace
from seqviz.training.model import loaded
from seqviz.training.tracing import feed_of
from seqviz.ui.settings import defaults

CAPTION = ".seqviz-caption"
STATE = ".seqviz-state"
MASKED = "[data-figure=graph] .cartesianlayer[mask]"
MATRICES = """() => document.querySelector(".seqviz-weights .js-plotly-plot").data.map(
  ({ z }) => Array.from(z, (row) => Array.from(row)))"""
TRIANGLES = """() => {
  const graph = document.querySelector("[data-figure=graph] .js-plotly-plot");
  const place = graph.data.findIndex(({ meta }) => meta?.gradients);
  const traces = [...graph.querySelectorAll(".scatterlayer .trace")];
  const trace = traces.find(({ __data__: [{ trace }] }) => trace.index === place);
  return [...trace.querySelectorAll("path.point")].map((point) => Number(getComputedStyle(point).opacity));
}"""
PROGRESS = """() => Number(document.querySelector(".seqviz-player input").value)"""
COUNT_FRAMES = """() => {
  const ask = window.requestAnimationFrame.bind(window);
  window.asked = 0;
  window.requestAnimationFrame = (act) => { window.asked += 1; return ask(act); };
}"""


@pytest.fixture(autouse=True)
def bar(page, app):
    """The player of the direct lesson, once all its pictures are drawn."""
    page.goto(f"{app.address}/direct")
    expect(page.locator(STATE)).to_have_text("not trained yet")
    expect(page.locator(".seqviz-waiting")).to_have_count(0)
    expect(button(page, "Jump to: loss (2)")).to_be_enabled()
    return page.locator(".seqviz-player")


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def play(page):
    button(page, "Play one training step").click()


@pytest.fixture(scope="module")
def own():
    """The same network in this process, its first example's trace, and autograd's gradient of W_hh."""
    run = advance(start(defaults(task_of(RunConfig(task="clips")))), 1)
    traced = trace(run, task_of(run.config).examples[0])
    network = loaded(run)
    feed = feed_of(network, traced)
    mean_loss(network(feed).logits, feed.targets).backward()
    gradient = dict(network.named_parameters())["stacks.0.cores.0.weight_hh_l0"].grad.numpy().copy()
    return traced, gradient


def test_what_the_browser_holds_is_what_autograd_finds(page, own):
    traced, gradient = own
    button(page, "One step").click()
    expect(page.locator(".seqviz-numbers")).to_contain_text("Update 1")
    button(page, "Jump to: update (4)").click()
    total = number(float(np.linalg.norm(gradient)))
    expect(page.locator(CAPTION)).to_contain_text(f"give ∂L/∂W_hh. Its norm is {total};")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(CAPTION)).to_contain_text("‖∂L/∂h₁‖")
    page.wait_for_function(f"({MATRICES})().length === 2")
    rows, columns = (np.linspace(0, size - 1, 16).round().astype(int) for size in gradient.shape)
    _, summed = page.evaluate(MATRICES)
    np.testing.assert_allclose(summed, gradient[np.ix_(rows, columns)], rtol=1e-3, atol=1e-6)
    page.keyboard.press("Home")
    said = []
    for _ in range(len(traced.steps) * 3):
        said.append(page.locator(CAPTION).text_content())
        page.keyboard.press("ArrowRight")
    norms = dict(re.search(r"h(.), \d+ units, norm (.*)\.$", each).groups() for each in said if " units, norm " in each)
    assert norms == {
        "₁₂₃₄₅₆₇₈₉"[time]: number(float(norm)) for time, norm in enumerate(np.linalg.norm(traced.hidden[0], axis=1))
    }


def test_the_keys_drive_it_only_where_it_has_the_focus(page):
    caption = page.locator(CAPTION)
    page.keyboard.press("2")
    expect(caption).to_be_hidden()
    page.locator("[data-figure=graph] .seqviz-canvas").focus()
    for key, said in (("1", "Step 1 reads"), ("2", "The loss enters"), ("3", "∂L/∂o"), ("4", "All shares")):
        page.keyboard.press(key)
        expect(caption).to_contain_text(said)
    page.keyboard.press("Home")
    expect(caption).to_contain_text("Step 1 reads")
    page.keyboard.press("ArrowRight")
    expect(caption).to_contain_text("From x₁")
    page.keyboard.press("ArrowLeft")
    expect(caption).to_contain_text("Step 1 reads")
    page.keyboard.press("End")
    expect(caption).to_contain_text("‖W_hh‖ goes from")
    page.keyboard.press("Space")  # at the end it begins again
    expect(caption).to_contain_text("Step 1 reads")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.seqviz-player') !== null")
    page.get_by_role("button", name="Train", exact=True).focus()
    page.keyboard.press("End")
    expect(caption).not_to_contain_text("‖W_hh‖ goes from")


def test_the_caption_is_read_out(page):
    expect(page.locator(CAPTION)).to_have_attribute("aria-live", "polite")


def test_playing_goes_on_by_itself_and_pausing_stops_every_frame(page):
    page.evaluate(COUNT_FRAMES)
    play(page)
    expect(page.locator(MASKED)).to_have_count(1)
    page.wait_for_function(f"({PROGRESS})() >= 3")
    button(page, "Pause the player").click()
    page.wait_for_timeout(100)
    held, asked = page.evaluate(PROGRESS), page.evaluate("asked")
    page.wait_for_timeout(900)
    assert page.evaluate(PROGRESS) == held
    assert page.evaluate("asked") == asked


def test_at_four_times_the_speed_it_plays_to_its_end_and_rests_there(page):
    page.get_by_label("Speed of the player").select_option("4")
    play(page)
    expect(page.locator(CAPTION)).to_contain_text("‖W_hh‖ goes from")
    expect(button(page, "Play one training step")).to_be_visible()
    assert len(page.evaluate(MATRICES)) == 3
    button(page, "End the player: the whole picture again").click()
    expect(page.locator(MASKED)).to_have_count(0)
    expect(page.locator(CAPTION)).to_be_hidden()
    expect(page.locator(".seqviz-weights")).to_be_hidden()


def test_no_triangle_of_the_gradient_is_lit_before_the_backward_pass_whatever_passes_over_it(page):
    def lit():
        return page.evaluate(TRIANGLES)

    everything = lit()
    assert set(everything) == {1}
    button(page, "Jump to: loss (2)").click()
    expect(page.locator(MASKED)).to_have_count(1)
    assert max(lit()) < 0.2
    button(page, "Jump to: update (4)").click()
    expect(page.locator(CAPTION)).to_contain_text("W_hh")
    assert lit() == everything
    button(page, "Jump to: forward (1)").click()
    expect(page.locator(CAPTION)).to_contain_text("Step 1 reads")
    assert max(lit()) < 0.2
    button(page, "End the player: the whole picture again").click()
    assert lit() == everything


def test_scrubbing_goes_to_any_moment(page):
    scrubber = page.get_by_label("Moment of the training step")
    scrubber.fill("2")
    expect(page.locator(CAPTION)).to_contain_text("From x₁")
    expect(scrubber).to_have_attribute("aria-valuetext", "forward, 2")


def test_playing_pauses_training_and_training_ends_playing(page):
    button(page, "Train").click()
    expect(page.locator(STATE)).to_have_text("training")
    expect(button(page, "Jump to: loss (2)")).to_be_disabled()
    play(page)
    expect(page.locator(STATE)).to_have_text("paused")
    expect(page.locator(CAPTION)).to_contain_text("Step 1 reads")
    button(page, "Train").click()
    expect(page.locator(CAPTION)).to_be_hidden()
    expect(page.locator(MASKED)).to_have_count(0)


@pytest.mark.parametrize("change", ["theme", "size"])
def test_a_picture_that_is_drawn_anew_stays_where_it_was(page, change):
    button(page, "Jump to: backward (3)").click()
    before = page.locator(CAPTION).text_content()
    if change == "theme":
        page.emulate_media(color_scheme="dark")
    else:
        page.set_viewport_size({"width": 1100, "height": 700})
    page.wait_for_timeout(1000)
    expect(page.locator(MASKED)).to_have_count(1)
    expect(page.locator("[data-figure=graph] mask")).to_have_count(1)
    expect(page.locator(CAPTION)).to_have_text(before)


def test_another_example_or_page_in_the_middle_leaves_nothing_behind(page):
    page.evaluate(COUNT_FRAMES)
    play(page)
    page.wait_for_function(f"({PROGRESS})() >= 2")
    page.get_by_role("combobox", name="Example").click()
    page.get_by_role("option").nth(1).click()
    expect(page.locator(CAPTION)).to_be_hidden()
    play(page)
    page.wait_for_function(f"({PROGRESS})() >= 2")
    page.get_by_text("Four wirings").click()
    page.get_by_role("menuitem", name="Many to many, delayed").click()
    expect(page.get_by_role("heading", name="Many to many, delayed")).to_be_visible()
    expect(page.locator(".seqviz-waiting")).to_have_count(0)
    page.wait_for_timeout(500)
    asked = page.evaluate("asked")
    page.wait_for_timeout(500)
    assert page.evaluate("asked") - asked < 10


def test_who_wants_no_motion_sees_steps(page):
    page.emulate_media(reduced_motion="reduce")
    page.evaluate("""() => {
      window.partly = 0;
      window.watching = setInterval(() => {
        for (const path of document.querySelectorAll("[data-figure=graph] mask path")) {
          const left = Number(path.style.strokeDashoffset);
          if (left > 0 && left < 1) window.partly += 1;
        }
      }, 20);
    }""")
    play(page)
    page.wait_for_function(f"({PROGRESS})() >= 4")
    assert page.evaluate("partly") == 0


def test_it_stays_above_the_fold(bar):
    box = bar.bounding_box()
    assert box["y"] + box["height"] <= 768
    assert box["height"] <= 36


def test_pausing_in_slow_motion_stops_the_picture_at_once(page):
    page.locator(".seqviz-toolbar select").select_option("slow motion")
    button(page, "Train").click()
    expect(page.locator(CAPTION)).to_contain_text("Step 1 reads")
    page.locator(".seqviz-train").click()
    expect(page.locator(STATE)).to_have_text("paused")
    expect(page.locator(".seqviz-waiting")).to_have_count(0)
    page.wait_for_timeout(300)  # until what was on its way has been drawn
    page.evaluate(COUNT_FRAMES)
    page.wait_for_timeout(700)
    assert page.evaluate("window.asked") == 0, "something still moves"


def test_in_slow_motion_every_update_plays_through_its_stages(page):
    page.locator(".seqviz-toolbar select").select_option("slow motion")
    page.get_by_label("Speed of the player").select_option("4×")
    button(page, "Train").click()
    expect(page.locator(CAPTION)).to_contain_text("Step 1 reads")
    expect(page.locator("[data-phase=backward]")).to_have_attribute("aria-pressed", "true")
    first = page.locator(".seqviz-numbers").text_content()
    expect(page.locator("[data-phase=update]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".seqviz-numbers")).not_to_have_text(first)
    expect(page.locator(CAPTION)).to_contain_text("Step 1 reads")
    expect(page.locator(STATE)).to_have_text("training")
    button(page, "Pause the player").click()
    expect(page.locator(STATE)).to_have_text("paused")
    said = page.locator(CAPTION).text_content()
    page.wait_for_timeout(1000)
    expect(page.locator(CAPTION)).to_have_text(said)
    expect(page.locator(MASKED)).to_have_count(1)
