"""What the browser's graph holds is what autograd finds on the same network: for each wiring and cell."""

import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from seqviz.core.graph import EdgeKind, NodeKind, graph_of
from seqviz.tasks import task_of
from seqviz.training import start, trace
from seqviz.ui.settings import RunConfig, defaults

PAGES = {"many_to_one": "reviews", "one_to_many": "scenes", "direct": "clips", "delayed": "translation"}
DECADES = 6
"""Powers of ten below the largest gradient that the graph tells apart."""
READ = """() => {
  const { data } = document.querySelector("[data-figure=graph] .js-plotly-plot");
  const heads = data.findIndex((part) => part.meta?.gradients);
  const seen = (list) => Array.from(list);
  return { norms: seen(data[heads].customdata), sizes: seen(data[heads].marker.size), bands: seen(data[heads - 1].y) };
}"""


@pytest.mark.parametrize("cell", ["elman", "gru", "lstm"])
@pytest.mark.parametrize("stem", PAGES)
def test_the_gradients_on_the_screen_are_autograds(page, app, stem, cell):
    page.goto(f"{app.address}/{stem}?cell={cell}")
    # The first of the page: where two wirings stand below each other, the other one may be drawn before it.
    expect(page.locator("[data-figure=graph]").first).not_to_have_class(re.compile("seqviz-waiting"))
    torch.set_num_threads(1)
    config = replace(defaults(task_of(RunConfig(task=PAGES[stem]))), cell=cell)
    traced = trace(start(config), task_of(config).examples[0])
    scored = traced.targets >= 0
    graph = graph_of(traced.steps, traced.streams, traced.present, config.attention, scored)
    along = [edge.source for edge in graph.edges if edge.kind is EdgeKind.RECURS]
    states = [np.linalg.norm(traced.grad_hidden[node.stream, node.step]) for node in along]
    outputs = [node.step for node in graph.nodes if node.kind is NodeKind.OUTPUT]
    read, written = (np.linalg.norm(each, axis=1) for each in (traced.grad_inputs, traced.grad_logits[outputs]))
    expected = np.array([*states, *read, *written])
    seen = page.evaluate(READ)
    np.testing.assert_allclose(seen["norms"], expected, rtol=2e-3, atol=1e-9)
    level = np.clip(1 + np.log10(np.maximum(expected, 1e-30) / expected.max()) / DECADES, 0.05, 1)
    level[expected == 0] = 0
    heads, others = np.split(np.array(seen["sizes"]) - 5, [len(states)])
    np.testing.assert_allclose(others, np.where(level > 0, 6 * level, -5)[len(states) :], rtol=1e-3)
    np.testing.assert_allclose(heads / heads.max(), level[: len(states)] / level[: len(states)].max(), rtol=1e-3)
    assert 5 < 5 + heads.max() / level[: len(states)].max() <= 13 * (1 + 1e-6)
    bands = np.array(seen["bands"])
    np.testing.assert_allclose(bands / bands.max(), level[: len(states)] / level[: len(states)].max(), rtol=1e-3)
