"""Real handwritten digits, named letter by letter: a picture of a 7 gets "s e v e n".

One-to-many on the 1,797 digits of 13 people that come with scikit-learn: the test part of "Optical Recognition of
Handwritten Digits" (Alpaydin & Kaynak 1998, UCI Machine Learning Repository).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Float32, Int64

from seqviz.core.config import RunConfig
from seqviz.core.task import END, EXACT, IGNORE, BadInput, Baseline, Batch, Example, Images, shuffled
from seqviz.core.topology import ONE_TO_MANY

NAMES: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
WRITES: Final = (*sorted(set("".join(NAMES))), END)
SIDE = 8
HELD_OUT = 300
MENU: Final = (7, 0, 3, 5, 2, 4)
"""Of these digits the menu offers the first that is held out, and the held-out digits easiest to mistake."""

_FINE = 32
_WIDE = 20
_STRETCH = 2
_LEAST_INK, _MOST_INK = 300, 420
"""Of the 1,024 dots, the original digits fill 310 on average, whatever their shape."""


def letters(digit: int) -> Int64[np.ndarray, " letters"]:
    """The letters of a digit's name and the end, as indices into `WRITES`."""
    return np.array([WRITES.index(letter) for letter in (*NAMES[digit], END)], dtype=np.int64)


@dataclass(frozen=True)
class Digits:
    """The task. pictures: 0 for paper, 1 for ink. digits: what each shows. The last `HELD_OUT` are held out."""

    pictures: Float32[np.ndarray, "digits 1 8 8"]
    digits: Int64[np.ndarray, " digits"]
    key = "digits"
    title = "Spell a handwritten digit"
    topology = ONE_TO_MANY
    reads = Images(1, SIDE, SIDE)
    writes = WRITES
    score_name = EXACT

    @property
    def train_size(self) -> int:
        """Digits learned from."""
        return len(self.digits) - HELD_OUT

    @property
    def defaults(self) -> dict[str, str | int | float | bool]:
        """Measured: over 90 % of held-out digits exactly right in a fraction of the time allowed."""
        return {"cell": "gru", "hidden": 64, "embedding": 32, "learning_rate": 0.005}

    @cached_property
    def held_out(self) -> Batch:
        """Digits that are not learned from."""
        return self._batch(np.arange(self.train_size, len(self.digits)))

    @cached_property
    def baseline(self) -> Baseline:
        """The commonest of the digits learned from, whatever the picture."""
        share = float((self.digits[self.train_size :] == self._commonest).mean())
        return Baseline(f"always answering “{NAMES[self._commonest]}”", share)

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """Held-out digits: some as they come, and four that are easily mistaken."""
        held = self.digits[self.train_size :]
        clear = [self.train_size + int((held == digit).argmax()) for digit in MENU]
        offered = [self._example(place, NAMES[self.digits[place]].capitalize()) for place in clear]
        return (*offered, *(self._example(place, name) for place, name in self._easily_mistaken(4)))

    def batch(self, seed: int, step: int, size: int) -> Batch:
        """`size` digits to learn from, decided by `seed` and `step` alone."""
        return self._batch(shuffled(self.train_size, seed, step, size))

    def by_baseline(self, example: Example) -> tuple[str, ...]:
        """The name of the commonest digit, in letters."""
        return tuple(NAMES[self._commonest])

    def read(self, typed: str) -> Example:
        """64 numbers, row by row: 0 for paper up to 1 for ink, or up to 16 as in the original data. Raises BadInput."""
        found = [word for word in re.split(r"[\s,;]+", typed) if word]
        if len(found) != SIDE * SIDE:
            raise BadInput(f"A digit is {SIDE * SIDE} numbers, 8 rows of 8; these are {len(found)}.")
        try:
            values = np.array([float(word) for word in found])
        except ValueError:
            raise BadInput("A digit is 64 numbers from 0 to 1, or from 0 to 16; something here is no number.") from None
        if not (values.min() >= 0 and values.max() <= 16):
            raise BadInput("A digit is 64 numbers from 0 to 1, or from 0 to 16; some are outside.")
        if not values.any():
            raise BadInput("Nothing is drawn yet: all 64 numbers are 0.")
        picture = (values / 16 if values.max() > 1 else values).astype(np.float32).reshape(1, 1, SIDE, SIDE)
        return Example(picture, np.empty(0, dtype=np.int64), ("picture",), "your drawing")

    @cached_property
    def _commonest(self) -> int:
        return int(np.bincount(self.digits[: self.train_size]).argmax())

    def _example(self, place: int, name: str) -> Example:
        return Example(self.pictures[place : place + 1], letters(self.digits[place]), ("picture",), name)

    def _batch(self, places: Int64[np.ndarray, " places"]) -> Batch:
        return Batch(self.pictures[places][:, None], np.ones(len(places), dtype=np.int64), _ALL[self.digits[places]])

    def _easily_mistaken(self, count: int) -> list[tuple[int, str]]:
        """Held-out digits, each of another kind, that resemble a training picture of another digit most, with names.

        Resemblance is compared with that to the most similar training picture of the same digit.
        """
        pictures = self.pictures.reshape(len(self.pictures), -1)
        known, asked = pictures[: self.train_size], pictures[self.train_size :]
        distances = np.sqrt(((asked[:, None] - known[None]) ** 2).sum(axis=2))
        same = self.digits[self.train_size :, None] == self.digits[None, : self.train_size]
        others = np.where(same, np.inf, distances)
        doubt = np.where(same, distances, np.inf).min(axis=1) / others.min(axis=1)
        found: dict[int, tuple[int, str]] = {}
        for held in np.argsort(-doubt):
            place = self.train_size + int(held)
            digit, other = int(self.digits[place]), int(self.digits[others[held].argmin()])
            found.setdefault(digit, (place, f"{NAMES[digit].capitalize()}, much like some {NAMES[other]}"))
        return list(found.values())[:count]


