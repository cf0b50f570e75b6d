"""What the translating tasks share: sentences in one language, their translations in another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Int64

from seqviz.core.task import (
    END,
    EXACT,
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
from seqviz.core.topology import DELAYED, Topology
from seqviz.tasks.tokenise import Pair, Words, lowered
from seqviz.tasks.word_list import word_list

_BUCKETS = 8
Settings = dict[str, str | int | float | bool]


@dataclass(frozen=True)
class SentencePairs:
    """The `Task` of writing each sentence's translation, in the delayed or in the direct wiring.

    train, held: pairs learned from and pairs kept back. menu: kept-back pairs by their names in a menu.
    split: makes words of what a person types. longest: words that may be typed.
    groups: kinds of kept-back pairs by name, to be tried apart from each other; they need not be all in `held`.
    vocabulary_size: at most so many words are told apart in each language, the commonest; all others are `UNKNOWN`.
    Every word of a kept-back translation has to occur in `train`, or it could not be learned. Capitals make no
    difference to what is read.

    In the direct wiring every step that reads also emits: the first word read makes the first word said. Languages
    differ in length, so `slots` steps follow the sentence that read only `END`. They are as many as the longest
    difference in the data, so that no translation is out of reach for its length alone; what is over is to be
    filled with `END`, and a sentence is right when all of it is.
    """

    key: str
    title: str
    train: tuple[Pair, ...]
    held: tuple[Pair, ...]
    menu: tuple[tuple[str, Pair], ...]
    defaults: Settings
    split: Callable[[str], Words]
    longest: int
    vocabulary_size: int = 20_000
    topology: Topology = DELAYED
    score_name: str = EXACT
    groups: tuple[tuple[str, tuple[Pair, ...]], ...] = ()

    @property
    def train_size(self) -> int:
        """Pairs learned from."""
        return len(self.train)

    @cached_property
    def slots(self) -> int:
        """Steps that the direct wiring has after the sentence; 0 in the delayed one, which writes until it is done."""
        if self.topology is DELAYED:
            return 0
        return max(0, *(len(target) - len(source) for source, target in self.train + self.held))

    @cached_property
    def reads(self) -> Tokens:
        """The words read: padding, the unknown word, the end of a sentence, then the words of `train`."""
        words = commonest((lowered(source) for source, _ in self.train), self.vocabulary_size)
        return Tokens((PAD, UNKNOWN, END, *sorted(words)))

    @cached_property
    def writes(self) -> tuple[str, ...]:
        """The words written: those of the translations, the unknown word if some were cut off, the end.

        Kept-back translations have no words of their own, but count when the commonest are found: so a task can keep
        back only pairs of which no word will be cut off.
        """
        translations = [target for _, target in self.train + self.held]
        words = commonest(translations, self.vocabulary_size)
        cut_off = len({word for target in translations for word in target}) > len(words)
        return (*sorted(words), UNKNOWN, END) if cut_off else (*sorted(words), END)

    @cached_property
    def held_out(self) -> Batch:
        """The pairs kept back."""
        return self.as_batch(self.held)

    @cached_property
    def baseline(self) -> Baseline:
        """The share of kept-back sentences that a dictionary gets right, one word for each word in their order."""
        right = sum(self.dictionary(source) == target for source, target in self.held)
        return Baseline("a dictionary, word for word", right / len(self.held))

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """The pairs of the menu."""
        return tuple(self._example(source, target, name) for name, (source, target) in self.menu)

    def as_batch(self, pairs: Iterable[Pair]) -> Batch:
        """Pairs as the network takes them."""
        return collate([self._example(source, target, "") for source, target in pairs])

    def batch(self, seed: int, step: int, size: int) -> Batch:
        """`size` training pairs of similar length, decided by `seed` and `step` alone.

        Each `_BUCKETS` batches share their pairs out by length, so that little padding is computed.
        """
        group, bucket = divmod(step, _BUCKETS)
        chosen = shuffled(len(self.train), seed, group, size * _BUCKETS)
        by_length = chosen[np.argsort(self._lengths[chosen], kind="stable")].reshape(_BUCKETS, size)
        order = np.random.default_rng((seed, group)).permutation(_BUCKETS)
        return collate([self._encoded[place] for place in by_length[order[bucket]]])

    def dictionary(self, words: Words) -> Words:
        """The translation word for word: each word's most usual one, in the order read; unknown words stay."""
        return tuple(self._word_list.get(word.lower(), word) for word in words)

    def by_baseline(self, example: Example) -> tuple[str, ...]:
        """What the dictionary says of an example."""
        return self.dictionary(example.words[: len(example.words) - self.slots])

    def read(self, typed: str) -> Example:
        """A typed sentence whose translation is not known. Raises BadInput."""
        words = self.split(typed)
        if not any(character.isalnum() for word in words for character in word):
            raise BadInput("Type a sentence: there is no word in it yet.")
        if len(words) > self.longest:
            raise BadInput(f"The sentence has {len(words)} words and commas; {self.longest} can be read.")
        return self._example(words, None, typed.strip())

    @cached_property
    def _encoded(self) -> tuple[Example, ...]:
        return tuple(self._example(source, target, "") for source, target in self.train)

    @cached_property
    def _lengths(self) -> Int64[np.ndarray, " pairs"]:
        """What orders pairs by length: first that of the answer, then that of the sentence read."""
        return np.array([1000 * len(example.targets) + len(example.inputs) for example in self._encoded])

    @cached_property
    def _word_list(self) -> dict[str, str]:
        return word_list([(lowered(source), target) for source, target in self.train])

    @cached_property
    def _indices(self) -> tuple[dict[str, int], dict[str, int]]:
        read, written = ({word: at for at, word in enumerate(words)} for words in (self.reads.vocabulary, self.writes))
        return read, written

    def _example(self, source: Words, target: Words | None, name: str) -> Example:
        """A pair, or with no target a sentence whose translation is not known."""
        sources, targets = self._indices
        words = source + (END,) * self.slots
        direct = self.topology is not DELAYED
        if target is None:
            answer = np.full(len(words) if direct else 0, IGNORE, dtype=np.int64)
        else:
            ends = len(words) - len(target) if direct else 1
            answer = encode(target + (END,) * ends, targets)
        return Example(encode(lowered(words), sources), answer, words, name)


def by_length(pairs: Sequence[Pair]) -> tuple[tuple[str, tuple[Pair, ...]], ...]:
    """Pairs in up to three groups by the words of the sentence read, as `SentencePairs.groups` holds them.

    The bounds are those of the shorter half and of the longest seventh, as near as whole words allow. Where
    nearly all pairs are of one length there are no groups.
    """
    lengths = np.array([len(source) for source, _ in pairs])
    short, middle = (int(bound) for bound in np.quantile(lengths, (0.45, 0.85), method="lower"))
    between = " to ".join(str(length) for length in dict.fromkeys((short + 1, middle)))
    groups = [
        (f"sentences of up to {short} words", lengths <= short),
        (f"sentences of {between} words", (lengths > short) & (lengths <= middle)),
        (f"sentences of more than {middle} words", lengths > middle),
    ]
    named = [
        (name, tuple(pair for pair, fits in zip(pairs, fitting, strict=True) if fits))
        for name, fitting in groups
        if fitting.any()
    ]
    return tuple(named) if len(named) > 1 else ()


def commonest(sentences: Iterable[Words], size: int) -> list[str]:
    """The `size` commonest words of the sentences, the commonest first, ties in alphabetical order."""
    counts = Counter(word for sentence in sentences for word in sentence)
    return sorted(counts, key=lambda word: (-counts[word], word))[:size]
