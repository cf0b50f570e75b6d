"""How a trained network writes by itself: the best word each time, a drawn word, or a beam of the best sentences."""

from __future__ import annotations

from collections.abc import Callable

import torch
from jaxtyping import Int64
from torch import Tensor

from seqviz.core.answers import Branch
from seqviz.networks.network import Feed, Network


@torch.no_grad()
def greedy(network: Network, feed: Feed, end: int, longest: int) -> Int64[Tensor, "batch outputs"]:
    """The most probable word at every step, until all rows have written `end` or `longest` words; `end` fills up."""
    return _write(network, feed, end, longest, lambda logits, time: logits.argmax(dim=-1))


@torch.no_grad()
def sample(
    network: Network, feed: Feed, end: int, longest: int, temperature: float, generator: torch.Generator
) -> Int64[Tensor, "batch outputs"]:
    """Words drawn from softmax(o / temperature). Raises ValueError for a temperature that is not above 0.

    A network that has diverged may give no probabilities at all; its word is then what `greedy` takes.
    """
    if temperature <= 0:
        raise ValueError("The temperature must be above 0; the best word each time is what 0 would mean.")

    def drawn(logits: Tensor, time: int) -> Tensor:
        chances = (logits / temperature).softmax(dim=-1)
        known = chances.isfinite().all(dim=-1)
        chances[~known] = 1.0
        return torch.where(known, torch.multinomial(chances, 1, generator=generator)[:, 0], logits.argmax(dim=-1))

    return _write(network, feed, end, longest, drawn)


@torch.no_grad()
def mixed(network: Network, feed: Feed, forced: Int64[Tensor, "batch outputs"]) -> Int64[Tensor, "batch outputs"]:
    """The words that writing steps read where `forced` is 1 for the true word, 0 for the network's own best one.

    Scheduled sampling (Bengio et al. 2015): a pass over these words trains with that mixture exactly, because no
    gradient flows through the choice of a word.
    """
    true = feed.targets.clamp(min=0)

    def next_read(logits: Tensor, time: int) -> Tensor:
        return torch.where(forced[:, time] > 0, true[:, time], logits.argmax(dim=-1))

    return network.shifted(_write(network, feed, -1, feed.targets.shape[1], next_read))


def _write(
    network: Network, feed: Feed, end: int, longest: int, choose: Callable[[Tensor, int], Tensor]
) -> Int64[Tensor, "batch outputs"]:
    writing = network.begin_writing(feed)
    previous = torch.full((len(feed.inputs),), network.begin)
    done = torch.zeros(len(feed.inputs), dtype=torch.bool)
    words = []
    for time in range(longest):
        logits, writing = network.write(writing, previous)
        previous = torch.where(done, end, choose(logits, time))
        words.append(previous)
        done |= previous == end
        if bool(done.all()):
            break
    return torch.stack(words, dim=1)


@torch.no_grad()
def beam(
    network: Network, feed: Feed, end: int, longest: int, width: int
) -> tuple[tuple[int, ...], tuple[Branch, ...]]:
    """The best sentence that a beam of `width` finds for one example, as its way through the tree, and all branches.

    Of the finished sentences the one with the highest log-probability per word wins, so that short ones are not
    favoured (Wu et al. 2016, sec. 7, with α = 1). Once `width` are finished, a beginning is gone on with only while it
    is better than all of them by that measure. Raises ValueError for a batch of more than one.
    """
    if len(feed.inputs) != 1:
        raise ValueError("a beam search writes for one example at a time")
    writing = network.begin_writing(feed)
    branches: list[Branch] = []
    live = [-1]
    totals = torch.zeros(1)
    previous = torch.full((1,), network.begin)
    finished: list[int] = []
    best_finished = float("-inf")  # log-probability per word
    for time in range(longest):
        logits, writing = network.write(writing, previous)
        scores = totals[:, None] + logits.log_softmax(dim=-1)
        best, places = scores.flatten().topk(min(2 * width, scores.numel()))
        rows, words = places // scores.shape[1], places % scores.shape[1]
        going: list[tuple[int, int]] = []
        for score, row, word in zip(best.tolist(), rows.tolist(), words.tolist(), strict=True):
            promising = len(finished) < width or score / (time + 1) > best_finished
            kept = len(going) < width and promising
            branches.append(Branch(live[row], time, word, score, kept))
            if not kept:
                continue
            if word == end:
                finished.append(len(branches) - 1)
                best_finished = max(best_finished, score / (time + 1))
            else:
                going.append((len(branches) - 1, row))
        if not going:
            break
        live = [index for index, _ in going]
        totals = torch.tensor([branches[index].log_probability for index in live])
        previous = torch.tensor([branches[index].word for index in live])
        writing = writing.rows(torch.tensor([row for _, row in going]))
    ends = finished or live
    winner = max(ends, key=lambda index: branches[index].log_probability / (branches[index].time + 1))
    path: list[int] = []
    while winner >= 0:
        path.append(winner)
        winner = branches[winner].parent
    return tuple(path[::-1]), tuple(branches)
