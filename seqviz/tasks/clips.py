"""Clips of a moving shape: a word for each frame, which the frame alone cannot tell.

Many-to-many, direct, as frame-by-frame video description is wired (Donahue et al. 2015, LRCN). The word of a frame
follows from the positions in that frame and the two before it, never from a later one, so a network that reads from
left to right can be right everywhere, and one that sees single frames cannot:

    the first frame                                     appearing
    the shape is where it was                           standing still
    it went back the way it came                        bouncing
    it went on the same way, further than before        speeding up
    otherwise, by where it went                         moving left, right, up or down
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

import numpy as np
from jaxtyping import Float, Float32, Int64

from seqviz.core.config import RunConfig
from seqviz.core.task import ACCURACY, BadInput, Baseline, Batch, Example, Images, shuffled
from seqviz.core.topology import DIRECT

WRITES: Final = (
    "appearing",
    "standing still",
    "moving left",
    "moving right",
    "moving up",
    "moving down",
    "speeding up",
    "bouncing",
)
SIDE = 12
FRAMES = 12
TRAIN, HELD_OUT = 2000, 200
LONGEST = 24
"""Frames at most in a clip that a person composes."""

HEADINGS: Final[Mapping[str, tuple[int, int]]] = {
    "stop": (0, 0),
    "left": (-1, 0),
    "right": (1, 0),
    "up": (0, -1),
    "down": (0, 1),
}
MOVES = (*HEADINGS, "faster", "bounce")
_NAMES = {heading: name for name, heading in HEADINGS.items()}
_MARGIN = 0.2
_TOLERANCE = 1e-6

SHAPES: Final[tuple[Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray], ...]] = (
    lambda x, y, radius: np.hypot(x, y) - radius,
    lambda x, y, radius: np.maximum(np.abs(x), np.abs(y)) - 0.88 * radius,
    lambda x, y, radius: (np.abs(x) + np.abs(y) - 1.2 * radius) / np.sqrt(2),
    lambda x, y, radius: np.abs(np.hypot(x, y) - 0.75 * radius) - 0.3 * radius,
)
"""Disc, square, diamond and ring: the distance in pixels to the outline, below 0 inside."""

EXAMPLES: Final = (
    ("Passing to the right", "right right right right right right right"),
    ("The same pictures, last to first", "left left left left left left left"),
    ("Stopping on the way", "right right stop stop right right stop stop"),
    ("Speeding up", "stop left faster left faster bounce stop"),
    ("Bouncing to and fro", "up up up bounce down down bounce up"),
    ("Round a square", "right right right down down down left left left up up up"),
    ("Nothing happens", "stop stop stop stop stop stop stop stop"),
    ("A bit of everything", "stop left faster bounce right up stop down faster down bounce"),
)


@dataclass(frozen=True)
class Motion:
    """Where a shape is heading and how far it goes in a frame, in pixels."""

    heading: tuple[int, int]
    speed: float

    def after(self, move: str, slow: float, gain: float) -> Motion:
        """The motion once one of `MOVES` is made: a new heading begins `slow`, "faster" adds `gain`."""
        if move == "faster":
            return Motion(self.heading, self.speed + gain)
        if move == "bounce":
            return self.turned()
        heading = HEADINGS[move]
        return self if heading == self.heading else Motion(heading, slow)

    def turned(self) -> Motion:
        """As fast, the other way."""
        return Motion((-self.heading[0], -self.heading[1]), self.speed)

    @property
    def step(self) -> Float[np.ndarray, " 2"]:
        """How far it goes to the right and down in one frame, in pixels."""
        return np.array(self.heading) * self.speed


def words_of(positions: Float[np.ndarray, "frames 2"]) -> Int64[np.ndarray, " frames"]:
    """The right word for each frame, as an index into `WRITES`, from where the shape's centre was (right, down)."""
    words = np.full(len(positions), WRITES.index("appearing"), dtype=np.int64)
    before = np.zeros(2)
    for frame, step in enumerate(np.diff(positions, axis=0), 1):
        along = float(step @ before)
        if np.abs(step).max() < _TOLERANCE:
            word = "standing still"
        elif along < 0:
            word = "bouncing"
        elif along > 0 and np.hypot(*step) > np.hypot(*before) + _TOLERANCE:
            word = "speeding up"
        elif abs(step[0]) > abs(step[1]):
            word = "moving left" if step[0] < 0 else "moving right"
        else:
            word = "moving up" if step[1] < 0 else "moving down"
        words[frame] = WRITES.index(word)
        before = step
    return words


