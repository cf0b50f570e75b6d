"""Part-of-speech tags: an output for each word as it is read, many-to-many, direct.

The sentences are the project's own (`data/tags.txt`). Many of their words have different tags in different places, told
apart mostly by what stands before: "the run", "they run". For some, nothing before decides: "that house", "that is
mine". A network that reads from left to right has to guess these, and one that also reads from the right need not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from seqviz.core.config import RunConfig
from seqviz.tasks.tagging import Tagged, TaggingTask

SOURCE = Path(__file__).parent / "data" / "tags.txt"

TAGS: Final[Mapping[str, str]] = {
    "noun": "noun",
    "verb": "verb",
    "adj": "adjective",
    "adv": "adverb",
    "det": "determiner",
    "pron": "pronoun",
    "prep": "preposition",
    "conj": "conjunction",
    "part": "particle",
}
"""How the file writes a tag, and how people read it."""

FILLINGS: Final[Mapping[str, int]] = {"learn from": 20, "held out": 8}
"""Sentences made of each template under a heading."""


@dataclass(frozen=True)
class Slot:
    """One place of a line: a word, or the name of a list any word of which may stand there."""

    word: str
    tag: str
    late: bool


@dataclass(frozen=True)
class Line:
    """One sentence or template of the file. number: its line, from 1. name: what stands before a colon."""

    number: int
    name: str
    slots: tuple[Slot, ...]


@dataclass(frozen=True)
class Source:
    """The file, read: its word lists and the lines under each heading."""

    lists: Mapping[str, tuple[str, ...]]
    lines: Mapping[str, tuple[Line, ...]]


@cache
def source() -> Source:
    """What `data/tags.txt` says. Raises ValueError, with the line, where it breaks its own rules."""
    lists: dict[str, tuple[str, ...]] = {}
    lines: dict[str, list[Line]] = {"learn from": [], "held out": [], "examples": []}
    heading = ""
    for number, line in enumerate(SOURCE.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            heading = line.strip("[]")
            continue
        name, _, rest = line.rpartition(": ")
        if heading == "lists":
            lists[name] = tuple(rest.split())
        else:
            lines[heading].append(Line(number, name, tuple(_slot(part, number) for part in rest.split())))
    return Source(lists, {heading: tuple(found) for heading, found in lines.items()})


def sentences(heading: str) -> tuple[Tagged, ...]:
    """The different sentences under "learn from" or "held out": its own and those its templates make."""
    return tuple(dict.fromkeys(made for line in source().lines[heading] for made in _made(line, FILLINGS[heading])))


@cache
def build_once() -> TaggingTask:
    """The task, with every sentence that is kept back taken out of those to learn from."""
    menu = tuple((line.name, _filled(line.slots)) for line in source().lines["examples"])
    held = sentences("held out") + tuple(sentence for _, sentence in menu)
    kept_back = {sentence.words for sentence in held}
    return TaggingTask(
        key="tags",
        title="Tag each word",
        train=tuple(sentence for sentence in sentences("learn from") if sentence.words not in kept_back),
        held=held,
        menu=menu,
        tags=tuple(TAGS.values()),
        defaults={"cell": "gru", "hidden": 32, "embedding": 24, "learning_rate": 0.01, "batch": 32},
    )


def build(config: RunConfig) -> TaggingTask:
    """The task; no setting changes its data."""
    return build_once()


def _slot(part: str, number: int) -> Slot:
    word, _, tag = part.partition("/")
    if tag.removesuffix("*") not in TAGS:
        raise ValueError(f"{SOURCE.name}, line {number}: {part!r} has none of the tags {', '.join(TAGS)}")
    return Slot(word, TAGS[tag.removesuffix("*")], tag.endswith("*"))


def _made(line: Line, fillings: int) -> Iterator[Tagged]:
    """The line itself, or a template's fillings, which depend on the template alone."""
    lists = source().lists
    if not any(slot.word in lists for slot in line.slots):
        yield _filled(line.slots)
        return
    rng = np.random.default_rng(line.number)
    for _ in range(fillings):
        yield _filled(
            tuple(
                Slot(str(rng.choice(lists[slot.word])), slot.tag, slot.late) if slot.word in lists else slot
                for slot in line.slots
            )
        )


def _filled(slots: tuple[Slot, ...]) -> Tagged:
    words = [slot.word for slot in slots]
    for place, following in enumerate(words[1:]):
        if words[place] == "a" and following[0] in "aeiou":
            words[place] = "an"
    return Tagged(tuple(words), tuple(slot.tag for slot in slots), tuple(slot.late for slot in slots))
