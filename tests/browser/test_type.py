"""The type that a browser sets, against the widths that the pictures are laid out with."""

import pytest
from playwright.sync_api import expect

from seqviz.core.config import RunConfig
from seqviz.figures.words import TYPE, width
from seqviz.tasks import task_of

MEASURED = """async ([words, size]) => {
  const family = getComputedStyle(document.querySelector("[data-figure=graph] text")).fontFamily;
  await document.fonts.load(`${size}px ${family}`);
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.font = `${size}px ${family}`;
  const wide = words.map((word) => canvas.measureText(word).width);
  return { family, loaded: document.fonts.check(canvas.font), wide };
}"""


def _vocabularies():
    tasks = [task_of(RunConfig(task=name)) for name in ("reviews", "translation")]
    words = {word for task in tasks for word in task.reads.vocabulary} | set(tasks[1].writes)
    return sorted(word for word in words if len(word) > 1)


def test_words_are_as_wide_as_the_pictures_were_laid_out_for(page, app):
    page.goto(f"{app.address}/many_to_one")
    expect(page.locator("[data-figure=graph] text").first).to_be_visible()
    words = _vocabularies()
    found = page.evaluate(MEASURED, [words, TYPE])
    assert found["family"].startswith('"Source Sans"')
    assert found["loaded"]
    for word, wide in zip(words, found["wide"], strict=True):
        assert width(word) == pytest.approx(wide, rel=0.06, abs=1.5), word  # pairs of letters may move together
    assert sum(map(width, words)) == pytest.approx(sum(found["wide"]), rel=0.03)
