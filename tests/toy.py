"""Tiny tasks of every topology and reading, so that tests depend on no corpus.

Every element, whatever it is made of, has one of three kinds, and the targets follow from the kinds: the first
element's kind (one answer), the kind of the element before (an output each), the kinds from the end to the beginning
(written), or as many words as the one picture's kind says.
"""

import hashlib
from collections import ChainMap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from functools import cached_property, lru_cache

import numpy as np
import pytest
import torch

import seqviz.tasks
from seqviz.cells import CELLS
from seqviz.core.config import RunConfig
from seqviz.core.task import (
    ACCURACY,
    END,
    EXACT,
    IGNORE,
    PAD,
    BadInput,
    Baseline,
    Example,
    Images,
    Numbers,
    Tokens,
    collate,
    shuffled,
)
from seqviz.core.topology import TOPOLOGIES
from seqviz.networks.network import Network

LETTERS = "abc"
READINGS = {
    "words": Tokens((PAD, *LETTERS)),
    "numbers": Numbers(2),
    # Neither side is a multiple of four, nor are they equal: pooling has to round, and a swap would be seen.
    "pictures": Images(channels=2, height=5, width=9),
}


class Toy:
    title = "Toy"
    train_size = 12
    baseline = Baseline("a guess", 1 / 3)

    def __init__(self, topology, reading):
        self.defaults = {}
        self.key = f"toy-{topology}-{reading}"
        self.topology = TOPOLOGIES[topology]
        self.reads = READINGS[reading]
        self.writes = ("x", "y", "z", END) if self.topology.writes_words else ("x", "y", "z")
        self.score_name = EXACT if self.topology.writes_words else ACCURACY

    @cached_property
    def train(self):
        return self._draw(self.train_size, seed=1)

    @cached_property
    def held(self):
        return self._draw(10, seed=2)

    @cached_property
    def held_out(self):
        return collate(self.held)

    @cached_property
    def examples(self):
        return tuple(self._draw(3, seed=3))

    def batch(self, seed, step, size):
        return collate([self.train[place] for place in shuffled(len(self.train), seed, step, size)])

    def by_baseline(self, example):
        return ("x",)

    def read(self, typed):
        if not typed or set(typed) - set(LETTERS):
            raise BadInput(f"Only the letters {LETTERS} can be read, not {typed!r}.")
        kinds = np.array([LETTERS.index(letter) for letter in typed])
        count = 0 if self.topology.writes_words else len(self._targets(kinds))
        return Example(self._elements(kinds, np.random.default_rng(0)), np.full(count, IGNORE), tuple(typed), typed)

    def example(self, kinds, seed=0):
        elements = self._elements(np.array(kinds), np.random.default_rng(seed))
        words = tuple(LETTERS[kind] for kind in kinds)
        return Example(elements, np.array(self._targets(kinds), dtype=np.int64), words, "".join(words))

    def _draw(self, count, seed):
        rng = np.random.default_rng(seed)
        one = self.topology.key.startswith("one")
        return [
            self.example(rng.integers(0, 3, 1 if one else rng.integers(2, 6)).tolist(), seed=(seed, place))
            for place in range(count)
        ]

    def _targets(self, kinds):
        match self.topology.key:
            case "direct":
                return [IGNORE, *kinds[:-1]] if len(kinds) > 1 else [kinds[0]]
            case "one-to-many":
                return [*((kinds[0] + place) % 3 for place in range(kinds[0] + 1)), 3]
            case "delayed":
                return [*kinds[::-1], 3]
            case _:
                return [kinds[0]]

    def _elements(self, kinds, rng):
        match self.reads:
            case Tokens():
                return kinds + 1
            case Numbers():
                angles = 2 * np.pi * kinds / 3
                noise = rng.normal(0, 0.1, (len(kinds), 2))
                return (np.stack([np.cos(angles), np.sin(angles)], axis=1) + noise).astype(np.float32)
            case Images():
                pictures = rng.uniform(0, 0.2, (len(kinds), 2, 5, 9))
                for picture, kind in zip(pictures, kinds, strict=True):
                    picture[kind % 2, :, 3 * kind : 3 * kind + 3] += 0.7
                return pictures.astype(np.float32)


@lru_cache
def toy(topology, reading="words"):
    return Toy(topology, reading)


BUILDERS = {
    f"toy-{topology}-{reading}": lambda config, topology=topology, reading=reading: toy(topology, reading)
    for topology in TOPOLOGIES
    for reading in READINGS
}


def small(topology, reading="words", **others):
    """A small run of a toy task."""
    return RunConfig(task=f"toy-{topology}-{reading}", **{"hidden": 4, "embedding": 3, "batch": 4, **others})


def variations(topology):
    """Settings of the network that the topology allows, from plain to everything at once."""
    yield {}
    if topology == "one-to-one":
        return
    yield {"layers": 2, "layer_norm": True}
    yield {"layers": 3, "reverse": topology != "direct"}
    if topology == "delayed":
        yield {"attention": True}
        yield {"attention": True, "layers": 2, "layer_norm": True, "reverse": True}
    if not TOPOLOGIES[topology].writes_words:
        yield {"bidirectional": True}
        yield {"bidirectional": True, "layers": 2, "layer_norm": True}
        yield {"bidirectional": True, "layers": 3}


EVERY_NETWORK = [
    small(topology, cell=cell, **others) for topology in TOPOLOGIES for cell in CELLS for others in variations(topology)
]
"""Each topology with each cell and each variation."""


def build(config, seed=0):
    """The network of a toy configuration, none of its weights left at a round number."""
    task = seqviz.tasks.task_of(config)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        network = Network(config, task.topology, task.reads, len(task.writes))
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.add_(0.2 * torch.randn_like(parameter))
    return network.eval()


def described(config):
    """A test's name for a configuration: what differs from the plain ones."""
    return " ".join(f"{name}={value}" for name, value in config.to_query(small("delayed")).items()) or "plain"


def digest(run):
    """Of every bit that a run is made of."""
    found = hashlib.sha256(f"{run.step} {run.diverged}".encode())
    for name, weights in run.weights.items():
        found.update(name.encode() + weights.tobytes())
    for name, state in run.optimiser.items():
        for key, value in state.items():
            found.update(f"{name} {key}".encode() + value.tobytes())
    for field in fields(run.history):
        found.update(field.name.encode() + getattr(run.history, field.name).tobytes())
    return found.hexdigest()


@contextmanager
def registered() -> Iterator[None]:
    """While it lasts, `task_of` knows the toy tasks as well."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seqviz.tasks, "TASKS", ChainMap(BUILDERS, seqviz.tasks.TASKS))
        yield