@cache
def _task() -> Digits:
    from sklearn.datasets import load_digits  # about a second: only who asks for digits pays for it

    loaded = load_digits()
    order = np.random.default_rng(5).permutation(len(loaded.target))
    pictures = (loaded.images[order, None] / 16).astype(np.float32)
    return Digits(pictures, loaded.target[order].astype(np.int64))


def build(config: RunConfig) -> Digits:
    """The task; no setting changes its data."""
    return _task()


def downsample(drawing: Float[np.ndarray, "height width"]) -> Float32[np.ndarray, "8 8"]:
    """A drawn digit as the original ones were made: 0 for paper, 1 for ink. drawing: likewise, of any size.

    Source: the steps of Garris et al. (1994), NISTIR 5469, as far as the data set's description names them. The digit
    is cut out and stretched to 20 × 32 dots (a narrow one less, so that a 1 does not become a block), its strokes are
    thinned or thickened until it has as much ink as the others, and the dots are counted in blocks of 4 × 4.
    Raises BadInput for an empty drawing, or one of lines too thin for its size.
    """
    if not drawing.size or drawing.max() <= 0:
        raise BadInput("Nothing is drawn yet. Draw a digit from 0 to 9.")
    ink = drawing >= 0.5 * drawing.max()
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
    wide = int(np.clip(round(_STRETCH * width * _FINE / height), 1, _WIDE))
    down = rows[0] + (np.arange(_FINE) + 0.5) * height / _FINE
    right = columns[0] + (np.arange(wide) + 0.5) * width / wide
    dots = np.zeros((_FINE, _FINE), dtype=bool)
    start = (_FINE - wide) // 2
    dots[:, start : start + wide] = _between(drawing / drawing.max(), down, right) >= 0.5
    if not dots.any():
        raise BadInput("The lines are too thin to be seen. Draw with a broader pen.")
    dots = _even_strokes(dots)
    blocks = dots.reshape(SIDE, 4, SIDE, 4).mean(axis=(1, 3), dtype=np.float32)
    return np.asarray(blocks, dtype=np.float32)


def _between(
    drawing: Float[np.ndarray, "height width"], down: Float[np.ndarray, " rows"], right: Float[np.ndarray, " columns"]
) -> Float[np.ndarray, "rows columns"]:
    """The drawing at places that lie between its pixels' middles, in pixels from its corner; linear in between."""
    by_row = np.array([np.interp(right - 0.5, np.arange(drawing.shape[1]), row) for row in drawing])
    return np.array([np.interp(down - 0.5, np.arange(drawing.shape[0]), column) for column in by_row.T]).T


def _even_strokes(dots: Bool[np.ndarray, "32 32"]) -> Bool[np.ndarray, "32 32"]:
    """Thins strokes that have too much ink, thickens those with too little, a dot on every side at a time."""
    while dots.sum() > _MOST_INK:
        # Beyond the picture's edge the digit goes on: it keeps its height.
        thinner = dots & np.logical_and.reduce(_neighbours(dots, mode="edge"))
        if thinner.sum() < _LEAST_INK:
            break
        dots = thinner
    while dots.sum() < _LEAST_INK:
        dots = dots | np.logical_or.reduce(_neighbours(dots, mode="constant"))
    return dots


def _neighbours(dots: Bool[np.ndarray, "32 32"], mode: str) -> tuple[Bool[np.ndarray, "32 32"], ...]:
    padded = np.pad(dots, 1, mode="edge" if mode == "edge" else "constant")
    return padded[1:-1, :-2], padded[1:-1, 2:], padded[:-2, 1:-1], padded[2:, 1:-1]


_LONGEST = max(len(name) for name in NAMES) + 1
_ALL: Final = np.array(
    [np.pad(letters(digit), (0, _LONGEST - len(letters(digit))), constant_values=IGNORE) for digit in range(10)]
)
"""(digits, letters): each digit's targets, padded."""
