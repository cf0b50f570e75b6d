"""A person's own pictures with captions, from a ZIP file: one-to-many, as for the drawn scenes."""

from __future__ import annotations

import base64
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Int64, UInt8
from PIL import Image

from seqviz.core.config import RunConfig
from seqviz.core.task import (
    END,
    EXACT,
    IGNORE,
    UNKNOWN,
    BadInput,
    Baseline,
    Batch,
    Example,
    Images,
    as_picture,
    encode,
    shuffled,
)
from seqviz.core.topology import ONE_TO_MANY
from seqviz.tasks import store
from seqviz.tasks.picture_archive import SIDE, Archive, open_archive, shown, shrink, shrink_all
from seqviz.tasks.tables import Table, read_table
from seqviz.tasks.tokenise import Words, words_of

KIND: Final = "own-captions"
FEWEST: Final = 10
"""Different pictures without which nothing can be kept back and nothing be learned."""
MOST_PICTURES: Final = 2000
LONGEST: Final = 20
"""Words of a caption; longer ones are left out, as cutting would teach wrong ends."""
MOST_WORDS: Final = 2000
HELD_SHARE: Final = 0.15
MOST_HELD: Final = 300
MENU: Final = 8
LISTED: Final = 10
"""File names at most that a note spells out."""
CAPTION_NAMES: Final = ("caption", "captions", "text", "description", "sentence", "title", "label", "comment")
PREFIX: Final = "data:image/png;base64,"

Captioned = tuple[str, Words]
"""A picture's name and a caption of it."""


class _Row(NamedTuple):
    """written: what a row calls its picture. picture: its name in the ZIP file, "" where it is not there."""

    written: str
    picture: str
    words: Words


def prepare(content: bytes) -> store.Prepared:
    """Keeps the pictures and captions of a ZIP file. Raises BadInput where nothing can be learned from them.

    The table has the names of the pictures in one column and captions in another; a picture may have several.
    """
    archive = open_archive(content)
    if not archive.pictures:
        raise BadInput("The ZIP file holds no pictures. PNG, JPEG and GIF files can be read.")
    table = _table(archive)
    rows = [
        _Row(written, archive.named(written), words_of(caption.lower())) for written, caption in _rows(archive, table)
    ]
    usable = [row for row in rows if row.picture and 0 < len(row.words) <= LONGEST]
    wanted = list(dict.fromkeys(row.picture for row in usable))
    pictures, broken = shrink_all(archive, wanted[:MOST_PICTURES])
    captions = [(row.picture, row.words) for row in usable if row.picture in pictures]
    notes = (
        *table.notes,
        *_listed("Not in the ZIP file", (row.written for row in rows if not row.picture)),
        *_listed("Pictures that cannot be used", (f"{shown(name)} {reason}" for name, reason in broken.items())),
        *_listed("Rows without a caption", (row.written for row in rows if not row.words)),
        *_listed(f"Captions of more than {LONGEST} words", (row.written for row in rows if len(row.words) > LONGEST)),
        *_listed("Pictures without a caption", sorted(set(archive.pictures) - {row.picture for row in rows})),
        *_listed("Files that are neither PNG, JPEG, GIF nor the table", archive.others),
        *_listed(f"Pictures beyond the first {MOST_PICTURES:,}", wanted[MOST_PICTURES:]),
    )
    different = len({picture.tobytes() for picture in pictures.values()})
    if different < FEWEST:
        found = f"Different pictures with captions that can be used: {different}; at least {FEWEST} are needed."
        raise BadInput(" ".join((found, *notes)))
    record = {
        "kind": KIND,
        "pictures": {name: base64.b64encode(picture.tobytes()).decode() for name, picture in pictures.items()},
        "captions": captions,
    }
    return store.Prepared(store.put(record), (*_done(len(captions), len(pictures)), *notes))


def typed_picture(content: bytes) -> str:
    """An uploaded picture as text for `OwnCaptions.read`. Raises BadInput where it cannot be read."""
    file = io.BytesIO()
    try:
        Image.fromarray(shrink(content)).save(file, "PNG")
    except BadInput as reason:
        raise BadInput(f"This file {reason}.") from None
    return PREFIX + base64.b64encode(file.getvalue()).decode()


