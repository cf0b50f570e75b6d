"""Backpropagation through time written out by hand in NumPy: the equations of a lecture, no autograd.

The forward pass keeps what each step saw; the backward pass walks from the last step to the first and sends

    ∂L/∂h_t = W_hoᵀ ∂L/∂o_t + what step t + 1 sends back

through the cell. Because all steps share the weights, each adds its own contribution to their gradients (Werbos 1990;
Zhang et al., *Dive into Deep Learning*, sec. 9.7). Gates: Hochreiter & Schmidhuber (1997), Gers et al. (2000) for the
LSTM, Cho et al. (2014) for the GRU, all in PyTorch's layout.

One layer, read forward, without attention: what else a network may have is left to autograd.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Float64, Int64

Vector = Float64[np.ndarray, " units"]


class Weights(NamedTuple):
    """W_xh (rows, inputs), W_hh (rows, hidden), and the two biases (rows,), as in `seqviz.cells.Weights`."""

    input: Float64[np.ndarray, "rows inputs"]
    hidden: Float64[np.ndarray, "rows hidden"]
    input_bias: Float64[np.ndarray, " rows"]
    hidden_bias: Float64[np.ndarray, " rows"]


@dataclass(frozen=True)
class Piece:
    """Consecutive steps that share one set of weights. x: (steps, inputs) what they read."""

    weights: Weights
    x: Float64[np.ndarray, "steps inputs"]


@dataclass(frozen=True)
class ByHand:
    """Gradients of the mean loss.

    parts: of each part's weights. output: (classes, hidden) ∂L/∂W_ho. output_bias: (classes,) ∂L/∂b_o.
    hidden: (steps, hidden) ∂L/∂h_t. loss: L in nats.
    """

    parts: tuple[Weights, ...]
    output: Float64[np.ndarray, "classes hidden"]
    output_bias: Float64[np.ndarray, " classes"]
    hidden: Float64[np.ndarray, "steps hidden"]
    loss: float


class Back(NamedTuple):
    """What a step sends back: ∂L/∂h_{t-1} and ∂L/∂c_{t-1}, and ∂L of the rows that come from x and from h_{t-1}."""

    h: Vector
    c: Vector
    from_x: Vector
    from_h: Vector


class Cache(NamedTuple):
    """What a forward step leaves for the backward one: what it read, what it made of it, and its gates."""

    h_before: Vector
    c_before: Vector
    h: Vector
    c: Vector
    gates: tuple[Vector, ...]


Forward = Callable[[Weights, Vector, Vector, Vector], Cache]
"""(weights, x_t, h_{t-1}, c_{t-1}) to what the step keeps. Cells without a cell state hand c on untouched."""
Backward = Callable[[Weights, Cache, Vector, Vector], Back]
"""(weights, kept, ∂L/∂h_t, ∂L/∂c_t) to what the step sends back."""


def backpropagate(
    cell: str,
    parts: Sequence[Piece],
    output: Float64[np.ndarray, "classes hidden"],
    output_bias: Float64[np.ndarray, " classes"],
    targets: Int64[np.ndarray, " steps"],
    window: int = 0,
) -> ByHand:
    """∂L of every weight, where L is the mean cross-entropy over the steps that have a target.

    cell: a key of `CELLS`. parts: in the order of time; each goes on from the last state of the one before.
    targets: over all parts' steps, -1 where no loss enters. window: the gradient is cut before every step whose place
    in its part is a multiple of it; 0 leaves it whole. Raises ValueError for a cell that is not written here.
    """
    if cell not in CELLS:
        raise ValueError(f"The gradients of {cell!r} are not written out by hand, only those of {', '.join(CELLS)}.")
    forward, backward = CELLS[cell]
    x = np.concatenate([part.x for part in parts])
    own = [number for number, part in enumerate(parts) for _ in part.x]
    cut = [bool(window and place and place % window == 0) for part in parts for place in range(len(part.x))]
    nothing = np.zeros(output.shape[1])

    kept: list[Cache] = []
    h = c = nothing
    for t, x_t in enumerate(x):
        kept.append(forward(parts[own[t]].weights, x_t, h, c))
        h, c = kept[t].h, kept[t].c

    states = np.array([step.h for step in kept])
    loss, d_logits = _cross_entropy(states @ output.T + output_bias, targets)

    gradients = [Weights(*(np.zeros_like(weight) for weight in part.weights)) for part in parts]
    d_hidden = np.zeros_like(states)
    dh = dc = nothing
    for t in reversed(range(len(x))):
        d_hidden[t] = output.T @ d_logits[t] + dh
        back = backward(parts[own[t]].weights, kept[t], d_hidden[t], dc)
        gradient = gradients[own[t]]
        gradient.input[:] += np.outer(back.from_x, x[t])
        gradient.hidden[:] += np.outer(back.from_h, kept[t].h_before)
        gradient.input_bias[:] += back.from_x
        gradient.hidden_bias[:] += back.from_h
        dh, dc = (nothing, nothing) if cut[t] else (back.h, back.c)
    return ByHand(tuple(gradients), d_logits.T @ states, d_logits.sum(axis=0), d_hidden, loss)


def _cross_entropy(
    logits: Float64[np.ndarray, "steps classes"], targets: Int64[np.ndarray, " steps"]
) -> tuple[float, Float64[np.ndarray, "steps classes"]]:
    """The mean of -ln p(target), and ∂L/∂o_t: (p - 1 at the target) over their number, 0 where no loss enters."""
    scored = np.flatnonzero(targets >= 0)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = powers / powers.sum(axis=1, keepdims=True)
    d_logits = np.zeros_like(logits)
    d_logits[scored] = p[scored] / len(scored)
    d_logits[scored, targets[scored]] -= 1 / len(scored)
    return float(-np.log(p[scored, targets[scored]]).mean()), d_logits


def _logistic(a: Vector) -> Vector:
    # The same as 1 / (1 + exp(-a)), without a power that is too large for a number.
    half: Vector = np.tanh(a / 2)
    return (1 + half) / 2


def _elman(f: Callable[[Vector], Vector], slope: Callable[[Vector], Vector]) -> tuple[Forward, Backward]:
    """slope: f'(a), written in terms of h = f(a)."""

    def forward(w: Weights, x: Vector, h: Vector, c: Vector) -> Cache:
        a = w.input @ x + w.input_bias + w.hidden @ h + w.hidden_bias
        return Cache(h, c, f(a), c, ())

    def backward(w: Weights, kept: Cache, dh: Vector, dc: Vector) -> Back:
        da = slope(kept.h) * dh
        return Back(w.hidden.T @ da, dc, da, da)

    return forward, backward


