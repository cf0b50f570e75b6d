"""A person's own texts with labels: any two to twenty classes, learned in the many-to-one wiring."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from seqviz.core.config import RunConfig
from seqviz.core.task import (
    ACCURACY,
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
from seqviz.tasks import store
from seqviz.tasks.tables import Table, plain
from seqviz.tasks.tokenise import words_of

KIND: Final = "own-texts"
MOST_CLASSES: Final = 20
FEWEST: Final = 20
"""Texts without which nothing can be kept back and nothing be learned."""
HELD_SHARE: Final = 0.2
MOST_HELD: Final = 500
MENU: Final = 10
SHOWN: Final = 60
"""Characters of a text in a menu."""


@dataclass(frozen=True)
class Prepared:
    """What an upload became: its digest for `RunConfig.data`, and notes on it in sentences."""

    digest: str
    notes: tuple[str, ...]


def prepare(table: Table, text: int, label: int, vocabulary: int = 2000, longest: int = 40) -> Prepared:
    """Keeps the texts and labels of a table.

    text, label: their columns. vocabulary: at most so many words are told apart, the commonest. longest: words of a
    text that are read; the rest is cut off. Raises BadInput where nothing can be learned from them.
    """
    if text == label:
        raise BadInput("The text and its label are in one column. Choose a different column for each.")
    notes = list(table.notes)
    examples: list[list[str]] = []
    marked = empty = 0
    for row in table.rows:
        words, had_markup = plain(row[text])
        marked += had_markup
        if not words.split() or not row[label]:
            empty += 1
            continue
        examples.append([" ".join(words.split()), row[label]])
    counts = Counter(kind for _, kind in examples)
    _check(counts, table.columns[label])
    if empty:
        notes.append(f"{empty:,} rows without a text or a label were left out.")
    if marked:
        notes.append(f"Markup such as <br> was taken out of {marked:,} texts.")
    cut = sum(len(words_of(words)) > longest for words, _ in examples)
    if cut:
        notes.append(f"{cut:,} texts have more than {longest} words and are cut there.")
    notes.insert(0, f"{len(examples):,} texts in {len(counts)} classes: {', '.join(sorted(counts))}.")
    record = {"kind": KIND, "examples": examples, "vocabulary": vocabulary, "longest": longest}
    return Prepared(store.put(record), tuple(notes))


def _check(counts: Counter[str], column: str) -> None:
    if sum(counts.values()) < FEWEST:
        raise BadInput(f"The file has {sum(counts.values())} texts with labels; at least {FEWEST} are needed.")
    if len(counts) < 2:
        raise BadInput(
            f"All labels in “{column}” are the same, “{next(iter(counts))}”. At least two classes are needed, "
            "or there is nothing to tell apart. Is it the right column?"
        )
    if len(counts) > MOST_CLASSES:
        raise BadInput(
            f"The column “{column}” has {len(counts):,} different labels; at most {MOST_CLASSES} can be told apart. "
            "Is it the right column?"
        )
    rare = [kind for kind, count in counts.items() if count < 2]
    if rare:
        raise BadInput(f"The class “{rare[0]}” has only one text. Each class needs at least two.")


@dataclass(frozen=True)
class OwnTexts:
    """The `Task` of a person's own texts. train, held: texts as words, each with its class."""

    train: tuple[tuple[tuple[str, ...], str], ...]
    held: tuple[tuple[tuple[str, ...], str], ...]
    vocabulary: int
    longest: int
    key: str = KIND
    title: str = "Your own texts"
    topology = MANY_TO_ONE
    score_name: str = ACCURACY

    @property
    def defaults(self) -> dict[str, str | int | float | bool]:
        """Larger than for the built-in reviews: real texts have more words."""
        return {"hidden": 64, "embedding": 32, "learning_rate": 0.003}

    @property
    def train_size(self) -> int:
        """Texts learned from."""
        return len(self.train)

    @cached_property
    def writes(self) -> tuple[str, ...]:
        """The classes in alphabetical order."""
        return tuple(sorted({kind for _, kind in self.train + self.held}))

    @cached_property
    def reads(self) -> Tokens:
        """The commonest words of the texts learned from; ties in alphabetical order."""
        counts = Counter(word.lower() for words, _ in self.train for word in words)
        common = sorted(counts, key=lambda word: (-counts[word], word))[: self.vocabulary]
        return Tokens((PAD, UNKNOWN, *common))

    @cached_property
    def held_out(self) -> Batch:
        """The texts kept back, at most `MOST_HELD`."""
        return collate([self._example(words, kind) for words, kind in self.held[:MOST_HELD]])

    @cached_property
    def baseline(self) -> Baseline:
        """Always giving the commonest class of the texts learned from."""
        common = self.by_baseline(self.examples[0])[0]
        share = float((self.held_out.targets == self.writes.index(common)).mean())
        return Baseline(f"always answering “{common}”", share)

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """Kept-back texts, a class after the other."""
        by_class = [[item for item in self.held if item[1] == kind] for kind in self.writes]
        turns = [items[place] for place in range(MENU) for items in by_class if place < len(items)]
        return tuple(self._example(words, kind) for words, kind in turns[:MENU])

    def batch(self, seed: int, step: int, size: int) -> Batch:
        """`size` texts to learn from, each once an epoch."""
        chosen = shuffled(len(self.train), seed, step, size)
        return collate([self._encoded[place] for place in chosen])

    def by_baseline(self, example: Example) -> tuple[str, ...]:
        """The commonest class, whatever the text."""
        return (Counter(kind for _, kind in self.train).most_common(1)[0][0],)

    def read(self, typed: str) -> Example:
        """A typed text. Raises BadInput for none, or for one longer than the network reads."""
        words = words_of(typed)
        if not words:
            raise BadInput("Write at least one word.")
        if len(words) > self.longest:
            raise BadInput(f"That is {len(words)} words; the network reads at most {self.longest}.")
        return self._example(words, None)

    @cached_property
    def _encoded(self) -> tuple[Example, ...]:
        return tuple(self._example(words, kind) for words, kind in self.train)

    @cached_property
    def _index(self) -> dict[str, int]:
        return {word: place for place, word in enumerate(self.reads.vocabulary)}

    def _example(self, words: Sequence[str], kind: str | None) -> Example:
        target = self.writes.index(kind) if kind is not None else -1
        name = " ".join(words)
        return Example(
            encode([word.lower() for word in words], self._index),
            np.array([target], dtype=np.int64),
            tuple(words),
            name if len(name) <= SHOWN else name[: SHOWN - 1] + "…",
        )


def build(config: RunConfig) -> OwnTexts:
    """The task of the texts that `config.data` names. Raises BadInput where they are gone."""
    record = store.get(config.data, KIND)
    longest = int(record["longest"])
    items = [(words_of(text)[:longest], kind) for text, kind in record["examples"]]
    # Equal texts stay together, so that nothing held out has been learned by heart; each class is split by itself.
    order = np.random.default_rng(0).permutation(len(items))
    held: list[tuple[tuple[str, ...], str]] = []
    wanted = {kind: max(1, int(HELD_SHARE * count)) for kind, count in Counter(kind for _, kind in items).items()}
    kept_back: set[tuple[str, ...]] = set()
    for place in order:
        words, kind = items[place]
        if wanted[kind] > 0 and words not in kept_back:
            kept_back.add(words)
            held.append((words, kind))
            wanted[kind] -= 1
    train = tuple(item for item in items if item[0] not in kept_back)
    if not train:
        raise BadInput("All texts are the same, so none is left to learn from. Upload more different ones.")
    return OwnTexts(train, tuple(held), int(record["vocabulary"]), longest)
