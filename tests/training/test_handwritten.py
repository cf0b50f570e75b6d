from dataclasses import replace

import numpy as np
import pytest
import torch

from seqviz.cells import CELLS, State
from seqviz.cells import Weights as TorchWeights
from seqviz.core.topology import TOPOLOGIES
from seqviz.networks.sums import step
from seqviz.training import handwritten, trace
from seqviz.training.gradcheck import gradients_by_hand, why_not_by_hand
from seqviz.training.handwritten import Piece, Weights, backpropagate
from seqviz.training.model import loaded
from seqviz.training.tracing import feed_of
from tests.networks.reference import STEPS
from tests.toy import READINGS, described, small
from tests.training.runs import example_of, run_of

PLAIN = [
    small(topology, reading, cell=cell, window=window)
    for topology in TOPOLOGIES
    for reading in READINGS
    for cell in CELLS
    for window in (0, 2)
]


def drawn(cell, lengths=(3, 4), inputs=2, hidden=3, classes=2, seed=0):
    """Random weights and inputs of some segments, and an output layer."""
    rng = np.random.default_rng(seed)
    rows = CELLS[cell].blocks * hidden
    shapes = ((rows, inputs), (rows, hidden), (rows,), (rows,))
    parts = [Piece(Weights(*(rng.normal(0, 0.8, s) for s in shapes)), rng.normal(size=(n, inputs))) for n in lengths]
    return parts, rng.normal(size=(classes, hidden)), rng.normal(size=classes)


def loss_of(cell, parts, output, bias, targets):
    """The mean loss by the tests' own equations."""
    h = c = np.zeros(output.shape[1])
    losses = []
    for part, x in ((segment, x) for segment in parts for x in segment.x):
        w = dict(zip(("xh", "hh", "bx", "bh"), part.weights, strict=True))
        h, c = STEPS[cell](w, x, h, c, lambda kind, value: value)
        target = targets[len(losses)]
        losses.append(np.log(np.exp(output @ h + bias).sum()) - (output @ h + bias)[target] if target >= 0 else np.nan)
    return np.nanmean(losses)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("targets", [(-1, -1, -1, -1, -1, -1, 1), (0, 1, -1, 1, 0, 0, 1)])
def test_every_gradient_agrees_with_central_differences(cell, targets):
    parts, output, bias = drawn(cell)
    targets = np.array(targets)
    found = backpropagate(cell, parts, output, bias, targets)
    np.testing.assert_allclose(found.loss, loss_of(cell, parts, output, bias, targets), rtol=1e-12)
    pairs = [
        (output, found.output),
        (bias, found.output_bias),
        *((w, g) for part, own in zip(parts, found.parts, strict=True) for w, g in zip(part.weights, own, strict=True)),
    ]
    for weight, gradient in pairs:
        for place in np.ndindex(weight.shape):
            losses = []
            for push in (1e-6, -2e-6):
                weight[place] += push
                losses.append(loss_of(cell, parts, output, bias, targets))
            weight[place] += 1e-6
            np.testing.assert_allclose(gradient[place], (losses[0] - losses[1]) / 2e-6, atol=2e-8)


@pytest.mark.parametrize("config", PLAIN, ids=described)
def test_it_agrees_with_autograd_on_the_networks_themselves(config):
    run = run_of(config)
    traced = trace(run, example_of(config))
    network = loaded(run)
    feed = feed_of(network, traced)
    logits = network(feed, config.window).logits
    network.zero_grad()
    torch.nn.functional.cross_entropy(logits[0], feed.targets[0], ignore_index=-1).backward()
    found = gradients_by_hand(network, feed, traced)
    wanted = {
        name: parameter.grad.reshape(len(parameter), -1).numpy()
        for name, parameter in network.named_parameters()
        if name.startswith(("stacks", "head"))
    }
    assert found.keys() == wanted.keys()
    for name, gradient in found.items():
        np.testing.assert_allclose(gradient, wanted[name], atol=2e-6, err_msg=name)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("window", [0, 1, 3])
def test_what_reaches_each_hidden_state_is_what_autograd_says(cell, window):
    parts, output, bias = drawn(cell, lengths=(5, 4))
    targets = np.array([1, -1, 0, 0, -1, 1, 1, 0, 1])
    found = backpropagate(cell, parts, output, bias, targets, window)
    state = State(torch.zeros(1, 3, dtype=torch.float64), torch.zeros(1, 3, dtype=torch.float64))
    hidden = []
    for part in parts:
        weights = TorchWeights(*(torch.from_numpy(weight).requires_grad_() for weight in part.weights))
        for place, x in enumerate(torch.from_numpy(part.x)):
            if window and place and place % window == 0:
                state = State(*(None if values is None else values.detach() for values in state))
            state, _ = step(CELLS[cell], weights, x[None], state)
            state.hidden.retain_grad()
            hidden.append(state.hidden)
    logits = torch.cat(hidden) @ torch.from_numpy(output).T + torch.from_numpy(bias)
    torch.nn.functional.cross_entropy(logits, torch.from_numpy(targets), ignore_index=-1).backward()
    np.testing.assert_allclose(found.hidden, torch.cat([h.grad for h in hidden]), atol=1e-12)


def test_what_is_not_covered_is_said():
    with pytest.raises(ValueError, match="not written out by hand"):
        backpropagate("peephole", *drawn("lstm"), np.array([0] * 7))
    for others in ({"layers": 2}, {"bidirectional": True}, {"cell": "peephole"}):
        assert why_not_by_hand(small("direct", **others))
    config = replace(small("delayed"), attention=True)
    run = run_of(config)
    traced = trace(run, example_of(config))
    with pytest.raises(ValueError, match="without attention"):
        gradients_by_hand(loaded(run), feed_of(loaded(run), traced), traced)
    assert all(not why_not_by_hand(config) for config in PLAIN)


def test_saturated_gates_overflow_nothing():
    parts, output, bias = drawn("lstm")
    large = [Piece(Weights(*(1e4 * weight for weight in part.weights)), part.x) for part in parts]
    found = backpropagate("lstm", large, output, bias, np.array([0, 1, 0, 1, 0, 1, 0]))
    assert all(np.isfinite(gradient).all() for part in found.parts for gradient in part)


def test_every_cell_of_the_app_is_written():
    assert set(handwritten.CELLS) == set(CELLS)
