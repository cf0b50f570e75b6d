"""`check_gradients`: the gradient of a few weights, found three ways that share as little code as they can.

Autograd takes training's own forward pass; the second way is written out by hand in NumPy; the third only compares
the loss a little to either side of a weight. All in float64, on a copy of the network as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor

from seqviz.core.analysis import GradientCheck
from seqviz.core.config import RunConfig
from seqviz.core.records import Run, Trace, freeze_all
from seqviz.networks.network import Feed, Network, mean_loss
from seqviz.training import handwritten
from seqviz.training.model import loaded
from seqviz.training.tracing import feed_of

Matrix = Float64[np.ndarray, "rows columns"]
Weight = tuple[str, int, int]
"""A parameter's name with a row and a column, the parameter seen as a matrix of its first axis by all others."""

STEP = 1e-5
"""How far to either side a central difference looks: the error of the formula, of the order of STEP², and that of
float64, of the order of 1e-16 / STEP, are then about equally small."""
FLOOR = 1e-8
"""Gradients below this count as this large in a relative error."""
FLOOR_OF_DIFFERENCES = 1e-5
"""The same for central differences: they are off by some 1e-10 whatever the gradient, which is 1e-5 of this."""


def check_gradients(run: Run, traced: Trace, weights: Sequence[Weight] = ()) -> GradientCheck:
    """∂L/∂w for the chosen weights, L being the loss of `traced`, a trace of this very run.

    Without a choice, the entry with the largest gradient of every matrix that recurs, feeds a cell or makes the
    outputs. Raises ValueError, in a sentence for people, for a weight that is not there.
    """
    network = deepcopy(loaded(run)).double()
    feed = _in_float64(feed_of(network, traced))
    gradients = _by_autograd(network, feed, run.config.window)
    missing = why_not_by_hand(run.config)
    by_hand = {} if missing else gradients_by_hand(network, feed, traced)
    parameters = {name: _as_matrix(parameter.detach()) for name, parameter in network.named_parameters()}
    chosen = [_located(parameters, weight) for weight in weights or _largest(gradients)]
    autograd = np.array([gradients[name][row, column] for name, row, column in chosen])
    hand = np.array([by_hand[name][row, column] if name in by_hand else np.nan for name, row, column in chosen])
    numeric = np.array([_by_differences(network, feed, weight) for weight in chosen])
    check = GradientCheck(
        names=tuple(name for name, _, _ in chosen),
        rows=np.array([row for _, row, _ in chosen], dtype=np.int64),
        columns=np.array([column for _, _, column in chosen], dtype=np.int64),
        values=np.array([parameters[name][row, column] for name, row, column in chosen]),
        autograd=autograd,
        by_hand=hand,
        numeric=numeric,
        by_hand_error=_relative(autograd, hand, FLOOR),
        numeric_error=_relative(autograd, numeric, FLOOR_OF_DIFFERENCES),
        not_by_hand=missing,
        window=run.config.window,
        update=run.step,
    )
    freeze_all(check)
    return check


def why_not_by_hand(config: RunConfig) -> str:
    """Why the hand-written equations do not cover a network, in a sentence for people; "" where they do."""
    if config.cell not in handwritten.CELLS:
        return "The equations are written out by hand for the plain cells, the GRU and the LSTM only."
    if config.layers > 1:
        return "The equations are written out by hand for one layer only."
    if config.bidirectional:
        return "The equations are written out by hand for a network that reads forward only."
    if config.attention:
        return "The equations are written out by hand without attention."
    return ""


def gradients_by_hand(network: Network, feed: Feed, traced: Trace) -> Mapping[str, Matrix]:
    """∂L of the cells' and the output layer's parameters, by name, without autograd. A bias is one column.

    Raises ValueError where `why_not_by_hand` has an answer.
    """
    if missing := why_not_by_hand(traced.config):
        raise ValueError(missing)
    with torch.no_grad():
        vectors = [vector[0].double().numpy() for vector in network(feed).vectors]
    parts = [
        handwritten.Piece(handwritten.Weights(*(w.detach().double().numpy() for w in stack.weights(0))), x)
        for stack, x in zip(network.parts, vectors, strict=True)
    ]
    output, output_bias = (tensor.detach().double().numpy() for tensor in (network.head.weight, network.head.bias))
    found = handwritten.backpropagate(
        traced.config.cell, parts, output, output_bias, traced.targets, traced.config.window
    )
    named = {"head.weight": found.output, "head.bias": found.output_bias[:, None]}
    for number, weights in enumerate(found.parts):
        for name, gradient in zip(_NAMES, weights, strict=True):
            named[f"stacks.{number}.cores.0.{name}"] = gradient.reshape(len(gradient), -1)
    return named


_NAMES = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
"""PyTorch's names of a cell's parameters, in the order of `Weights`."""


def _by_autograd(network: Network, feed: Feed, window: int) -> Mapping[str, Matrix]:
    loss = mean_loss(network(feed, window).logits, feed.targets)
    names, parameters = zip(*network.named_parameters(), strict=True)
    found = torch.autograd.grad(loss, parameters, materialize_grads=True)
    return {name: _as_matrix(gradient) for name, gradient in zip(names, found, strict=True)}


@torch.no_grad()
def _by_differences(network: Network, feed: Feed, weight: Weight) -> float:
    """(L(w + STEP) - L(w - STEP)) / (2 STEP)."""
    name, row, column = weight
    matrix = network.get_parameter(name).view(len(network.get_parameter(name)), -1)
    kept, losses = matrix[row, column].clone(), []
    for push in (STEP, -STEP):
        matrix[row, column] = kept + push
        losses.append(float(mean_loss(network(feed).logits, feed.targets)))
    matrix[row, column] = kept
    return (losses[0] - losses[1]) / (2 * STEP)


def _in_float64(feed: Feed) -> Feed:
    return replace(feed, inputs=feed.inputs.double()) if feed.inputs.is_floating_point() else feed


def _as_matrix(tensor: Tensor) -> Matrix:
    """A copy: (first axis, all others), a vector as one column."""
    matrix: Matrix = tensor.reshape(len(tensor), -1).numpy().copy()
    return matrix


def _located(parameters: Mapping[str, Matrix], weight: Weight) -> Weight:
    name, row, column = weight
    if name not in parameters:
        raise ValueError(f"This network has no weights called {name!r}; it has {', '.join(parameters)}.")
    rows, columns = parameters[name].shape
    if not (0 <= row < rows and 0 <= column < columns):
        raise ValueError(f"{name} has {rows} rows and {columns} columns, counted from 0: no entry {row}, {column}.")
    return weight


def _largest(gradients: Mapping[str, Matrix]) -> list[Weight]:
    matrices = [name for name in gradients if name.endswith(("weight_ih_l0", "weight_hh_l0")) or name == "head.weight"]
    return [(name, *divmod(int(np.abs(gradients[name]).argmax()), gradients[name].shape[1])) for name in matrices]


def _relative(
    a: Float64[np.ndarray, " weights"], b: Float64[np.ndarray, " weights"], floor: float
) -> Float64[np.ndarray, " weights"]:
    error: Float64[np.ndarray, " weights"] = np.abs(a - b) / np.maximum(floor, np.maximum(np.abs(a), np.abs(b)))
    return error
