"""What curves over updates are made of, where there are more values than a picture has room for."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32

from seqviz.figures.scales import evenly


def smoothed(values: np.ndarray, most: int) -> Float32[np.ndarray, " places"]:
    """The running mean over a thirtieth of the values, at `evenly(len(values), most)`."""
    return running_mean(values, max(len(values) // 30, 1), evenly(len(values), most))


def outline(values: np.ndarray, stretches: int) -> np.ndarray:
    """Places of at most 2 × `stretches` values: of each stretch the lowest and the highest, in their order.

    All places where there are no more than that. A stretch of equal values, or without a number, has its first place
    twice.
    """
    if len(values) <= 2 * stretches:
        return np.arange(len(values))
    size = -(-len(values) // stretches)
    first = size * np.arange(-(-len(values) // size))
    padded = np.full(size * len(first), np.nan)
    padded[: len(values)] = values
    unknown = np.isnan(padded)
    lowest = np.where(unknown, np.inf, padded).reshape(-1, size).argmin(axis=1)
    highest = np.where(unknown, -np.inf, padded).reshape(-1, size).argmax(axis=1)
    return np.stack([first + np.minimum(lowest, highest), first + np.maximum(lowest, highest)], axis=1).ravel()


def running_mean(values: np.ndarray, width: int, places: np.ndarray) -> np.ndarray:
    """At each of `places`, the mean of the finite ones among the last `width` values, float32; NaN where there is none.

    Nothing is worked out between the places: of a long run that would take longer than to trace the network.
    """
    if not len(places):
        return np.zeros(0, np.float32)
    last = places + 1
    first = np.maximum(last - width, 0)
    finite = np.isfinite(values)
    mean = np.full(len(places), np.nan)
    if finite.all():
        np.divide(_sums(values, first, last), last - first, out=mean)
    else:
        total, many = _sums(np.where(finite, values, 0), first, last), _sums(finite, first, last)
        np.divide(total, many, out=mean, where=many > 0)
    return mean.astype(np.float32)


def _sums(values: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """The sum of each window of `values`, from its `first` place to the one before its `last`, in float64."""
    bounds = np.stack([first, last], axis=1).ravel()
    # From each bound to the next, of which every second is a window; a 0 behind lets the last one end.
    sums: np.ndarray = np.add.reduceat(np.append(values, 0), bounds, dtype=np.float64)
    return sums[::2]
