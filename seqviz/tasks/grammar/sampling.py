"""Draws meanings that make sense: for a pattern, a sentence of it."""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from random import Random
from typing import Final, NamedTuple

from seqviz.tasks.grammar import nouns, verbs
from seqviz.tasks.grammar.meaning import Clause, Pattern, Phrase, Sentence, Shape, Thing
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

_WEIGHTS: Final = {"the": 3, "a": 2, "my": 1}
_ALL: Final = tuple(_WEIGHTS)
_DEFINITE: Final = ("the", "my")
_SHORT: Final = (Frame.BE, Frame.INTRANSITIVE, Frame.INTRANSITIVE_SEPARABLE)
"""What a main clause beside a subordinate one is about, so that the sentence stays short."""


def patterns() -> tuple[Pattern, ...]:
    """Every build that the grammar can say."""
    return tuple(
        Pattern(shape, tense, frame, negated)
        for shape, tense, frame, negated in product(Shape, Tense, Frame, (False, True))
        if frame is not Frame.SAYING
        and not (frame is Frame.BE and tense is Tense.MODAL)
        and not (shape is Shape.TIME_LAST and negated)
    )


def draw(pattern: Pattern, random: Random) -> Sentence:
    """A sentence of `pattern`, chosen by `random`."""
    shape, tense = pattern.shape, pattern.tense
    if shape is Shape.PLAIN:
        return Sentence(shape, _clause(pattern, random))
    if shape in (Shape.TIME_FIRST, Shape.TIME_LAST):
        return Sentence(shape, _clause(pattern, random, _time(tense, pattern.negated, random)))
    if shape is Shape.THAT:
        return Sentence(shape, _saying(random), verbs.THAT, _subordinate(pattern, random, verbs.THAT))
    conjunctions = [verbs.BECAUSE, verbs.ALTHOUGH]
    if tense in (Tense.PRESENT, Tense.MODAL):
        conjunctions += [verbs.IF, verbs.WHEN]
    conjunction = random.choice(conjunctions)
    clause = _subordinate(pattern, random, conjunction)
    return Sentence(shape, _beside(clause, conjunction, random), conjunction, clause)


def _time(tense: Tense, negated: bool, random: Random) -> Time:
    return random.choice([time for time in verbs.TIMES if tense in time.tenses and (time.negatable or not negated)])


def _subordinate(pattern: Pattern, random: Random, conjunction: Conjunction) -> Clause:
    timed = not pattern.negated and not conjunction.conditional and random.random() < 0.1
    time = _time(pattern.tense, False, random) if timed else None
    return _clause(pattern, random, time, conjunction)


def _saying(random: Random) -> Clause:
    verb = random.choice(_verbs_of(Frame.SAYING, Tense.PRESENT, False))
    negated = verb.english[0] == "believe" and random.random() < 0.5  # "does not say that" invites other readings
    return Clause(random.choice(nouns.PRONOUNS), verb, Tense.PRESENT, negated=negated)


def _beside(clause: Clause, conjunction: Conjunction, random: Random) -> Clause:
    """A short main clause whose tense goes with that of the subordinate one."""
    tenses = [Tense.PAST] if clause.tense is Tense.PAST else [Tense.PRESENT, Tense.PRESENT, Tense.FUTURE, Tense.MODAL]
    tense, frame = random.choice(tenses), random.choice(_SHORT)
    if frame is Frame.BE and tense is Tense.MODAL:
        frame = Frame.INTRANSITIVE
    pattern = Pattern(Shape.PLAIN, tense, frame, random.random() < 0.15)
    return _clause(pattern, random, None, conjunction, short=True)


def _clause(
    pattern: Pattern,
    random: Random,
    time: Time | None = None,
    conjunction: Conjunction | None = None,
    *,
    short: bool = False,
) -> Clause:
    """A clause, with `conjunction` one of two; a `short` one has a pronoun as subject and no place."""
    while True:
        clause = _draw_clause(pattern, random, time, conjunction, short)
        if not _says_two_things(clause):
            return clause


