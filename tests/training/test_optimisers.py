"""Updates against a plain PyTorch loop: other modules, the same weights, torch.optim by hand."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

from seqviz.tasks import task_of
from seqviz.training import advance, start
from seqviz.training.model import loaded
from tests.toy import small

CLIPS = [{"clip": 0.0}, {"clip": 0.05, "clip_by": "norm"}, {"clip": 0.01, "clip_by": "value"}]


class Classifier(nn.Module):
    """A many-to-one GRU as any tutorial writes it."""

    def __init__(self, words, size, hidden, classes):
        super().__init__()
        self.embedding = nn.Embedding(words, size, padding_idx=0)
        self.gru = nn.GRU(size, hidden, batch_first=True)
        self.out = nn.Linear(hidden, classes)

    def forward(self, inputs, lengths):
        packed = pack_padded_sequence(self.embedding(inputs), lengths, batch_first=True, enforce_sorted=False)
        _, last = self.gru(packed)
        return self.out(last[0])


def own_loop(config, run, updates, rates):
    """The weights after `updates`, the learning rate of each in `rates`."""
    model = Classifier(4, config.embedding, config.hidden, 3)
    partners = dict(zip(run.weights, model.parameters(), strict=True))
    with torch.no_grad():
        for name, parameter in partners.items():
            parameter.copy_(torch.tensor(run.weights[name]))
    parameters = list(model.parameters())
    optimiser = {
        "sgd": lambda: torch.optim.SGD(parameters, lr=1.0),
        "momentum": lambda: torch.optim.SGD(parameters, lr=1.0, momentum=0.9),
        "adam": lambda: torch.optim.Adam(parameters, lr=1.0),
    }[config.optimiser]()
    for step in range(updates):
        batch = task_of(config).batch(config.seed, step, config.batch)
        logits = model(torch.tensor(batch.inputs), torch.tensor(batch.input_lengths))
        loss = nn.functional.cross_entropy(logits, torch.tensor(batch.targets)[:, 0])
        optimiser.zero_grad()
        loss.backward()
        if config.clip and config.clip_by == "norm":
            nn.utils.clip_grad_norm_(parameters, config.clip)
        if config.clip and config.clip_by == "value":
            nn.utils.clip_grad_value_(parameters, config.clip)
        optimiser.param_groups[0]["lr"] = rates[step]
        optimiser.step()
    return {name: parameter.detach().numpy() for name, parameter in partners.items()}


@pytest.mark.parametrize("clip", CLIPS, ids=["no clipping", "by norm", "by value"])
@pytest.mark.parametrize("optimiser", ["sgd", "momentum", "adam"])
def test_updates_are_those_of_a_plain_loop(optimiser, clip):
    config = small("many-to-one", cell="gru", optimiser=optimiser, learning_rate=0.05, **clip)
    run = start(config)
    wanted = own_loop(config, run, 6, [0.05] * 6)
    after = advance(advance(run, 2), 4)
    for name, weights in after.weights.items():
        np.testing.assert_allclose(weights, wanted[name], rtol=1e-4, atol=1e-5, err_msg=name)


@pytest.mark.parametrize("optimiser", ["sgd", "momentum", "adam"])
def test_a_learning_rate_changed_on_the_way_holds_from_there_on(optimiser):
    config = small("many-to-one", cell="gru", optimiser=optimiser, learning_rate=0.05, clip=0.0)
    run = start(config)
    wanted = own_loop(config, run, 5, [0.05] * 2 + [0.2] * 3)
    run = advance(run, 2)
    run = advance(replace(run, config=replace(config, learning_rate=0.2)), 3)
    for name, weights in run.weights.items():
        np.testing.assert_allclose(weights, wanted[name], rtol=1e-4, atol=1e-5, err_msg=name)


def gradient_of(run):
    """The whole gradient of the next update, before clipping, in double precision."""
    config, network = run.config, loaded(run)
    feed = network.feed(task_of(config).batch(config.seed, run.step, config.batch))
    logits = network(feed).logits
    counted = feed.targets >= 0
    nn.functional.cross_entropy(logits[counted], feed.targets[counted]).backward()
    return {name: weight.grad.double().numpy().copy() for name, weight in network.named_parameters()}


@pytest.mark.parametrize("optimiser", ["sgd", "momentum", "adam"])
def test_two_updates_follow_the_optimisers_equations(optimiser):
    rate = 0.1
    config = small("delayed", optimiser=optimiser, learning_rate=rate, clip=0.0)
    runs = [start(config)]
    first, second = {}, {}
    for update in (1, 2):
        gradient = gradient_of(runs[-1])
        runs.append(advance(runs[-1], 1))
        for name, g in gradient.items():
            before = runs[-2].weights[name]
            if optimiser == "adam":  # Kingma & Ba (2015), algorithm 1
                first[name] = 0.9 * first.get(name, 0) + 0.1 * g
                second[name] = 0.999 * second.get(name, 0) + 0.001 * g**2
                mean, square = first[name] / (1 - 0.9**update), second[name] / (1 - 0.999**update)
                wanted = before - rate * mean / (np.sqrt(square) + 1e-8)
            else:
                first[name] = (0.9 if optimiser == "momentum" else 0) * first.get(name, 0) + g
                wanted = before - rate * first[name]
            # Adam divides a gradient by its own size: where it is all rounding, so is the step.
            clear = np.abs(g) > 1e-6
            np.testing.assert_allclose(runs[-1].weights[name][clear], wanted[clear], rtol=1e-3, atol=1e-5)


def flat(arrays):
    return np.concatenate([array.ravel().astype(np.float64) for array in arrays.values()])


def test_clipping_by_norm_shortens_and_keeps_the_direction():
    config = small("direct", optimiser="sgd", learning_rate=10.0, clip=0.01)
    run = start(config)
    gradient = flat(gradient_of(run))
    after = advance(run, 1)
    change = flat(run.weights) - flat(after.weights)
    assert np.linalg.norm(gradient) > 0.01
    assert np.linalg.norm(change) == pytest.approx(10 * 0.01, rel=1e-3)
    assert change @ gradient == pytest.approx(np.linalg.norm(change) * np.linalg.norm(gradient), rel=1e-5)
    # What is told is the norm before.
    assert after.history.grad_norm[0] == pytest.approx(np.linalg.norm(gradient), rel=1e-5)


def test_clipping_by_value_cuts_each_entry():
    config = small("direct", optimiser="sgd", learning_rate=10.0, clip=0.01, clip_by="value")
    run = start(config)
    gradient = flat(gradient_of(run))
    after = advance(run, 1)
    np.testing.assert_allclose(flat(run.weights) - flat(after.weights), 10 * np.clip(gradient, -0.01, 0.01), atol=1e-6)
    assert after.history.grad_norm[0] == pytest.approx(np.linalg.norm(gradient), rel=1e-5)


@pytest.mark.parametrize("limit", [0.0, 1000.0])
@pytest.mark.parametrize("clip_by", ["norm", "value"])
def test_a_limit_that_is_off_or_out_of_reach_changes_nothing(limit, clip_by):
    config = small("direct", optimiser="sgd", learning_rate=10.0, clip=limit, clip_by=clip_by)
    run = start(config)
    change = flat(run.weights) - flat(advance(run, 1).weights)
    np.testing.assert_allclose(change, 10 * flat(gradient_of(run)), atol=1e-6)
