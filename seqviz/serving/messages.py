"""What the web process and its workers tell each other, and how it is put on the pipe between them.

Both directions carry messages of 4 bytes length, 4 bytes session number, 1 byte kind (unsigned, little-endian), then
the content. To a worker it is a pickled command; only the web process can write there. From a worker it is a frame, a
pickled run to be kept, or a notice in words. Session number 0 means the worker itself.
"""

from __future__ import annotations

import pickle
import struct
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Final, Literal, cast

from seqviz.core.config import RunConfig
from seqviz.core.records import Look

ENVELOPE: Final = struct.Struct("<IIB")
"""Length of the content, session number, kind."""


class Kind(IntEnum):
    """What a message carries."""

    COMMAND = 0
    """To a worker: a pickled `Command`."""
    READY = 1
    """The worker has imported everything and trained once to warm up."""
    MOVING = 2
    """A frame of a run that is training."""
    RESTING = 3
    """A frame of a run that is not: new, paused, finished or diverged."""
    KEPT = 4
    """A pickled `Kept`, to be handed back should the worker be lost."""
    NOTICE = 5
    """JSON {"notice": "busy", "problem" or "stopped", "text": a sentence for people}."""
    LOAD = 6
    """4 bytes: how many runs the worker is training."""
    ATTACHED = 7
    """The answer to an `Attach`: frames from here on are for the new screen."""


@dataclass(frozen=True)
class Setting:
    """What a page asks to be shown.

    example: the place in `Task.examples`, or the text that a person typed. figures: keys of `FIGURES`, in order.
    look: how they are looked at, as far as the page decides it. whole: whether the settings were chosen all at once,
    for an experiment: a run that has been trained with others is then begun anew.
    """

    config: RunConfig
    example: int | str
    figures: tuple[str, ...]
    look: Look = field(default_factory=Look)
    whole: bool = False

    def suits(self, config: RunConfig) -> bool:
        """Whether a run with these settings can be gone on with."""
        return config == self.config if self.whole else config.same_network(self.config)


@dataclass(frozen=True)
class Comparison:
    """What a page asks to be shown of several runs beside each other: all of one task, with one seed and one lag.

    sides: each run's name and settings. example: as in `Setting`. figures: keys of `OVERLAYS`. The unrolled network of
    each run comes with them as "graph 0", "graph 1", … and the story of its training step as "player 0", ….
    budget: updates within which a task is to be solved.
    """

    sides: tuple[tuple[str, RunConfig], ...]
    example: int | str
    figures: tuple[str, ...]
    budget: int


@dataclass(frozen=True)
class Kept:
    """A run to go on from: the updates it had done, and the pickled `Run`."""

    update: int
    run: bytes


@dataclass(frozen=True)
class Show:
    """Show this from now on. kept: where to go on from, if the worker does not have the run."""

    setting: Setting
    kept: Kept | None = None


@dataclass(frozen=True)
class Compare:
    """Show these runs beside each other from now on. kept: where to go on from, if the worker does not have them."""

    comparison: Comparison
    kept: Kept | None = None


def showing(wanted: Setting | Comparison, kept: Kept | None = None) -> Show | Compare:
    """The command that has it shown."""
    return Show(wanted, kept) if isinstance(wanted, Setting) else Compare(wanted, kept)


def goes_on(before: Setting | Comparison, after: Setting | Comparison) -> bool:
    """Whether what was kept of the one may be of use to the other."""
    if isinstance(before, Setting) and isinstance(after, Setting):
        return after.suits(before.config)
    return isinstance(before, Comparison) and isinstance(after, Comparison)


Verb = Literal["train", "pause", "step", "epoch", "reset", "sweep"]
Pace = Literal["slow", "medium", "full"]


@dataclass(frozen=True)
class Do:
    """A button: train until told otherwise, pause, one update, one epoch, or start again from the first weights.

    sweep: of a comparison alone: try one lag after the other.
    """

    verb: Verb


@dataclass(frozen=True)
class Speed:
    """slow: an update when all stages of the one before have been played, at most one a second. medium: one update a
    picture. full: as fast as it goes.
    """

    pace: Pace


@dataclass(frozen=True)
class LookAt:
    """See the pictures so from now on, as chosen in or beside them: fields of `Look`; None leaves one as it is."""

    stream: int | None = None
    quantity: str | None = None
    loss: int | None = None
    state: int | None = None
    unit: int | None = None
    opened: bool | None = None

    def on(self, look: Look) -> Look:
        """The look with what was chosen in its place."""
        return replace(look, **{name: value for name, value in vars(self).items() if value is not None})

    def then(self, later: LookAt) -> LookAt:
        """Both choices, the later one where they differ."""
        return replace(self, **{name: value for name, value in vars(later).items() if value is not None})


Weight = tuple[str, int, int]
"""A parameter's name with a row and a column, the parameter seen as a matrix of its first axis by all others."""


@dataclass(frozen=True)
class Check:
    """Find ∂L/∂w of these weights three ways, or of the largest of each matrix where none is named."""

    weights: tuple[Weight, ...] = ()


@dataclass(frozen=True)
class LookBack:
    """See the network as it was after `update` updates, as near as is kept; -1 for now."""

    update: int


@dataclass(frozen=True)
class Attach:
    """A screen that shows nothing yet is there. room: as in `Look`."""

    room: int = Look.room


@dataclass(frozen=True)
class Room:
    """The screen has another size. room: as in `Look`."""

    room: int


@dataclass(frozen=True)
class Unseen:
    """The pictures of these figures, by key, are out of sight: while a network trains fast, nobody misses them."""

    figures: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Drawn:
    """The last frame is on the screen, or, where `lost`, never reached it. Either way the next may follow."""

    lost: bool = False


@dataclass(frozen=True)
class Failed:
    """What was to be seen could not be drawn. why: the reason, for people. Said within a worker alone."""

    why: str


@dataclass(frozen=True)
class Forget:
    """The person is gone."""


Command = Show | Compare | Do | Speed | LookAt | Check | LookBack | Attach | Room | Unseen | Drawn | Failed | Forget


def envelope(session: int, kind: Kind, content: bytes) -> bytes:
    """One message as it goes on the pipe."""
    return ENVELOPE.pack(len(content), session, kind) + content


def command_envelope(session: int, command: Command) -> bytes:
    """A command as it goes on the pipe."""
    return envelope(session, Kind.COMMAND, pickle.dumps(command))


def read_command(content: bytes) -> Command:
    """The command in a message. Its bytes must come from this program's own parent process."""
    return cast(Command, pickle.loads(content))
