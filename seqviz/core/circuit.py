"""A recurrent cell unit by unit: which numbers it computes, from what, in which order, and where they are drawn.

A cell's equation is vectors; its circuit says the same of one unit, as a value that can be evaluated and drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from jaxtyping import Float64

HIDDEN_BEFORE: Final = "hidden_before"
CELL_BEFORE: Final = "cell_before"
"""What a unit is handed by the step before: its own entry of h_{t-1} and, in an LSTM, of c_{t-1}."""

Operands = Literal["", "x", "h", "xh"]
Function = Literal["", "sigmoid", "tanh", "relu", "one minus"]
Values = Float64[np.ndarray, " units"]

FUNCTIONS: Final[Mapping[Function, Callable[[Values], Values]]] = {
    "": lambda a: a,
    "sigmoid": lambda a: 1 / (1 + np.exp(-a)),
    "tanh": np.tanh,
    "relu": lambda a: np.maximum(a, 0.0),
    "one minus": lambda a: 1 - a,
}


@dataclass(frozen=True)
class Number:
    """One number of every unit.

    name: a gate's as in `Cell.gates`, "hidden" and "cell_state" for what the step hands on, or any other.
    symbol: as people read it, in HTML. meaning: in words, in a line. at: column (0 to 10) and row (0 to 3, from
    below) where it is drawn. takes: names of earlier parts, `HIDDEN_BEFORE` or `CELL_BEFORE`; they are added up, or
    multiplied where `times`. reads: whether W_x x with its bias ("x"), W_h h with its bias ("h") or both of them,
    each from the rows of `block`, are added as well. function: what is applied to the result.
    """

    name: str
    symbol: str
    meaning: str
    at: tuple[float, float]
    takes: tuple[str, ...] = ()
    times: bool = False
    reads: Operands = ""
    block: int = 0
    function: Function = ""


@dataclass(frozen=True)
class Circuit:
    """parts: in an order in which they can be computed; the last one is "hidden".

    lane: names along which what was before goes on by products and sums alone, without weights and functions: the
    additive path. Empty where there is none.
    """

    parts: tuple[Number, ...]
    lane: tuple[str, ...] = ()

    def evaluate(
        self,
        from_input: Float64[np.ndarray, "blocks units"],
        from_state: Float64[np.ndarray, "blocks units"],
        given: Mapping[str, Values],
    ) -> dict[str, Values]:
        """Every part's value, unit by unit.

        from_input, from_state: W_x x and W_h h, each with its bias. given: `HIDDEN_BEFORE` and, where the cell has
        one, `CELL_BEFORE`. Raises KeyError for a part that takes what is not there yet.
        """
        values = dict(given)
        with np.errstate(over="ignore", invalid="ignore"):  # a network may grow beyond every number
            for part in self.parts:
                terms = [values[name] for name in part.takes]
                terms += [from_input[part.block]] if "x" in part.reads else []
                terms += [from_state[part.block]] if "h" in part.reads else []
                result = np.prod(terms, axis=0) if part.times else np.sum(terms, axis=0)
                values[part.name] = FUNCTIONS[part.function](result)
        return values
