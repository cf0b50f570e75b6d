"""Frames on the wire: what has changed in the pictures, as a little JSON followed by raw numbers.

A picture is compared with what the screen already has, and only the differences are sent. It is made of dicts with
words as keys (none starts with "$"), lists or tuples, words, numbers, truth values, None and NumPy arrays; nothing is
turned into a frame's own form before it is known to travel. A frame is, little-endian throughout:

    4 bytes   length of the header, unsigned
    header    JSON in UTF-8, padded with spaces to a multiple of 4 bytes; {"$": n} stands for array n
    arrays    the numbers of array 0, 1, … one after the other, float32 or int32, row by row

`"arrays"` in the header lists each one as [type, shape]. NaN travels in arrays only; JSON has none.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeGuard

import numpy as np

from seqviz.figures.parts import Drawing

Plain = str | int | float | bool | None | list["Plain"] | dict[str, "Plain"]
"""What JSON can say."""

PLAINEST: Final = frozenset({str, int, bool, type(None)})
"""Kinds of values that JSON says as they are."""
ATOMS: Final = PLAINEST | {float}
"""Kinds of values that have no parts."""

Path = tuple[str | int, ...]
"""Where a value sits: keys and positions in lists from the outside in."""


@dataclass(frozen=True)
class Change:
    """The value at `path` is to be replaced by `value`; the empty path is the whole."""

    path: Path
    value: object


def content(drawing: Drawing) -> dict[str, object]:
    """A drawing as {"data": parts, "layout": layout}, the form in which a screen holds it."""
    return {"data": drawing.data, "layout": drawing.layout}


def changes(old: object, new: object) -> list[Change]:
    """What has to be replaced in `old` to get `new`, as deep inside as it can be told."""
    found: list[Change] = []
    if old is not new:
        _compare(old, new, (), found)
    return found


def _compare(old: object, new: object, path: Path, found: list[Change]) -> None:
    if isinstance(new, dict) and isinstance(old, dict) and old.keys() == new.keys():
        for key, value in new.items():
            before = old[key]
            if before is value:  # most are the very same word, number or array
                continue
            if type(value) in ATOMS and type(value) is type(before):
                if before != value:
                    found.append(Change((*path, key), value))
            else:
                _compare(before, value, (*path, key), found)
    elif _records(new) and _records(old) and len(old) == len(new):
        for place, (before, value) in enumerate(zip(old, new, strict=True)):
            if before is not value:
                _compare(before, value, (*path, place), found)
    elif not _same(old, new):
        found.append(Change(path, new))


def _records(value: object) -> TypeGuard[Sequence[dict[str, object]]]:
    """Whether it is a list of records alone, such as traces or annotations."""
    return isinstance(value, (list, tuple)) and bool(value) and set(map(type, value)) == {dict}


def _same(old: object, new: object) -> bool:
    if old is new:
        return True
    if isinstance(old, np.ndarray) and isinstance(new, np.ndarray):
        return old.dtype == new.dtype and old.shape == new.shape and old.tobytes() == new.tobytes()
    if isinstance(old, (list, tuple)) and isinstance(new, (list, tuple)):
        if type(old) is type(new) and set(map(type, old)) == set(map(type, new)) == {str}:
            return old == new  # most lists are of words, and this is the fastest way to compare them
        return len(old) == len(new) and all(map(_same, old, new))
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(_same(old[key], new[key]) for key in new)
    # True == 1 and 1 == 1.0 in Python, but not on a screen.
    return type(old) is type(new) and not isinstance(old, np.ndarray) and old == new


def pack(head: Mapping[str, object]) -> bytes:
    """One frame. Floating-point arrays become float32, whole-number arrays of one or two axes int32, others lists.

    NaN and infinities outside arrays become None. Raises TypeError for what a frame cannot carry, OverflowError for
    whole numbers in arrays that do not fit into 32 bits.
    """
    arrays: list[np.ndarray] = []
    header: dict[str, Plain] = {key: _plain(value, arrays) for key, value in head.items()}
    header["arrays"] = [["f4" if array.dtype.kind == "f" else "i4", list(array.shape)] for array in arrays]
    text = json.dumps(header, allow_nan=False, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 4)  # the arrays start on a multiple of 4, as typed arrays in a browser must
    return b"".join([struct.pack("<I", len(text)), text, *(array.tobytes() for array in arrays)])


def _plain(value: object, arrays: list[np.ndarray]) -> Plain:
    """A value as JSON says it, with references to the `arrays` to which its own are added."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, np.ndarray) and value.ndim in (1, 2) and value.dtype.kind in "fiu":
        arrays.append(_numbers(value))
        return {"$": len(arrays) - 1}
    if isinstance(value, (np.ndarray, np.generic)):
        return _plain(value.tolist(), arrays)
    if isinstance(value, (list, tuple)):
        return list(value) if PLAINEST.issuperset(map(type, value)) else [_plain(item, arrays) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item, arrays) for key, item in value.items()}
    raise TypeError(f"a frame cannot carry a {type(value).__name__}")


def _numbers(array: np.ndarray) -> np.ndarray:
    if array.dtype.kind == "f":
        return np.ascontiguousarray(array, dtype="<f4")
    if array.size and (int(array.max()) > 2**31 - 1 or int(array.min()) < -(2**31)):
        raise OverflowError("whole numbers in a figure must fit into 32 bits")
    return np.ascontiguousarray(array, dtype="<i4")
