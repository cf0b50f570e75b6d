"""Says a meaning in German: the rules that decide which words, in which form and in which order.

Sources: Durrell, *Hammer's German Grammar and Usage* (6th ed., 2017), ch. 3 to 6 (declension), 12 (verb forms) and
21 (word order); Duden, *Die Grammatik* (9th ed., 2016), on sentence brackets and the place of nicht.
"""

from __future__ import annotations

from seqviz.tasks.grammar.meaning import Clause, Phrase, Sentence, Shape, Thing
from seqviz.tasks.grammar.words import Case, Frame, Person, Pronoun, Tense, Verb

# Rows: nominative, accusative, dative. Columns: masculine, feminine, neuter, plural.
_THE = (("der", "die", "das", "die"), ("den", "die", "das", "die"), ("dem", "der", "dem", "den"))
_EIN_ENDING = (("", "e", "", "e"), ("en", "e", "", "e"), ("em", "er", "em", "en"))
_AFTER_THE = (("e", "e", "e", "en"), ("en", "e", "e", "en"), ("en", "en", "en", "en"))
_AFTER_EIN = (("er", "e", "es", "en"), ("en", "e", "es", "en"), ("en", "en", "en", "en"))
_EIN_WORDS = {"a": "ein", "my": "mein", "no": "kein"}

_HABEN = ("habe", "hat", "haben")
_SEIN = ("bin", "ist", "sind")
_WAR = ("war", "war", "waren")


def say(sentence: Sentence) -> tuple[str, ...]:
    """The words of the German sentence; a comma is a word of its own, and only nouns are capitalised."""
    main = sentence.main
    if sentence.clause is not None and sentence.conjunction is not None:
        clause = [sentence.conjunction.german, *_verb_last(sentence.clause)]
        if sentence.shape is Shape.CLAUSE_FIRST:
            return (*clause, ",", *_verb_first(main))
        return (*_verb_second(main), ",", *clause)
    if sentence.shape is Shape.TIME_FIRST and main.time is not None:
        return (*main.time.german, *_verb_first(main))
    return tuple(_verb_second(main))


def _verb_second(clause: Clause) -> list[str]:
    """Subject, finite verb, middle, and at the end the prefix, participle or infinitive."""
    finite, closing = _predicate(clause)
    return [*_phrase(clause.subject, Case.NOMINATIVE), finite, *_middle(clause), *closing]


def _verb_first(clause: Clause) -> list[str]:
    """A main clause whose first place is taken by what stands before it; a time in that place is not said again."""
    finite, closing = _predicate(clause)
    return [finite, *_phrase(clause.subject, Case.NOMINATIVE), *_middle(clause, with_time=False), *closing]


def _verb_last(clause: Clause) -> list[str]:
    """A subordinate clause: the finite verb comes last and takes a separable prefix back."""
    finite, closing = _predicate(clause)
    is_prefix = closing == [clause.verb.prefix]
    end = [clause.verb.prefix + finite] if is_prefix else [*closing, finite]
    return [*_phrase(clause.subject, Case.NOMINATIVE), *_middle(clause), *end]


def _predicate(clause: Clause) -> tuple[str, list[str]]:
    """The finite verb, and what closes the sentence bracket."""
    verb, person = clause.verb, clause.subject.person
    infinitive, *_, participle = verb.german
    if clause.modal is not None:
        return clause.modal.german[person.value], [verb.prefix + infinitive]
    if clause.tense is Tense.PAST:
        if verb.frame is Frame.BE:
            return _WAR[person.value], []
        auxiliary = _SEIN if verb.auxiliary == "sein" else _HABEN
        return auxiliary[person.value], [verb.prefix + participle]
    return _present(verb, person), [verb.prefix] if verb.prefix else []


def _present(verb: Verb, person: Person) -> str:
    if verb.frame is Frame.BE:
        return _SEIN[person.value]
    infinitive, first, third, _ = verb.german
    return (first, third, infinitive)[person.value]


def _middle(clause: Clause, *, with_time: bool = True) -> list[str]:
    """What stands between the finite verb and the closing part.

    Pronouns come first, then the time, nouns (dative before accusative), nicht, and what belongs closely to the
    verb: an object with a preposition, a place, an adjective. "not a" is kein, and then there is no nicht.
    """
    verb, thing, receiver = clause.verb, clause.thing, clause.receiver
    no_thing = clause.negated and isinstance(thing, Phrase) and thing.determiner == "a"
    objects: list[tuple[Thing, list[str]]] = []
    close: list[str] = []
    if receiver is not None:
        objects.append((receiver, _phrase(receiver, Case.DATIVE)))
    if thing is not None:
        words = _phrase(thing, verb.case, "no" if no_thing else "")
        if verb.link[1]:
            close = [verb.link[1], *words]
        else:
            objects.append((thing, words))
    pronouns = [word for thing, words in objects if isinstance(thing, Pronoun) for word in words]
    nouns = [word for thing, words in objects if isinstance(thing, Phrase) for word in words]
    time = clause.time.german if clause.time and with_time else ()
    negation = ["nicht"] if clause.negated and not no_thing else []
    quality = [clause.quality.german] if clause.quality else []
    place = clause.place.german if clause.place else ()
    return [*pronouns, *time, *nouns, *negation, *close, *place, *quality]


def _phrase(thing: Thing, case: Case, determiner: str = "") -> list[str]:
    """A pronoun, or determiner, adjective and noun in the given case; `determiner` replaces the phrase's own."""
    if isinstance(thing, Pronoun):
        return [thing.german[case.value]]
    noun, column, row = thing.noun, thing.noun.gender.value, case.value
    said = determiner or thing.determiner
    article = _THE[row][column] if said == "the" else _EIN_WORDS[said] + _EIN_ENDING[row][column]
    ending = (_AFTER_THE if said == "the" else _AFTER_EIN)[row][column]
    adjective = [thing.adjective.stem + ending] if thing.adjective else []
    return [article, *adjective, noun.dative if noun.dative and case is Case.DATIVE else noun.german]
