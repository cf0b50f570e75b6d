"""Long short-term memory: Hochreiter & Schmidhuber (1997), with the forget gate of Gers et al. (2000)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seqviz.cells.cell import State
from seqviz.core.circuit import CELL_BEFORE, Circuit, Number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jaxtyping import Float
    from torch import Tensor


@dataclass(frozen=True)
class LongShortTermMemory:
    """c(t) = f ⊙ c(t-1) + i ⊙ g and h(t) = o ⊙ tanh(c(t)), with gates i, f, g, o in PyTorch's order.

    >>> import torch
    >>> nothing, one = torch.zeros(1, 4), torch.ones(1, 1)
    >>> state, gates = LSTM.step(from_input=nothing, from_state=nothing, state=State(one, one))
    >>> state.cell.item(), gates["forget"].item()
    (0.5, 0.5)
    """

    title: str = "LSTM"
    letters: str = (
        "i, f and o are the input, the forget and the output gate: for each unit a number between 0 and 1 that says "
        "how much is written, kept and shown. g is the candidate for what is written, c the cell state. "
        "σ squeezes any number into 0 to 1, and ⊙ multiplies unit by unit. "
        "By custom the output gate and the output layer share the letters o, W_ho and b_o: they are different numbers."
    )
    source: str = "Hochreiter & Schmidhuber (1997); Gers et al. (2000)"
    equation: tuple[str, ...] = (
        r"i^{(t)} = \sigma\left(W_{xi} x^{(t)} + W_{hi} h^{(t-1)} + b_i\right)",
        r"f^{(t)} = \sigma\left(W_{xf} x^{(t)} + W_{hf} h^{(t-1)} + b_f\right)",
        r"g^{(t)} = \tanh\left(W_{xg} x^{(t)} + W_{hg} h^{(t-1)} + b_g\right)",
        r"o^{(t)} = \sigma\left(W_{xo} x^{(t)} + W_{ho} h^{(t-1)} + b_o\right)",
        r"c^{(t)} = f^{(t)} \odot c^{(t-1)} + i^{(t)} \odot g^{(t)}",
        r"h^{(t)} = o^{(t)} \odot \tanh(c^{(t)})",
    )
    fused: tuple[str, str] | None = ("LSTM", "")
    blocks: int = 4
    gates: Mapping[str, str] = field(
        default_factory=lambda: {"input": "i", "forget": "f", "candidate": "g", "output": "o"}, hash=False
    )
    has_cell_state: bool = True
    circuit: Circuit = Circuit(  # noqa: RUF009 - frozen
        (
            Number("forget", "f", "forget gate", (1.6, 1), reads="xh", block=1, function="sigmoid"),
            Number("input", "i", "input gate", (3.3, 1), reads="xh", block=0, function="sigmoid"),
            Number("candidate", "g", "candidate", (5.05, 1), reads="xh", block=2, function="tanh"),
            Number("output", "o", "output gate", (6.75, 1), reads="xh", block=3, function="sigmoid"),
            Number("kept", "f⊙c", "kept of the cell state before", (1.6, 3), ("forget", CELL_BEFORE), times=True),
            Number("written", "i⊙g", "written anew", (4.175, 2), ("input", "candidate"), times=True),
            Number("cell_state", "c", "cell state", (4.175, 3), ("kept", "written")),
            Number("squashed", "tanh c", "cell state, squashed", (8.4, 2), ("cell_state",), function="tanh"),
            Number("hidden", "h", "hidden state", (8.4, 1), ("output", "squashed"), times=True),
        ),
        lane=(CELL_BEFORE, "kept", "cell_state"),
    )

    def step(
        self, from_input: Float[Tensor, "batch rows"], from_state: Float[Tensor, "batch rows"], state: State
    ) -> tuple[State, dict[str, Float[Tensor, "batch hidden"]]]:
        """The next hidden and cell state, and the gates input, forget, candidate and output."""
        if state.cell is None:
            raise ValueError("an LSTM step needs a cell state")
        i, f, g, o = (from_input + from_state).chunk(4, dim=-1)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        cell = f * state.cell + i * g
        return State(o * cell.tanh(), cell), {"input": i, "forget": f, "candidate": g, "output": o}


LSTM = LongShortTermMemory()
