"""Short film reviews, for or against: a hand-written corpus enlarged by a grammar.

The corpus (`data/reviews.txt`) holds some 1,200 sentences: plain ones, negation ("never boring"), contrast ("great
cast, dull film") and understatement ("I have had worse evenings"). A fifth of them is kept back. The grammar
(`data/review_templates.txt`) makes more; `HELD_TEMPLATES` of its templates, a template being the whole chain of rules
that makes a sentence, are kept back altogether, and no sentence stands on both sides.

Held out are `HELD_WRITTEN` hand-written sentences and `HELD_MADE` of kept-back templates. A comma is a word of its own,
because it parts the clauses that a contrast sets against each other; other marks say nothing here and are dropped.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from itertools import islice
from typing import Final

import numpy as np

from seqviz.core.config import RunConfig
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
from seqviz.tasks.templates import Grammar, Made, kept_back

WRITES: Final = ("negative", "positive")
LONGEST: Final = 60
HELD_WRITTEN, HELD_MADE, MADE = 100, 400, 12_000
HELD_TEMPLATES: Final = 0.2
DOUBT: Final = 0.5
"""How often rare words are hidden while training: a word seen n times with probability DOUBT / (DOUBT + n), so that the
network learns what to do with words it does not know."""
MANNERS: Final = ("negation", "contrast", "understatement", "plain")
MENU: Final = 12
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|,")


@dataclass(frozen=True)
class Review:
    """text: as written. positive: its class. manner: plain, negation, contrast, understatement, or its template."""

    text: str
    positive: bool
    manner: str


def words_of(text: str) -> list[str]:
    """Lower-case words; don't stays one word, commas stay.

    >>> words_of("Great cast, but it isn't funny!")
    ['great', 'cast', ',', 'but', 'it', "isn't", 'funny']
    """
    return _WORD.findall(text.lower().replace("’", "'"))


@dataclass(frozen=True)
class Reviews:
    """The `Task` of telling a review's verdict. train, held: what is learned from and what is kept back."""

    train: tuple[Review, ...]
    held: tuple[Review, ...]
    key: str = "reviews"
    title: str = "Short film reviews"
    writes: tuple[str, ...] = WRITES
    score_name: str = ACCURACY
    topology = MANY_TO_ONE

    @property
    def defaults(self) -> dict[str, str | int | float | bool]:
        """Found by trying: larger learns no better within the same seconds."""
        return {"hidden": 64, "embedding": 32, "learning_rate": 0.01, "batch": 64}

    @property
    def train_size(self) -> int:
        """Sentences learned from."""
        return len(self.train)

    @cached_property
    def reads(self) -> Tokens:
        """Every word of the sentences learned from, in alphabetical order."""
        return Tokens((PAD, UNKNOWN, *sorted(self._counts)))

    @cached_property
    def held_out(self) -> Batch:
        """All that is kept back."""
        return collate([self._example(review) for review in self.held])

    @cached_property
    def baseline(self) -> Baseline:
        """Always giving the commoner verdict."""
        verdict = self.by_baseline(self.examples[0])[0]
        share = float((self.held_out.targets == WRITES.index(verdict)).mean())
        return Baseline(f"always answering “{verdict}”", share)

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """Hand-written sentences that were kept back: of each manner in turn, for and against."""
        groups = [
            [review for review in self.held if (review.manner, review.positive) == (manner, positive)]
            for manner in MANNERS
            for positive in (True, False)
        ]
        turns = [group[place] for place in range(MENU) for group in groups if place < len(group)]
        return tuple(self._example(review) for review in turns[:MENU])

    def batch(self, seed: int, step: int, size: int) -> Batch:
        """`size` sentences, each once an epoch, some of their rare words hidden."""
        chosen = shuffled(len(self.train), seed, step, size)
        lengths = self._encoded.input_lengths[chosen]
        words = self._encoded.inputs[chosen, : lengths.max()]
        luck = np.random.default_rng((seed, step)).random(words.shape)
        hidden = np.where(luck < self._doubts[words], self._index[UNKNOWN], words)
        return Batch(hidden, lengths, self._encoded.targets[chosen])

    def by_baseline(self, example: Example) -> tuple[str, ...]:
        """The verdict that is commoner among the sentences learned from, whatever the example."""
        return (WRITES[int(np.mean([review.positive for review in self.train]) > 0.5)],)

    def read(self, typed: str) -> Example:
        """A typed sentence. Raises BadInput for none, or for more than `LONGEST` words."""
        words = words_of(typed)
        if not words:
            raise BadInput("Write at least one word.")
        if len(words) > LONGEST:
            raise BadInput(f"That is {len(words)} words; at most {LONGEST} can be shown. Make it shorter.")
        return Example(encode(words, self._index), np.array([IGNORE]), tuple(words), typed)

    @cached_property
    def _counts(self) -> Counter[str]:
        return Counter(word for review in self.train for word in set(words_of(review.text)))

    @cached_property
    def _doubts(self) -> np.ndarray:
        return np.array([0.0, 0.0, *(DOUBT / (DOUBT + self._counts[word]) for word in self.reads.vocabulary[2:])])

    @cached_property
    def _index(self) -> dict[str, int]:
        return {word: place for place, word in enumerate(self.reads.vocabulary)}

    @cached_property
    def _encoded(self) -> Batch:
        return collate([self._example(review) for review in self.train])

    def _example(self, review: Review) -> Example:
        words = words_of(review.text)
        return Example(encode(words, self._index), np.array([int(review.positive)]), tuple(words), review.text)


def build(config: RunConfig) -> Reviews:
    """The reviews; the same for every configuration."""
    return _task()


@lru_cache(maxsize=1)
def _task() -> Reviews:
    rng = np.random.default_rng(2026)
    written = corpus()
    order = rng.permutation(len(written))
    held_written = [written[place] for place in order[:HELD_WRITTEN]]
    kept = {tuple(words_of(review.text)) for review in held_written}
    grammar = Grammar.read(_data("review_templates.txt"), _data("review_words.txt"))
    made = [*islice(grammar.sentences(rng), MADE)]
    apart = [review for review in made if kept_back(review.template, HELD_TEMPLATES)]
    held = [*held_written, *map(_made, _balanced(apart, HELD_MADE))]
    kept |= {tuple(words_of(review.text)) for review in apart}
    seen = [*(written[place] for place in order[HELD_WRITTEN:])]
    seen += [_made(review) for review in made if not kept_back(review.template, HELD_TEMPLATES)]
    return Reviews(tuple(review for review in seen if tuple(words_of(review.text)) not in kept), tuple(held))


def corpus() -> tuple[Review, ...]:
    """The hand-written sentences, in the order of the file."""
    reviews: list[Review] = []
    verdict, manner = "", ""
    for line in filter(None, map(str.strip, _data("reviews.txt").splitlines())):
        if line.startswith("## "):
            _, verdict, manner = line.split()
        else:
            reviews.append(Review(line, verdict == "positive", manner))
    return tuple(reviews)


def _balanced(made: Sequence[Made], count: int) -> list[Made]:
    """The first `count`, as many for as against."""
    sides = ([review for review in made if review.positive is side][: count // 2] for side in (False, True))
    return [review for side in sides for review in side]


def _made(review: Made) -> Review:
    return Review(review.text, review.positive, review.template)


def _data(name: str) -> str:
    return (files("seqviz.tasks") / "data" / name).read_text(encoding="utf-8")
