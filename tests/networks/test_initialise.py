import numpy as np
import pytest
import torch

from seqviz.cells import CELLS
from seqviz.core.task import Tokens
from seqviz.core.topology import DELAYED
from seqviz.networks.network import Network
from tests.toy import small

HIDDEN = 6
CELL = pytest.mark.parametrize("cell", CELLS)


def network_of(cell, **others):
    """A new one, as it is before any update."""
    torch.manual_seed(5)
    config = small("delayed", cell=cell, layers=2, hidden=HIDDEN, **others)
    return Network(config, DELAYED, Tokens(("<pad>", "a", "b")), 3)


def blocks_of(cell, **others):
    """W_hh of every gate of every stream: two layers of a reader and of a writer."""
    weights = [w for name, w in network_of(cell, **others).named_parameters() if "weight_hh" in name]
    blocks = np.concatenate([w.detach().double().numpy().reshape(-1, HIDDEN, HIDDEN) for w in weights])
    assert len(blocks) == 4 * CELLS[cell].blocks
    return blocks


@CELL
def test_orthogonal_blocks_keep_every_length(cell):
    for block in blocks_of(cell, initialisation="orthogonal"):
        np.testing.assert_allclose(block.T @ block, np.eye(HIDDEN), atol=1e-5)
    blocks = blocks_of(cell, initialisation="orthogonal").reshape(-1, HIDDEN * HIDDEN)
    assert len(np.unique(blocks, axis=0)) == len(blocks)


@CELL
def test_identity_blocks_hand_the_state_on_unchanged(cell):
    assert (blocks_of(cell, initialisation="identity") == np.eye(HIDDEN)).all()


@CELL
def test_xavier_blocks_are_uniform_up_to_the_square_root_of_6_over_both_fans(cell):
    blocks = np.abs(blocks_of(cell, initialisation="xavier"))
    limit = np.sqrt(6 / (HIDDEN + HIDDEN))
    assert 0.95 * limit < blocks.max() <= limit
    assert blocks.mean() == pytest.approx(limit / 2, rel=0.15)


@CELL
def test_pytorchs_own_blocks_are_left_alone(cell):
    blocks = np.abs(blocks_of(cell))
    assert 0.95 / np.sqrt(HIDDEN) < blocks.max() <= 1 / np.sqrt(HIDDEN)


@CELL
@pytest.mark.parametrize("initialisation", ["pytorch", "orthogonal", "xavier", "identity"])
@pytest.mark.parametrize("radius", [0.5, 1.3])
def test_the_largest_eigenvalue_has_the_size_asked_for(cell, initialisation, radius):
    for block in blocks_of(cell, initialisation=initialisation, radius=radius):
        assert np.abs(np.linalg.eigvals(block)).max() == pytest.approx(radius, rel=1e-4)


@CELL
def test_the_forget_bias_goes_to_the_forget_gate_alone(cell):
    before, after = (dict(network_of(cell, forget_bias=bias).named_parameters()) for bias in (0.0, 2.5))
    for name, weights in before.items():
        added = (after[name] - weights).detach().numpy()
        wanted = np.zeros_like(added)
        if cell == "lstm" and "bias_ih" in name:
            wanted[HIDDEN : 2 * HIDDEN] = 2.5  # i, f, g, o
        np.testing.assert_allclose(added, wanted, atol=1e-6)


@CELL
@pytest.mark.parametrize("changed", [{"initialisation": "orthogonal"}, {"radius": 1.0}])
def test_nothing_but_the_recurrent_weights_is_touched(cell, changed):
    plain, other = (dict(network_of(cell, **others).named_parameters()) for others in ({}, changed))
    assert {name for name in plain if not torch.equal(plain[name], other[name])} == {
        name for name in plain if "weight_hh" in name
    }
