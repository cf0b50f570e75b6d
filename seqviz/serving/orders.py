"""What a browser may say on the live socket."""

from __future__ import annotations

import json
from typing import Any, Final, TypeGuard

from seqviz.serving.messages import Check, Command, Do, Drawn, LookAt, LookBack, Room, Speed, Unseen, Weight

KINDS: Final = {"stream": int, "quantity": str, "loss": int, "state": int, "unit": int, "opened": bool}
"""The fields of a look that may be chosen, with what they are."""
LOWEST: Final = {"stream": 0, "loss": -1, "state": -1, "unit": 0}
"""The least that each whole number may be."""
MOST_WEIGHTS: Final = 8
"""Weights that are checked at a time."""
NARROWEST, WIDEST, STEP = 200, 4000, 20
"""px that a stage's steps may share, and how finely that is told."""
LONGEST: Final = 1_000
"""Characters in an order; a longer one is refused unread."""


def read_order(text: str) -> Command:
    """The command in a JSON object {"do": …}.

    do: train, pause, step, epoch, reset, sweep, drawn; speed (with pace: slow, medium or full), look (with any of the
    fields of `LookAt`), room (with room), unseen (with figures: a list of keys), check (with weights: a list of
    [name, row, column]) or back (with update).
    Raises ValueError for anything else.
    """
    if len(text) > LONGEST:
        raise ValueError(f"an order has at most {LONGEST} characters")
    try:
        order = json.loads(text)
    except RecursionError:
        raise ValueError("an order has no such depth") from None
    command = _of_the_run(order) or _of_the_pictures(order)
    if command is None:
        raise ValueError("not an order")
    return command


def _of_the_run(order: object) -> Command | None:
    match order:
        case {"do": ("train" | "pause" | "step" | "epoch" | "reset" | "sweep") as verb}:
            return Do(verb)
        case {"do": "speed", "pace": ("slow" | "medium" | "full") as pace}:
            return Speed(pace)
        case {"do": "check", "weights": list(weights)} if len(weights) <= MOST_WEIGHTS:
            return Check(tuple(_weight(weight) for weight in weights))
    return None


def _of_the_pictures(order: object) -> Command | None:
    match order:
        case {"do": "drawn"}:
            return Drawn()
        case {"do": "look", **chosen} if chosen:
            return _look_at(chosen)
        case {"do": "room", "room": room} if _whole(room):
            return Room(within(room))
        case {"do": "unseen", "figures": list(figures)} if all(isinstance(key, str) for key in figures):
            return Unseen(frozenset(figures))
        case {"do": "back", "update": update} if _whole(update):
            return LookBack(update)
    return None


def within(room: int) -> int:
    """The room nearest to that which a stage can have: a browser may say anything, and each is laid out anew."""
    return max(NARROWEST, min(room, WIDEST)) // STEP * STEP


def _whole(value: object) -> TypeGuard[int]:
    """Whether it is a whole number; in Python a truth value is an int too."""
    return type(value) is int


def _weight(said: object) -> Weight:
    """Raises ValueError for what names no weight."""
    match said:
        case [str(name), row, column] if _whole(row) and _whole(column):
            return name, row, column
    raise ValueError("not a weight")


def _look_at(chosen: dict[object, object]) -> LookAt:
    """Raises ValueError for a field that there is not, or a value that it cannot have."""
    known: dict[str, Any] = {}
    for name, value in chosen.items():
        if type(value) is not KINDS.get(str(name)) or (_whole(value) and value < LOWEST[str(name)]):
            raise ValueError(f"not a look: {name}")
        known[str(name)] = value
    return LookAt(**known)
