"""Going from page to page: each shows what belongs there, and leaves nothing behind."""

import re

import pytest
from playwright.sync_api import expect

SWITCHES, SOME = 36, 12
LESSONS = ["Many to one", "Many to many, direct"]
COUNT_FRAMES = """() => {
  const ask = window.requestAnimationFrame.bind(window);
  window.asked = 0;
  window.requestAnimationFrame = (act) => { window.asked += 1; return ask(act); };
}"""


def turn_to(page, part, title):
    page.get_by_text(part).click()
    page.get_by_role("menuitem", name=title).click()
    expect(page.locator("h1")).to_have_text(title)


def go_to(page, title):
    turn_to(page, "Four wirings", title)
    expect(page.locator("[data-figure=graph]:not(.seqviz-waiting)")).to_have_count(1)


def kept(devtools):
    """Bytes and nodes that the page holds on to after everything that can be given back has been."""
    devtools.send("HeapProfiler.collectGarbage")
    devtools.send("HeapProfiler.collectGarbage")
    return devtools.send("Runtime.getHeapUsage")["usedSize"], devtools.send("Memory.getDOMCounters")["nodes"]


@pytest.mark.long
def test_two_dozen_pages_later_the_browser_holds_no_more_than_before(page, app):
    page.goto(f"{app.address}/many_to_one")
    expect(page.locator("[data-figure=graph]:not(.seqviz-waiting)")).to_have_count(1)
    devtools = page.context.new_cdp_session(page)
    before = None
    for number in range(SWITCHES):
        page.locator(".seqviz-play:enabled").click()
        go_to(page, LESSONS[(number + 1) % 2])
        if number == SOME - 1:
            before = kept(devtools)
    after = kept(devtools)
    page.evaluate(COUNT_FRAMES)
    page.wait_for_timeout(1000)
    assert page.evaluate("window.asked") == 0, "something still asks for frames"
    for now, then in zip(after, before, strict=True):
        assert now < 1.25 * then, f"{then} became {now}"
    app.until(lambda census: census["connected"] <= 1)


@pytest.mark.parametrize(
    ("begin", "part", "title", "back"),
    [
        ("many_to_one", "Learning through time", "LSTM and GRU", ("Four wirings", "Many to one")),
        ("bptt", "Learning through time", "Compare", ("Learning through time", "Backpropagation through time")),
    ],
)
def test_settings_that_two_pages_share_are_the_same_on_both(page, app, begin, part, title, back):
    def said():
        sliders = page.locator("[data-testid=stSidebar] [role=slider]").all()
        cell = page.get_by_role("combobox", name=re.compile("Cell")).first
        return cell.input_value() or cell.text_content(), [slider.get_attribute("aria-valuetext") for slider in sliders]

    page.goto(f"{app.address}/{begin}")
    expect(page.locator("[data-figure^=graph]:not(.seqviz-waiting)").first).to_be_visible()
    before = said()
    turn_to(page, part, title)
    expect(page.locator("[data-figure^=graph]:not(.seqviz-waiting)").first).to_be_visible()
    page.wait_for_timeout(1500)  # what the browser takes its widgets for comes with a later run
    assert "?" not in page.url
    turn_to(page, *back)
    expect(page.locator("[data-figure=graph]:not(.seqviz-waiting)")).to_have_count(1)
    page.wait_for_timeout(1500)
    assert "?" not in page.url
    assert said() == before


def test_each_experiment_of_a_pair_begins_anew_and_in_sight(page, app):
    page.goto(f"{app.address}/bptt?experiment=clipping")
    expect(page.locator("[data-figure=graph]:not(.seqviz-waiting)")).to_have_count(1)
    state = page.locator(".seqviz-state")
    page.get_by_role("button", name=re.compile("not clipped$")).click()
    expect(page).to_have_url(re.compile("clip=0.0"))
    expect(page.locator(".seqviz-train")).to_be_in_viewport()
    page.locator(".seqviz-train").click()
    expect(state).to_have_text("diverged")
    page.get_by_role("button", name=re.compile("clipped at 1$")).click()
    expect(state).to_have_text("not trained yet")
    page.locator(".seqviz-train").click()
    expect(page.locator(".seqviz-numbers")).to_contain_text(re.compile(r"^Update \d\d"))
    page.get_by_role("button", name=re.compile("not clipped$")).click()
    expect(state).to_have_text("not trained yet")


def test_a_lesson_and_the_comparison_follow_each_other_both_ways(page, app):
    page.goto(f"{app.address}/many_to_one")
    expect(page.locator("[data-figure=graph]:not(.seqviz-waiting)")).to_have_count(1)
    for _ in range(2):
        turn_to(page, "Learning through time", "Compare")
        expect(page.locator(".seqviz-numbers")).to_contain_text(re.compile("^Lag 40"))
        expect(page.locator("[data-figure^=graph]:not(.seqviz-waiting)").first).to_be_visible()
        go_to(page, "Many to one")
        page.get_by_role("button", name="One step", exact=True).click()
        expect(page.locator(".seqviz-numbers")).to_contain_text(re.compile(r"^Update \d"))
        expect(page.locator("[data-figure=readout]:not(.seqviz-waiting)")).to_have_count(1)


def test_a_page_that_is_left_before_its_style_sheet_has_come_does_not_take_the_seat_of_the_next(page, app):
    held = []

    def hold(route):
        held.append(route)

    page.route("**/stage.css", hold)
    page.goto(f"{app.address}/many_to_one")
    expect(page.locator(".seqviz-place")).to_have_count(1)
    turn_to(page, "Four wirings", "Many to many, direct")
    page.wait_for_timeout(1000)
    (asked,) = held
    asked.continue_()
    expect(page.locator("[data-figure=graph]:not(.seqviz-waiting)")).to_have_count(1)
    page.get_by_role("button", name="One step", exact=True).click()
    expect(page.locator(".seqviz-numbers")).to_contain_text("Update 1")
    expect(page.get_by_role("alert")).to_be_hidden()


def test_a_cell_that_one_experiment_shows_always_can_be_closed_in_the_next(page, app):
    cell, opens = page.locator("[data-figure=cell]"), page.get_by_role("button", name="Open a cell", exact=True)
    page.goto(f"{app.address}/gated")
    expect(cell).to_be_visible()
    expect(opens).to_have_count(0)
    page.get_by_text("The forget gate’s bias", exact=True).click()
    expect(page.locator("[data-figure=products]:not(.seqviz-waiting)")).to_have_count(1)
    expect(cell).to_be_hidden()
    opens.click()
    expect(cell).to_be_visible()
    page.get_by_role("button", name="Close the cell").click()
    expect(cell).to_be_hidden()
    page.get_by_text("The cell, opened", exact=True).click()
    expect(cell).to_be_visible()
    expect(opens).to_have_count(0)
