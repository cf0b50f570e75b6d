"""First-token recall: name at the end the letter that stood first, behind `lag` digits that mean nothing.

The network must carry one choice out of six across the lag, and only the last step's loss can teach it to: the
"latching" problem of Bengio, Simard & Frasconi (1994) and of Hochreiter & Schmidhuber (1997), experiment 2.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Int64

from seqviz.core.config import RunConfig
from seqviz.core.task import PAD, BadInput, Example, Tokens
from seqviz.core.topology import MANY_TO_ONE
from seqviz.tasks.memory import MemoryTask, symbols

LETTERS = "ABCDEF"
DIGITS = "123456"
VOCABULARY = (PAD, *LETTERS, *DIGITS)


def build(config: RunConfig) -> MemoryTask:
    """The task with one letter, then `config.lag` digits."""

    def draw(rng: np.random.Generator, count: int) -> tuple[np.ndarray, Int64[np.ndarray, "count 1"]]:
        first = rng.integers(1, 1 + len(LETTERS), (count, 1))
        digits = rng.integers(1 + len(LETTERS), len(VOCABULARY), (count, config.lag))
        return np.concatenate([first, digits], axis=1), first - 1

    return MemoryTask(
        key="recall",
        title="Recall the first letter",
        topology=MANY_TO_ONE,
        reads=Tokens(VOCABULARY),
        writes=tuple(LETTERS),
        defaults={"cell": "gru", "hidden": 16, "learning_rate": 0.02, "lag": 40},
        draw=draw,
        show=show,
        parse=parse,
    )


def show(inputs: np.ndarray, targets: Int64[np.ndarray, " 1"]) -> Example:
    """One example, named by its first letter."""
    words = tuple(VOCABULARY[index] for index in inputs)
    return Example(inputs, targets, words, f"{words[0]}, then {len(words) - 1} digits")


def parse(typed: str) -> Example:
    """A letter from A to F, then digits from 1 to 6, as in "B 3 1 4 1 5". Raises BadInput."""
    signs = symbols(typed, LETTERS + DIGITS, least=1)
    if signs[0] not in LETTERS:
        raise BadInput(f"It has to begin with one of the letters {', '.join(LETTERS)}: the one to be recalled.")
    for place, sign in enumerate(signs[1:], 2):
        if sign in LETTERS:
            raise BadInput(f"“{sign}” at place {place}: only the first is a letter, digits from 1 to 6 follow.")
    inputs = np.array([VOCABULARY.index(sign) for sign in signs], dtype=np.int64)
    return show(inputs, inputs[:1] - 1)
