"""Verbs, modal verbs, time adverbials, places and conjunctions, and which nouns go with which verb."""

from __future__ import annotations

from typing import Final

from seqviz.tasks.grammar import nouns as n
from seqviz.tasks.grammar.words import Case, Conjunction, Frame, Modal, Noun, Place, Tense, Time, Verb

_NOW = (Tense.PRESENT,)
_TRUE = (Tense.PRESENT, Tense.PAST)


def _verb(
    frame: Frame,
    english: str,
    german: str,
    objects: tuple[Noun, ...] = (),
    *,
    subjects: tuple[Noun, ...] = n.PEOPLE,
    receivers: tuple[Noun, ...] = (),
    link: tuple[str, str] = ("", ""),
    case: Case = Case.ACCUSATIVE,
    auxiliary: str = "haben",
    is_state: bool = False,
    timed: bool = True,
    tenses: tuple[Tense, ...] = tuple(Tense),
) -> Verb:
    """A verb from its forms: "+up" after the English ones is a particle, "auf+" before the German ones a prefix."""
    english_forms, _, particle = english.partition(" +")
    prefix, _, german_forms = german.rpartition("+ ")
    return Verb(
        frame=frame,
        english=tuple(english_forms.split()),
        german=tuple(german_forms.split()),
        subjects=subjects,
        objects=objects,
        receivers=receivers,
        particle=particle,
        prefix=prefix,
        link=link,
        case=case,
        auxiliary=auxiliary,
        is_state=is_state,
        timed=timed,
        tenses=tenses,
    )


_BE = ("be is being was been", "sein bin ist gewesen")
_I, _IS, _T, _TS = Frame.INTRANSITIVE, Frame.INTRANSITIVE_SEPARABLE, Frame.TRANSITIVE, Frame.TRANSITIVE_SEPARABLE
_D, _TWO, _P, _M, _S = Frame.DATIVE, Frame.TWO_OBJECTS, Frame.PREPOSITION, Frame.MOTION, Frame.SAYING
_DATIVE = Case.DATIVE
_DESCRIBED = (n.BOOK, n.NEWSPAPER, n.COAT, n.CAR, n.HOUSE)
_SEEN = (*n.BEINGS, n.CAR, n.HOUSE)
_SOUGHT = (*n.BEINGS, n.LETTER, n.COAT)
_OPENED = (n.DOOR, n.WINDOW)

