"""A person's own tagged sentences, from a CoNLL-U file: each word's tag is learned in the direct wiring.

The format is that of Universal Dependencies (https://universaldependencies.org/format.html): a word a line, ten columns
with tabs between them, of which the second is the word and the fourth its tag; an empty line ends a sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from seqviz.core.config import RunConfig
from seqviz.core.task import BadInput
from seqviz.tasks import store
from seqviz.tasks.tables import read_text
from seqviz.tasks.tagging import LONGEST, Tagged, TaggingTask
from seqviz.tasks.tokenise import lowered

KIND: Final = "own-tags"
MOST_SENTENCES: Final = 50_000
FEWEST: Final = 10
"""Different sentences without which nothing can be kept back and nothing be learned."""
MOST_TAGS: Final = 60
HELD_SHARE: Final = 0.2
MOST_HELD: Final = 500
MENU: Final = 8
WANTED: Final = "A CoNLL-U file is needed, as treebanks come: a word a line, its tag in the fourth column."
SHOWN: Final = 60
"""Characters of a sentence in a menu."""

Words = tuple[tuple[str, str], ...]
"""A sentence's words, each with its tag, "" where the file gives none."""

_WORD_NUMBER = re.compile(r"[1-9]\d*")
_OTHER_NUMBER = re.compile(r"\d+-\d+|\d+\.\d+")
"""A range (several words spelt as one, as in "don't") or an empty node (a word that the text leaves out)."""


def prepare(content: bytes) -> store.Prepared:
    """Keeps the tagged sentences of a CoNLL-U file. Raises BadInput where nothing can be learned from them."""
    text, decoding = read_text(content, WANTED)
    found, problems = read_conllu(text)
    if not found:
        raise BadInput(problems[0] if problems else "The file has no sentences, only comments or empty lines.")
    pieces = [piece for sentence in found[:MOST_SENTENCES] for piece in _pieces(sentence)]
    kept = [piece for piece in pieces if any(tag for _, tag in piece)]
    _check(kept)
    tags = Counter(tag for sentence in kept for _, tag in sentence)
    notes = [
        f"{len(found[:MOST_SENTENCES]):,} sentences, {tags.total():,} words, {len(tags.keys() - {''})} tags: "
        f"{', '.join(sorted(tags.keys() - {''}))}.",
        *decoding,
    ]
    if problems:
        notes.append(f"Sentences left out because they cannot be read: {len(problems):,}. The first: {problems[0]}")
    if len(found) > MOST_SENTENCES:
        notes.append(f"Only the first {MOST_SENTENCES:,} of {len(found):,} sentences are used.")
    if long := sum(len(sentence) > LONGEST for sentence in found[:MOST_SENTENCES]):
        notes.append(f"Sentences of more than {LONGEST} words, read in pieces of at most {LONGEST}: {long:,}.")
    if len(kept) < len(pieces):
        notes.append(f"Sentences left out because none of their words has a tag: {len(pieces) - len(kept):,}.")
    if tags[""]:
        notes.append(f"Words without a tag, which are read but not asked for: {tags['']:,}.")
    record = {"kind": KIND, "sentences": [list(zip(*sentence, strict=True)) for sentence in kept]}
    return store.Prepared(store.put(record), tuple(notes))


def read_conllu(text: str) -> tuple[list[Words], list[str]]:
    """The sentences of a CoNLL-U text, and for each that cannot be read the reason, with the line's number.

    Comments, ranges (1-2) and empty nodes (1.1) are passed over. "_" stands for a tag that is not given.
    """
    sentences: list[Words] = []
    problems: list[str] = []
    for lines in _blocks(text):
        try:
            words = tuple(_words(lines))
        except BadInput as problem:
            problems.append(str(problem))
            continue
        if words:
            sentences.append(words)
    return sentences, problems


def build(config: RunConfig) -> TaggingTask:
    """The task of the sentences that `config.data` names. Raises BadInput where they are gone."""
    record = store.get(config.data, KIND)
    sentences = [Tagged(tuple(words), tuple(tags)) for words, tags in record["sentences"]]
    # Sentences that are equal as the network reads them stay together: nothing kept back has been learned by heart.
    different = {lowered(sentence.words): sentence for sentence in sentences}
    order = np.random.default_rng(0).permutation(len(different))
    wanted = min(MOST_HELD, int(HELD_SHARE * len(different)))
    by_words = tuple(different.values())
    held = tuple(by_words[place] for place in order[:wanted])
    kept_back = {lowered(sentence.words) for sentence in held}
    # Short sentences fit the screen.
    menu = sorted(held, key=lambda sentence: abs(len(sentence.words) - 8))[:MENU]
    return TaggingTask(
        key=KIND,
        title="Your own tagged sentences",
        train=tuple(sentence for sentence in sentences if lowered(sentence.words) not in kept_back),
        held=held,
        menu=tuple((_shown(sentence.words), sentence) for sentence in menu),
        tags=tuple(sorted({tag for sentence in sentences for tag in sentence.tags if tag})),
        defaults={"hidden": 64, "embedding": 32, "learning_rate": 0.005},
    )


def _blocks(text: str) -> Iterator[list[tuple[int, str]]]:
    """The lines of each sentence with their numbers. A word numbered 1 begins one even without an empty line."""
    block: list[tuple[int, str]] = []
    # Not `splitlines`, which would also split at characters that a word may hold.
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        if line.startswith("#"):
            continue
        if block and (not line.strip() or line.split()[0] == "1"):
            yield block
            block = []
        if line.strip():
            block.append((number, line))
    if block:
        yield block


def _words(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[str, str]]:
    for number, line in lines:
        fields = [field.strip() for field in (line.split("\t") if "\t" in line else line.split())]
        if len(fields) < 4:
            raise BadInput(
                f"Line {number} has fewer than four columns. In a CoNLL-U file each word has a line of its own with "
                "ten columns and tabs between them: its number, the word, its base form, its tag and six more."
            )
        if _OTHER_NUMBER.fullmatch(fields[0]):
            continue
        if not _WORD_NUMBER.fullmatch(fields[0]):
            raise BadInput(f"Line {number} begins with “{_short(fields[0], 20)}” where a word's number should stand.")
        if not fields[1]:
            raise BadInput(f"Line {number} has no word in its second column.")
        yield unicodedata.normalize("NFC", fields[1]), "" if fields[3] == "_" else fields[3]


def _pieces(sentence: Words) -> Iterator[Words]:
    for start in range(0, len(sentence), LONGEST):
        yield sentence[start : start + LONGEST]


def _check(sentences: Sequence[Words]) -> None:
    tags = {tag for sentence in sentences for _, tag in sentence if tag}
    if not tags:
        raise BadInput("No word has a tag: the fourth column is empty or “_” throughout. It holds tags such as NOUN.")
    if len(tags) < 2:
        raise BadInput(f"All words have the tag “{_short(next(iter(tags)), 20)}”: there is nothing to tell apart.")
    if len(tags) > MOST_TAGS:
        raise BadInput(
            f"The fourth column has {len(tags):,} different tags; at most {MOST_TAGS} can be told apart. "
            "Are the columns in the order of CoNLL-U: number, word, base form, tag?"
        )
    if {word for sentence in sentences for word, _ in sentence} == {"_"}:
        raise BadInput("All words are “_”: this file has tags without its text.")
    different = len({lowered(word for word, _ in sentence) for sentence in sentences})
    if different < FEWEST:
        raise BadInput(f"The file has {different} different sentences; at least {FEWEST} are needed.")


def _shown(words: Sequence[str]) -> str:
    return _short(" ".join(words), SHOWN)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
