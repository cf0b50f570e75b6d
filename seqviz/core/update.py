"""The frozen record of what one update does to the recurrent weights. NumPy only, every array read-only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32


@dataclass(frozen=True)
class WeightChange:
    """One matrix W_hh, which all steps of a chain in a segment share, and what an update makes of it.

    segment: in `Topology.segments`. row: the chain, in `Trace.hidden`. before, after: (rows, hidden) the weights.
    gradient: (rows, hidden) ∂L/∂W_hh as autograd finds it, before clipping.
    """

    segment: int
    row: int
    before: Float32[np.ndarray, "rows hidden"]
    gradient: Float32[np.ndarray, "rows hidden"]
    after: Float32[np.ndarray, "rows hidden"]


@dataclass(frozen=True)
class Update:
    """An update from one example alone. norm, clipped: of the gradient of all weights, before and after clipping."""

    norm: float
    clipped: float
    weights: tuple[WeightChange, ...]