def drawn(
    positions: Float[np.ndarray, "clips frames 2"],
    radii: Float[np.ndarray, " clips"],
    shapes: Int64[np.ndarray, " clips"],
) -> Float32[np.ndarray, "clips frames 1 height width"]:
    """The pictures: 1 inside a shape, 0 outside, and in between where its outline crosses a pixel."""
    centres = np.arange(SIDE) + 0.5
    pictures = np.zeros((*positions.shape[:2], 1, SIDE, SIDE), dtype=np.float32)
    for number, distance in enumerate(SHAPES):
        chosen = shapes == number
        x = centres[None, None, None, :] - positions[chosen, :, 0, None, None]
        y = centres[None, None, :, None] - positions[chosen, :, 1, None, None]
        pictures[chosen, :, 0] = np.clip(0.5 - distance(x, y, radii[chosen, None, None, None]), 0, 1)
    return pictures


class Clips:
    """The task. Its clips are drawn when they are first asked for."""

    key = "clips"
    title = "Say what moves"
    topology = DIRECT
    reads = Images(1, SIDE, SIDE)
    writes = WRITES
    train_size = TRAIN
    score_name = ACCURACY

    @property
    def defaults(self) -> dict[str, str | int | float | bool]:
        """Large enough to get nearly every frame right, small enough to learn it in seconds."""
        return {"cell": "gru", "hidden": 64, "embedding": 32, "learning_rate": 0.01}

    @cached_property
    def held_out(self) -> Batch:
        """Clips of other moves, shapes and places, from a random stream of their own."""
        return _batch(*_clips(HELD_OUT, stream=1))

    @cached_property
    def baseline(self) -> Baseline:
        """A classifier that sees one frame at a time and remembers nothing."""
        said = self._frame_by_frame(self.held_out.inputs)
        return Baseline("frame by frame, without memory", float((said == self.held_out.targets.ravel()).mean()))

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """Clips composed by hand; none of them is trained on."""
        return tuple(compose(moves, name) for name, moves in EXAMPLES)

    def batch(self, seed: int, step: int, size: int) -> Batch:
        """`size` training clips, decided by `seed` and `step` alone."""
        frames, words = self._training
        chosen = shuffled(TRAIN, seed, step, size)
        return _batch(frames[chosen], words[chosen])

    def by_baseline(self, example: Example) -> tuple[str, ...]:
        """What the classifier without memory says of each frame."""
        return tuple(WRITES[word] for word in self._frame_by_frame(example.inputs))

    def read(self, typed: str) -> Example:
        """A clip composed from moves, with its true words. Raises BadInput."""
        return compose(typed, " ".join(typed.split()))

    def _frame_by_frame(self, frames: np.ndarray) -> Int64[np.ndarray, " frames"]:
        # A quarter of the training frames does as well as all of them, in a quarter of the time.
        known, words = (part[::4] for part in self._training)
        return _by_likeness(_flat(known), words.ravel(), _flat(frames))

    @cached_property
    def _training(self) -> tuple[np.ndarray, Int64[np.ndarray, "clips frames"]]:
        return _clips(TRAIN, stream=0)


@cache
def _task() -> Clips:
    return Clips()


def build(config: RunConfig) -> Clips:
    """The task; no setting changes its data."""
    return _task()


