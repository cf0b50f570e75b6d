"""How often pictures that need more than a trace are drawn while a network trains."""

from __future__ import annotations

from collections.abc import Collection
from math import inf
from typing import Final

COSTLY: Final = 20.0
"""While training, each kind of them is drawn at most so many times as rarely as it takes long, …"""
SELDOM: Final = 1.0
"""… and this many seconds apart at least."""

Kind = frozenset[str]
"""What a picture needs, as in `Picture.needs`; pictures that need the same are drawn together."""


class Seldom:
    """Gives each kind its turn at a pace of its own: what is cheap does not wait for what is dear."""

    def __init__(self) -> None:
        self._after: dict[Kind, float] = {}

    def forget(self) -> None:
        """Next time all of them have their turn."""
        self._after.clear()

    def turn(self, kinds: Collection[Kind], now: float) -> Collection[Kind]:
        """Those that are to be drawn now: one at a time, so that no picture takes long and what it took is known."""
        if not self._after:
            return kinds
        due = [kind for kind in kinds if self._after.get(kind, -inf) <= now]
        return due and [min(due, key=lambda kind: self._after.get(kind, -inf))]

    def took(self, kinds: Collection[Kind], now: float, seconds: float) -> None:
        """These have been drawn at the moment `now`, in `seconds` seconds all together."""
        rest = max(SELDOM, COSTLY * seconds) if len(kinds) == 1 else SELDOM  # of several nobody knows which took long
        self._after.update(dict.fromkeys(kinds, now + rest))
