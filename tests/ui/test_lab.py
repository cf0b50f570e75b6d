"""What the lab's buttons promise, measured on the networks that they set up."""

import numpy as np
import pytest
import torch

from seqviz.core.config import RunConfig
from seqviz.core.records import Look
from seqviz.tasks import task_of
from seqviz.training import advance, analyse, start, trace
from seqviz.ui.lab import EXPERIMENTS
from seqviz.ui.settings import defaults


def config_of(query):
    task = query.get("task", "recall")
    return RunConfig.from_query(query, defaults(task_of(RunConfig(task=task))))


def analysed(words, example=0):
    torch.set_num_threads(1)
    config = config_of(EXPERIMENTS["vanish"].links[words])
    run = start(config)
    traced = trace(run, task_of(config).examples[example])
    return traced, analyse(run, traced, Look())


@pytest.mark.parametrize("weight", [0.99, 1.0, 1.01])
def test_one_unit_multiplies_the_gradient_by_its_weight_at_every_step(weight):
    traced, found = analysed(f"One unit, {weight:.2f} at every step")
    assert len(traced.steps) == 101
    assert traced.hidden.shape[2] == 1
    assert found.products.reach[0] == pytest.approx(weight**100, rel=1e-4)
    assert traced.influence[-1, 0] / traced.influence[-1, -1] == pytest.approx(weight**100, rel=1e-3)


def test_a_determinant_near_0_does_not_keep_a_gradient_from_exploding():
    traced, found = analysed("A determinant near 0, and it explodes")
    assert abs(found.jacobians.determinant[0, 0]) < 0.01
    assert traced.influence[-1, 0] > 1000 * traced.influence[-1, -1]


@pytest.mark.parametrize("example", range(6))
def test_a_determinant_above_1_does_not_keep_a_gradient_from_vanishing(example):
    traced, found = analysed("A determinant above 1, and it vanishes", example)
    assert found.jacobians.determinant[0, 0] > 10
    assert found.jacobians.largest[0, 0] > 1
    assert traced.influence[-1, 0] < 0.01 * traced.influence[-1, -1]


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_every_button_opens_its_own_experiment_with_settings_that_can_be(experiment):
    for query in EXPERIMENTS[experiment].links.values():
        assert query.get("experiment") == experiment
        assert np.isfinite(start(config_of(query)).history.held_loss).all()


def trained(experiment, words, updates):
    torch.set_num_threads(1)
    return advance(start(config_of(EXPERIMENTS[experiment].links[words])), updates)


def test_behind_a_cut_the_plain_cell_does_not_learn_what_it_learns_without_one():
    assert trained("truncation", "Elman, lag 10, not cut", 400).history.held_score[-1] > 0.95
    assert trained("truncation", "Elman, lag 10, cut every 5 steps", 400).history.held_score.max() < 0.7


def test_clipped_a_network_learns_that_diverges_at_once_if_not():
    first, second = EXPERIMENTS["clipping"].links
    assert 0 < trained("clipping", first, 20).step < 10
    assert trained("clipping", first, 20).diverged
    clipped = trained("clipping", second, 600)
    assert clipped.history.grad_norm.max() > 100 * clipped.config.clip
    assert clipped.history.held_score[-1] > 0.95
