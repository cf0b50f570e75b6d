"""Parity: after each bit, say whether the ones so far are even or odd.

Many-to-many, direct, and not many-to-one: with a loss at each step the rule "turn over at a one" can be learned in
seconds, then has to hold for as long as the sequence lasts. With one loss at the end of a long sequence no part of
the rule earns anything until all of it is there, and gradient descent hardly ever finds it (Hochreiter & Schmidhuber
1996, "Bridging long time lags by weight guessing"). Nothing a single bit says is enough: a network that forgets
guesses.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Int64

from seqviz.core.config import RunConfig
from seqviz.core.task import PAD, Example, Tokens
from seqviz.core.topology import DIRECT
from seqviz.tasks.memory import MemoryTask, symbols

BITS = "01"
VOCABULARY = (PAD, *BITS)
WRITES = ("even", "odd")


def build(config: RunConfig) -> MemoryTask:
    """The task on `config.lag` + 1 bits, so that the last answer depends on a bit `lag` steps before it."""

    def draw(rng: np.random.Generator, count: int) -> tuple[np.ndarray, Int64[np.ndarray, "count bits"]]:
        bits = rng.integers(0, 2, (count, config.lag + 1))
        return bits + 1, parities(bits)

    return MemoryTask(
        key="parity",
        title="Even or odd so far",
        topology=DIRECT,
        reads=Tokens(VOCABULARY),
        writes=WRITES,
        defaults={"cell": "gru", "hidden": 16, "learning_rate": 0.02, "lag": 20},
        draw=draw,
        show=show,
        parse=parse,
    )


def parities(bits: Int64[np.ndarray, "count bits"]) -> Int64[np.ndarray, "count bits"]:
    """0 where the number of ones up to and with a place is even, 1 where it is odd.

    >>> parities(np.array([[0, 1, 1, 1]])).tolist()
    [[0, 1, 0, 1]]
    """
    return np.asarray(np.cumsum(bits, axis=1) % 2, dtype=np.int64)


def show(inputs: np.ndarray, targets: Int64[np.ndarray, " bits"]) -> Example:
    """One example, named by its bits."""
    words = tuple(VOCABULARY[index] for index in inputs)
    return Example(inputs, targets, words, "".join(words))


def parse(typed: str) -> Example:
    """Noughts and ones, as in "0 1 1 0". Raises BadInput."""
    bits = np.array([[BITS.index(sign) for sign in symbols(typed, BITS, least=1)]], dtype=np.int64)
    return show(bits[0] + 1, parities(bits)[0])
