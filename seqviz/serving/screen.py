"""What one person's screen shows, so that only what has changed is sent to it."""

from __future__ import annotations

from collections.abc import Mapping

from seqviz.serving.wire import changes, pack


class Screen:
    """Holds what the screen has drawn and what is on its way there; one frame at a time travels.

    Differences are taken from what was last *drawn*, so a frame that never arrives leaves nothing to repair.
    """

    def __init__(self) -> None:
        self._drawn: object = None
        self._sent: object = None
        self.free = False
        """Whether the screen waits for a frame."""

    def attach(self) -> None:
        """A screen that shows nothing yet takes the place of the one before."""
        self._drawn = None
        self._sent = None
        self.free = True

    def drawn(self, *, lost: bool) -> None:
        """The frame on its way has been drawn, or was lost."""
        if not lost and self._sent is not None:
            self._drawn = self._sent
        self._sent = None
        self.free = True

    def frame(self, status: object, figures: Mapping[str, object]) -> bytes:
        """The frame that brings the screen to these figures; afterwards it is on its way.

        Its header is {"status": status, "changes": [[path, value], …]}, paths starting with the figure's key.
        """
        new = dict(figures)
        found = [[list(change.path), change.value] for change in changes(self._drawn, new)]
        self._sent = new
        self.free = False
        return pack({"status": status, "changes": found})
