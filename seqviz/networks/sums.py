"""The two weighted sums with which a step of every cell begins, and such a step as a whole."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import linear

from seqviz.cells import Cell, State, Weights


def of_input(weights: Weights, x: Float[Tensor, "*batch inputs"]) -> Float[Tensor, "*batch rows"]:
    """W_x x + b_x, of one input or of many at once: it does not wait for the state."""
    return linear(x, weights.input, weights.input_bias)


def of_state(weights: Weights, hidden: Float[Tensor, "*batch hidden"]) -> Float[Tensor, "*batch rows"]:
    """W_h h + b_h."""
    return linear(hidden, weights.hidden, weights.hidden_bias)


def step(
    cell: Cell, weights: Weights, x: Float[Tensor, "*batch inputs"], state: State
) -> tuple[State, dict[str, Float[Tensor, "*batch hidden"]]]:
    """One step of a cell by itself: the next state, and the gates by name."""
    return cell.step(of_input(weights, x), of_state(weights, state.hidden), state)
