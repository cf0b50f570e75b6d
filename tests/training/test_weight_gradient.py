from dataclasses import replace

import numpy as np
import pytest

from seqviz.cells import CELLS
from seqviz.core.records import Look
from seqviz.core.topology import TOPOLOGIES
from seqviz.tasks import task_of
from seqviz.training import trace
from seqviz.training.weight_gradient import weight_gradient
from tests.networks.reference import Reference, previous_words
from tests.toy import EVERY_NETWORK, described, small
from tests.training.runs import KINDS, example_of, run_of


def given(config, kinds=KINDS, **look):
    run = run_of(config)
    traced = trace(run, example_of(config, kinds))
    return run, traced, weight_gradient(run, traced, Look(**look))


@pytest.mark.parametrize("config", EVERY_NETWORK, ids=described)
def test_the_steps_contributions_add_up_to_the_gradient_that_training_finds(config):
    run = run_of(config)
    traced = trace(run, example_of(config))
    for row in range(len(traced.streams)):
        shares = weight_gradient(run, traced, Look(stream=row)).shares
        assert shares.difference <= 1e-5 * shares.scale + 1e-9
        segments = np.array([step.segment for step in traced.steps])
        for segment in range(len(shares.summed)):
            own = shares.contributions[segments == segment].sum(axis=0)
            np.testing.assert_allclose(own, shares.summed[segment], atol=1e-5)
        np.testing.assert_allclose(shares.summed, shares.by_autograd, atol=1e-5)
        norms = np.linalg.norm(shares.contributions.reshape(len(traced.steps), -1), axis=1)
        np.testing.assert_allclose(norms, traced.share[row], rtol=1e-4, atol=1e-9)


@pytest.mark.parametrize("cell", CELLS)
def test_the_whole_gradient_agrees_with_central_differences_of_the_loss(cell):
    config = small("delayed", cell=cell, layers=2)
    run, traced, found = given(config, stream=1)
    previous = previous_words(traced.targets[[step.emits for step in traced.steps]], len(task_of(config).writes))
    name = "stacks.1.cores.1.weight_hh_l0"

    def loss(row, column, push):
        pushed = run.weights[name].astype(np.float64)
        pushed[row, column] += push
        reference = Reference(config, TOPOLOGIES["delayed"], {**run.weights, name: pushed})
        return reference.run(traced.example.inputs, previous).losses(traced.example.targets).mean()

    for row in range(4):
        slope = (loss(row, 2, 1e-5) - loss(row, 2, -1e-5)) / 2e-5
        np.testing.assert_allclose(found.shares.by_autograd[1, 0, row, 2], slope, atol=1e-6)


def test_of_a_wide_layer_evenly_spread_units_are_kept():
    _, traced, found = given(small("direct", cell="gru", hidden=21))
    units = found.shares.units
    assert len(units) == 8
    assert (units[0], units[-1]) == (0, 20)
    time, block = 3, 1
    own = np.outer(traced.grad_recurrent[0, time, block * 21 : (block + 1) * 21], traced.hidden[0, time - 1])
    np.testing.assert_allclose(found.shares.contributions[time, block], own[np.ix_(units, units)], rtol=1e-5)
    assert found.shares.difference <= 1e-5 * found.shares.scale


@pytest.mark.parametrize("rule", ["norm", "value"])
def test_clipping_is_what_its_rules_say(rule):
    config = small("many-to-one", clip=0.05, clip_by=rule)
    _, _, found = given(config)
    clipping = found.clipping
    assert clipping.norm > 0.05
    np.testing.assert_allclose(clipping.norm_by_norm, 0.05, rtol=1e-4)
    np.testing.assert_allclose(clipping.cosine_by_norm, 1, rtol=1e-12)
    np.testing.assert_allclose(clipping.by_norm, clipping.before * 0.05 / clipping.norm, rtol=1e-4)
    np.testing.assert_allclose(clipping.by_value, np.clip(clipping.before, -0.05, 0.05))
    assert clipping.cosine_by_value < 0.9999
    assert clipping.norm_by_norm < clipping.norm_by_value < clipping.norm
    assert (np.diff(clipping.before) >= 0).all()


def test_the_gradient_that_is_clipped_is_that_of_every_parameter():
    config = small("many-to-one", cell="lstm", clip=0.0)
    run, _, found = given(config, kinds=[1])
    reference = Reference(config, TOPOLOGIES["many-to-one"], run.weights)
    example = example_of(config, [1])
    total = 0.0
    for name, weight in run.weights.items():
        for place in np.ndindex(weight.shape):
            losses = []
            for push in (1e-5, -1e-5):
                pushed = weight.astype(np.float64)
                pushed[place] += push
                reference.weights[name] = pushed
                losses.append(reference.run(example.inputs).losses(example.targets).mean())
            total += ((losses[0] - losses[1]) / 2e-5) ** 2
        reference.weights[name] = weight.astype(np.float64)
    np.testing.assert_allclose(found.clipping.norm, np.sqrt(total), rtol=1e-5)
    assert found.clipping.norm_by_norm == found.clipping.norm_by_value == found.clipping.norm
    np.testing.assert_array_equal(found.clipping.by_norm, found.clipping.before)


def test_where_nothing_is_a_number_the_difference_is_none_either():
    config = small("direct", cell="elman-linear")
    run = run_of(config)
    name = "stacks.0.cores.0.weight_hh_l0"
    run = replace(run, weights={**run.weights, name: 1e30 * run.weights[name]})
    shares = weight_gradient(run, trace(run, example_of(config))).shares
    assert np.isnan(shares.by_autograd).all()
    assert np.isnan([shares.difference, shares.scale]).all()


def test_the_same_run_gives_the_same_numbers_and_nobody_can_write_into_them():
    run, traced, found = given(small("delayed", cell="lstm", attention=True))
    again = weight_gradient(run, traced)
    for record, same in ((found.shares, again.shares), (found.clipping, again.clipping)):
        for name, value in vars(record).items():
            np.testing.assert_array_equal(value, getattr(same, name))
            assert not isinstance(value, np.ndarray) or not value.flags.writeable