@dataclass(frozen=True)
class OwnCaptions:
    """The `Task` of a person's own pictures, by name, each (height, width, channels). train, held: captions of them."""

    pictures: dict[str, UInt8[np.ndarray, "24 24 3"]]
    train: tuple[Captioned, ...]
    held: tuple[Captioned, ...]
    key = KIND
    title = "Your own pictures with captions"
    topology = ONE_TO_MANY
    reads = Images(3, SIDE, SIDE)
    score_name = EXACT

    @property
    def train_size(self) -> int:
        """Captions learned from."""
        return len(self.train)

    @property
    def defaults(self) -> dict[str, str | int | float | bool]:
        """As for the drawn scenes."""
        return {
            "cell": "gru",
            "hidden": 128,
            "embedding": 96,
            "learning_rate": 0.002,
            "clip": 5.0,
            "initialisation": "orthogonal",
        }

    @cached_property
    def writes(self) -> tuple[str, ...]:
        """The commonest words learned from, the unknown word if others occur, the end."""
        counts = Counter(word for _, words in self.train for word in words)
        common = sorted(counts, key=lambda word: (-counts[word], word))[:MOST_WORDS]
        known = set(common)
        strange = any(word not in known for _, words in self.train + self.held for word in words)
        return (*sorted(common), UNKNOWN, END) if strange else (*sorted(common), END)

    @cached_property
    def held_out(self) -> Batch:
        """Pictures kept back, each with its first caption."""
        return self._batch(self.held)

    @cached_property
    def baseline(self) -> Baseline:
        """The commonest caption, whatever the picture."""
        right = sum(words == self._commonest for _, words in self.held) / len(self.held)
        return Baseline("always the commonest caption", right)

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """Kept-back pictures, those with different captions first."""
        firsts = {words: (name, words) for name, words in reversed(self.held)}
        chosen = dict.fromkeys([*reversed(firsts.values()), *self.held])
        return tuple(self._example(name, words) for name, words in list(chosen)[:MENU])

    def batch(self, seed: int, step: int, size: int) -> Batch:
        """`size` captions to learn from, decided by `seed` and `step` alone."""
        return self._batch([self.train[place] for place in shuffled(len(self.train), seed, step, size)])

    def by_baseline(self, example: Example) -> tuple[str, ...]:
        """The commonest caption."""
        return self._commonest

    def read(self, typed: str) -> Example:
        """A picture of the upload by its name, or any other as `typed_picture` writes it. Raises BadInput."""
        wanted = typed.strip()
        if wanted.startswith(PREFIX):
            try:
                picture = shrink(base64.b64decode(wanted.removeprefix(PREFIX), validate=True))
            except ValueError:  # no base64, or no picture
                raise BadInput("This picture has been cut off or changed on the way. Upload it again.") from None
            return Example(as_picture(picture)[None], np.empty(0, dtype=np.int64), ("picture",), "your picture")
        for name, words in self.held + self.train:
            if wanted and wanted.lower() in (name.lower(), name.lower().rsplit("/", 1)[-1]):
                return self._example(name, words)
        some = ", ".join(shown(name) for name, _ in self.held[:3])
        raise BadInput(f"There is no picture “{shown(wanted)}” in your upload. Kept back were, among others: {some}.")

    @cached_property
    def _commonest(self) -> Words:
        return Counter(words for _, words in self.train).most_common(1)[0][0]

    @cached_property
    def _index(self) -> dict[str, int]:
        return {word: place for place, word in enumerate(self.writes)}

    def _example(self, name: str, words: Words) -> Example:
        targets = encode((*words, END), self._index)
        return Example(as_picture(self.pictures[name])[None], targets, ("picture",), shown(name))

    def _batch(self, captions: Sequence[Captioned]) -> Batch:
        inputs = np.stack([as_picture(self.pictures[name]) for name, _ in captions])[:, None]
        return Batch(inputs, np.ones(len(captions), dtype=np.int64), self._padded([words for _, words in captions]))

    def _padded(self, captions: Sequence[Words]) -> Int64[np.ndarray, "captions words"]:
        targets = np.full((len(captions), max(len(words) for words in captions) + 1), IGNORE, dtype=np.int64)
        for row, words in enumerate(captions):
            targets[row, : len(words) + 1] = encode((*words, END), self._index)
        return targets


