"""What axe-core finds on every page: names of controls, contrast, roles, the order of headings."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from seqviz.ui.navigation import LESSONS

_, *OTHERS = (stem for lessons in LESSONS.values() for stem in lessons)
PAGES = ["", *OTHERS]  # the first is the app's own address
BEHIND = "() => getComputedStyle(document.querySelector('.stApp')).backgroundColor"
AT_REST = """() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(
  document.getAnimations().every((each) => !(each instanceof CSSTransition) || each.playState === "finished")))))"""


def problems(page, *rules):
    """What axe-core calls serious or critical, by these of its rules or by all."""
    options = {"runOnly": rules} if rules else None
    return [
        (finding["id"], finding["help"], [node["html"] for node in finding["nodes"]])
        for finding in Axe().run(page, options=options).response["violations"]
        if finding["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("stem", PAGES, ids=lambda stem: stem or "first")
def test_no_page_shuts_anybody_out(page, app, stem):
    page.goto(f"{app.address}/{stem}")
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    expect(page.locator(".seqviz-waiting, .seqviz-wiring:not(.js-plotly-plot)")).to_have_count(0)
    assert not problems(page)
    light = page.evaluate(BEHIND)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"before => ({BEHIND})() !== before", arg=light)
    page.wait_for_function(AT_REST)  # colours fade over
    assert not problems(page, "color-contrast")  # nothing else depends on the theme
