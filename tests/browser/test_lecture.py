"""Lecture mode in a real browser: how large type is there, and whether it stays on."""

import re

import pytest
from playwright.sync_api import expect

SMALL = """() => {
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const place = texts.currentNode.parentElement;
    const { width, height } = place.getBoundingClientRect();
    const raised = place.tagName === "tspan" && place.hasAttribute("dy"); // an exponent
    const size = parseFloat(getComputedStyle(place).fontSize);
    if (texts.currentNode.data.trim() && width && height && size < 20 && !raised && !place.closest(".katex, style"))
      found.push(`${texts.currentNode.data.trim()}: ${size}`);
  }
  return found;
}"""


@pytest.mark.parametrize("path", ["", "many_to_one", "one_to_many", "direct", "delayed", "bptt"])
def test_no_type_is_smaller_than_20_px(page, app, path):
    page.goto(f"{app.address}/{path}?lecture=true")
    if path:
        expect(page.locator(".seqviz-player").first).to_be_visible()
        expect(page.locator("[data-figure=graph]").first).not_to_have_class(re.compile("seqviz-waiting"))
    else:
        expect(page.locator(".seqviz-wiring .js-plotly-plot, .seqviz-wiring.js-plotly-plot")).to_have_count(5)
    assert page.evaluate(SMALL) == []


def test_it_stays_on_from_page_to_page_and_in_the_link(page, app):
    page.goto(f"{app.address}/many_to_one?hidden=32")
    expect(page.locator(".seqviz-waiting")).to_have_count(0)
    page.get_by_text("Lecture mode").click()
    expect(page).to_have_url(re.compile(r"/many_to_one\?hidden=32&lecture=true$"))
    expect(page.locator(".seqviz-big")).to_be_visible()
    page.get_by_text("Four wirings").click()
    page.locator("a[href$='/direct']").first.click()
    expect(page).to_have_url(re.compile(r"/direct\?lecture=true$"))
    expect(page.locator(".seqviz-big")).to_be_visible()
    expect(page.locator(".seqviz-waiting")).to_have_count(0)
    page.get_by_text("Lecture mode").click()
    expect(page).to_have_url(re.compile(r"/direct$"))
    expect(page.locator(".seqviz-big")).to_have_count(0)
