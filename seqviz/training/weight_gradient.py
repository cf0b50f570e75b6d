"""`weight_gradient`: where the gradient of the weights comes from, step by step, and what clipping makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor

from seqviz.core.analysis import Clipping, Shares, WeightGradient
from seqviz.core.config import RunConfig
from seqviz.core.records import Look, Run, Trace, freeze_all
from seqviz.networks.network import Network, mean_loss
from seqviz.training.chain import TracedChain
from seqviz.training.model import loaded
from seqviz.training.optimisers import clip
from seqviz.training.tracing import feed_of

SHOWN = 8
"""Units whose rows and columns are kept of each step's contribution."""
ENTRIES = 40
"""Entries of the whole gradient that are kept to show what clipping does."""


def weight_gradient(run: Run, traced: Trace, look: Look | None = None) -> WeightGradient:
    """What the example of `traced`, a trace of this very run, gives to the weights.

    The contributions are those of the chain `look.stream`. Raises IndexError for one that the trace does not have.
    """
    network = loaded(run)
    chain = TracedChain(network, traced, (look or Look()).stream)
    gradients = _gradients(network, traced)
    result = WeightGradient(_shares(chain, gradients), _clipping(network, run.config, gradients))
    freeze_all(result)
    return result


def _gradients(network: Network, traced: Trace) -> dict[str, Tensor]:
    """∂L of every parameter, as training computes it on this one example."""
    feed = feed_of(network, traced)
    loss = mean_loss(network(feed, traced.config.window).logits, feed.targets)
    names, parameters = zip(*network.named_parameters(), strict=True)
    return dict(zip(names, torch.autograd.grad(loss, parameters, materialize_grads=True), strict=True))


def _shares(chain: TracedChain, gradients: Mapping[str, Tensor]) -> Shares:
    traced, blocks, hidden = chain.traced, chain.cell.blocks, chain.before.hidden.shape[1]
    units = np.unique(np.linspace(0, hidden - 1, min(hidden, SHOWN)).round().astype(np.int64))
    grads = traced.grad_recurrent[chain.row, chain.order].astype(np.float64).reshape(-1, blocks, hidden)
    before = chain.before.hidden.numpy()
    contributions = np.einsum("tbi,tj->tbij", grads[:, :, units], before[:, units])
    shape = (chain.segments, blocks, len(units), len(units))
    summed, by_autograd = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    differences, sizes = [], []
    for number, _, row in chain.parts:
        places = chain.places(number)
        whole = np.einsum("tbi,tj->bij", grads[places], before[places])
        own = gradients[f"stacks.{number}.cores.{row}.weight_hh_l0"].double().numpy().reshape(whole.shape)
        summed[number] = whole[:, units][:, :, units]
        by_autograd[number] = own[:, units][:, :, units]
        differences.append(np.abs(whole - own).max())
        sizes.append(np.abs(own).max())
    kept = chain.spread(contributions, missing=0.0).astype(np.float32)
    # NumPy's maximum lets NaN through, Python's does not.
    return Shares(units, kept, summed, by_autograd, float(np.max(differences)), float(np.max(sizes)))


def _clipping(network: Network, config: RunConfig, gradients: Mapping[str, Tensor]) -> Clipping:
    before = torch.cat([gradient.flatten() for gradient in gradients.values()]).double()
    by_norm, by_value = (_clipped(network, replace(config, clip_by=rule), gradients) for rule in ("norm", "value"))
    furthest = before.abs().topk(min(ENTRIES, len(before))).indices
    kept = furthest[before[furthest].argsort()]
    return Clipping(
        norm=float(before.norm()),
        norm_by_norm=float(by_norm.norm()),
        norm_by_value=float(by_value.norm()),
        cosine_by_norm=_cosine(before, by_norm),
        cosine_by_value=_cosine(before, by_value),
        before=before[kept].float().numpy(),
        by_norm=by_norm[kept].float().numpy(),
        by_value=by_value[kept].float().numpy(),
    )


def _clipped(network: Network, config: RunConfig, gradients: Mapping[str, Tensor]) -> Float64[Tensor, " parameters"]:
    """The whole gradient after training's own clipping."""
    after = {name: gradient.clone() for name, gradient in gradients.items()}
    for name, parameter in network.named_parameters():
        parameter.grad = after[name]
    clip(network, config)  # scales or clamps the gradients where they are
    network.zero_grad()
    return torch.cat([gradient.flatten() for gradient in after.values()]).double()


def _cosine(a: Float64[Tensor, " entries"], b: Float64[Tensor, " entries"]) -> float:
    """Of the angle between two vectors; NaN where one of them is 0."""
    return float(a @ b / (a.norm() * b.norm()))
