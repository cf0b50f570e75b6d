"""Sentences picked by hand, each for one point of German grammar that reorders or changes words."""

from __future__ import annotations

from typing import Final

from seqviz.tasks.grammar import nouns as n
from seqviz.tasks.grammar.meaning import Clause, Phrase, Sentence, Shape
from seqviz.tasks.grammar.verbs import BECAUSE, MODALS, THAT, TIMES, VERBS, WHEN, WHERE_TO
from seqviz.tasks.grammar.words import Noun, Tense

_I, _HE, _SHE, _WE, _THEY = n.PRONOUNS
_OLD, _, HAPPY, _ = n.MAN.adjectives
_NOW, _PAST = Tense.PRESENT, Tense.PAST
_BE, *_REST = VERBS
_VERB: Final = {verb.english[0]: verb for verb in _REST}
_CAN, _MUST, _WANT, _SHOULD = MODALS


def _the(noun: Noun) -> Phrase:
    return Phrase(noun, "the")


def _a(noun: Noun) -> Phrase:
    return Phrase(noun, "a")


EXAMPLES: Final = {
    "verb second after 'today'": Sentence(
        Shape.TIME_FIRST, Clause(_the(n.MAN), _VERB["buy"], _NOW, progressive=True, thing=_a(n.COAT), time=TIMES[0])
    ),
    "verb last after 'because'": Sentence(
        Shape.CLAUSE_LAST,
        Clause(_SHE, _BE, _NOW, quality=HAPPY),
        BECAUSE,
        Clause(_SHE, _VERB["have"], _NOW, thing=_a(n.CAT)),
    ),
    "the prefix goes to the end": Sentence(
        Shape.PLAIN, Clause(_HE, _VERB["open"], _NOW, progressive=True, thing=_the(n.WINDOW))
    ),
    "the prefix comes back to the verb": Sentence(
        Shape.THAT, Clause(_SHE, _VERB["know"], _NOW), THAT, Clause(_HE, _VERB["open"], _NOW, thing=_the(n.WINDOW))
    ),
    "infinitive last after 'want to'": Sentence(
        Shape.PLAIN, Clause(_I, _VERB["read"], Tense.MODAL, modal=_WANT, thing=_the(n.BOOK))
    ),
    "participle last in the perfect": Sentence(
        Shape.PLAIN, Clause(_SHE, _VERB["eat"], _PAST, perfect=True, thing=_the(n.CAKE))
    ),
    "'have' becomes 'sein' for going": Sentence(
        Shape.PLAIN, Clause(_THEY, _VERB["go"], _PAST, perfect=True, place=WHERE_TO[0])
    ),
    "dative after 'help'": Sentence(
        Shape.PLAIN, Clause(_WE, _VERB["help"], _NOW, progressive=True, thing=Phrase(n.WOMAN, "the", _OLD))
    ),
    "dative and accusative": Sentence(
        Shape.PLAIN, Clause(_HE, _VERB["give"], _NOW, receiver=_the(n.CHILD), thing=_a(n.LETTER))
    ),
    "'not a' is one word, 'kein'": Sentence(
        Shape.PLAIN, Clause(_SHE, _VERB["have"], _NOW, negated=True, thing=_a(n.CAR))
    ),
    "where 'nicht' stands": Sentence(
        Shape.PLAIN, Clause(_I, _VERB["see"], Tense.MODAL, modal=_CAN, negated=True, thing=_the(n.DOG))
    ),
    "a clause first, then the verb": Sentence(
        Shape.CLAUSE_FIRST, Clause(_WE, _VERB["sing"], _NOW), WHEN, Clause(_HE, _VERB["arrive"], _NOW)
    ),
}
"""Each sentence by the point that it shows."""