def _draw_clause(
    pattern: Pattern, random: Random, time: Time | None, conjunction: Conjunction | None, short: bool
) -> Clause:
    tense, frame, negated = pattern.tense, pattern.frame, pattern.negated
    verb = random.choice(_verbs_of(frame, tense, time is not None))
    if short or random.random() < 0.6:
        subject: Thing = random.choice(nouns.PRONOUNS)
    else:
        # "ein Mann wartet nicht" is not how German says it (kein Mann wartet), so what is denied is definite
        determiners = _DEFINITE if negated or frame is Frame.BE else _ALL
        subject = _phrase(random.choice(verb.subjects), determiners, random)
    conditional = conjunction is not None and conjunction.conditional
    has_form = tense is Tense.PRESENT and not (verb.is_state or conditional or (time is not None and time.habitual))
    has_perfect = tense is Tense.PAST and time is None and frame is not Frame.BE and conjunction in (None, verbs.THAT)
    complement = _complement(verb, subject, negated, short or time is not None, random)
    return Clause(
        subject,
        verb,
        tense,
        modal=_modal(tense, negated, conditional, random),
        progressive=has_form and (time is not None or random.random() < 0.6),
        perfect=has_perfect and random.random() < 0.4,
        negated=negated,
        receiver=complement.receiver,
        thing=complement.thing,
        quality=complement.quality,
        place=None if short else complement.place,
        time=time,
    )


@lru_cache
def _verbs_of(frame: Frame, tense: Tense, timed: bool) -> tuple[Verb, ...]:
    return tuple(verb for verb in verbs.VERBS if verb.frame is frame and tense in verb.tenses and verb.timed >= timed)


def _modal(tense: Tense, negated: bool, conditional: bool, random: Random) -> Modal | None:
    if tense is Tense.FUTURE:
        return verbs.FUTURE
    if tense is not Tense.MODAL:
        return None
    modals = [modal for modal in verbs.MODALS if modal.negatable or not negated]
    # "if he should come" is about chance, not duty
    return random.choice([modal for modal in modals if not (conditional and modal is verbs.SHOULD)])


class _Complement(NamedTuple):
    receiver: Thing | None = None
    thing: Thing | None = None
    quality: Adjective | None = None
    place: Place | None = None


def _complement(verb: Verb, subject: Thing, negated: bool, passing: bool, random: Random) -> _Complement:
    """What the verb takes, or may take, besides its subject; `passing` qualities are those of a day."""
    if verb.frame is Frame.BE:
        known = subject.noun.adjectives if isinstance(subject, Phrase) else nouns.MAN.adjectives
        return _Complement(quality=random.choice(nouns.PASSING if passing else known))
    if verb.frame is Frame.MOTION:
        return _Complement(place=random.choice(verbs.WHERE_TO))
    if verb.frame is Frame.INTRANSITIVE:
        return _Complement(place=random.choice(verbs.WHERE) if random.random() < 0.4 else None)
    receiver = _object(verb.receivers, subject, None, _DEFINITE, random) if verb.receivers else None
    # nicht auf einen Mann or auf keinen Mann: German has both, so the grammar says neither
    determiners = _DEFINITE if verb.link[1] and negated else _ALL
    thing = _object(verb.objects, subject, receiver, determiners, random) if verb.objects else None
    return _Complement(receiver, thing)


def _object(
    choices: tuple[Noun, ...], subject: Thing, receiver: Thing | None, determiners: tuple[str, ...], random: Random
) -> Thing:
    """A noun other than the subject's and the receiver's, or a pronoun for someone else than the subject."""
    if receiver is None and choices[0] in nouns.PEOPLE and random.random() < 0.35:
        return random.choice([pronoun for pronoun in nouns.PRONOUNS if not _overlap(pronoun, subject)])
    taken = [thing.noun for thing in (subject, receiver) if isinstance(thing, Phrase)]
    return _phrase(random.choice([noun for noun in choices if noun not in taken]), determiners, random)


def _overlap(pronoun: Pronoun, subject: Thing) -> bool:
    """Whether both can mean the same people, as in "i see me" or "we see me"; German would be reflexive."""
    return pronoun is subject or (pronoun in nouns.SPEAKERS and subject in nouns.SPEAKERS)


def _phrase(noun: Noun, determiners: tuple[str, ...], random: Random) -> Phrase:
    possible = [word for word in determiners if word in noun.determiners]
    determiner = random.choices(possible, [_WEIGHTS[word] for word in possible])[0]
    adjective = random.choice(noun.adjectives) if noun.adjectives and random.random() < 0.12 else None
    return Phrase(noun, determiner, adjective)


def _says_two_things(clause: Clause) -> bool:
    """Whether the English would be past as well as present: "they read a book"."""
    if not clause.verb.looks_past or clause.negated or clause.modal or clause.progressive or clause.perfect:
        return False
    if clause.tense is Tense.PAST:
        return clause.time is None or clause.time.tenses != (Tense.PAST,)
    return clause.subject.person is not Person.THIRD
