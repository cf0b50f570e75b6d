"""Splits sentences of any language into words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

Words = tuple[str, ...]
Pair = tuple[Words, Words]
"""A sentence and its translation."""

# Chinese and Japanese characters with their punctuation, and Thai letters with the vowel and tone marks above them.
_WRITTEN_WITHOUT_SPACES = re.compile(
    "[\u2e80-\u9fff\uf900-\ufaff\uff01-\uff0f\uff1a-\uff20\U00020000-\U0003ffff]"
    "|[\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e50-\u0e59][\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]*"
)


def words_of(text: str) -> Words:
    """The words of a text, as spelt; punctuation at the edge of a word is a word of its own.

    What stands inside a word stays there (don't, e-mail, l'homme, 3.5). Where a language writes no spaces (Chinese,
    Japanese, Thai), each character is a word. Equal letters become equal characters (Unicode form NFC).

    >>> words_of("Don't go, Tom!")
    ("Don't", 'go', ',', 'Tom', '!')
    """
    spaced = _WRITTEN_WITHOUT_SPACES.sub(r" \g<0> ", unicodedata.normalize("NFC", text))
    return tuple(word for chunk in spaced.split() for word in _peeled(chunk))


def lowered(words: Iterable[str]) -> Words:
    """The words in small letters, as the networks read them that capitals make no difference to."""
    return tuple(word.lower() for word in words)


def with_sentence_case(sentences: Iterable[Words]) -> list[Words]:
    """The sentences, their first words without the capital that only the start of a sentence gives them.

    A first word takes the spelling that it has most often elsewhere (Lita et al. 2003, "tRuEcasIng"), and keeps its
    own where it stands nowhere else: so German nouns and names stay capitals and articles do not.
    """
    sentences = list(sentences)
    spellings: dict[str, Counter[str]] = {}
    for sentence in sentences:
        for word in sentence[1:]:
            spellings.setdefault(word.lower(), Counter())[word] += 1
    return [(_usual(sentence[0], spellings), *sentence[1:]) if sentence else sentence for sentence in sentences]


def _usual(word: str, spellings: dict[str, Counter[str]]) -> str:
    found = spellings.get(word.lower())
    return found.most_common(1)[0][0] if found else word


def _peeled(chunk: str) -> list[str]:
    """The punctuation before a word, each mark by itself, the word, and the punctuation behind it."""
    start, end = 0, len(chunk)
    while start < end and _is_mark(chunk[start]):
        start += 1
    while end > start and _is_mark(chunk[end - 1]):
        end -= 1
    middle = [chunk[start:end]] if start < end else []
    return [*chunk[:start], *middle, *chunk[end:]]


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] in "PSC"
