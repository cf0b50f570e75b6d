"""How runs are to be shown, and who can draw them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from seqviz.core.analysis import GradientCheck
from seqviz.core.compared import Attempt
from seqviz.core.records import Look, Run
from seqviz.core.task import Example
from seqviz.serving.messages import Pace


@dataclass(frozen=True)
class Scene:
    """How one run is to be shown.

    state, reason, pace, rate, past: as in `status`. figures: those of the page; those of them that are `unseen` are out
    of sight. check: the last gradient check. anew: whether something else than the next updates is to be seen, so that
    what is dear to draw does not wait for its turn.
    """

    state: str
    reason: str
    pace: Pace
    rate: float
    past: tuple[int, ...]
    figures: tuple[str, ...]
    look: Look
    unseen: frozenset[str] = frozenset()
    check: GradientCheck | None = None
    anew: bool = False

    @property
    def moving(self) -> bool:
        """Whether the run trains, so that another picture will follow by itself."""
        return self.state == "training"

    @property
    def fast(self) -> bool:
        """Whether it trains faster than one step could be watched."""
        return self.moving and self.pace != "slow"


@dataclass(frozen=True)
class Sides:
    """How several runs are to be shown beside each other.

    names, attempts, budget: as in `Compared`. states, rates, pace, sweeping, unanswered: as in `status_of_sides`.
    moving, fast: as in `Scene`, of all runs together. figures: keys of `OVERLAYS`; unseen: keys of pictures that are
    out of sight. anew: whether other runs than before are on the page.
    """

    names: tuple[str, ...]
    attempts: tuple[tuple[Attempt, ...], ...]
    budget: int
    states: tuple[str, ...]
    rates: tuple[float, ...]
    moving: bool
    pace: Pace
    sweeping: tuple[int, ...]
    unanswered: int
    figures: tuple[str, ...]
    look: Look
    unseen: frozenset[str]
    anew: bool

    @property
    def fast(self) -> bool:
        """As in `Scene`."""
        return self.moving and self.pace != "slow"


class Painter(Protocol):
    """Draws for one session, in this process or in another."""

    @property
    def free(self) -> bool:
        """Whether the screen waits for a frame."""

    @property
    def patient(self) -> bool:
        """Whether a scene may also be given to it before: it takes the place of one that has not been drawn yet."""

    @property
    def drawing(self) -> float:
        """Seconds that a frame takes from the time in which runs could train, smoothed."""

    def attach(self) -> None:
        """A screen that shows nothing yet takes the place of the one before. Says `Kind.ATTACHED`."""

    def drawn(self, *, lost: bool) -> None:
        """The frame on its way has been drawn, or was lost."""

    def draw(self, runs: tuple[Run, ...], example: Example, scene: Scene | Sides) -> None:
        """Sends the frame that brings the screen to these runs, as they are looked at, with this example.

        A `Scene` is of one run.
        """


def can_draw(painter: Painter, *, moving: bool) -> bool:
    """Whether a picture can be made now. What a person waits for need not wait for one that nobody has seen yet."""
    return painter.free or (painter.patient and not moving)
