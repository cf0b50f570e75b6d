"""What a browser may say on the live socket."""

from __future__ import annotations

import json
from typing import Final

from seqviz.serving.messages import Command, Do, Drawn, LookAt, LookBack, Speed

LONGEST: Final = 1_000
"""Characters in an order; a longer one is refused unread."""


def read_order(text: str) -> Command:
    """The command in a JSON object {"do": …}.

    do: train, pause, step, epoch, reset, drawn; speed (with pace: slow, medium or full), look (with stream and
    quantity) or back (with update). Raises ValueError for anything else.
    """
    if len(text) > LONGEST:
        raise ValueError(f"an order has at most {LONGEST} characters")
    match json.loads(text):
        case {"do": ("train" | "pause" | "step" | "epoch" | "reset") as verb}:
            return Do(verb)
        case {"do": "drawn"}:
            return Drawn()
        case {"do": "speed", "pace": ("slow" | "medium" | "full") as pace}:
            return Speed(pace)
        case {"do": "look", "stream": int(stream), "quantity": str(quantity)} if stream >= 0:
            return LookAt(stream, quantity)
        case {"do": "back", "update": int(update)}:
            return LookBack(update)
    raise ValueError("not an order")
