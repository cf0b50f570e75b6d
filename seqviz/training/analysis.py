"""`analyse`: what each step does to the gradient that passes through it, and what becomes of the whole.

Step Jacobians come from `torch.func.jacrev` of the cell's own equation, all steps in one call; the rest is linear
algebra in float64, so that a product of many small factors is still told apart from 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from itertools import takewhile

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor
from torch.func import jacrev, vmap

from seqviz.cells import Cell, State, Weights
from seqviz.core.analysis import Analysis, Clipping, Jacobians, Products, Shares
from seqviz.core.config import RunConfig
from seqviz.core.records import Look, Run, Trace, freeze
from seqviz.networks.network import Network, mean_loss
from seqviz.training.chain import TracedChain
from seqviz.training.model import loaded
from seqviz.training.optimisers import clip
from seqviz.training.tracing import feed_of

SHOWN = 8
"""Units whose rows and columns are kept of each step's contribution."""
ENTRIES = 40
"""Entries of the whole gradient that are kept to show what clipping does."""


def analyse(run: Run, traced: Trace, look: Look | None = None) -> Analysis:
    """Why the gradients in `traced`, a trace of this very run, are as large as they are, along the chain `look.stream`.

    `look.loss` and `look.state` choose the loss that is followed back and how far; what is not there is replaced by
    the last loss and the chain's first step. Raises IndexError for a stream that the trace does not have.
    """
    look = look or Look()
    network = loaded(run)
    chain = TracedChain(network, traced, look.stream)
    jacobians = _jacobians(chain)
    gradients = _gradients(network, traced)
    result = Analysis(
        look.stream,
        jacobians,
        _products(chain, jacobians, look),
        _shares(chain, gradients),
        _clipping(network, run.config, gradients),
    )
    freeze(*_arrays(result))
    return result


def _jacobians(chain: TracedChain) -> Jacobians:
    cell, hidden, count = chain.cell, chain.before.hidden.shape[1], len(chain.order)
    size = hidden * (2 if cell.has_cell_state else 1)
    jacobian = torch.zeros(count, size, size, dtype=torch.float64)
    slope = torch.zeros(count, cell.blocks, hidden, dtype=torch.float64)
    measures = torch.full((3, chain.segments, cell.blocks), torch.nan, dtype=torch.float64)
    for number, stack, row in chain.parts:
        places = chain.places(number)
        weights = Weights(*(weight.detach().double() for weight in stack.weights(row)))
        x = chain.inputs(stack, places)
        before = State(chain.before.hidden[places], None if chain.before.cell is None else chain.before.cell[places])
        jacobian[places] = step_jacobians(cell, weights, x, before)
        slope[places] = _slopes(cell, weights, x, before)
        blocks = weights.hidden.view(cell.blocks, hidden, hidden)
        measures[:, number] = torch.stack(
            [_norms(blocks), torch.linalg.eigvals(blocks).abs().amax(dim=1), torch.linalg.det(blocks)]
        )
    cut = np.zeros(len(chain.traced.steps), dtype=bool)
    cut[chain.order] = chain.cut
    return Jacobians(
        jacobian=chain.spread(jacobian.numpy()),
        singular=chain.spread(_singular_values(jacobian).numpy()),
        singular_hidden=chain.spread(_singular_values(jacobian[:, :hidden, :hidden]).numpy()),
        slope=chain.spread(slope.numpy()),
        largest=measures[0].numpy(),
        radius=measures[1].numpy(),
        determinant=measures[2].numpy(),
        cut=cut,
    )


def step_jacobians(
    cell: Cell, weights: Weights, x: Float[Tensor, "steps inputs"], before: State
) -> Float[Tensor, "steps state state"]:
    """∂s_t/∂s_{t-1} of every step, where s is h or, with a cell state, h followed by c."""
    size = before.hidden.shape[1]

    def step(packed: Tensor, x_t: Tensor) -> Tensor:
        state = State(packed) if before.cell is None else State(packed[:size], packed[size:])
        return _packed(cell.step(weights, x_t, state)[0])

    found: Tensor = vmap(jacrev(step))(_packed(before), x)
    return found


def _packed(state: State) -> Tensor:
    return state.hidden if state.cell is None else torch.cat([state.hidden, state.cell], dim=-1)


def _slopes(cell: Cell, weights: Weights, x: Tensor, before: State) -> Float64[Tensor, "steps blocks hidden"]:
    """A unit's state hangs on its own rows of a_t alone, so the gradient of the units' sum is each one's own slope."""
    each = weights.hidden_bias.expand(len(x), -1).clone().requires_grad_()
    after, _ = cell.step(weights._replace(hidden_bias=each), x, before)
    (found,) = torch.autograd.grad(after.hidden.sum(), each)
    return found.view(len(x), cell.blocks, -1)


