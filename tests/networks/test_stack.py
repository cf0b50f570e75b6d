"""A stack against PyTorch's own many-layer modules holding the same weights."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from seqviz.cells import CELLS
from seqviz.core.config import RunConfig
from seqviz.core.records import Stream
from seqviz.networks.stack import Stack, flipped

FUSED = [key for key, cell in CELLS.items() if cell.fused]
INPUTS = 3


def stack_of(cell, layers=1, bidirectional=False, seed=0, **others):
    torch.default_generator.manual_seed(seed)
    config = RunConfig(cell=cell, hidden=4, layers=layers, **others)
    return Stack(CELLS[cell], INPUTS, config, bidirectional).double()


def pytorchs_own(stack):
    """One nn.RNN, nn.GRU or nn.LSTM of all the layers and directions, with the stack's weights."""
    kind, activation = stack.cell.fused
    options = {"nonlinearity": activation} if kind == "RNN" else {}
    layers = stack.streams[-1].layer + 1
    both = len(stack.streams) > layers
    module = getattr(nn, kind)(
        INPUTS, stack.hidden, num_layers=layers, bidirectional=both, batch_first=True, **options
    ).double()
    with torch.no_grad():
        for core, stream in zip(stack.cores, stack.streams, strict=True):
            for name, weight in core.named_parameters():
                suffix = "_reverse" if stream.backward else ""
                getattr(module, name.replace("l0", f"l{stream.layer}{suffix}")).copy_(weight)
    return module


def by_stream(module, stack, values):
    """The module's gradients or weights, in the order and with the names of the stack's parameters."""
    for row, stream in enumerate(stack.streams):
        for name, _ in stack.cores[row].named_parameters():
            suffix = "_reverse" if stream.backward else ""
            yield f"cores.{row}.{name}", values(getattr(module, name.replace("l0", f"l{stream.layer}{suffix}")))


def sequences(seed, lengths):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(len(lengths), max(lengths), INPUTS, dtype=torch.float64, generator=generator)
    return x, torch.tensor(lengths)


LENGTHS = st.lists(st.integers(1, 6), min_size=1, max_size=4)


@pytest.mark.parametrize("unrolled", [False, True], ids=["fused", "unrolled"])
@pytest.mark.parametrize("cell", FUSED)
@given(layers=st.integers(1, 3), bidirectional=st.booleans(), lengths=LENGTHS, seed=st.integers(0, 999))
@settings(max_examples=15)
def test_a_stack_is_pytorchs_module_of_all_layers(cell, unrolled, layers, bidirectional, lengths, seed):
    stack = stack_of(cell, layers, bidirectional, seed)
    module = pytorchs_own(stack)
    x, lengths = sequences(seed, lengths)
    passed = stack(x, lengths, unrolled=unrolled)
    packed, last = module(pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False))
    wanted, _ = pad_packed_sequence(packed, batch_first=True, total_length=x.shape[1])

    here = torch.arange(x.shape[1]) < lengths[:, None]
    torch.testing.assert_close(passed.outputs[here], wanted[here])
    last = last if isinstance(last, tuple) else (last,)
    directions = 2 if bidirectional else 1
    for layer, final in enumerate(passed.finals):
        for value, all_of_them in zip(final, last, strict=False):
            torch.testing.assert_close(value, all_of_them[layer * directions])

    push = torch.randn(wanted.shape, dtype=torch.float64)
    (passed.outputs * push)[here].sum().backward()
    (wanted * push)[here].sum().backward()
    mine = dict(stack.named_parameters())
    for name, gradient in by_stream(module, stack, lambda weight: weight.grad):
        torch.testing.assert_close(mine[name].grad, gradient)


@pytest.mark.parametrize("unrolled", [False, True], ids=["fused", "unrolled"])
@pytest.mark.parametrize("cell", FUSED)
def test_a_stack_goes_on_from_the_states_it_is_given(cell, unrolled):
    stack = stack_of(cell, layers=2)
    x, lengths = sequences(3, [7, 7])
    whole = stack(x, lengths)
    first = stack(x[:, :4], None, unrolled=unrolled)
    second = stack(x[:, 4:], None, first.finals, unrolled=unrolled)
    torch.testing.assert_close(torch.cat([first.outputs, second.outputs], dim=1), whole.outputs)


@pytest.mark.parametrize("cell", CELLS)
def test_single_steps_add_up_to_a_pass(cell):
    stack = stack_of(cell, layers=3, layer_norm=True)
    x, _ = sequences(4, [5, 5])
    states, outputs = stack.zeros(2), []
    for x_t in x.unbind(1):
        output, states = stack.step(x_t, states)
        outputs.append(output)
    passed = stack(x, None)
    torch.testing.assert_close(torch.stack(outputs, dim=1), passed.outputs)
    for state, final in zip(states, passed.finals, strict=True):
        torch.testing.assert_close(state.hidden, final.hidden)


