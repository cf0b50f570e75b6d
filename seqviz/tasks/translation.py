"""Translate English into German: a small grammar says each meaning in both languages, so every pair is true.

"translation" learns the pairs with the delayed wiring: the encoder reads to the end, then the decoder writes.
"translation-direct" learns the same pairs with a word out for each word in, which is bound to fail wherever German
orders words differently: it would have to say words whose English it has not read yet.

The held-out score counts the kept-back sentences of patterns that training sees, 250 of them, and with them the
first 50 of 200 kept-back sentences of patterns that it never sees, so that the score is of both remembering and
building anew.
"""

from __future__ import annotations

import re
from functools import lru_cache

from seqviz.core.config import RunConfig
from seqviz.core.topology import DELAYED, DIRECT, Topology
from seqviz.tasks.grammar.corpus import corpus
from seqviz.tasks.sentence_pairs import SentencePairs, Settings, by_length
from seqviz.tasks.tokenise import Words, words_of

LONGEST = 20
"""Words and commas at most in a typed sentence."""
PATTERNS_SCORED = 50
"""Sentences of patterns never trained on that the held-out score counts."""

_DEFAULTS: Settings = {"cell": "gru", "hidden": 160, "embedding": 64, "learning_rate": 0.005, "batch": 64}
_SHORT_FORMS = (
    ("can't", "cannot"),
    ("can not", "cannot"),
    ("won't", "will not"),
    ("n't", " not"),
    ("'m", " am"),
    ("'re", " are"),
    ("'ve", " have"),
    ("'ll", " will"),
)


def build(config: RunConfig) -> SentencePairs:
    """The pairs in the delayed wiring. They are the same whatever the configuration."""
    return _task("translation", "Translate English to German", DELAYED)


def build_direct(config: RunConfig) -> SentencePairs:
    """The same pairs in the direct wiring."""
    return _task("translation-direct", "Translate English to German, a word out for each word in", DIRECT)


def split(typed: str) -> Words:
    """The words of a typed English sentence as the grammar writes them: short forms in full, no mark at the end."""
    text = typed.replace("’", "'")
    for short, full in _SHORT_FORMS:
        text = re.sub(rf"{short}\b", full, text, flags=re.IGNORECASE)
    words = words_of(text)
    while words and words[-1] in (".", "!", "?", "…"):
        words = words[:-1]
    return words


@lru_cache
def _task(key: str, title: str, topology: Topology) -> SentencePairs:
    pairs = corpus()
    return SentencePairs(
        key=key,
        title=title,
        train=pairs.train,
        held=pairs.sentences + pairs.patterns[:PATTERNS_SCORED],
        menu=pairs.examples,
        defaults=_DEFAULTS,
        split=split,
        longest=LONGEST,
        topology=topology,
        groups=(
            ("new sentences of patterns known from training", pairs.sentences),
            ("sentences of patterns never met in training", pairs.patterns),
            *by_length(pairs.sentences + pairs.patterns),
        ),
    )
