"""A small grammar of sentences for and against: rules with two sides, filled with words.

A rule is a line "for | against". In a side, <kind> is another rule of that kind on the same side, <opposite> a plain
one on the other side; {slot} is a word of that list, a digit behind its name marking another one ({good}, {good2});
[a|b|] is one of these. "*n " before a rule makes it n times as likely.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

SHORTEST, LONGEST = 4, 20
"""Words of a sentence."""
_PART = re.compile(r"<(?P<kind>\w+)>|{(?P<slot>\w+)}|\[(?P<options>[^\]]*)\]|[^<{\[]+")

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Slot:
    """A place for a word of the list `words`."""

    words: str


@dataclass(frozen=True)
class Clause:
    """A place for another rule of that kind."""

    kind: str


@dataclass(frozen=True)
class Choice:
    """A place for one of these."""

    options: tuple[Pattern, ...]


Pattern = tuple[str | Slot | Clause | Choice, ...]
"""What a side of a rule says, from left to right."""


@dataclass(frozen=True)
class Rule:
    """name: for telling whole derivations apart. sides: against, for."""

    name: str
    sides: tuple[Pattern, Pattern]


@dataclass(frozen=True)
class Made:
    """A sentence, the class it argues for, and its template: the names of the rules it was derived with."""

    text: str
    positive: bool
    template: str


@dataclass(frozen=True)
class Grammar:
    """rules: by kind, "sentence" being where every derivation starts. words: by slot."""

    rules: Mapping[str, tuple[Rule, ...]]
    words: Mapping[str, tuple[str, ...]]

    @classmethod
    def read(cls, rules: str, words: str) -> Grammar:
        """From the texts of two files: "# kind" above its rules, and "slot: word | word" lines."""
        found: dict[str, list[Rule]] = {}
        kind = ""
        for line in filter(None, map(str.strip, rules.splitlines())):
            if line.startswith("# "):
                kind = line[2:]
                found[kind] = []
                continue
            times, _, said = line[1:].partition(" ") if line.startswith("*") else ("1", "", line)
            positive, _, negative = said.partition(" | ")
            rule = Rule(f"{kind} {len(found[kind])}", (_parsed(negative), _parsed(positive)))
            found[kind] += [rule] * int(times)
        lists = (line.partition(":") for line in words.splitlines() if line.strip())
        return cls(
            {name: tuple(kinds) for name, kinds in found.items()},
            {slot.strip(): tuple(word.strip() for word in choices.split("|")) for slot, _, choices in lists},
        )

    def sentences(self, rng: np.random.Generator) -> Iterator[Made]:
        """Different sentences without end, for and against in turn."""
        seen: set[str] = set()
        positive = False
        while True:
            names: list[str] = []
            text = _written("".join(self._clause("sentence", positive, names, set(), rng)))
            if text not in seen and SHORTEST <= len(text.split()) <= LONGEST:
                seen.add(text)
                yield Made(text, positive, " > ".join(names))
                positive = not positive

    def _clause(
        self, kind: str, positive: bool, names: list[str], used: set[str], rng: np.random.Generator
    ) -> Iterator[str]:
        """The pieces of a clause; the rules that it is derived with go to `names`, the words of its slots to `used`."""
        if kind == "opposite":
            kind, positive = "plain", not positive
        rule = _one(self.rules[kind], rng)
        names.append(rule.name)
        pending = list(reversed(rule.sides[positive]))
        while pending:
            part = pending.pop()
            if isinstance(part, str):
                yield part
            elif isinstance(part, Choice):
                pending += reversed(_one(part.options, rng))
            elif isinstance(part, Clause):
                yield from self._clause(part.kind, positive, names, used, rng)
            else:
                word = _fresh(self.words[part.words], used, rng)
                used.add(word)
                yield word


def _parsed(side: str) -> Pattern:
    return tuple(_part(match) for match in _PART.finditer(side.strip()))


def _part(match: re.Match[str]) -> str | Slot | Clause | Choice:
    if match["kind"]:
        return Clause(match["kind"])
    if match["slot"]:
        return Slot(match["slot"].rstrip("23"))
    if match["options"] is not None:
        return Choice(tuple(tuple(map(_part, _PART.finditer(option))) for option in match["options"].split("|")))
    return match[0]


def _one(choices: Sequence[Thing], rng: np.random.Generator) -> Thing:
    return choices[int(rng.random() * len(choices))]


def _fresh(words: Sequence[str], used: set[str], rng: np.random.Generator) -> str:
    """A word that the sentence has not used, if there is one."""
    start = int(rng.random() * len(words))
    ahead = (*words[start:], *words[:start])
    return next((word for word in ahead if word not in used), ahead[0])


def kept_back(template: str, share: float) -> bool:
    """Whether a template belongs to the `share` that is never learned from: decided by its name alone.

    Only chains of three rules and more are, a joint and the clauses that it joins: each is met in other chains, so
    that what is new about a kept-back template is how its parts are put together.
    """
    return template.count(" > ") > 1 and int(hashlib.sha256(template.encode()).hexdigest()[:8], 16) < share * 2**32


def _written(text: str) -> str:
    """Spaces, the article before a vowel, the capital and the full stop put right."""
    text = re.sub(r"\s+", " ", text).strip().replace(" ,", ",")
    text = re.sub(r"\b([Aa]) (?=[aeiou]|honest|hour)", r"\1n ", text)
    return f"{text[0].upper()}{text[1:]}."