@pytest.mark.parametrize("cell", CELLS)
def test_the_chains_hold_every_state_in_the_order_of_time(cell):
    stack = stack_of(cell, layers=2, bidirectional=True)
    x, lengths = sequences(5, [6])
    passed = stack(x.requires_grad_(), lengths, unrolled=True)
    assert [chain.stream for chain in passed.chains] == [
        Stream(0), Stream(0, backward=True), Stream(1), Stream(1, backward=True)
    ]  # fmt: skip
    top = [torch.stack([state.hidden for state in chain.states], dim=1) for chain in passed.chains[2:]]
    assert torch.equal(torch.cat(top, dim=-1), passed.outputs)
    assert all(len(chain.gates) == len(chain.from_state) == 6 for chain in passed.chains)
    # The state of the chain from the end at step 5 has read x_5 alone, that at step 0 everything.
    for time, state in enumerate(passed.chains[1].states):
        slope = torch.autograd.grad(state.hidden.sum(), x, retain_graph=True)[0].abs().sum(dim=2)[0]
        assert (slope > 0).tolist() == [read >= time for read in range(6)]


def detached(state):
    return tuple(value.detach() for value in state) if isinstance(state, tuple) else state.detach()


@pytest.mark.parametrize("cell", FUSED)
@given(window=st.integers(1, 9), time=st.integers(1, 8), layers=st.integers(1, 3), seed=st.integers(0, 999))
@settings(max_examples=15)
def test_a_window_cuts_the_gradient_as_detaching_between_pieces_does(cell, window, time, layers, seed):
    """PyTorch's fused module, run piece by piece, its state detached between them, is truncated BPTT written anew."""
    stack = stack_of(cell, layers, seed=seed)
    module = pytorchs_own(stack)
    x, _ = sequences(seed, [time, time])
    x.requires_grad_()
    twin = x.detach().clone().requires_grad_()
    state, pieces = None, []
    for piece in twin.split(window, dim=1):
        outputs, state = module(piece, state)
        state = detached(state)
        pieces.append(outputs)
    wanted = torch.cat(pieces, dim=1)
    outputs = stack(x, None, window=window).outputs
    torch.testing.assert_close(outputs, wanted)
    torch.testing.assert_close(outputs, stack(x, None).outputs)

    push = torch.randn(wanted.shape, dtype=torch.float64)
    (outputs * push).sum().backward()
    (wanted * push).sum().backward()
    torch.testing.assert_close(x.grad, twin.grad)
    mine = dict(stack.named_parameters())
    for name, gradient in by_stream(module, stack, lambda weight: weight.grad):
        torch.testing.assert_close(mine[name].grad, gradient)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("bidirectional", [False, True])
def test_behind_the_cut_the_gradient_is_exactly_zero(cell, bidirectional):
    window, time = 3, 8
    stack = stack_of(cell, bidirectional=bidirectional)
    with torch.no_grad():  # So that no unit of the ReLU is off, whatever the input.
        for core in stack.cores:
            core.bias_ih_l0.fill_(5.0)
    x, _ = sequences(6, [time])
    x.requires_grad_()
    outputs = stack(x, None, window=window).outputs
    for back, side in enumerate(outputs.split(4, dim=2)):
        for t in range(time):
            slope = torch.autograd.grad(side[0, t].sum(), x, retain_graph=True)[0].abs().sum(dim=2)[0]
            read = range(time)
            if back:  # It counts its steps, and so its cuts, from the end.
                reached = [t <= k and (time - 1 - k) // window == (time - 1 - t) // window for k in read]
            else:
                reached = [k <= t and k // window == t // window for k in read]
            assert (slope > 0).tolist() == reached


def test_dropout_acts_between_layers_and_only_while_training():
    stack = stack_of("gru", layers=2, dropout=0.5)
    x, _ = sequences(7, [4])
    stack.eval()
    assert torch.equal(stack(x, None).outputs, stack(x, None).outputs)
    stack.train()
    torch.manual_seed(0)
    noisy = stack(x, None, unrolled=True)
    torch.manual_seed(0)
    torch.testing.assert_close(stack(x, None).outputs, noisy.outputs)
    calm = stack.eval()(x, None, unrolled=True)
    assert not torch.equal(noisy.outputs, calm.outputs)
    for noisy_state, calm_state in zip(noisy.chains[0].states, calm.chains[0].states, strict=True):
        assert torch.equal(noisy_state.hidden, calm_state.hidden)


def test_only_the_lstm_begins_with_a_cell_state():
    for cell in CELLS:
        states = stack_of(cell, layers=2).zeros(3)
        assert [state.hidden.tolist() for state in states] == [[[0.0] * 4] * 3] * 2
        assert [state.cell is not None for state in states] == [cell == "lstm"] * 2


@pytest.mark.parametrize("features", [(), (2,), (2, 3, 1)])
def test_sequences_of_anything_are_flipped_each_within_its_own_length(features):
    x, lengths = torch.randn(3, 4, *features), torch.tensor([4, 1, 3])
    found = flipped(x, lengths)
    for row, length in enumerate(lengths.tolist()):
        assert torch.equal(found[row, :length], x[row, :length].flip(0))
        assert torch.equal(found[row, length:], x[row, length:])
    assert torch.equal(flipped(x, None), x.flip(1))