def compose(typed: str, name: str) -> Example:
    """A disc that makes the typed moves, one a frame after the first, somewhere in the middle of the picture.

    Raises BadInput for what is not one of `MOVES`, for too many, and where the picture is too small for them.
    """
    moves = typed.lower().replace(",", " ").split()
    if not 1 <= len(moves) < LONGEST:
        raise BadInput(f"Moves typed: {len(moves)}; 1 to {LONGEST - 1} can be shown, such as: left left stop up.")
    radius, slow, gain = 2.0, 0.9, 0.8
    motion, position = Motion((0, 0), slow), np.zeros(2)
    positions = [position]
    for number, move in enumerate(moves, 1):
        if move not in MOVES:
            raise BadInput(f"“{move}” is not a move. The moves are {', '.join(MOVES)}.")
        if move not in HEADINGS and motion.heading == (0, 0):
            raise BadInput(f"“{move}”, move {number}, needs a moving shape: put left, right, up or down before it.")
        motion = motion.after(move, slow, gain)
        position = position + motion.step
        positions.append(position)
    path = np.array(positions)
    lowest, highest = path.min(axis=0), path.max(axis=0)
    if (highest - lowest).max() > SIDE - 2 * (radius + _MARGIN):
        raise BadInput("These moves lead out of the picture: about eight slow ones fit in a row, fewer of the faster.")
    path = path + SIDE / 2 - (lowest + highest) / 2
    frames = drawn(path[None], np.array([radius]), np.array([0]))[0]
    return Example(frames, words_of(path), tuple(f"frame {number}" for number in range(1, len(path) + 1)), name)


def _clips(count: int, stream: int) -> tuple[np.ndarray, Int64[np.ndarray, "clips frames"]]:
    """Frames and words of `count` clips of shapes that wander about and turn round at the picture's edges."""
    rng = np.random.default_rng(np.random.SeedSequence(20, spawn_key=(stream,)))
    radii, shapes = rng.uniform(1.6, 2.3, count), rng.integers(0, len(SHAPES), count)
    positions = np.stack([_wandering(rng, radius) for radius in radii])
    return drawn(positions, radii, shapes), np.stack([words_of(path) for path in positions])


def _wandering(rng: np.random.Generator, radius: float) -> Float[np.ndarray, "frames 2"]:
    """Where a shape of this radius is in each frame, all of it always inside the picture."""
    slow, gain = rng.uniform(0.7, 1.0), rng.uniform(0.7, 0.9)
    low, high = radius + _MARGIN, SIDE - radius - _MARGIN
    motion, positions = Motion((0, 0), slow), [rng.uniform(low, high, 2)]
    for luck, choice in zip(rng.random(FRAMES - 1), rng.integers(0, len(HEADINGS), FRAMES - 1), strict=True):
        planned = motion.after(_next_move(motion, luck, choice, slow + gain), slow, gain)
        position = positions[-1] + planned.step
        if position.min() < low or position.max() > high:
            # Turning round is always possible: the picture is wider than two of the longest steps.
            planned = Motion(planned.turned().heading, min(planned.speed, motion.speed))
            position = positions[-1] + planned.step
        motion = planned
        positions.append(position)
    return np.stack(positions)


def _next_move(motion: Motion, luck: float, choice: int, fast: float) -> str:
    """Mostly the same again, sometimes a new heading, and for a moving shape sometimes faster or back."""
    moving = motion.heading != (0, 0)
    if moving and luck > 0.85 and motion.speed <= fast:
        return "faster"
    if moving and luck > 0.79:
        return "bounce"
    return _NAMES[motion.heading] if luck > (0.17 if moving else 0.6) else tuple(HEADINGS)[choice]


def _batch(frames: np.ndarray, words: Int64[np.ndarray, "clips frames"]) -> Batch:
    return Batch(frames, np.full(len(frames), frames.shape[1], dtype=np.int64), words)


def _flat(frames: np.ndarray) -> Float32[np.ndarray, "frames pixels"]:
    return frames.reshape(-1, SIDE * SIDE)


def _by_likeness(
    known: Float32[np.ndarray, "known pixels"],
    words: Int64[np.ndarray, " known"],
    frames: Float32[np.ndarray, "frames pixels"],
    neighbours: int = 200,
) -> Int64[np.ndarray, " frames"]:
    """For each frame the commonest word among the training frames that look most like it (nearest neighbours)."""
    squared = (known**2).sum(axis=1)
    votes = np.zeros((len(frames), len(WRITES)), dtype=np.int64)
    for start in range(0, len(frames), 256):
        distances = squared - 2 * frames[start : start + 256] @ known.T
        nearest = np.argpartition(distances, neighbours, axis=1)[:, :neighbours]
        for word in range(len(WRITES)):
            votes[start : start + 256, word] = (words[nearest] == word).sum(axis=1)
    return np.asarray(votes.argmax(axis=1), dtype=np.int64)
