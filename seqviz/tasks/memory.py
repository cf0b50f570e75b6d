"""What the memory tasks share: sequences drawn anew for each batch, so that nothing but the wiring can be learned.

Where there are few sequences, those of all batches are soon all there are. So which of them are kept back is decided by
what they hold, and none of those is ever learned from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from itertools import count
from typing import Final

import numpy as np
from jaxtyping import Bool, Float64, Int64

from seqviz.core.task import ACCURACY, IGNORE, BadInput, Baseline, Batch, Example, Reading
from seqviz.core.topology import Topology

HELD_OUT: Final = 256
EVERY: Final = 8
"""One sequence in so many is kept back."""
LONGEST: Final = 200
EXAMPLES: Final = 8
_TRAINING, _HELD_OUT = (0,), (1,)
"""Keys of random streams that never meet, whatever the seed (NumPy's `SeedSequence.spawn_key`)."""


@dataclass(frozen=True)
class MemoryTask:
    """A `Task` whose examples are drawn, not stored.

    draw: from a generator and a number to inputs (number, inputs, …) and targets (number, outputs), of one length.
    show: one example's inputs and targets as a person sees them. parse: what a person typed, as an example.
    train_size is nominal: an epoch is that many examples, though no two epochs are alike.
    """

    key: str
    title: str
    topology: Topology
    reads: Reading
    writes: tuple[str, ...]
    defaults: dict[str, str | int | float | bool]
    draw: Callable[[np.random.Generator, int], tuple[np.ndarray, Int64[np.ndarray, "count outputs"]]]
    show: Callable[[np.ndarray, Int64[np.ndarray, " outputs"]], Example]
    parse: Callable[[str], Example]
    train_size: int = 2000
    score_name: str = ACCURACY

    @cached_property
    def held_out(self) -> Batch:
        """Sequences of the kind that is kept back, from a random stream of their own."""
        return self._drawn((0,), _HELD_OUT, HELD_OUT, kept_back=True)

    @cached_property
    def baseline(self) -> Baseline:
        """The best that one answer to everything can do: the share of the commonest."""
        return Baseline("always the commonest answer", float(self._shares.max()))

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """The first held-out sequences that differ in what they show."""
        shown: dict[str, Example] = {}
        for inputs, targets in zip(self.held_out.inputs, self.held_out.targets, strict=True):
            example = self.show(inputs, targets)
            shown.setdefault(example.name, example)
        return tuple(shown.values())[:EXAMPLES]

    def batch(self, seed: int, step: int, size: int) -> Batch:
        """`size` new examples, decided by `seed` and `step` alone."""
        return self._drawn((seed, step), _TRAINING, size, kept_back=False)

    def by_baseline(self, example: Example) -> tuple[str, ...]:
        """The commonest answer, wherever one is asked for."""
        return (self.writes[self._shares.argmax()],) * int((example.targets != IGNORE).sum())

    def read(self, typed: str) -> Example:
        """What a person typed, with its true targets, which follow from the rule. Raises BadInput."""
        return self.parse(typed)

    @cached_property
    def _shares(self) -> Float64[np.ndarray, " classes"]:
        """How large a part of the answers in `held_out` is each of `writes`."""
        asked = self.held_out.targets[self.held_out.targets != IGNORE]
        return np.asarray(np.bincount(asked, minlength=len(self.writes)) / len(asked))

    def _drawn(self, entropy: tuple[int, ...], stream: tuple[int, ...], size: int, kept_back: bool) -> Batch:
        rng = np.random.default_rng(np.random.SeedSequence(entropy, spawn_key=stream))
        found: list[tuple[np.ndarray, np.ndarray]] = []
        while sum(len(targets) for _, targets in found) < size:
            inputs, targets = self.draw(rng, size)
            wanted = _kept_back(inputs, self._salt) == kept_back
            found.append((inputs[wanted], targets[wanted]))
        inputs, targets = (np.concatenate(part)[:size] for part in zip(*found, strict=True))
        return Batch(inputs, np.full(size, inputs.shape[1], dtype=np.int64), targets)

    @cached_property
    def _salt(self) -> bytes:
        """The first with which neither kind has one answer to everything: of four sequences, that takes some trying."""
        inputs, targets = self.draw(np.random.default_rng(0), EVERY * HELD_OUT)

        def parts(salt: bytes) -> bool:
            back = _kept_back(inputs, salt)
            return all(len(np.unique(targets[kind], axis=0)) > 1 for kind in (back, ~back))

        return next(salt for number in count() if parts(salt := number.to_bytes(2)))


def _kept_back(inputs: np.ndarray, salt: bytes) -> Bool[np.ndarray, " sequences"]:
    """Which sequences are kept back: decided by what each holds alone."""
    marks = [blake2b(row.tobytes(), digest_size=1, salt=salt).digest()[0] for row in inputs]
    return np.asarray(np.array(marks) % EVERY == 0)


def symbols(typed: str, allowed: str, least: int, most: int = LONGEST) -> list[str]:
    """The typed characters, spaces and commas aside, in capitals.

    Raises BadInput where one is not in `allowed` or where there are fewer than `least` or more than `most`.
    """
    found = [sign for sign in typed.upper() if not sign.isspace() and sign != ","]
    for place, sign in enumerate(found, 1):
        if sign not in allowed:
            raise BadInput(f"“{sign}” at place {place} is not one of {', '.join(allowed)}.")
    if not least <= len(found) <= most:
        raise BadInput(f"Symbols typed: {len(found)}; {least} to {most} can be read.")
    return found
