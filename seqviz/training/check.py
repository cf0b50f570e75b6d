"""How good a network is on examples it never learned from, working by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Int64
from torch import Tensor

from seqviz.core.config import RunConfig
from seqviz.core.task import END, EXACT, IGNORE, Task, Tokens
from seqviz.networks.decode import greedy
from seqviz.networks.network import Network, mean_loss


@dataclass(frozen=True)
class Check:
    """loss: nats, writing networks being given the true word before. score: 0 to 1, writing by themselves.

    bleu: 0 to 100, NaN where the task is not one of text to text.
    """

    loss: float
    score: float
    bleu: float


@torch.no_grad()
def check(network: Network, task: Task, config: RunConfig) -> Check:
    """Tries all held-out examples."""
    network.eval()
    feed = network.feed(task.held_out, config.reverse)
    logits = network(feed).logits
    loss = float(mean_loss(logits, feed.targets))
    if not task.topology.writes_words:
        return Check(loss, share_right(logits.argmax(dim=-1), feed.targets, task.score_name), float("nan"))
    end = task.writes.index(END)
    written = greedy(network, feed, end, longest=feed.targets.shape[1] + 5).numpy()
    said = [_until(row, end) for row in written]
    wanted = [_until(row, end) for row in task.held_out.targets]
    score = sum(a == b for a, b in zip(said, wanted, strict=True)) / len(wanted)
    text_to_text = isinstance(task.reads, Tokens)
    return Check(loss, score, bleu(said, wanted, task.writes) if text_to_text else float("nan"))


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


def _until(row: np.ndarray, end: int) -> list[int]:
    """The words before the end."""
    words: list[int] = []
    for word in row.tolist():
        if word in (end, IGNORE):
            break
        words.append(word)
    return words
