"""Every cell in the registry against PyTorch's own single-step module, and each equation's gradient against numbers."""

import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from seqviz.cells import CELLS, State, Weights
from seqviz.networks.sums import step

torch.set_num_threads(1)
FUSED = [key for key, cell in CELLS.items() if cell.fused]


def problem(cell, seed, batch=3, inputs=4, hidden=5, kind=torch.float64):
    """Random weights, input and state for one step."""
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape):
        return torch.randn(*shape, generator=generator, dtype=kind)

    rows = cell.blocks * hidden
    weights = Weights(draw(rows, inputs), draw(rows, hidden), draw(rows), draw(rows))
    state = State(draw(batch, hidden), draw(batch, hidden) if cell.has_cell_state else None)
    return weights, draw(batch, inputs), state


def pytorchs_own(cell, weights):
    """nn.RNNCell, nn.GRUCell or nn.LSTMCell holding the same weights."""
    kind, activation = cell.fused
    options = {"nonlinearity": activation} if kind == "RNN" else {}
    module = getattr(torch.nn, f"{kind}Cell")(weights.input.shape[1], weights.hidden.shape[1], **options)
    module = module.to(weights.input.dtype)
    with torch.no_grad():
        for mine, theirs in zip(
            weights, (module.weight_ih, module.weight_hh, module.bias_ih, module.bias_hh), strict=True
        ):
            theirs.copy_(mine)
    return module


@pytest.mark.parametrize("key", FUSED)
@given(seed=st.integers(0, 2**31), batch=st.integers(1, 4), inputs=st.integers(1, 6), hidden=st.integers(1, 6))
@settings(max_examples=25)
def test_a_step_is_what_pytorchs_cell_computes(key, seed, batch, inputs, hidden):
    cell = CELLS[key]
    weights, x, state = problem(cell, seed, batch, inputs, hidden)
    after, _ = step(cell, weights, x, state)
    module = pytorchs_own(cell, weights)
    if cell.has_cell_state:
        wanted_hidden, wanted_cell = module(x, (state.hidden, state.cell))
        torch.testing.assert_close(after.cell, wanted_cell, rtol=1e-12, atol=1e-12)
    else:
        wanted_hidden = module(x, state.hidden)
        assert after.cell is None
    torch.testing.assert_close(after.hidden, wanted_hidden, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("key", FUSED)
def test_a_step_equals_pytorchs_cell_in_single_precision(key):
    cell = CELLS[key]
    weights, x, state = problem(cell, seed=1, kind=torch.float32)
    module = pytorchs_own(cell, weights)
    wanted = module(x, (state.hidden, state.cell))[0] if cell.has_cell_state else module(x, state.hidden)
    torch.testing.assert_close(step(cell, weights, x, state)[0].hidden, wanted, rtol=1e-5, atol=1e-5)


def test_the_cell_without_activation_is_two_matrix_products():
    weights, x, state = problem(CELLS["elman-linear"], seed=2)
    w_xh, w_hh, b_x, b_h = (tensor.numpy() for tensor in weights)
    wanted = np.einsum("hi,bi->bh", w_xh, x.numpy()) + np.einsum("hk,bk->bh", w_hh, state.hidden.numpy()) + b_x + b_h
    np.testing.assert_allclose(step(CELLS["elman-linear"], weights, x, state)[0].hidden.numpy(), wanted, rtol=1e-12)


@pytest.mark.parametrize("key", CELLS)
def test_the_gradient_of_a_step_is_the_slope_of_its_numbers(key):
    cell = CELLS[key]
    weights, x, state = problem(cell, seed=3, batch=2, inputs=3, hidden=3)
    leaves = [*weights, x, state.hidden, *([state.cell] if cell.has_cell_state else [])]

    def numbers(*values):
        after, gates = step(cell, Weights(*values[:4]), values[4], State(*values[5:]))
        return tuple(value for value in (*after, *gates.values()) if value is not None)

    assert torch.autograd.gradcheck(numbers, [leaf.requires_grad_() for leaf in leaves])


@pytest.mark.parametrize("key", CELLS)
def test_the_gates_reported_are_those_announced_and_computed_from_their_own_rows(key):
    cell = CELLS[key]
    weights, x, state = problem(cell, seed=4)
    _, gates = step(cell, weights, x, state)
    assert list(gates) == list(cell.gates)
    assert len(gates) == (cell.blocks if cell.blocks > 1 else 0)
    hidden = state.hidden.shape[1]
    for place, (name, gate) in enumerate(gates.items()):
        rows = slice(place * hidden, (place + 1) * hidden)
        from_input = x.numpy() @ weights.input.numpy()[rows].T + weights.input_bias.numpy()[rows]
        from_state = state.hidden.numpy() @ weights.hidden.numpy()[rows].T + weights.hidden_bias.numpy()[rows]
        if name != "candidate":
            wanted = 1 / (1 + np.exp(-from_input - from_state))
        elif "reset" in gates:
            wanted = np.tanh(from_input + gates["reset"].numpy() * from_state)
        else:
            wanted = np.tanh(from_input + from_state)
        np.testing.assert_allclose(gate.numpy(), wanted, rtol=1e-10)


def test_the_lstm_needs_a_cell_state():
    weights, x, state = problem(CELLS["lstm"], seed=5)
    with pytest.raises(ValueError, match="cell state"):
        step(CELLS["lstm"], weights, x, State(state.hidden))


def test_open_and_shut_gates_do_what_the_equations_say():
    """A bias of ±100 opens or shuts a gate fully: the LSTM then keeps c, and the GRU keeps h, to the last bit."""
    hidden = 3
    _, x, state = problem(CELLS["lstm"], seed=6, hidden=hidden)
    zeros = torch.zeros(4 * hidden, 4, dtype=torch.float64), torch.zeros(4 * hidden, hidden, dtype=torch.float64)
    shut, opened = torch.full((hidden,), -1e3), torch.full((hidden,), 1e3)
    bias = torch.cat([shut, opened, torch.ones(hidden), opened]).double()
    after, _ = step(CELLS["lstm"], Weights(*zeros, bias, torch.zeros_like(bias)), x, state)
    assert torch.equal(after.cell, state.cell)
    assert torch.equal(after.hidden, state.cell.tanh())
    bias = torch.cat([shut, opened, torch.ones(hidden)]).double()
    weights = Weights(zeros[0][: 3 * hidden], zeros[1][: 3 * hidden], bias, torch.zeros_like(bias))
    after, _ = step(CELLS["gru"], weights, x, State(state.hidden))
    assert torch.equal(after.hidden, state.hidden)


@pytest.mark.parametrize("key", CELLS)
def test_what_people_read_is_there_and_cells_are_values(key):
    cell = CELLS[key]
    assert cell.title
    assert cell.source
    assert all(r"h^{(t" in line for line in cell.equation[-1:])
    assert all(re.search(rf"\b{symbol}\b", cell.letters) for symbol in cell.gates.values())
    assert hash(cell) == hash(CELLS[key])
