"""Going to and fro between pages while the player plays leaves nothing behind."""

from playwright.sync_api import expect

SWITCHES = 100
LESSONS = ["Many to one", "Many to many, direct"]
COUNT_FRAMES = """() => {
  const ask = window.requestAnimationFrame.bind(window);
  window.asked = 0;
  window.requestAnimationFrame = (act) => { window.asked += 1; return ask(act); };
}"""


def go_to(page, title):
    page.get_by_text("Four wirings").click()
    page.get_by_role("menuitem", name=title).click()
    expect(page.locator("h1")).to_have_text(title)
    expect(page.locator("[data-figure=graph]:not(.seqviz-waiting)")).to_have_count(1)


def kept(devtools):
    """Bytes and nodes that the page holds on to after everything that can be given back has been."""
    devtools.send("HeapProfiler.collectGarbage")
    devtools.send("HeapProfiler.collectGarbage")
    return devtools.send("Runtime.getHeapUsage")["usedSize"], devtools.send("Memory.getDOMCounters")["nodes"]


def test_a_hundred_pages_later_the_browser_holds_no_more_than_before(page, app):
    page.goto(f"{app.address}/many_to_one")
    expect(page.locator("[data-figure=graph]:not(.seqviz-waiting)")).to_have_count(1)
    devtools = page.context.new_cdp_session(page)
    before = None
    for number in range(SWITCHES):
        page.locator(".seqviz-play:enabled").click()
        go_to(page, LESSONS[(number + 1) % 2])
        if number == 19:
            before = kept(devtools)
    after = kept(devtools)
    page.evaluate(COUNT_FRAMES)
    page.wait_for_timeout(1000)
    assert page.evaluate("window.asked") == 0, "something still asks for frames"
    for now, then in zip(after, before, strict=True):
        assert now < 1.25 * then, f"{then} became {now}"
    app.until(lambda census: census["connected"] <= 1)
