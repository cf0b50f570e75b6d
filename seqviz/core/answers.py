"""What a network says by itself: of several examples at once, and of one example in several ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float32


@dataclass(frozen=True)
class Answer:
    """One held-out example and what is said of it, word by word.

    asked: the input, as people read it. pictures: the input itself where it is pictures. wanted: the right output.
    said: the network's own, writing freely where it writes. baseline: what the baseline says, () where it has none.
    """

    asked: tuple[str, ...]
    wanted: tuple[str, ...]
    said: tuple[str, ...]
    baseline: tuple[str, ...]
    pictures: tuple[Float32[np.ndarray, "channels height width"], ...] = ()


@dataclass(frozen=True)
class Group:
    """How well a network does on some of the kept-back sentences: their name and number.

    exact: the share that is right word for word, 0 to 1. bleu: 0 to 100.
    """

    name: str
    sentences: int
    exact: float
    bleu: float


Origin = Literal["learned", "kept back", "new"]
"""Where what a network writes is found: among what it was trained on, among what was kept from it, or nowhere."""


@dataclass(frozen=True)
class Sample:
    """Something written at random. given: what it was asked for. words: without the end."""

    given: str
    words: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True)
class Branch:
    """One node of a beam search's tree.

    parent: index of the node it goes on from, -1 at the root. time: its step, from 0. word: its place in `writes`.
    log_probability: of the whole sentence up to here, in nats. kept: whether the beam went on from it.
    """

    parent: int
    time: int
    word: int
    log_probability: float
    kept: bool


@dataclass(frozen=True)
class Sentence:
    """One way of writing: its name, the words without the end mark, and their log-probability in nats, end included."""

    way: str
    words: tuple[str, ...]
    log_probability: float


@dataclass(frozen=True)
class Written:
    """One example's output written in several ways at the present weights.

    labels: the words that can be written. sentences: greedy first, then drawn ones, then the beam's. branches: every
    node the beam looked at, parents first. best: indices of the branches that make the beam's sentence, in order.
    wanted: the right words, () if not known.
    """

    labels: tuple[str, ...]
    sentences: tuple[Sentence, ...]
    branches: tuple[Branch, ...]
    best: tuple[int, ...]
    wanted: tuple[str, ...]
