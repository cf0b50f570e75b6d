"""Lecture mode in a real browser: how large type is there, and whether it stays on."""

import re

import numpy as np
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

SIZES = """() => {
  const shown = (key) => document.querySelector(`[data-figure=${key}] .js-plotly-plot`);
  const [, line] = shown("gradient")._fullData;
  const heads = shown("graph")._fullData.find(({ meta }) => meta?.gradients);
  return [line.line.width, line.marker.size, shown("gradient")._fullLayout.margin.t, ...heads.marker.size];
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


def test_marks_lines_and_margins_are_larger_by_as_much_as_the_type_and_still_tell_the_numbers(page, app):
    page.goto(f"{app.address}/many_to_one")
    expect(page.locator("[data-figure=graph]")).not_to_have_class(re.compile("seqviz-waiting"))
    expect(page.locator(".seqviz-waiting")).to_have_count(0)
    usual = page.evaluate(SIZES)
    page.get_by_text("Lecture mode").click()
    page.wait_for_function(f"usual => ({SIZES})()[0] !== usual", arg=usual[0])
    np.testing.assert_allclose(page.evaluate(SIZES), 20 / 14 * np.array(usual), rtol=1e-5)
    page.get_by_role("button", name="One step", exact=True).click()
    expect(page.locator(".seqviz-numbers")).to_contain_text("Update 1")
    _, _, _, *heads = page.evaluate(SIZES)
    assert not np.allclose(heads, 20 / 14 * np.array(usual[3:]))
    assert max(heads) <= 20 / 14 * 13
