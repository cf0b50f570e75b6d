"""Numbers made fit for an axis or a colour: limits that move in steps, gradient norms on a logarithmic scale, and some
of many."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from jaxtyping import Float32, Int32, Int64

DECADES: Final = 6
"""How many powers of ten below the largest gradient norm the graph still tells apart."""


def rounded_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50 … (and 0.5, 0.2 …) that is not below `value`; 1 where it is 0 or not finite.

    A limit taken from here moves rarely while the numbers move all the time.

    >>> rounded_up(0.3), rounded_up(1.0), rounded_up(130.0)
    (0.5, 1.0, 200.0)
    """
    if not (np.isfinite(value) and value > 0):
        return 1.0
    power = 10.0 ** np.floor(np.log10(value))
    return next((float(step * power) for step in (1, 2, 5) if value <= step * power * (1 + 1e-6)), float(10 * power))


def largest(values: np.ndarray) -> float:
    """The largest absolute value among the finite ones; 0 where there is none."""
    finite = np.abs(values[np.isfinite(values)])
    return float(finite.max()) if finite.size else 0.0


def decades(values: np.ndarray, span: int) -> tuple[int, int]:
    """Powers of ten (low, high) between which the finite, positive values lie, at most `span` apart from the top.

    >>> decades(np.array([3e-4, 0.02, 0.0]), span=8)
    (-4, -1)
    """
    positive = values[np.isfinite(values) & (values > 0)]
    if not positive.size:
        return -1, 0
    high = int(np.ceil(np.log10(positive.max()) - 1e-6))
    low = int(np.floor(np.log10(positive.min())))
    return max(min(low, high - 1), high - span), high


def levels(lengths: np.ndarray, reference: float) -> np.ndarray:
    """Gradient norms as float32 from 0 to 1 on a logarithmic scale over `DECADES` powers of ten below `reference`.

    A norm of exactly 0 gives 0 and any other at least 0.05, so that nothing and next to nothing stay apart.
    Infinity gives 1, and NaN stays NaN.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        level = 1 + np.log10(lengths / reference if reference > 0 else lengths) / DECADES
    return np.where(lengths == 0, 0.0, np.clip(level, 0.05, 1.0)).astype(np.float32)


def without_nan(values: Float32[np.ndarray, " *any"], otherwise: float = 0.0) -> Float32[np.ndarray, " *any"]:
    """The same numbers with `otherwise` in the place of NaN. NumPy's own function takes four times as long for a few.

    >>> without_nan(np.array([1, np.nan], np.float32)).tolist()
    [1.0, 0.0]
    """
    return np.where(np.isnan(values), np.float32(otherwise), values)


def norms(values: Float32[np.ndarray, "... numbers"]) -> Float32[np.ndarray, " ..."]:
    """The Euclidean norm along the last axis. One too large for float32 is infinity, as it is in the network."""
    exact = values.astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(np.sqrt(np.vecdot(exact, exact)), np.float32)


@lru_cache(maxsize=64)
def evenly(count: int, most: int) -> Int64[np.ndarray, " places"]:
    """At most `most` places among `count`, evenly spread, the first and the last with them; read-only."""
    places = np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.int64))
    places.setflags(write=False)
    return places


def strongest(
    values: Float32[np.ndarray, "units steps"], rows: int
) -> tuple[Float32[np.ndarray, "rows steps"], Int32[np.ndarray, "rows steps"]]:
    """At most `rows` rows, each standing for neighbouring units by the one of them furthest from zero; and which.

    A mean would cancel units of opposite sign and show a number that no unit has.
    """
    units, steps = values.shape
    group = -(-units // rows)
    padded = np.zeros((-(-units // group) * group, steps), np.float32)
    padded[:units] = values
    grouped = padded.reshape(-1, group, steps)
    chosen = np.abs(grouped).argmax(axis=1)
    first = group * np.arange(len(grouped))[:, None]
    return np.take_along_axis(grouped, chosen[:, None], axis=1)[:, 0], (first + chosen).astype(np.int32)
