"""Short film reviews, for or against: a hand-written corpus enlarged by a grammar.

The corpus (`data/reviews.txt`) holds some 1,200 sentences: plain ones, negation ("never boring"), contrast ("great
cast, dull film") and understatement ("I have had worse evenings"). The grammar (`data/review_templates.txt`) makes
`MADE` more from templates that say the same frame for and against, so that single words tell little and their order
decides. A template is the whole chain of rules that makes a sentence.

Held out are `HELD_WRITTEN` hand-written sentences, the menu's among them, and `HELD_MADE` sentences from templates of
which nothing is learned (`HELD_TEMPLATES` of those that join clauses; each clause is met in other templates). Nothing
is learned either from a sentence that differs from a held-out one in a single word. The hand-written part is the
harder: its sentences follow no template. `Reviews.held` says which sentence is of which part.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from itertools import islice
from typing import Final

import numpy as np

from seqviz.core.config import RunConfig
from seqviz.tasks.labelled import Labelled, LabelledTexts
from seqviz.tasks.templates import Grammar, Made, kept_back

WRITES: Final = ("negative", "positive")
LONGEST: Final = 60
HELD_WRITTEN, HELD_MADE, MADE = 150, 350, 20_000
HELD_TEMPLATES: Final = 0.2
MENU: Final = (
    "The trailer looked dull, but the film is great.",
    "A gripping thriller that kept me on the edge of my seat.",
    "I want my money back.",
    "It is never boring, not even for a minute.",
    "There is nothing fresh or clever here.",
    "It is anything but dull.",
    "Not funny, not clever, not worth your time.",
    "Great cast, dull film.",
    "Although the effects are cheap, the film is great fun.",
    "The first half is great fun, but the second half is terrible.",
    "Not bad at all.",
    "It is not exactly a masterpiece.",
    "I have certainly had worse evenings.",
    "The dialogue is a little clumsy, but the story is so moving that I forgave it.",
)
"""Hand-written sentences that show what decides: single words, negation, contrast, understatement, a long way back.

The first says one thing and then the other, so that the verdict is seen to turn.
"""

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[,;:]")

Words = tuple[str, ...]


@dataclass(frozen=True)
class Review(Labelled):
    """manner: plain, negation, contrast or understatement, or the template that made it. written: by hand."""

    manner: str
    written: bool


@dataclass(frozen=True)
class Reviews(LabelledTexts):
    """The task, its texts with their manner."""

    train: tuple[Review, ...] = field(repr=False)
    held: tuple[Review, ...] = field(repr=False)


def words_of(text: str) -> Words:
    """Lower-case words. A contraction stays one word, as the "n't" in it is its meaning.

    Marks that part clauses (, ; :) become a comma, a word of its own, because a contrast sets its clauses against each
    other there. Other marks tell nothing about the verdict and are dropped.

    >>> words_of("Great cast; but it isn't funny!")
    ('great', 'cast', ',', 'but', 'it', "isn't", 'funny')
    """
    plain = text.lower().replace("’", "'")
    return tuple("," if word in ";:" else word for word in _WORD.findall(plain))


def build(config: RunConfig) -> Reviews:
    """The reviews; the same for every configuration."""
    return _task()


@lru_cache(maxsize=1)
def _task() -> Reviews:
    rng = np.random.default_rng(2026)
    written = corpus()
    menu = tuple(review for text in MENU for review in written if review.name == text)
    others = [review for review in written if review.name not in MENU]
    order = rng.permutation(len(others))
    held_others = HELD_WRITTEN - len(menu)
    held_written = [*menu, *(others[place] for place in order[:held_others])]
    grammar = Grammar.read(_data("review_templates.txt"), _data("review_words.txt"))
    made = [_made(sentence) for sentence in islice(grammar.sentences(rng), MADE)]
    known = {review.words for review in written}
    held_made = [review for review in made if _kept_back(review) and review.words not in known][:HELD_MADE]
    held = (*held_written, *held_made)
    near = {shorter for review in held for shorter in shortened(review.words)}
    seen = [*(others[place] for place in order[held_others:]), *(review for review in made if not _kept_back(review))]
    return Reviews(
        key="reviews",
        title="Short film reviews",
        writes=WRITES,
        # Found by trying: larger learns no better within the same seconds.
        defaults={"hidden": 64, "embedding": 32, "learning_rate": 0.01, "batch": 64},
        train=tuple(review for review in seen if near.isdisjoint(shortened(review.words))),
        held=held,
        menu=menu,
        split=words_of,
        vocabulary=10_000,
        longest=LONGEST,
    )


def corpus() -> tuple[Review, ...]:
    """The hand-written sentences, in the order of the file."""
    reviews: list[Review] = []
    verdict, manner = "", ""
    for line in filter(None, map(str.strip, _data("reviews.txt").splitlines())):
        if line.startswith("## "):
            _, verdict, manner = line.split()
        else:
            reviews.append(Review(words_of(line), verdict, line, manner, True))
    return tuple(reviews)


def shortened(words: Words) -> Iterable[Words]:
    """The sentence, and all that is left of it without one of its words.

    Two sentences that differ in one word at most (put in, left out or exchanged) have one of these in common.
    """
    return [words, *(words[:place] + words[place + 1 :] for place in range(len(words)))]


def _made(sentence: Made) -> Review:
    return Review(words_of(sentence.text), WRITES[sentence.positive], sentence.text, sentence.template, False)


def _kept_back(review: Review) -> bool:
    return kept_back(review.manner, HELD_TEMPLATES)


def _data(name: str) -> str:
    return (files("seqviz.tasks") / "data" / name).read_text(encoding="utf-8")