def _gru_forward(w: Weights, x: Vector, h: Vector, c: Vector) -> Cache:
    from_x = np.split(w.input @ x + w.input_bias, 3)
    from_h = np.split(w.hidden @ h + w.hidden_bias, 3)
    r = _logistic(from_x[0] + from_h[0])
    z = _logistic(from_x[1] + from_h[1])
    n = np.tanh(from_x[2] + r * from_h[2])
    return Cache(h, c, (1 - z) * n + z * h, c, (r, z, n, from_h[2]))


def _gru_backward(w: Weights, kept: Cache, dh: Vector, dc: Vector) -> Back:
    r, z, n, recalled = kept.gates
    da_n = (1 - n**2) * (1 - z) * dh
    da_z = z * (1 - z) * (kept.h_before - n) * dh
    da_r = r * (1 - r) * recalled * da_n
    from_h = np.concatenate([da_r, da_z, r * da_n])
    return Back(w.hidden.T @ from_h + z * dh, dc, np.concatenate([da_r, da_z, da_n]), from_h)


def _lstm_forward(w: Weights, x: Vector, h: Vector, c: Vector) -> Cache:
    a_i, a_f, a_g, a_o = np.split(w.input @ x + w.input_bias + w.hidden @ h + w.hidden_bias, 4)
    i, f, g, o = _logistic(a_i), _logistic(a_f), np.tanh(a_g), _logistic(a_o)
    after = f * c + i * g
    return Cache(h, c, o * np.tanh(after), after, (i, f, g, o))


def _lstm_backward(w: Weights, kept: Cache, dh: Vector, dc: Vector) -> Back:
    i, f, g, o = kept.gates
    tanh_c = np.tanh(kept.c)
    dc = dc + (1 - tanh_c**2) * o * dh
    da_i = i * (1 - i) * g * dc
    da_f = f * (1 - f) * kept.c_before * dc
    da_g = (1 - g**2) * i * dc
    da_o = o * (1 - o) * tanh_c * dh
    da = np.concatenate([da_i, da_f, da_g, da_o])
    return Back(w.hidden.T @ da, f * dc, da, da)


CELLS: Final[Mapping[str, tuple[Forward, Backward]]] = {
    "elman": _elman(np.tanh, lambda h: 1 - h**2),
    "elman-relu": _elman(lambda a: np.maximum(a, 0), lambda h: (h > 0).astype(np.float64)),
    "elman-linear": _elman(lambda a: a, np.ones_like),
    "gru": (_gru_forward, _gru_backward),
    "lstm": (_lstm_forward, _lstm_backward),
}
"""By the keys of `seqviz.cells.CELLS`: how a step goes forward, and what it sends back."""
