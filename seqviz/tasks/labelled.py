"""Texts with labels, told apart in the many-to-one wiring: what the built-in reviews and people's own texts share."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
from jaxtyping import Int64

from seqviz.core.task import (
    ACCURACY,
    IGNORE,
    PAD,
    UNKNOWN,
    BadInput,
    Baseline,
    Batch,
    Example,
    Tokens,
    collate,
    encode,
    shuffled,
)
from seqviz.core.topology import MANY_TO_ONE
from seqviz.tasks.tokenise import lowered

DOUBT: Final = 0.5
"""While training, a word seen n times is hidden with probability DOUBT / (DOUBT + n): rare words more often, so that
the network learns what to do with words it does not know (Kiperwasser & Goldberg 2016, section 4.1)."""


@dataclass(frozen=True)
class Labelled:
    """words: of the text, as they are shown. label: its class. name: what a menu calls it."""

    words: tuple[str, ...]
    label: str
    name: str


@dataclass(frozen=True)
class LabelledTexts:
    """The `Task` of telling the class of a text, for any texts.

    train, held: what is learned from and what is kept back; at least one text each. menu: kept-back texts to offer.
    split: turns a typed text into words. vocabulary: at most so many words are told apart, the commonest of the texts
    learned from, upper and lower case being the same. longest: words of a typed text that can be read.
    """

    key: str
    title: str
    writes: tuple[str, ...]
    defaults: dict[str, str | int | float | bool]
    train: tuple[Labelled, ...] = field(repr=False)
    held: tuple[Labelled, ...] = field(repr=False)
    menu: tuple[Labelled, ...] = field(repr=False)
    split: Callable[[str], tuple[str, ...]]
    vocabulary: int
    longest: int
    score_name: str = ACCURACY
    topology = MANY_TO_ONE

    @property
    def train_size(self) -> int:
        """Texts learned from."""
        return len(self.train)

    @cached_property
    def reads(self) -> Tokens:
        """The words told apart, the commonest first, ties in alphabetical order."""
        common = sorted(self._counts, key=lambda word: (-self._counts[word], word))[: self.vocabulary]
        return Tokens((PAD, UNKNOWN, *common))

    @cached_property
    def held_out(self) -> Batch:
        """All that is kept back."""
        return collate([self._example(text) for text in self.held])

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """The menu."""
        return tuple(self._example(text) for text in self.menu)

    @cached_property
    def baseline(self) -> Baseline:
        """How often the commonest class of the texts learned from is right."""
        share = sum(text.label == self._commonest for text in self.held) / len(self.held)
        return Baseline(f"always answering “{_isolated(self._commonest)}”", share)

    def by_baseline(self, example: Example) -> tuple[str, ...]:
        """The commonest class, whatever the example."""
        return (self._commonest,)

    def batch(self, seed: int, step: int, size: int) -> Batch:
        """`size` texts, each once an epoch, some of their rare words hidden."""
        batch = collate([self._encoded[place] for place in shuffled(len(self.train), seed, step, size)])
        luck = np.random.default_rng((seed, step)).random(batch.inputs.shape)
        hidden = np.where(luck < self._doubts[batch.inputs], self._index[UNKNOWN], batch.inputs)
        return Batch(hidden, batch.input_lengths, batch.targets)

    def read(self, typed: str) -> Example:
        """A typed text, its class unknown. Raises BadInput for no word at all, or for more than `longest`."""
        words = self.split(typed)
        if not words:
            raise BadInput("Write at least one word.")
        if len(words) > self.longest:
            raise BadInput(f"That is {len(words)} words; at most {self.longest} can be read. Make it shorter.")
        return Example(self._indices(words), np.array([IGNORE]), words, typed)

    @cached_property
    def _counts(self) -> Counter[str]:
        return Counter(word.lower() for text in self.train for word in text.words)

    @cached_property
    def _commonest(self) -> str:
        return Counter(text.label for text in self.train).most_common(1)[0][0]

    @cached_property
    def _index(self) -> dict[str, int]:
        return {word: place for place, word in enumerate(self.reads.vocabulary)}

    @cached_property
    def _doubts(self) -> np.ndarray:
        return np.array([0.0, 0.0, *(DOUBT / (DOUBT + self._counts[word]) for word in self.reads.vocabulary[2:])])

    @cached_property
    def _encoded(self) -> tuple[Example, ...]:
        return tuple(self._example(text) for text in self.train)

    def _indices(self, words: tuple[str, ...]) -> Int64[np.ndarray, " words"]:
        return encode(lowered(words), self._index)

    def _example(self, text: Labelled) -> Example:
        target = np.array([self.writes.index(text.label)], dtype=np.int64)
        return Example(self._indices(text.words), target, text.words, text.name)


def by_class_in_turn(texts: tuple[Labelled, ...], count: int) -> tuple[Labelled, ...]:
    """The first `count` texts when each class gives one in turn, the classes in alphabetical order."""
    classes = sorted({text.label for text in texts})
    groups = [[text for text in texts if text.label == label] for label in classes]
    longest = max(map(len, groups), default=0)
    turns = [group[place] for place in range(longest) for group in groups if place < len(group)]
    return tuple(turns[:count])


def _isolated(label: str) -> str:
    """The label, so that what stands beside it keeps its order where it is written from right to left.

    Unicode Standard Annex 9, sec. 2.4: first strong isolate.
    """
    turned = any(unicodedata.bidirectional(character) in ("R", "AL") for character in label)
    return f"\u2068{label}\u2069" if turned else label
