"""The pictures of the first page: they move for a while and fit their places."""

import pytest
from playwright.sync_api import expect

PLACES = ".seqviz-wiring.js-plotly-plot"
# Counts the clocks that run; `window.tick` is another time between their ticks, in ms.
CLOCKS = """(() => {
  const begin = window.setInterval;
  const end = window.clearInterval;
  window.clocks = new Set();
  window.setInterval = (act, wait, ...rest) => {
    if (wait !== 450) return begin(act, wait, ...rest);
    const clock = begin(act, window.tick ?? wait);
    window.clocks.add(clock);
    return clock;
  };
  window.clearInterval = (clock) => {
    window.clocks.delete(clock);
    end(clock);
  };
})()"""
LIT = """() => [...document.querySelectorAll(".seqviz-wiring")].map(
  ({ data }) => data.every(({ opacity }) => (opacity ?? 1) === 1))"""
TWICE = """async () => {
  const [{ name }] = performance.getEntriesByType("resource").filter(({ name }) => name.endsWith("/wiring.js"));
  const { show } = await import(name);
  const place = document.querySelector(".seqviz-wiring");
  const said = { address: name.replace("/wiring.js", ""), figure: { data: place.data, layout: place.layout } };
  await Promise.all([show(place, said), show(place, said)]);
  return window.clocks.size;
}"""
FIT = """() => [...document.querySelectorAll(".seqviz-wiring")].every(
  (place) => Math.abs(place.querySelector(".main-svg").getBoundingClientRect().width - place.clientWidth) < 2)"""


@pytest.fixture(autouse=True)
def clocks(page):
    page.add_init_script(CLOCKS)


def test_the_pictures_come_to_rest_and_are_then_whole(page, app):
    page.add_init_script("window.tick = 20")
    page.goto(app.address)
    expect(page.locator(PLACES)).to_have_count(5)
    page.wait_for_function(f"({LIT})().includes(false)")
    page.wait_for_function("window.clocks.size === 0")
    page.wait_for_timeout(500)
    assert page.evaluate(LIT) == [True] * 5


def test_a_picture_can_be_stopped_and_played_again(page, app):
    page.goto(app.address)
    page.wait_for_function("window.clocks.size === 5")
    page.wait_for_function(f"!({LIT})()[0]")
    page.get_by_role("button", name="Stop the movement: One to one").click()
    page.wait_for_function("window.clocks.size === 4")
    page.wait_for_function(f"({LIT})()[0]")
    again = page.get_by_role("button", name="Play it again: One to one")
    again.focus()
    again.press("Enter")
    page.wait_for_function("window.clocks.size === 5")
    page.wait_for_function(f"!({LIT})()[0]")


def test_who_wants_no_movement_has_none_until_asking_for_it(page, app):
    page.emulate_media(reduced_motion="reduce")
    page.goto(app.address)
    expect(page.locator(PLACES)).to_have_count(5)
    page.wait_for_timeout(1000)
    assert page.evaluate(LIT) == [True] * 5
    page.get_by_role("button", name="Play it again: One to many").click()
    page.wait_for_function(f"({LIT})().includes(false)")


def test_a_picture_that_is_shown_twice_at_once_has_one_clock(page, app):
    page.goto(app.address)
    page.wait_for_function("window.clocks.size === 5")
    assert page.evaluate(TWICE) == 5


def test_the_pictures_keep_to_the_width_of_the_window(page, app):
    page.goto(app.address)
    expect(page.locator(PLACES)).to_have_count(5)
    for width in (1000, 1366):
        page.set_viewport_size({"width": width, "height": 768})
        page.wait_for_function(FIT)
        page.wait_for_timeout(500)
        assert page.evaluate(FIT)
