"""How long a turn lasts, and how many updates fit into it."""

from __future__ import annotations

from typing import Final

PERIOD: Final = 0.11
"""Seconds from one picture to the next of a run that has its worker to itself."""
ROUND: Final = 0.4
"""Seconds of training that all runs of one worker share before the first of them has its turn again."""
DRAWING_SHARE: Final = 0.1
"""Drawing may cost a lone run this share of its training time; where pictures cost more they come less often, …"""
LONGEST: Final = 0.25
"""… but never so seldom that they would seem to stand still."""


def budget(running: int, drawing: float) -> float:
    """Seconds of training in one turn of one of `running` runs whose pictures take `drawing` seconds to make.

    A shared turn is at least twice as long as the drawing that follows it, so two thirds of a full worker's time go to
    training, unless drawing takes more than half of a lone run's turn: no turn is longer than that.
    """
    alone = min(max(PERIOD - drawing, drawing / DRAWING_SHARE), LONGEST)
    return alone if running <= 1 else min(alone, max(ROUND / running, 2 * drawing))


class Rate:
    """Learns how many updates fit into a number of seconds, from what earlier ones took."""

    def __init__(self) -> None:
        self._seconds = 0.0
        self._largest = 1

    def updates(self, seconds: float) -> int:
        """At least 1; at most twice as many as were ever done at once, since a first guess may be far off."""
        if not self._seconds:
            return 1
        return max(1, min(round(seconds / self._seconds), 2 * self._largest))

    def took(self, updates: int, seconds: float) -> None:
        """`updates` updates have just taken `seconds` seconds."""
        each = seconds / updates
        self._seconds = 0.7 * self._seconds + 0.3 * each if self._seconds else each
        self._largest = max(self._largest, updates)

    @property
    def per_second(self) -> float:
        """Updates a second, 0 before the first."""
        return 1 / self._seconds if self._seconds else 0.0
