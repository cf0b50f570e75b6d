"""How often pictures that need more than a trace are drawn while a network trains."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import inf
from typing import Final

COSTLY: Final = 10.0
"""While training, each kind rests so many times as long as it took, times the number of kinds: that way all of them
together take less than a tenth of the time, …"""
SELDOM: Final = 1.0
"""… and this many seconds at least."""

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
        """Those that are to be drawn now: one at a time, so that no picture takes long."""
        if not self._after:
            return kinds
        due = [kind for kind in kinds if self._after.get(kind, -inf) <= now]
        return due and [min(due, key=lambda kind: self._after.get(kind, -inf))]

    def took(self, seconds: Mapping[Kind, float], now: float) -> None:
        """These have been drawn at the moment `now`, each in so many seconds."""
        kinds = len(self._after.keys() | seconds.keys())
        self._after.update({kind: now + max(SELDOM, COSTLY * kinds * took) for kind, took in seconds.items()})
