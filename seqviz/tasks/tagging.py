"""What the tagging tasks share: sentences with a tag for each word, one output at each step."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np

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
from seqviz.core.topology import DIRECT
from seqviz.tasks.tokenise import lowered, words_of

LONGEST = 60
"""Words at most in a sentence."""


@dataclass(frozen=True)
class Tagged:
    """A sentence. words: as spelt. tags: one a word, "" where it is not known.

    late: for each word, whether only what follows it decides its tag; () where that is not known.
    """

    words: tuple[str, ...]
    tags: tuple[str, ...]
    late: tuple[bool, ...] = ()


@dataclass(frozen=True)
class TaggingTask:
    """The `Task` of naming each word's tag as it is read.

    train, held: sentences to learn from and sentences kept back. menu: kept-back sentences and their names in a menu.
    tags: the outputs. rarest: words that `train` has less often are all read as `UNKNOWN`. vocabulary_size: at most so
    many words, the commonest. Capitals make no difference to what is read.
    """

    key: str
    title: str
    train: tuple[Tagged, ...]
    held: tuple[Tagged, ...]
    menu: tuple[tuple[str, Tagged], ...]
    tags: tuple[str, ...]
    defaults: dict[str, str | int | float | bool]
    rarest: int = 2
    vocabulary_size: int = 20_000
    score_name: str = ACCURACY
    topology = DIRECT

    @property
    def writes(self) -> tuple[str, ...]:
        """The tags."""
        return self.tags

    @property
    def train_size(self) -> int:
        """Sentences learned from."""
        return len(self.train)

    @cached_property
    def reads(self) -> Tokens:
        """The vocabulary: padding, the unknown word, then the words learned from."""
        counts = Counter(word.lower() for sentence in self.train for word in sentence.words)
        often = [word for word, count in counts.most_common(self.vocabulary_size) if count >= self.rarest]
        return Tokens((PAD, UNKNOWN, *sorted(often)))

    @cached_property
    def held_out(self) -> Batch:
        """The sentences kept back."""
        return collate([self._example(sentence, "") for sentence in self.held])

    @cached_property
    def baseline(self) -> Baseline:
        """Each word's commonest tag, whatever stands around it; the commonest of all for a word never seen."""
        asked = [
            (self._commonest_tag(word), tag)
            for sentence in self.held
            for word, tag in zip(sentence.words, sentence.tags, strict=True)
            if tag
        ]
        return Baseline("each word's most frequent tag", sum(said == tag for said, tag in asked) / len(asked))

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """The sentences of the menu."""
        return tuple(self._example(sentence, name) for name, sentence in self.menu)

    def batch(self, seed: int, step: int, size: int) -> Batch:
        """`size` training sentences, decided by `seed` and `step` alone."""
        return collate([self._encoded[place] for place in shuffled(len(self.train), seed, step, size)])

    def by_baseline(self, example: Example) -> tuple[str, ...]:
        """The commonest tag of each word whose tag is asked for; of all words where none is known."""
        asked = example.targets != IGNORE
        return tuple(
            self._commonest_tag(word)
            for word, counts in zip(example.words, asked | ~asked.any(), strict=True)
            if counts
        )

    def read(self, typed: str) -> Example:
        """A typed sentence with unknown tags. Raises BadInput."""
        words = words_of(typed)
        if not any(sign.isalnum() for sign in typed):
            raise BadInput("Type a sentence: there is no word in it yet.")
        if len(words) > LONGEST:
            raise BadInput(f"The sentence has {len(words)} words; {LONGEST} can be read.")
        return self._example(Tagged(words, ("",) * len(words)), typed.strip())

    @cached_property
    def _tag_counts(self) -> dict[str, Counter[str]]:
        """How often each word, in small letters, has each tag; under "" all words together."""
        counts: dict[str, Counter[str]] = {"": Counter()}
        for sentence in self.train:
            for word, tag in zip(sentence.words, sentence.tags, strict=True):
                if tag:
                    counts.setdefault(word.lower(), Counter())[tag] += 1
                    counts[""][tag] += 1
        return counts

    def _commonest_tag(self, word: str) -> str:
        return self._tag_counts.get(word.lower(), self._tag_counts[""]).most_common(1)[0][0]

    @cached_property
    def _encoded(self) -> tuple[Example, ...]:
        return tuple(self._example(sentence, "") for sentence in self.train)

    @cached_property
    def _index(self) -> dict[str, int]:
        return {word: place for place, word in enumerate(self.reads.vocabulary)}

    def _example(self, sentence: Tagged, name: str) -> Example:
        place = {tag: number for number, tag in enumerate(self.tags)}
        targets = np.array([place.get(tag, IGNORE) for tag in sentence.tags], dtype=np.int64)
        return Example(encode(lowered(sentence.words), self._index), targets, sentence.words, name)
