"""A small grammar of sentences for and against: rules with two sides, filled with words.

A rule is a line "for | against". In a side, <kind> is another rule of that kind on the same side, <clause> a plain or
negated one, <opposite> a plain one on the other side; {slot} is a word of that list ({slot2} another one than {slot});
[a|b|] is one of these. "*n " before a rule makes it n times as likely.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

SIDES: Final = (False, True)
"""Against and for: the index of a class and of a rule's side."""
CLAUSES: Final = ("plain", "plain", "plain", "negation", "negation")
SHORTEST, LONGEST = 4, 20
"""Words of a sentence."""


@dataclass(frozen=True)
class Rule:
    """name: for telling whole derivations apart. sides: against, for."""

    name: str
    sides: tuple[str, str]


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
            rule = Rule(f"{kind} {len(found[kind])}", (negative.strip(), positive.strip()))
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
            text = _written(self._filled(self._derived("sentence", positive, names, rng), rng))
            if text not in seen and SHORTEST <= len(text.split()) <= LONGEST:
                seen.add(text)
                yield Made(text, positive, " > ".join(names))
                positive = not positive

    def _derived(self, kind: str, positive: bool, names: list[str], rng: np.random.Generator) -> str:
        if kind == "clause":
            kind = CLAUSES[rng.integers(len(CLAUSES))]
        if kind == "opposite":
            kind, positive = "plain", not positive
        rules = self.rules[kind]
        rule = rules[rng.integers(len(rules))]
        names.append(rule.name)
        return re.sub(r"<(\w+)>", lambda m: self._derived(m[1], positive, names, rng), rule.sides[positive])

    def _filled(self, text: str, rng: np.random.Generator) -> str:
        used: set[str] = set()

        def word(match: re.Match[str]) -> str:
            choices = self.words[match[1].rstrip("23")]
            fresh = [choice for choice in choices if choice not in used] or list(choices)
            chosen = fresh[rng.integers(len(fresh))]
            used.add(chosen)
            return chosen

        def alternative(match: re.Match[str]) -> str:
            choices = match[1].split("|")
            return choices[rng.integers(len(choices))]

        return re.sub(r"{(\w+)(?::the)?}", word, re.sub(r"\[([^\]]*)\]", alternative, text))


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
