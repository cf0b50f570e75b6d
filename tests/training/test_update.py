from dataclasses import replace

import numpy as np
import pytest

from seqviz.core.config import RunConfig
from seqviz.tasks import task_of
from seqviz.training import advance, start, trace
from seqviz.training.update import update

CONFIGS = {
    "gru": RunConfig(task="parity", cell="gru", hidden=6),
    "elman in both directions": RunConfig(task="parity", cell="elman", hidden=5, layers=2, bidirectional=True),
    "lstm, delayed": RunConfig(task="copying", cell="lstm", hidden=6, lag=4),
}


@pytest.fixture(params=CONFIGS)
def config(request):
    return CONFIGS[request.param]


def told(run):
    traced = trace(run, task_of(run.config).examples[0])
    return traced, update(run, traced)


def test_the_shares_of_the_trace_add_up_to_the_gradient(config):
    traced, found = told(advance(start(config), 2))
    for change in found.weights:
        here = [step.segment == change.segment for step in traced.steps]
        summed = traced.grad_recurrent[change.row][here].T @ traced.hidden_before[change.row][here]
        np.testing.assert_allclose(summed, change.gradient, rtol=1e-4, atol=1e-6)


def test_plain_gradient_descent_follows_its_equation(config):
    plain = replace(config, optimiser="sgd", learning_rate=0.1, clip=0.0)
    _, found = told(start(plain))
    assert found.clipped == pytest.approx(found.norm)
    for change in found.weights:
        np.testing.assert_allclose(change.after, change.before - 0.1 * change.gradient, rtol=1e-5, atol=1e-7)


def test_clipping_shortens_the_whole_gradient():
    config = RunConfig(task="parity", hidden=6, optimiser="sgd", learning_rate=0.1, clip=0.01)
    _, found = told(start(config))
    assert found.norm > 0.01
    assert found.clipped == pytest.approx(0.01, rel=1e-4)
    (change,) = found.weights
    expected = change.before - 0.1 * change.gradient * 0.01 / found.norm
    np.testing.assert_allclose(change.after, expected, rtol=1e-4, atol=1e-7)


def test_adam_goes_on_from_what_it_remembers():
    run = advance(start(RunConfig(task="parity", hidden=6, clip=0.0)), 3)
    _, found = told(run)
    (change,) = found.weights
    kept = run.optimiser["stacks.0.cores.0.weight_hh_l0"]
    mean = 0.9 * kept["exp_avg"] + 0.1 * change.gradient
    square = 0.999 * kept["exp_avg_sq"] + 0.001 * change.gradient**2
    step = 0.01 * mean / (1 - 0.9**4) / (np.sqrt(square / (1 - 0.999**4)) + 1e-8)
    np.testing.assert_allclose(change.after, change.before - step, rtol=1e-4, atol=1e-6)


def test_the_run_stays_as_it_is():
    run = start(RunConfig(task="parity", hidden=6))
    before = {name: values.copy() for name, values in run.weights.items()}
    _, found = told(run)
    for name, values in before.items():
        assert np.array_equal(run.weights[name], values)
    assert np.array_equal(found.weights[0].before, run.weights["stacks.0.cores.0.weight_hh_l0"])
    assert not found.weights[0].after.flags.writeable
    assert not found.weights[0].gradient.flags.writeable
