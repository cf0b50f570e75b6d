"""How good a network is on examples it never learned from, working by itself."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from seqviz.core.config import RunConfig
from seqviz.core.task import END, EXACT, IGNORE, Task, Tokens
from seqviz.networks.decode import greedy
from seqviz.networks.network import Feed, Network, mean_loss


@dataclass(frozen=True)
class HeldOut:
    """loss: nats, writing networks being given the true word before. score: 0 to 1, of whole outputs when they write
    by themselves, or of single words after the true ones, as `Task.score_name` says.

    bleu: 0 to 100, NaN where the task is not one of sentences in, sentences out.
    """

    loss: float
    score: float
    bleu: float


@torch.no_grad()
def check(network: Network, task: Task, config: RunConfig) -> HeldOut:
    """Tries all held-out examples."""
    network.eval()
    feed = network.feed(task.held_out, config.reverse)
    logits = network(feed).logits
    written = said(network, task, feed, logits)
    return HeldOut(float(mean_loss(logits, feed.targets)), *judge(task, written, feed.targets))


@torch.no_grad()
def said(
    network: Network, task: Task, feed: Feed, logits: Float[Tensor, "batch outputs classes"] | None = None
) -> Int64[Tensor, "batch outputs"]:
    """What the network says of a feed: sentences that it writes by itself, or single words after the true ones.

    logits: what the network makes of the feed, where that is known already.
    """
    if task.topology.writes_words and task.score_name == EXACT:
        return greedy(network, feed, task.writes.index(END), longest=feed.targets.shape[1] + 5)
    return (network(feed).logits if logits is None else logits).argmax(dim=-1)


def judge(
    task: Task, written: Int64[Tensor, "batch words"], targets: Int64[Tensor, "batch outputs"]
) -> tuple[float, float]:
    """`HeldOut.score` and `HeldOut.bleu` of what a network says."""
    if not task.topology.writes_words:
        written = torch.where(targets == IGNORE, IGNORE, written)
    if not task.topology.writes_words or task.score_name != EXACT:
        score = share_right(written, targets, task.score_name)
    else:
        rows = zip(_sentences(written, task), _sentences(targets, task), strict=True)
        score = sum(a == b for a, b in rows) / len(targets)
    if END not in task.writes or not isinstance(task.reads, Tokens) or task.score_name != EXACT:
        return score, float("nan")
    return score, bleu(_sentences(written, task), _sentences(targets, task), task.writes)


def share_right(
    written: Int64[Tensor, "batch outputs"], targets: Int64[Tensor, "batch outputs"], score_name: str
) -> float:
    """The share of outputs that are right, or for "exact match" of examples in which every output is."""
    counts: Bool[Tensor, "batch outputs"] = targets != IGNORE
    right = written == targets
    if score_name == EXACT:
        return float((right | ~counts).all(dim=1).float().mean())
    return float(right[counts].float().mean())


def bleu(said: list[list[int]], wanted: list[list[int]], words: tuple[str, ...]) -> float:
    """Corpus BLEU (Papineni et al. 2002) as sacrebleu computes it on text already split into words, 0 to 100."""
    from sacrebleu import corpus_bleu  # 0.3 s to import, wanted only for text

    lines = [[" ".join(words[index] for index in row) for row in rows] for rows in (said, wanted)]
    return float(corpus_bleu(lines[0], [lines[1]], tokenize="none", force=True).score)


def _sentences(rows: Int64[Tensor, "batch outputs"], task: Task) -> list[list[int]]:
    """The words of each row before its end."""
    over = (task.writes.index(END), IGNORE)
    return [list(takewhile(lambda word: word not in over, row)) for row in rows.tolist()]
