"""Pronouns, adjectives and nouns: what they are in English, what in German, and which go together."""

from __future__ import annotations

from typing import Final

from seqviz.tasks.grammar.words import Adjective, Gender, Noun, Person, Pronoun

PRONOUNS: Final = (
    Pronoun(("i", "me"), ("ich", "mich", "mir"), Person.FIRST),
    Pronoun(("he", "him"), ("er", "ihn", "ihm"), Person.THIRD),
    Pronoun(("she", "her"), ("sie", "sie", "ihr"), Person.THIRD),
    Pronoun(("we", "us"), ("wir", "uns", "uns"), Person.PLURAL),
    Pronoun(("they", "them"), ("sie", "sie", "ihnen"), Person.PLURAL),
)
"""Without "you", which is du, ihr or Sie, and without "it", whose German depends on a gender."""
SPEAKERS: Final = (PRONOUNS[0], PRONOUNS[3])


def _adjectives(*rows: str) -> tuple[Adjective, ...]:
    """Adjectives from "english german", and a third word where endings are added to another stem (müde, müd-e)."""
    words = [row.split() for row in rows]
    return tuple(Adjective(row[0], row[1], row[-1]) for row in words)


PASSING: Final = _adjectives("tired müde müd", "happy glücklich", "sick krank")
"""Qualities that somebody can have today."""
_OLD = _adjectives("old alt")
_GROWN = (*_OLD, *PASSING)
_WARES = (*_OLD, *_adjectives("new neu"))

_ANY = ("the", "a", "my")
_THE, _THE_A, _THE_MY = ("the",), ("the", "a"), ("the", "my")
_M, _F, _N, _PL = Gender.MASCULINE, Gender.FEMININE, Gender.NEUTER, Gender.PLURAL

MAN = Noun("man", "Mann", _M, _GROWN, _THE_A)
WOMAN = Noun("woman", "Frau", _F, _GROWN, _THE_A)
CHILD = Noun("child", "Kind", _N, PASSING, _ANY)
FATHER = Noun("father", "Vater", _M, _GROWN, _THE_MY)
MOTHER = Noun("mother", "Mutter", _F, _GROWN, _THE_MY)
CHILDREN = Noun("children", "Kinder", _PL, PASSING, _THE_MY, dative="Kindern")
DOG = Noun("dog", "Hund", _M, _GROWN, _ANY)
CAT = Noun("cat", "Katze", _F, _GROWN, _ANY)
BOOK = Noun("book", "Buch", _N, _WARES, _ANY)
LETTER = Noun("letter", "Brief", _M, _WARES, _ANY)
NEWSPAPER = Noun("newspaper", "Zeitung", _F, _WARES, _ANY)
COAT = Noun("coat", "Mantel", _M, _WARES, _ANY)
CAR = Noun("car", "Auto", _N, _WARES, _ANY)
HOUSE = Noun("house", "Haus", _N, _WARES, _ANY)
DOOR = Noun("door", "Tür", _F, _WARES, _THE_A)
WINDOW = Noun("window", "Fenster", _N, _WARES, _THE_A)
BREAD = Noun("bread", "Brot", _N, _OLD, _THE)
CAKE = Noun("cake", "Kuchen", _M, (), _THE_A)

PEOPLE: Final = (MAN, WOMAN, CHILD, FATHER, MOTHER, CHILDREN)
ANIMALS: Final = (DOG, CAT)
BEINGS: Final = PEOPLE + ANIMALS
PAPERS: Final = (BOOK, LETTER, NEWSPAPER)
GIFTS: Final = (BOOK, LETTER, NEWSPAPER, COAT, CAKE)
SHOWN: Final = (*ANIMALS, *GIFTS, CAR, HOUSE)
BOUGHT: Final = (BOOK, NEWSPAPER, COAT, CAR, HOUSE, CAKE, BREAD)
MEALS: Final = (CAKE, BREAD)
