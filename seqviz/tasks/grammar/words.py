"""What the grammar knows about a word. The words themselves are in `nouns` and `verbs`.

German grammar after Durrell, *Hammer's German Grammar and Usage* (6th ed., 2017): declension ch. 1, 2, 5 and 6,
conjugation ch. 10, word order ch. 19.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Gender(Enum):
    """The column of the declension tables that a noun uses: its gender, or the plural, which has none."""

    MASCULINE = 0
    FEMININE = 1
    NEUTER = 2
    PLURAL = 3


class Case(Enum):
    """The German cases that the grammar uses, in the order of the declension tables."""

    NOMINATIVE = 0
    ACCUSATIVE = 1
    DATIVE = 2


class Person(Enum):
    """Who a finite verb agrees with; `PLURAL` is wir and sie, whose German forms are the same."""

    FIRST = 0
    THIRD = 1
    PLURAL = 2


class Tense(Enum):
    """When and how. English present and German present; English past or present perfect and German Perfekt; …"""

    PRESENT = "present"
    PAST = "perfect"
    FUTURE = "future"
    MODAL = "modal verb"


class Frame(Enum):
    """What a verb takes besides its subject, and whether its prefix is separable."""

    BE = "to be"
    INTRANSITIVE = "no object"
    INTRANSITIVE_SEPARABLE = "separable verb without an object"
    TRANSITIVE = "accusative object"
    TRANSITIVE_SEPARABLE = "separable verb with an object"
    DATIVE = "dative object"
    TWO_OBJECTS = "two objects"
    PREPOSITION = "object with a preposition"
    MOTION = "direction"
    SAYING = "a clause with 'that'"


@dataclass(frozen=True)
class Adjective:
    """english: as said. german: as said after "ist". stem: what endings are added to."""

    english: str
    german: str
    stem: str


@dataclass(frozen=True)
class Noun:
    """english, german: nominative. gender: its column in the tables. adjectives: those that make sense with it.

    determiners: the English ones that do. dative: its form in that case, where that differs (den Kindern).
    """

    english: str
    german: str
    gender: Gender
    adjectives: tuple[Adjective, ...]
    determiners: tuple[str, ...]
    dative: str = ""

    @property
    def person(self) -> Person:
        """The person that a verb with this subject agrees with."""
        return Person.PLURAL if self.gender is Gender.PLURAL else Person.THIRD


@dataclass(frozen=True)
class Pronoun:
    """english: subject and object form. german: nominative, accusative and dative."""

    english: tuple[str, str]
    german: tuple[str, str, str]
    person: Person


@dataclass(frozen=True)
class Verb:
    """english: base, third person, -ing form, past, participle. german: infinitive, ich and er form, participle.

    particle: the second word of "pick up". prefix: of a separable German verb; `german` leaves it out.
    link: the English and the German preposition in front of the object, "" for none. case: of the German object
    after it. auxiliary: of the Perfekt. subjects, objects, receivers: the nouns that make sense.
    is_state: English has no -ing form of it in use. timed: whether "today" makes sense with it. tenses: those that do.
    """

    frame: Frame
    english: tuple[str, ...]
    german: tuple[str, ...]
    subjects: tuple[Noun, ...]
    objects: tuple[Noun, ...] = ()
    receivers: tuple[Noun, ...] = ()
    particle: str = ""
    prefix: str = ""
    link: tuple[str, str] = ("", "")
    case: Case = Case.ACCUSATIVE
    auxiliary: str = "haben"
    is_state: bool = False
    timed: bool = True
    tenses: tuple[Tense, ...] = tuple(Tense)

    @property
    def looks_past(self) -> bool:
        """Whether the written English past equals the base form ("read"), so that "they read" says two things."""
        return self.english[0] == self.english[3]


@dataclass(frozen=True)
class Modal:
    """A verb with an infinitive. english: base and third person. german: ich, er and plural form.

    negative: its English negative; "" for "must", whose "must not" is not the German "muss nicht".
    to: whether English puts "to" before the infinitive, and needs "do" to say no.
    """

    english: tuple[str, str]
    german: tuple[str, str, str]
    negative: str = ""
    to: bool = False

    @property
    def negatable(self) -> bool:
        """Whether both languages say no to it in the same way."""
        return self.to or self.negative != ""


@dataclass(frozen=True)
class Time:
    """A time adverbial. tenses: those that go with it. habitual: whether English says "works", not "is working".

    negatable: whether "not" beside it has one plain meaning.
    """

    english: tuple[str, ...]
    german: tuple[str, ...]
    tenses: tuple[Tense, ...]
    habitual: bool = False
    negatable: bool = True


@dataclass(frozen=True)
class Place:
    """A fixed phrase for where (German dative) or where to (accusative)."""

    english: tuple[str, ...]
    german: tuple[str, ...]


@dataclass(frozen=True)
class Conjunction:
    """A word that opens a subordinate clause. conditional: "if" and "when", which English keeps in the present."""

    english: str
    german: str
    conditional: bool = False
