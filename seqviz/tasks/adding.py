"""Adding: of a long row of numbers between 0 and 1 two are marked; say their sum at the end.

The adding problem of Hochreiter & Schmidhuber (1997), experiment 4. They ask for the sum as a number. Here it is
rounded to the nearest fifth, which makes eleven classes, so that the same output layer and loss serve as everywhere
else: an answer is right when the rounded sum is.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32, Int64

from seqviz.core.config import RunConfig
from seqviz.core.task import BadInput, Example, Numbers
from seqviz.core.topology import MANY_TO_ONE
from seqviz.tasks.memory import LONGEST, MemoryTask

PARTS = 5
WRITES = tuple(f"{part / PARTS:.1f}" for part in range(2 * PARTS + 1))


def build(config: RunConfig) -> MemoryTask:
    """The task on `config.lag` + 1 numbers; one is marked in the first half, one in the second."""

    def draw(rng: np.random.Generator, count: int) -> tuple[np.ndarray, Int64[np.ndarray, "count 1"]]:
        length = config.lag + 1
        inputs = np.zeros((count, length, 2), dtype=np.float32)
        # Two decimals, as they are shown, so that a sum read off the screen is the sum that counts.
        inputs[:, :, 0] = rng.integers(0, 101, (count, length)) / 100
        rows = np.arange(count)
        inputs[rows, rng.integers(0, length // 2, count), 1] = 1
        inputs[rows, rng.integers(length // 2, length, count), 1] = 1
        return inputs, rounded_sums(inputs)

    return MemoryTask(
        key="adding",
        title="Add the two marked numbers",
        topology=MANY_TO_ONE,
        reads=Numbers(2),
        writes=WRITES,
        defaults={"cell": "gru", "hidden": 32, "learning_rate": 0.01, "lag": 20},
        draw=draw,
        show=show,
        parse=parse,
    )


def rounded_sums(inputs: Float32[np.ndarray, "count inputs 2"]) -> Int64[np.ndarray, "count 1"]:
    """The index in `WRITES` of each row's sum of marked numbers; halfway between two, the greater."""
    hundredths = np.rint(inputs[:, :, 0] * 100) * inputs[:, :, 1]
    return np.asarray((hundredths.sum(axis=1, keepdims=True) * PARTS + 50) // 100, dtype=np.int64)


def show(inputs: Float32[np.ndarray, "inputs 2"], targets: Int64[np.ndarray, " 1"]) -> Example:
    """One example, named by its sum; a star follows the numbers that are marked."""
    words = tuple(f"{value:.2f}{'*' if mark else ''}" for value, mark in inputs)
    marked = " + ".join(word.rstrip("*") for word in words if word.endswith("*"))
    return Example(inputs, targets, words, f"{marked} ≈ {WRITES[targets[0]]}")


def parse(typed: str) -> Example:
    """Numbers from 0 to 1, two of them followed by a star, as in "0.3* 0.5 0.1 0.9*". Raises BadInput."""
    words = typed.replace(";", " ").split()
    if not 2 <= len(words) <= LONGEST:
        raise BadInput(f"Numbers typed: {len(words)}; 2 to {LONGEST} can be read, with spaces between them.")
    marks = [word.endswith("*") for word in words]
    if sum(marks) != 2:
        raise BadInput(f"Numbers followed by a star: {sum(marks)}. It has to be two, as in 0.3* 0.5 0.1 0.9*.")
    inputs = np.array([[_number(word.removesuffix("*")), mark] for word, mark in zip(words, marks, strict=True)])
    inputs = inputs.astype(np.float32)
    return show(inputs, rounded_sums(inputs[None])[0])


def _number(word: str) -> float:
    """What the network reads for one typed number: two decimals, as they are shown."""
    try:
        value = float(word.replace(",", "."))
    except ValueError:
        raise BadInput(f"“{word}” is not a number. Write numbers from 0 to 1, as in 0.25.") from None
    if not 0 <= value <= 1:
        raise BadInput(f"{word} is not between 0 and 1.")
    return round(value, 2)
