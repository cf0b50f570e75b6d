from dataclasses import replace

import numpy as np
import torch

from seqviz.core.records import History, Run
from seqviz.training.model import loaded, network_of, weights_of
from tests.toy import build, small

CONFIG = small("delayed", cell="lstm", layers=2, attention=True)


def run_of(network, config=CONFIG):
    return Run(config, 0, weights_of(network), {}, History())


def test_the_seed_decides_the_initial_weights():
    first, same, other = (weights_of(network_of(replace(CONFIG, seed=seed))) for seed in (1, 1, 2))
    assert all(np.array_equal(first[name], same[name]) for name in first)
    assert not any(np.array_equal(first[name], other[name]) for name in first)


def test_what_may_change_on_the_way_does_not_change_the_initial_weights():
    live = replace(CONFIG, learning_rate=0.5, clip=0.0, clip_by="value", teacher_forcing=0.2, window=3)
    first, same = weights_of(network_of(CONFIG)), weights_of(network_of(live))
    assert all(np.array_equal(first[name], same[name]) for name in first)


def test_building_a_network_leaves_everyone_elses_random_numbers_alone():
    before = torch.random.get_rng_state()
    network_of(CONFIG)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_loaded_network_has_the_runs_weights_and_forgets_the_last_ones():
    first, second = run_of(build(CONFIG, 1)), run_of(build(CONFIG, 2))
    for run in (first, second, first):
        network = loaded(run)
        assert not network.training
        assert all(parameter.grad is None for parameter in network.parameters())
        for name, parameter in network.named_parameters():
            assert np.array_equal(parameter.detach().numpy(), run.weights[name])
            parameter.grad = torch.ones_like(parameter)
        network.train()


def test_the_weights_taken_are_a_copy():
    network = build(CONFIG)
    weights = weights_of(network)
    before = weights["head.weight"].copy()
    with torch.no_grad():
        network.head.weight.add_(1)
    assert np.array_equal(weights["head.weight"], before)
    assert not any(array.flags.writeable for array in weights.values())
