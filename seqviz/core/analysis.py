"""The frozen records of what makes gradients vanish or explode. NumPy only, every array read-only.

Sources: Bengio, Simard & Frasconi (1994); Pascanu, Mikolov & Bengio (2013), sec. 2; Werbos (1990).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64


@dataclass(frozen=True)
class Jacobians:
    """What each step of one chain does to a gradient that passes through it.

    s_t is what a step hands to the next: h_t, or for an LSTM h_t followed by c_t, which are taken as independent of
    each other. Its size, `state`, is hidden or 2 × hidden. The step before is the one along the chain's own direction;
    before the first, s is 0. Where the chain has no step, arrays by step are NaN. segments and blocks as in the
    topology and in the cell's weights.

    jacobian: (steps, state, state) ∂s_t/∂s_{t-1}; its first hidden × hidden entries are ∂h_t/∂h_{t-1}.
    singular: (steps, state) its singular values, the largest first. singular_hidden: (steps, hidden) those of
    ∂h_t/∂h_{t-1} alone. Without a cell state both are the same.
    slope: (steps, blocks, hidden) ∂h_t/∂a_t unit by unit, with a_t = W_hh h_{t-1} + b_hh. For a plain cell this is f'
    of the whole sum, 1 - h_t² with tanh: a unit at 0 is saturated and lets no gradient through.
    largest, radius, determinant: (segments, blocks) of each square block of W_hh: the largest singular value, the
    largest absolute eigenvalue, the determinant. NaN in a segment where the chain does not exist.
    cut: (steps,) whether the truncation window cuts the edge from the step before: no gradient passes there.
    """

    jacobian: Float64[np.ndarray, "steps state state"]
    singular: Float64[np.ndarray, "steps state"]
    singular_hidden: Float64[np.ndarray, "steps hidden"]
    slope: Float64[np.ndarray, "steps blocks hidden"]
    largest: Float64[np.ndarray, "segments blocks"]
    radius: Float64[np.ndarray, "segments blocks"]
    determinant: Float64[np.ndarray, "segments blocks"]
    cut: Bool[np.ndarray, " steps"]


@dataclass(frozen=True)
class Products:
    """How far one loss reaches back along the chain: products of step Jacobians, ∂s_t/∂s_k = J_t J_{t-1} … J_{k+1}.

    loss: the step whose loss is followed back. entry: the step t at which the chain hands its state to that loss: the
    same one, or for a chain that reads from the end to a single answer the first. state: the step k that was chosen.
    reach: (steps,) the spectral norm ‖∂h_t/∂h_k‖ for every k: 1 at t, 0 where no gradient comes by along this chain
    (behind a cut, or on the other side of t), NaN where the chain has no step, inf beyond every number.
    reach_cell: (steps,) the same for ‖∂c_t/∂c_k‖, all NaN without a cell state.
    by_steps: (steps,) the product of the steps' own norms ‖J_t‖ … ‖J_{k+1}‖, never below `reach`.
    by_weights: (steps,) the product of the largest singular values of W_hh, the bound (γ σ)^(t-k) of Pascanu et al.
    with γ = 1, as tanh, ReLU and identity are nowhere steeper; all NaN for gated cells, which it does not bind.
    matrix: (hidden, hidden) ∂h_t/∂h_k of the chosen k.
    norms: ‖∂L_t/∂h_t‖, ‖∂L_t/∂h_k‖ over all chains, at the two ends.
    """

    loss: int
    entry: int
    state: int
    reach: Float64[np.ndarray, " steps"]
    reach_cell: Float64[np.ndarray, " steps"]
    by_steps: Float64[np.ndarray, " steps"]
    by_weights: Float64[np.ndarray, " steps"]
    matrix: Float64[np.ndarray, "hidden hidden"]
    norms: tuple[float, float]


@dataclass(frozen=True)
class Shares:
    """Each step's own contribution to ∂L/∂W_hh, and that they add up to it.

    To be seen they are thinned to a few `units`, evenly spread; `difference` is of the whole matrices.

    units: (shown,) the hidden units whose rows (in every block) and columns are kept; all of them where few.
    contributions: (steps, blocks, shown, shown) ∂L/∂a_t h_{t-1}ᵀ, 0 where the chain has no step.
    summed: (segments, blocks, shown, shown) their sum over the steps that share a set of weights.
    by_autograd: the same entries of ∂L/∂W_hh as training's own backward pass finds it.
    difference: the largest absolute difference between the two over all entries. scale: the largest entry.
    """

    units: Int64[np.ndarray, " shown"]
    contributions: Float32[np.ndarray, "steps blocks shown shown"]
    summed: Float32[np.ndarray, "segments blocks shown shown"]
    by_autograd: Float32[np.ndarray, "segments blocks shown shown"]
    difference: float
    scale: float


@dataclass(frozen=True)
class Clipping:
    """The whole gradient of the example's loss, all parameters as one vector, before and after clipping.

    norm: before. norm_by_norm, norm_by_value: after either rule; where `clip` is 0, nothing is clipped.
    cosine_by_norm, cosine_by_value: of the angle between before and after: 1 where the direction is kept.
    before: (entries,) those of its entries that are furthest from 0, from the smallest to the largest. by_norm,
    by_value: (entries,) what becomes of them.
    """

    norm: float
    norm_by_norm: float
    norm_by_value: float
    cosine_by_norm: float
    cosine_by_value: float
    before: Float32[np.ndarray, " entries"]
    by_norm: Float32[np.ndarray, " entries"]
    by_value: Float32[np.ndarray, " entries"]


@dataclass(frozen=True)
class Analysis:
    """Why the gradient of one example is as large as it is, along one chain. stream: its row in `Trace.hidden`."""

    stream: int
    jacobians: Jacobians
    products: Products


@dataclass(frozen=True)
class WeightGradient:
    """The gradient that one example gives to the weights: where W_hh's comes from, and what clipping makes of all."""

    shares: Shares
    clipping: Clipping


@dataclass(frozen=True)
class GradientCheck:
    """∂L/∂w for a few weights, found three ways in float64 on the network as it is.

    names: the parameters' names. rows, columns: (weights,) which entry, the parameter seen as a matrix of its first
    axis by all others. values: (weights,) the weights themselves.
    autograd: (weights,) as training finds it, cut at the truncation window. by_hand: the same from the written-out
    equations, NaN for a parameter that they do not cover. numeric: central differences of the loss, which no window
    cuts: with one, autograd leaves out what these still measure.
    by_hand_error, numeric_error: (weights,) the difference from autograd, relative to the larger of the two.
    not_by_hand: "" or why the equations do not cover this network. window: the truncation window, 0 for none.
    update: updates that the network had done.
    """

    names: tuple[str, ...]
    rows: Int64[np.ndarray, " weights"]
    columns: Int64[np.ndarray, " weights"]
    values: Float64[np.ndarray, " weights"]
    autograd: Float64[np.ndarray, " weights"]
    by_hand: Float64[np.ndarray, " weights"]
    numeric: Float64[np.ndarray, " weights"]
    by_hand_error: Float64[np.ndarray, " weights"]
    numeric_error: Float64[np.ndarray, " weights"]
    not_by_hand: str
    window: int
    update: int = 0
