"""What a sentence means, before it is said in any language."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from seqviz.tasks.grammar.words import (
    Adjective,
    Conjunction,
    Frame,
    Modal,
    Noun,
    Person,
    Place,
    Pronoun,
    Tense,
    Time,
    Verb,
)


@dataclass(frozen=True)
class Phrase:
    """A noun with its determiner ("the", "a" or "my") and perhaps an adjective."""

    noun: Noun
    determiner: str
    adjective: Adjective | None = None

    @property
    def person(self) -> Person:
        """What a verb with this subject agrees with."""
        return self.noun.person


Thing = Phrase | Pronoun


@dataclass(frozen=True)
class Clause:
    """One statement.

    verb, tense: what happens, when. modal: for `Tense.MODAL` and `Tense.FUTURE`. progressive, perfect: which of its
    forms English takes (is buying or buys, has bought or bought); German has one. receiver: the dative beside
    `thing` (gives the child a book). quality: after "to be". place: where or where to. time: when.
    """

    subject: Thing
    verb: Verb
    tense: Tense
    modal: Modal | None = None
    progressive: bool = False
    perfect: bool = False
    negated: bool = False
    receiver: Thing | None = None
    thing: Thing | None = None
    quality: Adjective | None = None
    place: Place | None = None
    time: Time | None = None


class Shape(Enum):
    """How a sentence is put together."""

    PLAIN = "a main clause"
    TIME_FIRST = "a main clause that begins with the time"
    TIME_LAST = "a main clause that, in English, ends with the time"
    CLAUSE_LAST = "a subordinate clause after the main one"
    CLAUSE_FIRST = "a subordinate clause before the main one"
    THAT = "a clause with 'that'"


@dataclass(frozen=True)
class Sentence:
    """main: the main clause. conjunction, clause: what is subordinate to it, both None or neither."""

    shape: Shape
    main: Clause
    conjunction: Conjunction | None = None
    clause: Clause | None = None


@dataclass(frozen=True)
class Pattern:
    """A build that many sentences share: their shape, and what their subordinate or else their only clause is like."""

    shape: Shape
    tense: Tense
    frame: Frame
    negated: bool
