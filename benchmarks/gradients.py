"""The whole triangle ∂L_t/∂h_k of a long example, beside one plain backward pass and beside a pass for each loss."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import Tensor

from seqviz.core.config import RunConfig
from seqviz.core.task import Batch, Numbers
from seqviz.core.topology import DIRECT
from seqviz.networks.network import Feed, Network
from seqviz.training.tracing import copied

STEPS, HIDDEN, CLASSES, ROUNDS = 50, 64, 5, 25


def measure() -> dict[str, object]:
    """For each cell: milliseconds of processor time each way, medians of rounds taken in turn, and their ratios."""
    torch.set_num_threads(1)
    return {cell: _cell(cell) for cell in ("elman", "gru", "lstm")}


def _cell(cell: str) -> dict[str, float]:
    network = Network(RunConfig(cell=cell, hidden=HIDDEN), DIRECT, Numbers(3), CLASSES).eval()
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(1, STEPS, 3)).astype(np.float32)
    feed = network.feed(Batch(inputs, np.array([STEPS]), rng.integers(0, CLASSES, (1, STEPS))))
    losses, states = _graph(network, feed)

    def plain() -> None:
        network.zero_grad()
        losses.mean().backward(retain_graph=True)  # type: ignore[no-untyped-call]

    def separate() -> list[tuple[Tensor, ...]]:
        return [_gradients(loss, states[: place + 1]) for place, loss in enumerate(losses)]

    def triangle() -> tuple[Tensor, ...]:
        """As `trace` does it: the forward pass of the copies is counted too."""
        each, copies = _graph(network, copied(feed, STEPS))
        return _gradients(each.sum(), copies)

    whole = torch.stack(triangle())
    difference = max(
        float((whole[: place + 1, place] - torch.cat(row)).abs().max()) for place, row in enumerate(separate())
    )
    spent = _in_turn({"plain": plain, "separate": separate, "triangle": triangle})
    return {
        "one plain backward pass, ms": round(1000 * spent["plain"], 2),
        "a pass for each loss, ms": round(1000 * spent["separate"], 2),
        "the triangle, its forward pass included, ms": round(1000 * spent["triangle"], 2),
        "triangle / plain": round(spent["triangle"] / spent["plain"], 2),
        "separate / triangle": round(spent["separate"] / spent["triangle"], 1),
        "largest difference between the two ways": difference,
    }


def _graph(network: Network, feed: Feed) -> tuple[Tensor, list[Tensor]]:
    """Loss t of row t (of the only row, where there is one), and the hidden states."""
    passed = network(feed, unrolled=True)
    places = torch.arange(STEPS)
    rows = places if len(feed.lengths) > 1 else torch.zeros_like(places)
    losses = torch.nn.functional.cross_entropy(passed.logits[rows, places], feed.targets[0], reduction="none")
    return losses, [state.hidden for state in passed.chains[0][0].states]


def _gradients(loss: Tensor, states: list[Tensor]) -> tuple[Tensor, ...]:
    return torch.autograd.grad(loss, states, retain_graph=True)


def _in_turn(ways: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Median seconds of processor time of each way; in turn, so that a slow moment of the machine meets all."""
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            begin = time.process_time()
            way()
            spent[name].append(time.process_time() - begin)
    return {name: statistics.median(seconds) for name, seconds in spent.items()}