def build(config: RunConfig) -> OwnCaptions:
    """The task of the pictures that `config.data` names. Raises BadInput where they are gone."""
    record = store.get(config.data, KIND)
    pictures = {
        name: np.frombuffer(base64.b64decode(packed), dtype=np.uint8).reshape(SIDE, SIDE, 3)
        for name, packed in record["pictures"].items()
    }
    captions = [(name, tuple(words)) for name, words in record["captions"]]
    # Equal pictures under two names stay together, so that nothing kept back has been learned by heart.
    kinds = list(dict.fromkeys(pictures[name].tobytes() for name, _ in captions))
    order = np.random.default_rng(0).permutation(len(kinds))
    kept_back = {kinds[place] for place in order[: min(MOST_HELD, max(2, int(HELD_SHARE * len(kinds))))]}
    train = [(name, words) for name, words in captions if pictures[name].tobytes() not in kept_back]
    held = {pictures[name].tobytes(): (name, words) for name, words in reversed(captions)}
    return OwnCaptions(pictures, tuple(train), tuple(caption for kind, caption in held.items() if kind in kept_back))


def _table(archive: Archive) -> Table:
    """The table of an archive. Raises BadInput where it cannot be read."""
    called = f"The table “{shown(archive.table)}”"
    try:
        content = archive.read(archive.table)
    except BadInput as reason:
        raise BadInput(f"{called} {reason}. Pack it again.") from None
    try:
        return read_table(content, "the picture's file name and its caption")
    except BadInput as problem:
        raise BadInput(f"{called}: {problem}") from None


def _rows(archive: Archive, table: Table) -> list[tuple[str, str]]:
    """The picture's name and the caption in each row. Raises BadInput where no column names the pictures."""
    top, rows = table.columns, list(table.rows)
    if any(archive.named(cell) for cell in top):
        top, rows = (), [top, *rows]
    if not rows:
        raise BadInput(f"“{shown(archive.table)}” has column names and no rows below them.")
    hits = [sum(bool(archive.named(cell)) for cell in column) for column in zip(*rows, strict=True)]
    names = hits.index(max(hits))
    if not hits[names]:
        raise BadInput(
            f"No column of “{shown(archive.table)}” names pictures of the ZIP file. A row of it has "
            f"“{shown(rows[0][0])}”; a picture is called “{shown(archive.pictures[0])}”."
        )
    if not archive.named(rows[0][names]) and any(cell.lower() in CAPTION_NAMES for cell in rows[0]):
        top, *rows = rows
    others = [place for place in range(len(hits)) if place != names]
    called = {top[place].lower(): place for place in others} if top else {}
    caption = next(
        (called[name] for name in CAPTION_NAMES if name in called),
        max(others, key=lambda place: sum(len(row[place]) for row in rows)),
    )
    return [(row[names], row[caption]) for row in rows]


def _done(captions: int, pictures: int) -> list[str]:
    """What has been read, in sentences."""
    notes = [
        f"{captions:,} captions of {pictures:,} pictures. Each picture is shrunk to fit {SIDE} × {SIDE} pixels, whole, "
        "with white where it does not reach."
    ]
    if captions > pictures:
        notes.append("Of a picture that is kept back to try the network, only the first caption counts.")
    return notes


def _listed(what: str, names: Iterable[str]) -> list[str]:
    """A note on files by name, none where there are none."""
    several = list(dict.fromkeys(names))
    if not several:
        return []
    more = f" and {len(several) - LISTED:,} more" if len(several) > LISTED else ""
    return [f"{what}: {', '.join(shown(name, 90) or 'a row without a name' for name in several[:LISTED])}{more}."]
