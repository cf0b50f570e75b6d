"""Copying: read five letters, wait for `lag` steps, then write the letters in their order.

Many-to-many, direct, as in Arjovsky, Shah & Bengio (2016), section 5.1, after Hochreiter & Schmidhuber (1997): blanks
are read while the network waits and while it writes, and "go" says when to begin. Two things differ. The outputs before
"go" have no loss, so that the score counts nothing but what was remembered; and the letters are fewer.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Int64

from seqviz.core.config import RunConfig
from seqviz.core.task import IGNORE, PAD, Example, Tokens
from seqviz.core.topology import DIRECT
from seqviz.tasks.memory import MemoryTask, symbols

LETTERS = "ABCD"
BLANK = "·"
GO = "go"
VOCABULARY = (PAD, *LETTERS, BLANK, GO)
LENGTH = 5


def build(config: RunConfig) -> MemoryTask:
    """The task with `config.lag` steps from the last letter read to "go"; each letter waits `lag` + 5 steps."""

    def draw(rng: np.random.Generator, count: int) -> tuple[np.ndarray, Int64[np.ndarray, "count outputs"]]:
        return laid_out(rng.integers(1, 1 + len(LETTERS), (count, LENGTH)), config.lag)

    def parse(typed: str) -> Example:
        letters = np.array([[VOCABULARY.index(sign) for sign in symbols(typed, LETTERS, least=1, most=2 * LENGTH)]])
        inputs, targets = laid_out(letters, config.lag)
        return show(inputs[0], targets[0])

    return MemoryTask(
        key="copying",
        title="Copy after a wait",
        topology=DIRECT,
        reads=Tokens(VOCABULARY),
        writes=tuple(LETTERS),
        defaults={"cell": "gru", "hidden": 48, "learning_rate": 0.01, "lag": 10},
        draw=draw,
        show=show,
        parse=parse,
    )


def laid_out(
    letters: Int64[np.ndarray, "count letters"], lag: int
) -> tuple[Int64[np.ndarray, "count steps"], Int64[np.ndarray, "count steps"]]:
    """Inputs: the letters, `lag` - 1 blanks, "go", a blank for each letter. Targets: the letters on the last blanks."""
    count, length = letters.shape
    inputs = np.full((count, 2 * length + lag), VOCABULARY.index(BLANK), dtype=np.int64)
    inputs[:, :length] = letters
    inputs[:, length + lag - 1] = VOCABULARY.index(GO)
    targets = np.full_like(inputs, IGNORE)
    targets[:, -length:] = letters - 1
    return inputs, targets


def show(inputs: np.ndarray, targets: Int64[np.ndarray, " steps"]) -> Example:
    """One example, named by what is to be copied."""
    words = tuple(VOCABULARY[index] for index in inputs)
    return Example(inputs, targets, words, " ".join(word for word in words if word in LETTERS))
