import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from seqviz.networks.attention import Attention


@given(lengths=st.lists(st.integers(1, 5), min_size=1, max_size=3), written=st.integers(1, 4), seed=st.integers(0, 999))
@settings(max_examples=30)
def test_each_step_takes_the_mean_of_the_valid_states_weighted_by_softmax_of_its_scores(lengths, written, seed):
    torch.manual_seed(seed)
    attention = Attention(hidden=3, memory=4).double()
    states = torch.randn(len(lengths), written, 3, dtype=torch.float64)
    memory = torch.randn(len(lengths), max(lengths), 4, dtype=torch.float64)
    valid = torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]
    both, weights = (found.detach().numpy() for found in attention(states, memory, valid))
    w = attention.score.weight.detach().numpy()
    for row, length in enumerate(lengths):
        for step in range(written):
            state = states[row, step].numpy()
            scores = np.exp([state @ w @ memory[row, read].numpy() for read in range(length)])
            shares = scores / scores.sum()
            np.testing.assert_allclose(weights[row, step, :length], shares)
            assert not weights[row, step, length:].any()
            context = (shares[:, None] * memory[row, :length].numpy()).sum(axis=0)
            np.testing.assert_allclose(both[row, step], np.concatenate([state, context]))
    assert weights.sum(axis=2) == pytest.approx(1)


def test_the_weights_gradient_is_the_slope_of_its_numbers():
    torch.manual_seed(0)
    attention = Attention(hidden=2, memory=3).double()
    valid = torch.tensor([[True, True, False]])
    states = torch.randn(1, 2, 2, dtype=torch.float64, requires_grad=True)
    memory = torch.randn(1, 3, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda s, m: attention(s, m, valid), (states, memory))
