"""The plain recurrent cell of Elman (1990), "Finding structure in time", with three activations."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from seqviz.cells.cell import State
from seqviz.core.circuit import Circuit, Function, Number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jaxtyping import Float
    from torch import Tensor


FUNCTIONS: Final[Mapping[str, Function]] = {"tanh": "tanh", "relu": "relu", "identity": ""}


@dataclass(frozen=True)
class Elman:
    """h(t) = f(W_xh x(t) + W_hh h(t-1) + b_h), where f is "tanh", "relu" or "identity".

    >>> import torch
    >>> one = torch.ones(1, 1)
    >>> state, gates = RELU.step(from_input=3 * one, from_state=-one, state=State(one))
    >>> state.hidden.item(), gates
    (2.0, {})
    """

    title: str
    activation: str
    fused: tuple[str, str] | None
    symbol: str
    letters: str = ""
    source: str = "Elman (1990)"
    blocks: int = 1
    gates: Mapping[str, str] = field(default_factory=dict, hash=False)
    has_cell_state: bool = False

    @property
    def equation(self) -> tuple[str, ...]:
        """The cell's equation in LaTeX."""
        return (r"h^{(t)} = " + self.symbol.replace("?", r"W_{xh}\,x^{(t)} + W_{hh}\,h^{(t-1)} + b_h"),)

    @property
    def circuit(self) -> Circuit:
        """A weighted sum, and the activation of it."""
        return Circuit(
            (
                Number("sum", "a", "weighted sum", (3.5, 1), reads="xh"),
                Number("hidden", "h", "hidden state", (7, 1), ("sum",), function=FUNCTIONS[self.activation]),
            )
        )

    def step(
        self, from_input: Float[Tensor, "batch rows"], from_state: Float[Tensor, "batch rows"], state: State
    ) -> tuple[State, dict[str, Float[Tensor, "batch hidden"]]]:
        """The next hidden state; this cell has no gates."""
        a = from_input + from_state
        if self.activation == "identity":
            return State(a), {}
        return State(a.tanh() if self.activation == "tanh" else a.relu()), {}


TANH = Elman("Elman, tanh", "tanh", ("RNN", "tanh"), r"\tanh\left(?\right)")
RELU = Elman("Elman, ReLU", "relu", ("RNN", "relu"), r"\max\left(0,\; ?\right)")
LINEAR = Elman("Elman, no activation", "identity", None, "?")
