"""A registry turns a key into a thing that is imported only when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Generic, TypeVar, cast

Thing = TypeVar("Thing")


class Registry(Mapping[str, Thing], Generic[Thing]):
    """Keys to things, each named as "module:attribute" on one line and imported at its first use.

    >>> Registry({"root": "math:sqrt"})["root"](9.0)
    3.0

    Raises KeyError, listing the known keys, for a key that is not there.
    """

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self._addresses = dict(addresses)

    def __getitem__(self, key: str) -> Thing:
        if key not in self._addresses:
            raise KeyError(f"{key!r} is not one of {', '.join(self._addresses)}")
        module, _, attribute = self._addresses[key].partition(":")
        return cast(Thing, getattr(import_module(module), attribute))

    def __contains__(self, key: object) -> bool:
        return key in self._addresses

    def __iter__(self) -> Iterator[str]:
        return iter(self._addresses)

    def __len__(self) -> int:
        return len(self._addresses)
