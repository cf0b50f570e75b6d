"""Names of several kinds, written letter by letter: the kind goes in, a name of that kind comes out.

One-to-many as a model of text: at each step the network is asked for the next letter, having written all before. What
the built-in towns and people's own lists share.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
from jaxtyping import Int64

from seqviz.core.answers import Origin
from seqviz.core.task import ACCURACY, END, PAD, BadInput, Baseline, Batch, Example, Tokens, collate, shuffled
from seqviz.core.topology import ONE_TO_MANY

BLANK: Final = "␣"
"""How a space is shown among letters."""


@dataclass(frozen=True)
class Name:
    """A name with its kind."""

    kind: str
    letters: str


@dataclass(frozen=True)
class Names:
    """The `Task` of writing names.

    kinds: those that there are. train, held: what is learned from and what is kept back. menu: kept-back names to
    offer. longest: letters of a typed name that can be read.
    """

    key: str
    title: str
    kinds: tuple[str, ...]
    defaults: dict[str, str | int | float | bool]
    train: tuple[Name, ...] = field(repr=False)
    held: tuple[Name, ...] = field(repr=False)
    menu: tuple[Name, ...] = field(repr=False)
    longest: int
    score_name: str = ACCURACY
    topology = ONE_TO_MANY

    @property
    def train_size(self) -> int:
        """Names learned from."""
        return len(self.train)

    @property
    def reads(self) -> Tokens:
        """The kinds."""
        return Tokens((PAD, *self.kinds))

    @cached_property
    def writes(self) -> tuple[str, ...]:
        """The letters of the names learned from, and the end. A space is a sign that can be seen."""
        return (*(BLANK if letter == " " else letter for letter in self._letters), END)

    @cached_property
    def held_out(self) -> Batch:
        """All that is kept back."""
        return collate([self._example(name) for name in self.held])

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """The menu, and each kind alone: then the network writes a name by itself."""
        return (*(self._example(name) for name in self.menu), *(self._free(kind) for kind in self.kinds))

    @cached_property
    def baseline(self) -> Baseline:
        """The commonest next letter after the letter before, for each kind: all that can be known without memory."""
        right = [
            said == letter
            for name in self.held
            for said, letter in zip(self._guesses(name.kind, name.letters), (*name.letters, END), strict=True)
        ]
        return Baseline("from the letter before alone", float(np.mean(right)))

    def by_baseline(self, example: Example) -> tuple[str, ...]:
        """For each letter of the right name, what is commonest after the one before."""
        letters = [(*self._letters, END)[target] for target in example.targets[:-1].tolist()]
        guesses = self._guesses(example.words[0], letters) if len(example.targets) else ()
        return tuple(self.writes[self._index[letter]] for letter in guesses)

    def batch(self, seed: int, step: int, size: int) -> Batch:
        """`size` names, each once an epoch."""
        return collate([self._encoded[place] for place in shuffled(self.train_size, seed, step, size)])

    def read(self, typed: str) -> Example:
        """A kind, for a name of which the network is free to choose, or a kind and a name: "German: neustadt".

        Where there is but one kind, the name alone. Raises BadInput.
        """
        kind, after = self._parted(typed)
        letters = " ".join(after.split())
        if not letters:
            return self._free(kind)
        if set(letters) - set(self._index):
            letters = letters.lower()
        if strange := sorted(set(letters) - set(self._index)):
            said = ", ".join("a space" if letter == " " else letter for letter in strange)
            raise BadInput(f"The network has never seen {said}. It writes {' '.join(self.writes[:-1])}.")
        if len(letters) > self.longest:
            raise BadInput(f"That is {len(letters)} letters; at most {self.longest} can be read. Make it shorter.")
        return self._example(Name(kind, letters))

    def _parted(self, typed: str) -> tuple[str, str]:
        """The kind at the beginning, the longest that it can be, and what follows its colon. Raises BadInput."""
        found = [
            (kind, begun.end())
            for kind in self.kinds
            if (begun := re.match(rf"\s*{re.escape(kind)}\s*(:|$)", typed, re.IGNORECASE))
        ]
        if found:
            # Of kinds that differ in capitals alone, the one that is spelt so.
            kind, end = max(found, key=lambda each: (len(each[0]), each[0] in typed))
            return kind, typed[end:]
        if len(self.kinds) == 1:
            return self.kinds[0], typed
        example = f"“{self.kinds[0]}: {self.train[0].letters}”"
        raise BadInput(f"Write one of {', '.join(self.kinds)}, or one of them and a name, such as {example}.")

    def origin(self, kind: str, words: Sequence[str]) -> Origin:
        """Where a name of this kind is found, if anywhere. words: its letters, as labels of `writes`."""
        return self._origins.get(Name(kind, "".join(words).replace(BLANK, " ")), "new")

    @cached_property
    def _origins(self) -> dict[Name, Origin]:
        learned: dict[Name, Origin] = dict.fromkeys(self.train, "learned")
        return {**dict.fromkeys(self.held, "kept back"), **learned}

    @cached_property
    def _index(self) -> dict[str, int]:
        return {letter: place for place, letter in enumerate((*self._letters, END))}

    @cached_property
    def _letters(self) -> tuple[str, ...]:
        return tuple(sorted({letter for name in self.train for letter in name.letters}))

    @cached_property
    def _encoded(self) -> tuple[Example, ...]:
        return tuple(self._example(name) for name in self.train)

    @cached_property
    def _followers(self) -> dict[tuple[str, str], str]:
        """The commonest letter after each, "" being the beginning, for each kind; of equals the first."""
        counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for name in self.train:
            for before, letter in zip(("", *name.letters), (*name.letters, END), strict=True):
                counts[name.kind, before][letter] += 1
        return {pair: min(found, key=lambda letter: (-found[letter], letter)) for pair, found in counts.items()}

    def _guesses(self, kind: str, letters: Iterable[str]) -> tuple[str, ...]:
        return tuple(self._followers.get((kind, before), END) for before in ("", *letters))

    def _example(self, name: Name) -> Example:
        targets = np.array([self._index[letter] for letter in (*name.letters, END)], dtype=np.int64)
        spoken = name.letters if len(self.kinds) == 1 else f"{name.kind}: {name.letters}"
        return Example(self._kind(name.kind), targets, (name.kind,), spoken)

    def _free(self, kind: str) -> Example:
        spoken = "a new name" if len(self.kinds) == 1 else f"{kind}: a new name"
        return Example(self._kind(kind), np.empty(0, dtype=np.int64), (kind,), spoken)

    def _kind(self, kind: str) -> Int64[np.ndarray, " 1"]:
        return np.array([1 + self.kinds.index(kind)], dtype=np.int64)


def apart(names: Iterable[Name], share: float, most: int, seed: int) -> tuple[tuple[Name, ...], tuple[Name, ...]]:
    """What is learned from and what is kept back: of each kind the same share, about `most` in all at most.

    Every letter of a kept-back name is found in what is learned from, and so is every kind.
    """
    in_order = sorted(set(names), key=lambda name: (name.kind, name.letters))
    drawn = [in_order[place] for place in np.random.default_rng(seed).permutation(len(in_order))]
    counts = Counter(name.kind for name in drawn)
    part = min(share, most / len(drawn))
    wanted = {kind: max(1, int(part * count)) if count > 1 else 0 for kind, count in counts.items()}
    left = Counter(letter for name in drawn for letter in set(name.letters))
    held: list[Name] = []
    for name in drawn:
        if wanted[name.kind] > 0 and all(left[letter] > 1 for letter in set(name.letters)):
            wanted[name.kind] -= 1
            left.subtract(set(name.letters))
            held.append(name)
    kept_back = set(held)
    return tuple(name for name in drawn if name not in kept_back), tuple(held)
