"""What is known of runs, for as long as somebody holds them."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar, cast
from weakref import finalize

from seqviz.core.records import Run

Thing = TypeVar("Thing")
_Key = tuple[Hashable, ...]
"""A run's identity, and what else it is that is known."""


class Known(Generic[Thing]):
    """Things by the run that they are of. Nothing is kept for later; where it becomes too much, the oldest goes."""

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._things: dict[_Key, tuple[Thing, int]] = {}
        self._keys: dict[int, set[_Key]] = {}
        """Of each run that somebody holds, by its identity."""

    def of(self, run: Run, *what: Hashable) -> Thing | None:
        """What is known of a run."""
        found = self._things.get((id(run), *what))
        return None if found is None else found[0]

    def put(self, run: Run, thing: Thing, size: int, *what: Hashable) -> None:
        """Takes note of something, in place of what was known. It must not hold the run."""
        key: _Key = (id(run), *what)
        if id(run) not in self._keys:
            self._keys[id(run)] = set()
            finalize(run, self._gone, id(run)).atexit = False
        self._forget(key)
        self._keys[id(run)].add(key)
        self._things[key] = thing, size
        self._size += size
        while self._size > self._most and len(self._things) > 1:
            self._forget(next(iter(self._things)))

    def _gone(self, number: int) -> None:
        for key in tuple(self._keys[number]):
            self._forget(key)
        del self._keys[number]

    def _forget(self, key: _Key) -> None:
        if key in self._things:
            self._keys[cast(int, key[0])].discard(key)
            self._size -= self._things[key][1]
            del self._things[key]  # with a run may go the one that follows it, and what is known of that
