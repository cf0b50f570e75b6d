"""Says a meaning in English, in lower case."""

from __future__ import annotations

from seqviz.tasks.grammar.meaning import Clause, Sentence, Shape, Thing
from seqviz.tasks.grammar.words import Frame, Modal, Person, Pronoun, Tense

_BE = {Person.FIRST: ("am", "was"), Person.THIRD: ("is", "was")}
_BE_PLURAL = ("are", "were")


def say(sentence: Sentence) -> tuple[str, ...]:
    """The words of an English sentence; a comma is a word of its own."""
    main = sentence.main
    if sentence.clause is not None and sentence.conjunction is not None:
        clause = [sentence.conjunction.english, *_clause(sentence.clause)]
        if sentence.shape is Shape.CLAUSE_FIRST:
            return (*clause, ",", *_clause(main))
        return (*_clause(main), *clause)
    if sentence.shape is Shape.TIME_FIRST and main.time is not None:
        return (*main.time.english, *_clause(main)[: -len(main.time.english)])
    return tuple(_clause(main))


def _clause(clause: Clause) -> list[str]:
    words = [*_phrase(clause.subject, is_subject=True), *_verb_group(clause)]
    particle = [clause.verb.particle] if clause.verb.particle else []
    if isinstance(clause.thing, Pronoun):  # she picks him up, but: she picks up the child
        tail = [*_phrase(clause.thing), *particle]
    elif clause.thing is not None:
        tail = [*particle, *_phrase(clause.thing)]
    else:
        tail = particle
    preposition = [clause.verb.link[0]] if clause.verb.link[0] else []
    receiver = _phrase(clause.receiver) if clause.receiver else []
    quality = [clause.quality.english] if clause.quality else []
    place = clause.place.english if clause.place else ()
    time = clause.time.english if clause.time else ()
    return [*words, *preposition, *receiver, *tail, *quality, *place, *time]


def _phrase(thing: Thing, *, is_subject: bool = False) -> list[str]:
    if isinstance(thing, Pronoun):
        return [thing.english[0 if is_subject else 1]]
    adjective = [thing.adjective.english] if thing.adjective else []
    following = (adjective or [thing.noun.english])[0]
    article = "an" if thing.determiner == "a" and following[0] in "aeiou" else thing.determiner
    return [article, *adjective, thing.noun.english]


def _verb_group(clause: Clause) -> list[str]:
    """The verb with its auxiliaries and "not"."""
    base, _, progressive, _, participle = clause.verb.english
    person = clause.subject.person
    negation = ["not"] if clause.negated else []
    be_present, be_past = _BE.get(person, _BE_PLURAL)
    if clause.modal is not None:
        return [*_modal(clause.modal, person, clause.negated), base]
    if clause.verb.frame is Frame.BE:
        return [be_past if clause.tense is Tense.PAST else be_present, *negation]
    if clause.progressive:
        return [be_present, *negation, progressive]
    if clause.perfect:
        return ["has" if person is Person.THIRD else "have", *negation, participle]
    return _simple(clause)


def _simple(clause: Clause) -> list[str]:
    """Simple present or simple past."""
    base, third, _, past, _ = clause.verb.english
    singular = clause.subject.person is Person.THIRD
    if clause.tense is Tense.PAST:
        return ["did", "not", base] if clause.negated else [past]
    if clause.negated:
        return ["does" if singular else "do", "not", base]
    return [third if singular else base]


def _modal(modal: Modal, person: Person, negated: bool) -> list[str]:
    base, third = modal.english
    singular = person is Person.THIRD
    to = ["to"] if modal.to else []
    if not negated:
        return [third if singular else base, *to]
    return ["does" if singular else "do", "not", base, *to] if modal.to else modal.negative.split()
