"""Towns of four countries, to make up more of: the country goes in, a name comes out, letter by letter.

Some 1,750 real names, written down for this project (`data/towns.txt`). A tenth of each country's is kept back: names
that the network has never seen, to be predicted letter by letter.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from seqviz.core.config import RunConfig
from seqviz.tasks.names import Name, Names, apart

HELD = 0.1
MENU = 3
"""Kept-back names of each country that are offered."""


def towns() -> tuple[Name, ...]:
    """All of them, in the order of the file: a country's name, a colon, and its towns up to the next empty line."""
    _, *countries = (files("seqviz.tasks") / "data" / "towns.txt").read_text(encoding="utf-8").split("\n\n")
    found = []
    for paragraph in countries:
        country, _, names = paragraph.partition(":")
        found += [Name(country.strip(), name) for name in names.split()]
    return tuple(found)


@cache
def _task() -> Names:
    everything = towns()
    train, held = apart(everything, HELD, len(everything), seed=3)
    kinds = tuple(dict.fromkeys(name.kind for name in everything))
    return Names(
        key="towns",
        title="Make up towns",
        kinds=kinds,
        defaults={"cell": "gru", "hidden": 128, "embedding": 32, "learning_rate": 0.005, "batch": 64},
        train=train,
        held=held,
        menu=tuple(name for place in range(MENU) for kind in kinds for name in _of(held, kind)[place : place + 1]),
        longest=20,
    )


def _of(names: tuple[Name, ...], kind: str) -> list[Name]:
    return [name for name in names if name.kind == kind]


def build(config: RunConfig) -> Names:
    """The task; no setting changes its data."""
    return _task()
