"""The sentence pairs that are learned from, and those that are kept back.

Two kinds are kept back. *Sentences* of builds that training does see show whether the grammar was learned or the
sentences remembered. Whole *patterns*, such as a modal verb with a separable verb inside a "that" clause, occur in
training only in parts, and show whether the parts are put together anew (Lake & Baroni 2018, "Generalization
without Systematicity"). No German sentence that is kept back occurs in training either, so "buys" in one and
"is buying" in the other cannot give an answer away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from random import Random
from typing import Final

from seqviz.tasks.grammar import english, german
from seqviz.tasks.grammar.examples import EXAMPLES
from seqviz.tasks.grammar.meaning import Pattern, Sentence, Shape
from seqviz.tasks.grammar.sampling import draw, patterns
from seqviz.tasks.grammar.words import Frame, Tense
from seqviz.tasks.tokenise import Pair, Words

LENGTHS: Final = range(3, 13)
"""Words that a sentence may have, commas not counted."""

HELD_PATTERNS: Final = {
    "a modal verb with a separable verb, in a 'that' clause": (Shape.THAT, Tense.MODAL, Frame.TRANSITIVE_SEPARABLE),
    "the perfect of a separable verb with sein, in a clause at the end": (
        Shape.CLAUSE_LAST,
        Tense.PAST,
        Frame.INTRANSITIVE_SEPARABLE,
    ),
    "a modal verb with a dative, after the time": (Shape.TIME_FIRST, Tense.MODAL, Frame.DATIVE),
    "two objects in the future, in a clause at the front": (Shape.CLAUSE_FIRST, Tense.FUTURE, Frame.TWO_OBJECTS),
    "the perfect with sein and a direction, after the time": (Shape.TIME_FIRST, Tense.PAST, Frame.MOTION),
    "a separable verb in the present, around a time": (Shape.TIME_LAST, Tense.PRESENT, Frame.TRANSITIVE_SEPARABLE),
    "a dative in the perfect, in a 'that' clause": (Shape.THAT, Tense.PAST, Frame.DATIVE),
    "a modal verb with a preposition, in a clause at the end": (Shape.CLAUSE_LAST, Tense.MODAL, Frame.PREPOSITION),
}
"""The patterns that training never sees, denied or not, by what is special about them."""

_TRAIN, _SENTENCES, _PATTERNS = 20000, 250, 200
_SEED = 2015
_SHAPES = {Shape.PLAIN: 4.0, Shape.TIME_FIRST: 3.0, Shape.TIME_LAST: 3.0}
"""How often a shape is drawn; those with two clauses `_OTHER_SHAPES` times."""
_OTHER_SHAPES = 3.0
_FRAMES = {Frame.BE: 0.5, Frame.INTRANSITIVE: 0.7, Frame.TRANSITIVE: 2.0}
"""How often a frame with few or many verbs is drawn, the others being 1."""
_TENSES = {Tense.PRESENT: 2.0, Tense.PAST: 1.5, Tense.FUTURE: 0.7, Tense.MODAL: 1.0}
"""How often a tense is drawn: English has two forms of present and past, and each is to be seen."""
_DENIED = 0.35
"""How often a pattern with "not" is drawn for each time that the same one without it is."""
_USUAL, _LONGER = 7, 0.5
"""Each word beyond `_USUAL` makes a sentence `_LONGER` times as frequent, as long ones are rare in any language."""


@dataclass(frozen=True)
class Corpus:
    """All sentence pairs. What is kept back does not occur in `train`, in either language.

    sentences: kept back, of patterns that occur in `train`. patterns: kept back, of those that do not.
    examples: kept back, picked by hand, by the point of grammar that each shows. train: learned from.
    """

    sentences: tuple[Pair, ...]
    patterns: tuple[Pair, ...]
    examples: tuple[tuple[str, Pair], ...]
    train: tuple[Pair, ...]


@lru_cache(maxsize=1)
def corpus() -> Corpus:
    """All pairs, each English sentence once. The same in every process."""
    random = Random(_SEED)
    examples = {name: pair_of(sentence) for name, sentence in EXAMPLES.items()}
    kept_back = dict(examples.values())
    unseen = _distinct(is_held, _PATTERNS, random, kept_back)
    kept_back.update(unseen)
    sentences = _distinct(_is_seen, _SENTENCES, random, kept_back)
    kept_back.update(sentences)
    train = _distinct(_is_seen, _TRAIN, random, kept_back)
    return Corpus(tuple(sentences.items()), tuple(unseen.items()), tuple(examples.items()), tuple(train.items()))


def pair_of(sentence: Sentence) -> Pair:
    """The sentence in both languages."""
    return english.say(sentence), german.say(sentence)


def is_held(pattern: Pattern) -> bool:
    """Whether the pattern is kept out of training."""
    return (pattern.shape, pattern.tense, pattern.frame) in HELD_PATTERNS.values()


def _is_seen(pattern: Pattern) -> bool:
    return not is_held(pattern)


def _distinct(
    wanted: Callable[[Pattern], bool], count: int, random: Random, taken: dict[Words, Words]
) -> dict[Words, Words]:
    """`count` pairs of `wanted` patterns, of which neither side occurs in `taken`."""
    choices = [pattern for pattern in patterns() if wanted(pattern)]
    weights = list(accumulate(_weight(pattern) for pattern in choices))
    answers = set(taken.values())
    found: dict[Words, Words] = {}
    while len(found) < count:
        sentence = draw(random.choices(choices, cum_weights=weights)[0], random)
        source = english.say(sentence)
        if source in found or source in taken or random.random() >= _LONGER ** max(0, len(source) - _USUAL):
            continue
        target = german.say(sentence)
        fits = all(len(words) - words.count(",") in LENGTHS for words in (source, target))
        if fits and target not in answers:
            found[source] = target
    return found


def _weight(pattern: Pattern) -> float:
    share = _SHAPES.get(pattern.shape, _OTHER_SHAPES) * _FRAMES.get(pattern.frame, 1.0) * _TENSES[pattern.tense]
    return share * _DENIED if pattern.negated else share