VERBS: Final = (
    _verb(Frame.BE, *_BE, subjects=n.BEINGS, is_state=True, tenses=(*_TRUE, Tense.FUTURE)),
    _verb(Frame.BE, *_BE, subjects=_DESCRIBED, is_state=True, timed=False, tenses=_TRUE),
    _verb(_I, "sleep sleeps sleeping slept slept", "schlafen schlafe schläft geschlafen", subjects=n.BEINGS),
    _verb(_I, "work works working worked worked", "arbeiten arbeite arbeitet gearbeitet"),
    _verb(_I, "sing sings singing sang sung", "singen singe singt gesungen"),
    _verb(_IS, "get gets getting got got +up", "auf+ stehen stehe steht gestanden", auxiliary="sein"),
    _verb(_IS, "come comes coming came come +back", "zurück+ kommen komme kommt gekommen", auxiliary="sein"),
    _verb(_IS, "arrive arrives arriving arrived arrived", "an+ kommen komme kommt gekommen", auxiliary="sein"),
    _verb(_T, "see sees seeing saw seen", "sehen sehe sieht gesehen", _SEEN, subjects=n.BEINGS, is_state=True),
    _verb(_T, "visit visits visiting visited visited", "besuchen besuche besucht besucht", n.PEOPLE),
    _verb(_T, "look looks looking looked looked", "suchen suche sucht gesucht", _SOUGHT, link=("for", "")),
    _verb(_T, "buy buys buying bought bought", "kaufen kaufe kauft gekauft", n.BOUGHT),
    _verb(_T, "read reads reading read read", "lesen lese liest gelesen", n.PAPERS),
    _verb(_T, "eat eats eating ate eaten", "essen esse isst gegessen", n.MEALS),
    _verb(
        _T,
        "have has having had had",
        "haben habe hat gehabt",
        n.SHOWN,
        is_state=True,
        timed=False,
        tenses=_NOW,
    ),
    _verb(_TS, "open opens opening opened opened", "auf+ machen mache macht gemacht", _OPENED),
    _verb(_TS, "close closes closing closed closed", "zu+ machen mache macht gemacht", _OPENED),
    _verb(_TS, "call calls calling called called", "an+ rufen rufe ruft gerufen", n.PEOPLE),
    _verb(_TS, "invite invites inviting invited invited", "ein+ laden lade lädt geladen", n.PEOPLE),
    _verb(_D, "help helps helping helped helped", "helfen helfe hilft geholfen", n.BEINGS, case=_DATIVE),
    _verb(_D, "thank thanks thanking thanked thanked", "danken danke dankt gedankt", n.PEOPLE, case=_DATIVE),
    _verb(_TWO, "give gives giving gave given", "geben gebe gibt gegeben", n.GIFTS, receivers=n.PEOPLE),
    _verb(_TWO, "show shows showing showed shown", "zeigen zeige zeigt gezeigt", n.SHOWN, receivers=n.PEOPLE),
    _verb(_P, "wait waits waiting waited waited", "warten warte wartet gewartet", n.PEOPLE, link=("for", "auf")),
    _verb(
        _P,
        "play plays playing played played",
        "spielen spiele spielt gespielt",
        n.BEINGS,
        link=("with", "mit"),
        case=_DATIVE,
    ),
    _verb(_M, "go goes going went gone", "gehen gehe geht gegangen", subjects=n.BEINGS, auxiliary="sein"),
    _verb(_S, "know knows knowing knew known", "wissen weiß weiß gewusst", is_state=True, tenses=_NOW),
    _verb(_S, "say says saying said said", "sagen sage sagt gesagt", is_state=True, tenses=_NOW),
    _verb(
        _S, "believe believes believing believed believed", "glauben glaube glaubt geglaubt", is_state=True, tenses=_NOW
    ),
)

FUTURE: Final = Modal(("will", "will"), ("werde", "wird", "werden"), "will not")
SHOULD: Final = Modal(("should", "should"), ("sollte", "sollte", "sollten"), "should not")
MODALS: Final = (
    Modal(("can", "can"), ("kann", "kann", "können"), "cannot"),
    Modal(("must", "must"), ("muss", "muss", "müssen")),
    Modal(("want", "wants"), ("will", "will", "wollen"), to=True),
    SHOULD,
)


def _time(english: str, german: str, *tenses: Tense, habitual: bool = False, negatable: bool = True) -> Time:
    return Time(tuple(english.split()), tuple(german.split()), tenses, habitual, negatable)


TIMES: Final = (
    _time("today", "heute", *Tense),
    _time("now", "jetzt", Tense.PRESENT, Tense.MODAL),
    _time("yesterday", "gestern", Tense.PAST),
    _time("tomorrow", "morgen", Tense.FUTURE, Tense.MODAL),
    _time("every day", "jeden Tag", Tense.PRESENT, Tense.PAST, habitual=True, negatable=False),
    _time("in the evening", "am Abend", *Tense, habitual=True),
)


def _places(*rows: tuple[str, str]) -> tuple[Place, ...]:
    return tuple(Place(tuple(english.split()), tuple(german.split())) for english, german in rows)


WHERE: Final = _places(("at home", "zu Hause"), ("in the garden", "im Garten"), ("in the city", "in der Stadt"))
WHERE_TO: Final = _places(
    ("home", "nach Hause"), ("into the garden", "in den Garten"), ("into the city", "in die Stadt")
)

THAT: Final = Conjunction("that", "dass")
BECAUSE: Final = Conjunction("because", "weil")
ALTHOUGH: Final = Conjunction("although", "obwohl")
IF: Final = Conjunction("if", "wenn", conditional=True)
WHEN: Final = Conjunction("when", "wenn", conditional=True)
