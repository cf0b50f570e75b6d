"""The gated recurrent unit of Cho et al. (2014), "Learning phrase representations using RNN encoder–decoder"."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seqviz.cells.cell import State
from seqviz.core.circuit import HIDDEN_BEFORE, Circuit, Number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jaxtyping import Float
    from torch import Tensor


@dataclass(frozen=True)
class GatedRecurrentUnit:
    """h(t) = (1 - z) ⊙ n + z ⊙ h(t-1), with reset gate r, update gate z and candidate n, PyTorch's order.

    As in PyTorch, r multiplies W_hn h(t-1) + b_hn, after the matrix product.

    >>> import torch
    >>> nothing = torch.zeros(1, 3)
    >>> state, gates = GRU.step(from_input=nothing, from_state=nothing, state=State(torch.ones(1, 1)))
    >>> state.hidden.item(), gates["update"].item()
    (0.5, 0.5)
    """

    title: str = "GRU"
    letters: str = (
        "r and z are the reset and the update gate: for each unit a number between 0 and 1 that says how much of the "
        "old state is used, and how much of it is kept. n is the candidate for the new state. "
        "σ squeezes any number into 0 to 1, and ⊙ multiplies unit by unit."
    )
    source: str = "Cho et al. (2014), with r after the matrix product, as PyTorch has it"
    equation: tuple[str, ...] = (
        r"r^{(t)} = \sigma\left(W_{xr} x^{(t)} + W_{hr} h^{(t-1)} + b_r\right)",
        r"z^{(t)} = \sigma\left(W_{xz} x^{(t)} + W_{hz} h^{(t-1)} + b_z\right)",
        r"n^{(t)} = \tanh\left(W_{xn} x^{(t)} + b_{xn} + r^{(t)} \odot (W_{hn} h^{(t-1)} + b_{hn})\right)",
        r"h^{(t)} = (1 - z^{(t)}) \odot n^{(t)} + z^{(t)} \odot h^{(t-1)}",
    )
    fused: tuple[str, str] | None = ("GRU", "")
    blocks: int = 3
    gates: Mapping[str, str] = field(
        default_factory=lambda: {"reset": "r", "update": "z", "candidate": "n"}, hash=False
    )
    has_cell_state: bool = False
    circuit: Circuit = Circuit(  # noqa: RUF009 - frozen
        (
            Number("reset", "r", "reset gate", (1.5, 1), reads="xh", block=0, function="sigmoid"),
            Number("update", "z", "update gate", (6.1, 1), reads="xh", block=1, function="sigmoid"),
            Number("recalled", "m", "the state’s part", (3.15, 1), reads="h", block=2),
            Number("allowed", "r⊙m", "as far as the reset gate lets it", (3, 2), ("reset", "recalled"), times=True),
            Number("candidate", "n", "candidate", (4.95, 2), ("allowed",), reads="x", block=2, function="tanh"),
            Number("rest", "1−z", "what is not kept", (7.9, 1), ("update",), function="one minus"),
            Number("kept", "z⊙h", "kept of the state before", (6.1, 3), ("update", HIDDEN_BEFORE), times=True),
            Number("written", "(1−z)⊙n", "written anew", (7.9, 2), ("rest", "candidate"), times=True),
            Number("hidden", "h", "hidden state", (7.9, 3), ("kept", "written")),
        ),
        lane=(HIDDEN_BEFORE, "kept", "hidden"),
    )

    def step(
        self, from_input: Float[Tensor, "batch rows"], from_state: Float[Tensor, "batch rows"], state: State
    ) -> tuple[State, dict[str, Float[Tensor, "batch hidden"]]]:
        """The next hidden state, and the gates reset, update and candidate."""
        x_r, x_z, x_n = from_input.chunk(3, dim=-1)
        h_r, h_z, h_n = from_state.chunk(3, dim=-1)
        reset = (x_r + h_r).sigmoid()
        update = (x_z + h_z).sigmoid()
        candidate = (x_n + reset * h_n).tanh()
        hidden = candidate.lerp(state.hidden, update)  # at update 0 the candidate, at 1 the state before
        return State(hidden), {"reset": reset, "update": update, "candidate": candidate}


GRU = GatedRecurrentUnit()
