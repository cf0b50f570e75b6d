"""`analyse`: what each step does to the gradient that passes through it, and what becomes of it over many steps.

Step Jacobians come from autograd on the cell's own equation, all steps in one call; the rest is linear algebra in
float64, so that a product of many small factors is still told apart from 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor

from seqviz.cells import Cell, State, Weights
from seqviz.core.analysis import Analysis, Jacobians, Products
from seqviz.core.records import Look, Run, Trace, freeze_all
from seqviz.networks.sums import of_input, of_state
from seqviz.training.chain import TracedChain
from seqviz.training.model import loaded


def analyse(run: Run, traced: Trace, look: Look | None = None) -> Analysis:
    """Why the gradients in `traced`, a trace of this very run, are as large as they are, along the chain `look.stream`.

    `look.loss` and `look.state` choose the loss that is followed back and how far; what is not there is replaced by
    the last loss and the chain's first step. Raises IndexError for a stream that the trace does not have.
    """
    look = look or Look()
    chain = TracedChain(loaded(run), traced, look.stream)
    jacobians = _jacobians(chain)
    result = Analysis(look.stream, jacobians, _products(chain, jacobians, look))
    freeze_all(result)
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
        jacobian[places], slope[places] = _derivatives(cell, weights, x, before)
        blocks = weights.hidden.view(cell.blocks, hidden, hidden)
        measures[:, number] = torch.stack(
            [_norms(blocks), torch.linalg.eigvals(blocks).abs().amax(dim=1), torch.linalg.det(blocks)]
        )
    cut = np.zeros(len(chain.traced.steps), dtype=bool)
    cut[chain.order] = chain.cut
    singular = _singular_values(jacobian)
    return Jacobians(
        jacobian=chain.spread(jacobian.numpy()),
        singular=chain.spread(singular.numpy()),
        singular_hidden=chain.spread(
            (_singular_values(jacobian[:, :hidden, :hidden]) if cell.has_cell_state else singular).numpy()
        ),
        slope=chain.spread(slope.numpy()),
        largest=measures[0].numpy(),
        radius=measures[1].numpy(),
        determinant=measures[2].numpy(),
        cut=cut,
    )


def _derivatives(
    cell: Cell, weights: Weights, x: Float64[Tensor, "steps inputs"], before: State
) -> tuple[Float64[Tensor, "steps state state"], Float64[Tensor, "steps blocks hidden"]]:
    """Of every step ∂s_t/∂s_{t-1}, where s is h or, with a cell state, h followed by c, and ∂h_t/∂a_t unit by unit.

    A unit's new state hangs on its own rows of a_t and on its own state before, so the gradient of the units' sum is
    each one's own slope. With both kinds of slopes, ∂s_t/∂s_{t-1} = Σ diag(∂s_t/∂a_t) W_hh over the blocks, and what
    reaches s_t from s_{t-1} beside a_t, on the diagonal.
    """
    count, hidden = before.hidden.shape
    from_state = of_state(weights, before.hidden).requires_grad_()
    own = [state.detach().requires_grad_() for state in before if state is not None]
    after, _ = cell.step(of_input(weights, x), from_state, State(*own))
    blocks = weights.hidden.view(cell.blocks, hidden, hidden)
    rows, slopes = [], []
    for state in (state for state in after if state is not None):
        of_sums, *beside = torch.autograd.grad(
            state.sum(), [from_state, *own], retain_graph=True, materialize_grads=True
        )
        slopes.append(of_sums.view(count, cell.blocks, hidden))
        columns = [diagonal.diag_embed() for diagonal in beside]
        columns[0] += torch.einsum("tbi,bij->tij", slopes[-1], blocks)
        rows.append(torch.cat(columns, dim=2))
    return torch.cat(rows, dim=1), slopes[0]


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
    # Where no factor is known, the 1 at `last` and the 0 where nothing arrives would say nothing either.
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
