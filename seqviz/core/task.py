"""What a task is: data to learn from, described so that any network, figure and page can use it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from jaxtyping import Float32, Int64

from seqviz.core.topology import Topology

IGNORE = -1
"""The target of an output that no loss looks at: padding."""

PAD = "<pad>"
UNKNOWN = "<unk>"
END = "<eos>"
"""Words that stand for padding (always index 0 of an input vocabulary), for a word never seen, and for the end."""


ACCURACY = "accuracy"
"""A score: the share of outputs that are right."""
EXACT = "exact match"
"""A score: the share of examples whose whole output is right."""


class BadInput(ValueError):
    """What a person typed or uploaded cannot be used. Its message says, for them, what is wrong and how to mend it."""


@dataclass(frozen=True)
class Tokens:
    """The network reads words: int64 indices into `vocabulary`, whose first entry is `PAD`."""

    vocabulary: tuple[str, ...]


@dataclass(frozen=True)
class Images:
    """The network reads pictures: float32 arrays (channels, height, width) with values from 0 to 1."""

    channels: int
    height: int
    width: int


@dataclass(frozen=True)
class Numbers:
    """The network reads vectors of `size` float32 numbers."""

    size: int


Reading = Tokens | Images | Numbers


@dataclass(frozen=True, eq=False)
class Example:
    """One example as a person sees it. Two are the same only if they are one and the same object.

    inputs: (inputs,) int64 for Tokens, (inputs, channels, height, width) or (inputs, size) float32 otherwise.
    targets: (outputs,) int64 indices into the task's `writes`, or `IGNORE` where no loss enters. All of them are
    `IGNORE` where the truth is not known; a task that writes words then has an empty array.
    words: one label for each input, as it was typed (an unknown word keeps its spelling).
    name: what a menu calls it.
    """

    inputs: np.ndarray
    targets: Int64[np.ndarray, " outputs"]
    words: tuple[str, ...]
    name: str


@dataclass(frozen=True)
class Batch:
    """Examples of different lengths, padded on the right to the longest.

    inputs: (batch, inputs, …) as in `Example`; padding is 0. input_lengths: (batch,) int64, each at least 1.
    targets: (batch, outputs) int64; padding is `IGNORE`.
    """

    inputs: np.ndarray
    input_lengths: Int64[np.ndarray, " batch"]
    targets: Int64[np.ndarray, "batch outputs"]


@dataclass(frozen=True)
class Baseline:
    """What a method without a network reaches on the held-out data: its name in plain words, its score 0 to 1."""

    name: str
    score: float


class Task(Protocol):
    """Data for one topology. Every array it hands out is the same for the same arguments, in any process.

    Its fields are only ever read, so a frozen dataclass or a `cached_property` will do for them.
    """

    @property
    def key(self) -> str:
        """Its registry key."""
        ...

    @property
    def title(self) -> str:
        """What people read."""
        ...

    @property
    def topology(self) -> Topology:
        """The wiring it is learned with."""
        ...

    @property
    def reads(self) -> Reading:
        """What the inputs are."""
        ...

    @property
    def writes(self) -> tuple[str, ...]:
        """The outputs' classes or words; ends with `END` where sequences are written and end by themselves."""
        ...

    @property
    def defaults(self) -> dict[str, str | int | float | bool]:
        """The `RunConfig` fields that differ from the plain ones."""
        ...

    @property
    def train_size(self) -> int:
        """How many examples are learned from; one epoch sees each once."""
        ...

    @property
    def score_name(self) -> str:
        """What `History` calls the share that is right, e.g. "accuracy" or "exact match"."""
        ...

    @property
    def baseline(self) -> Baseline:
        """What must be beaten."""
        ...

    @property
    def held_out(self) -> Batch:
        """Examples never trained on."""
        ...

    @property
    def examples(self) -> tuple[Example, ...]:
        """Those offered in a menu: all held out, picked for what they show."""
        ...

    def batch(self, seed: int, step: int, size: int) -> Batch:
        """`size` training examples, decided by `seed` and `step` alone."""
        ...

    def by_baseline(self, example: Example) -> tuple[str, ...]:
        """What the baseline says of an example, as labels of `writes`.

        It says it of the outputs where a loss enters, or of all where the truth is not known.
        """
        ...

    def read(self, typed: str) -> Example:
        """What a person typed, as an example with unknown targets. Raises BadInput."""
        ...


def collate(examples: list[Example] | tuple[Example, ...]) -> Batch:
    """Pads examples on the right and stacks them. Raises ValueError for none."""
    if not examples:
        raise ValueError("a batch needs at least one example")
    lengths = np.array([len(example.inputs) for example in examples], dtype=np.int64)
    first = examples[0].inputs
    inputs = np.zeros((len(examples), int(lengths.max()), *first.shape[1:]), dtype=first.dtype)
    outputs = max(len(example.targets) for example in examples)
    targets = np.full((len(examples), outputs), IGNORE, dtype=np.int64)
    for row, example in enumerate(examples):
        inputs[row, : len(example.inputs)] = example.inputs
        targets[row, : len(example.targets)] = example.targets
    return Batch(inputs, lengths, targets)


def shuffled(count: int, seed: int, step: int, size: int) -> Int64[np.ndarray, " size"]:
    """Which of `count` training examples make up batch `step` (from 0) of `size`.

    Batches follow each other through one endless row of shuffles of all examples, a new shuffle for each epoch, so
    every example is seen once an epoch and the answer depends on the arguments alone.
    """
    places = np.arange(step * size, (step + 1) * size)
    chosen = np.empty(size, dtype=np.int64)
    for epoch in np.unique(places // count):
        order = _order(count, seed, int(epoch))
        here = places // count == epoch
        chosen[here] = order[places[here] % count]
    return chosen


@lru_cache(maxsize=8)
def _order(count: int, seed: int, epoch: int) -> Int64[np.ndarray, " count"]:
    return np.random.default_rng((seed, epoch)).permutation(count)


def encode(words: list[str] | tuple[str, ...], index: dict[str, int]) -> Int64[np.ndarray, " words"]:
    """The index of each word; one that is not in `index` becomes that of `UNKNOWN`.

    Raises KeyError where that is not in it either.
    """
    return np.array([index[word] if word in index else index[UNKNOWN] for word in words], dtype=np.int64)


def as_picture(values: np.ndarray) -> Float32[np.ndarray, "channels height width"]:
    """(height, width, channels) bytes 0–255 as (channels, height, width) float32 0–1."""
    return np.ascontiguousarray(values.transpose(2, 0, 1), dtype=np.float32) / np.float32(255)
