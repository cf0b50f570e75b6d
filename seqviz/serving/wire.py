"""Frames on the wire: what has changed in the pictures, as a little JSON followed by raw numbers.

A figure is turned into a plain value (dicts, lists, scalars and small-number arrays), compared with what the screen
already has, and only the differences are sent. A frame is, little-endian throughout:

    4 bytes   length of the header, unsigned
    header    JSON in UTF-8, padded with spaces to a multiple of 4 bytes; {"$": n} stands for array n
    arrays    the numbers of array 0, 1, … one after the other, float32 or int32, row by row

`"arrays"` in the header lists each one as [type, shape]. NaN travels in arrays only; JSON has none.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from seqviz.figures.parts import Drawing

Plain = str | int | float | bool | None | np.ndarray | list["Plain"] | dict[str, "Plain"]
"""What a frame can carry. Arrays are float32 or int32 and have one or two axes; no key of a dict starts with "$"."""

Path = tuple[str | int, ...]
"""Where a value sits: keys and list positions from the outside in."""


@dataclass(frozen=True)
class Change:
    """The value at `path` is to be replaced by `value`; the empty path is the whole."""

    path: Path
    value: Plain


def plain(value: object) -> Plain:
    """A value made of JSON's kinds, tuples and NumPy arrays, in the form that frames carry.

    Floating-point arrays become float32, whole-number arrays int32, others lists; NaN and infinities outside arrays
    become None. Raises TypeError for anything else, OverflowError for whole numbers that do not fit into 32 bits.
    """
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, np.ndarray):
        return _plain_array(value)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (dict, Mapping)):  # to ask for a dict is faster, and most are
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.generic):
        return plain(value.item())
    raise TypeError(f"a frame cannot carry a {type(value).__name__}")


def _plain_array(array: np.ndarray) -> Plain:
    if array.ndim not in (1, 2) or array.dtype.kind not in "fiu":
        return plain(array.tolist())
    if array.dtype.kind == "f":
        return np.ascontiguousarray(array, dtype="<f4")
    if array.size and (int(array.max()) > 2**31 - 1 or int(array.min()) < -(2**31)):
        raise OverflowError("whole numbers in a figure must fit into 32 bits")
    return np.ascontiguousarray(array, dtype="<i4")


def plain_drawing(drawing: Drawing) -> Plain:
    """A drawing as {"data": parts, "layout": layout}."""
    return {"data": [plain(part) for part in drawing.data], "layout": plain(drawing.layout)}


def changes(old: Plain, new: Plain) -> list[Change]:
    """What has to be replaced in `old` to get `new`, as deep inside as it can be told."""
    found: list[Change] = []
    _compare(old, new, (), found)
    return found


def _compare(old: Plain, new: Plain, path: Path, found: list[Change]) -> None:
    if isinstance(new, dict) and isinstance(old, dict) and old.keys() == new.keys():
        for key, value in new.items():
            if old[key] is not value:  # most are the very same word or number
                _compare(old[key], value, (*path, key), found)
    elif isinstance(new, list) and isinstance(old, list) and _records(new) and _records(old) and len(old) == len(new):
        for place, value in enumerate(new):
            _compare(old[place], value, (*path, place), found)
    elif not _same(old, new):
        found.append(Change(path, new))


def _records(value: list[Plain]) -> bool:
    """Whether it is a list of records alone, such as traces or annotations."""
    return bool(value) and set(map(type, value)) == {dict}


def _same(old: Plain, new: Plain) -> bool:
    if old is new:
        return True
    if isinstance(old, np.ndarray) and isinstance(new, np.ndarray):
        return old.dtype == new.dtype and old.shape == new.shape and old.tobytes() == new.tobytes()
    if isinstance(old, list) and isinstance(new, list):
        if set(map(type, old)) == set(map(type, new)) == {str}:
            return old == new  # most lists are of words, and this is the fastest way to compare them
        return len(old) == len(new) and all(map(_same, old, new))
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(_same(old[key], new[key]) for key in new)
    # True == 1 and 1 == 1.0 in Python, but not on a screen.
    return type(old) is type(new) and not isinstance(old, np.ndarray) and old == new


def pack(head: Mapping[str, Plain]) -> bytes:
    """One frame. Raises ValueError where a float outside an array is not finite."""
    arrays: list[np.ndarray] = []
    header: dict[str, Plain] = {key: _with_references(value, arrays) for key, value in head.items()}
    header["arrays"] = [["f4" if array.dtype.kind == "f" else "i4", list(array.shape)] for array in arrays]
    text = json.dumps(header, allow_nan=False, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 4)  # the arrays start on a multiple of 4, as typed arrays in a browser must
    return b"".join([struct.pack("<I", len(text)), text, *(array.tobytes() for array in arrays)])


def _with_references(value: Plain, arrays: list[np.ndarray]) -> Plain:
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return {"$": len(arrays) - 1}
    if isinstance(value, list):
        return [_with_references(item, arrays) for item in value]
    if isinstance(value, dict):
        return {key: _with_references(item, arrays) for key, item in value.items()}
    return value
