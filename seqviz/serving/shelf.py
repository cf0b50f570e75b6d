"""What a session keeps of its runs: the networks it has left, and how the present one looked on its way."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Final

from seqviz.core.config import RunConfig
from seqviz.core.records import History, Run

MOST_KEPT: Final = 60
FEWEST_KEPT: Final = 3
MOST_BYTES: Final = 24_000_000
"""What the past of one run may take; of a large network less is kept, but never fewer than `FEWEST_KEPT`."""
MOST_NETWORKS: Final = 8


class Past:
    """A run's past, at most `MOST_KEPT` of its updates, closer together the earlier they are.

    The first and the latest are always there, with weights and the optimiser's state, so that the update that followed
    can be told. The history is in the latest run.
    """

    def __init__(self, first: Run) -> None:
        self._runs: list[Run] = []
        self.keep(first)

    @property
    def updates(self) -> tuple[int, ...]:
        """The updates that can be looked back at, rising."""
        return tuple(run.step for run in self._runs)

    def keep(self, run: Run) -> None:
        """Adds the run as it is now. It must have gone on since the last time."""
        kept = replace(run, history=History())
        self._runs.append(kept)
        most = max(FEWEST_KEPT, min(MOST_KEPT, MOST_BYTES // max(kept.nbytes, 1)))
        while len(self._runs) > most:
            del self._runs[self._least_missed()]

    def _least_missed(self) -> int:
        """The one between two neighbours that are nearest to each other, in proportion to their age."""
        steps = self.updates
        return min(range(1, len(steps) - 1), key=lambda place: (steps[place + 1] - steps[place - 1]) / steps[place + 1])

    def nearest(self, update: int) -> Run:
        """The kept run closest to `update` updates, without its history."""
        return min(self._runs, key=lambda run: abs(run.step - update))


def until(history: History, update: int) -> History:
    """A history as it was after `update` updates."""
    done, checked = history.step <= update, history.held_step <= update
    return History(
        **{
            item.name: getattr(history, item.name)[checked if item.name.startswith("held_") else done]
            for item in fields(History)
        }
    )


class Shelf:
    """The last `MOST_NETWORKS` networks a person has left, so that switching back and forth loses nothing."""

    def __init__(self) -> None:
        self._runs: OrderedDict[RunConfig, Run] = OrderedDict()

    def put(self, run: Run) -> None:
        """Keeps it; the one that was put longest ago goes where there are too many."""
        self._runs[run.config.network] = run
        if len(self._runs) > MOST_NETWORKS:
            self._runs.popitem(last=False)

    def take(self, config: RunConfig, suits: Callable[[RunConfig], bool] = lambda _: True) -> Run | None:
        """The network that `config` describes, taken off the shelf, going on with the live settings of `config`.

        suits: whether one with such settings can be gone on with.
        """
        run = self._runs.pop(config.network, None)
        return replace(run, config=config) if run and suits(run.config) else None
