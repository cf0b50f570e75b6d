"""`RunConfig`: everything that decides a run, as keys and numbers. It is hashable and equals what a link says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, Final


@dataclass(frozen=True)
class Limits:
    """The numbers a setting may take, both ends included."""

    low: float
    high: float


LIMITS: Final[Mapping[str, Limits]] = {
    "hidden": Limits(1, 160),
    "layers": Limits(1, 3),
    "embedding": Limits(1, 96),
    "dropout": Limits(0.0, 0.9),
    "learning_rate": Limits(1e-6, 1000.0),
    "clip": Limits(0.0, 1000.0),
    "batch": Limits(1, 128),
    "seed": Limits(0, 2**31 - 1),
    "teacher_forcing": Limits(0.0, 1.0),
    "window": Limits(0, 1000),
    "lag": Limits(1, 100),
    "forget_bias": Limits(-10.0, 10.0),
    "radius": Limits(0.0, 10.0),
}

CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "optimiser": ("sgd", "momentum", "adam"),
    "clip_by": ("norm", "value"),
    "initialisation": ("pytorch", "orthogonal", "xavier", "identity"),
}


LIVE: Final = frozenset({"learning_rate", "clip", "clip_by", "teacher_forcing", "window"})
"""Settings that may change while a run goes on; any other change starts a new network."""


@dataclass(frozen=True)
class RunConfig:
    """The settings of one run. Two equal configurations train to the same bits.

    task, cell: keys of the registries `seqviz.tasks.TASKS` and `seqviz.cells.CELLS`.
    data: "" for the task's built-in data, otherwise the SHA-256 digest (hex) of a person's own data.
    hidden: units in each layer's hidden state. layers: recurrent layers on top of each other.
    embedding: size of the vector that a word, picture or frame is turned into before the cell reads it.
    bidirectional: a second chain reads from the end to the beginning; only where the whole input is there at once.
    dropout: share of activations dropped between layers while training. layer_norm: normalise between layers.
    attention: a delayed network's writer looks back at all the reader's hidden states (Luong et al. 2015).
    reverse: the source is read from its last element to its first (Sutskever et al. 2014).
    optimiser: "sgd", "momentum" (0.9) or "adam". learning_rate: its step size.
    clip: the largest gradient norm (`clip_by="norm"`) or entry (`"value"`) allowed through; 0 switches it off.
    batch: examples in a training step. seed: decides the initial weights, the batches and every random choice.
    teacher_forcing: share of steps at which a writing network reads the true word before, not its own.
    window: truncated BPTT cuts the graph every `window` steps; 0 keeps it whole.
    lag: the distance that a memory task asks to bridge, in steps.
    initialisation: of W_hh: "pytorch" keeps the library's own. radius: W_hh is scaled to this spectral radius;
    0 leaves it as initialised. forget_bias: added to the LSTM's forget gate at the start.

    Raises ValueError, in a sentence for people, where a value is out of its limits.
    """

    task: str = "reviews"
    cell: str = "gru"
    data: str = ""
    hidden: int = 32
    layers: int = 1
    embedding: int = 16
    bidirectional: bool = False
    dropout: float = 0.0
    layer_norm: bool = False
    attention: bool = False
    reverse: bool = False
    optimiser: str = "adam"
    learning_rate: float = 0.01
    clip: float = 1.0
    clip_by: str = "norm"
    batch: int = 32
    seed: int = 0
    teacher_forcing: float = 1.0
    window: int = 0
    lag: int = 10
    initialisation: str = "pytorch"
    radius: float = 0.0
    forget_bias: float = 0.0

    def __post_init__(self) -> None:
        for name, limits in LIMITS.items():
            value = getattr(self, name)
            if not limits.low <= value <= limits.high:
                raise ValueError(f"{name} must lie between {limits.low:g} and {limits.high:g}, not {value:g}.")
        for name, choices in CHOICES.items():
            value = getattr(self, name)
            if value not in choices:
                raise ValueError(f"{name} must be one of {', '.join(choices)}, not {value!r}.")

    def to_query(self, default: RunConfig | None = None) -> dict[str, str]:
        """The URL parameters that turn `default` (a plain `RunConfig()` if not given) into this configuration."""
        base = default or RunConfig()
        return {
            field.name: _written(getattr(self, field.name))
            for field in fields(self)
            if getattr(self, field.name) != getattr(base, field.name)
        }

    @classmethod
    def from_query(cls, query: Mapping[str, str], default: RunConfig | None = None) -> RunConfig:
        """The configuration that URL parameters ask for, starting from `default`; unknown names are ignored.

        Raises ValueError, naming the parameter, where a value cannot be read or is out of its limits.
        """
        config = default or cls()
        changed: dict[str, Any] = {}
        for field in fields(cls):
            if field.name in query:
                value = _read(field.name, query[field.name], type(field.default))
                changed[field.name] = value
        return replace(config, **changed)

    @cached_property
    def network(self) -> RunConfig:
        """What all configurations of the same network have in common: `LIVE` settings are the plain ones."""
        return replace(self, **{name: getattr(RunConfig, name) for name in LIVE})

    def same_network(self, other: RunConfig) -> bool:
        """Whether a run of `other` can go on with these settings."""
        return self.network == other.network


def _written(value: str | bool | float) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)


def _read(name: str, text: str, kind: type) -> str | bool | float:
    if kind is str:
        return text
    if kind is bool:
        if text.lower() not in ("true", "false"):
            raise ValueError(f"{name} must be true or false, not {text!r}.")
        return text.lower() == "true"
    try:
        return int(text) if kind is int else float(text)
    except ValueError:
        raise ValueError(f"{name} must be a {'whole ' if kind is int else ''}number, not {text!r}.") from None
