"""What a recurrent cell is: an equation that turns an input and a state into the next state.

A cell holds no weights and imports no torch at run time: it is its equation, written once. What is multiplied by
matrices is the same in all of them and done outside. Training on PyTorch's fused modules and tracing step by step use
the same weights, in PyTorch's layout.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from seqviz.core.circuit import Circuit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jaxtyping import Float
    from torch import Tensor


class Weights(NamedTuple):
    """One cell's parameters, in PyTorch's layout: the rows are `blocks` blocks of `hidden` rows each.

    input: W_xh, (blocks × hidden, inputs). hidden: W_hh, (blocks × hidden, hidden).
    input_bias, hidden_bias: (blocks × hidden,); PyTorch keeps two and adds them up.
    """

    input: Float[Tensor, "rows inputs"]
    hidden: Float[Tensor, "rows hidden"]
    input_bias: Float[Tensor, " rows"]
    hidden_bias: Float[Tensor, " rows"]


class State(NamedTuple):
    """What a step hands to the next: h_t, and the LSTM's c_t (None in cells without one)."""

    hidden: Float[Tensor, "batch hidden"]
    cell: Float[Tensor, "batch hidden"] | None = None


class Cell(Protocol):
    """A recurrent cell.

    title: what people read. equation: LaTeX, one line each, in the lecture's symbols. letters: what those letters mean
    that no other cell has, in sentences for people. source: where it comes from.
    fused: PyTorch's fast module for it, or None where there is none: ("RNN", "tanh"), ("GRU", ""), …
    blocks: blocks of rows in the weights. gates: names of what `step` reports, in that order, with their symbols.
    has_cell_state: whether `State.cell` is used. circuit: the same equation unit by unit, to be drawn.
    """

    @property
    def title(self) -> str: ...
    @property
    def equation(self) -> tuple[str, ...]: ...
    @property
    def letters(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def fused(self) -> tuple[str, str] | None: ...
    @property
    def blocks(self) -> int: ...
    @property
    def gates(self) -> Mapping[str, str]: ...
    @property
    def has_cell_state(self) -> bool: ...
    @property
    def circuit(self) -> Circuit: ...

    def step(
        self, from_input: Float[Tensor, "batch rows"], from_state: Float[Tensor, "batch rows"], state: State
    ) -> tuple[State, dict[str, Float[Tensor, "batch hidden"]]]:
        """The next state, and the gates by name.

        from_input, from_state: W_x x(t) + b_x and W_h h(t-1) + b_h, rows as in `Weights`. state: the one before.
        """
        ...
