"""The frozen record of one cell opened at one step. NumPy only, every array read-only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from seqviz.core.circuit import Circuit


@dataclass(frozen=True)
class Opened:
    """One unit of one step's cell, with every number that its circuit computes.

    stream, step, unit: which, as in `Trace.hidden`. title: the cell's. circuit: what it computes.
    x: (inputs,) what the cell reads besides its state. before: (hidden,) h_{t-1}.
    from_input, from_state: (blocks, inputs) and (blocks, hidden) the unit's rows of W_x and W_h. input_bias,
    state_bias: (blocks,) its biases. values: each part of the circuit and what the step was handed, by name; gates
    and states are those of the trace, the numbers between them follow from these weights.
    """

    stream: int
    step: int
    unit: int
    title: str
    circuit: Circuit
    x: Float64[np.ndarray, " inputs"]
    before: Float64[np.ndarray, " hidden"]
    from_input: Float64[np.ndarray, "blocks inputs"]
    from_state: Float64[np.ndarray, "blocks hidden"]
    input_bias: Float64[np.ndarray, " blocks"]
    state_bias: Float64[np.ndarray, " blocks"]
    values: Mapping[str, float]