def _products(chain: TracedChain, jacobians: Jacobians, look: Look) -> Products:
    traced, order, hidden = chain.traced, chain.order, chain.before.hidden.shape[1]
    losses = np.flatnonzero(traced.targets >= 0).tolist()
    loss = look.loss if look.loss in losses else losses[-1]
    once = sum(step.emits for step in traced.steps) == 1
    entry = order[-1] if once and chain.stream.backward else loss
    state = look.state if look.state in order else order[0]
    last = order.index(entry)
    steps = torch.from_numpy(jacobians.jacobian[order])
    product = torch.eye(steps.shape[1], dtype=torch.float64)
    products = torch.zeros_like(steps)
    products[last] = product
    for place in _back(last, chain.cut):
        product = product @ steps[place]
        products[place - 1] = product
    sigma = [np.nan if chain.cell.gates else float(jacobians.largest[traced.steps[time].segment, 0]) for time in order]
    with_cell = chain.before.cell is not None
    return Products(
        loss=loss,
        entry=entry,
        state=state,
        reach=chain.spread(_norms(products[:, :hidden, :hidden]).numpy()),
        reach_cell=chain.spread(
            _norms(products[:, hidden:, hidden:]).numpy() if with_cell else np.full(len(order), np.nan)
        ),
        by_steps=chain.spread(_running(jacobians.singular[order, 0].tolist(), last, chain.cut)),
        by_weights=chain.spread(_running(sigma, last, chain.cut)),
        matrix=products[order.index(state), :hidden, :hidden].numpy().copy(),
        norms=(float(traced.influence[loss, entry]), float(traced.influence[loss, state])),
    )


def _back(last: int, cut: Sequence[bool]) -> Iterator[int]:
    """The steps that a gradient at place `last` passes on its way back, the latest first, as far as the first cut."""
    return takewhile(lambda place: not cut[place], range(last, 0, -1))


def _running(factors: Sequence[float], last: int, cut: Sequence[bool]) -> Float64[np.ndarray, " order"]:
    """The product of the factors passed on the way back from `last`; 0 where nothing arrives."""
    out = np.zeros(len(factors))
    product = out[last] = 1.0
    for place in _back(last, cut):
        product *= factors[place]
        out[place - 1] = product
    # A product with no factor is known even where the factors are not.
    return out if np.isfinite(factors).any() else np.full(len(factors), np.nan)


def _norms(matrices: Float64[Tensor, "count rows columns"]) -> Float64[Tensor, " count"]:
    """Spectral norms; inf where an entry is not finite."""
    return _singular_values(matrices)[:, 0].nan_to_num(nan=torch.inf, posinf=torch.inf)


def _singular_values(matrices: Float64[Tensor, "count size size"]) -> Float64[Tensor, "count size"]:
    """Singular values, the largest first; NaN where an entry is not finite."""
    finite = matrices.isfinite().all(dim=2).all(dim=1)
    values = torch.full(matrices.shape[:2], torch.nan, dtype=matrices.dtype)
    values[finite] = torch.linalg.svdvals(matrices[finite])
    return values


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
    difference = scale = 0.0
    for number, _, row in chain.parts:
        places = chain.places(number)
        whole = np.einsum("tbi,tj->bij", grads[places], before[places])
        own = gradients[f"stacks.{number}.cores.{row}.weight_hh_l0"].double().numpy().reshape(whole.shape)
        summed[number] = whole[:, units][:, :, units]
        by_autograd[number] = own[:, units][:, :, units]
        difference = max(difference, float(np.abs(whole - own).max()))
        scale = max(scale, float(np.abs(own).max()))
    kept = chain.spread(contributions, missing=0.0).astype(np.float32)
    return Shares(units, kept, summed, by_autograd, difference, scale)


def _clipping(network: Network, config: RunConfig, gradients: Mapping[str, Tensor]) -> Clipping:
    before = torch.cat([gradient.flatten() for gradient in gradients.values()]).double()
    by_norm, by_value = (_clipped(network, replace(config, clip_by=rule), gradients) for rule in ("norm", "value"))
    furthest = before.abs().topk(min(ENTRIES, len(before))).indices
    kept = furthest[before[furthest].argsort()]
    return Clipping(
        limit=config.clip,
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


def _arrays(record: object) -> Iterator[np.ndarray]:
    """Every array of a record and of the records in it."""
    if isinstance(record, np.ndarray):
        yield record
    elif is_dataclass(record):
        for field in fields(record):
            yield from _arrays(getattr(record, field.name))
