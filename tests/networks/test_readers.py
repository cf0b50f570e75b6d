"""What the readers compute is held against NumPy in `test_network.py`; here is what they must not do."""

import pytest
import torch

from seqviz.networks.readers import reader_of
from tests.toy import READINGS


def test_padding_is_a_zero_vector_that_is_never_learned():
    reader = reader_of(READINGS["words"], 3)
    vectors, maps = reader(torch.tensor([[2, 1, 0]]))
    assert maps == ()
    assert vectors[0, 2].tolist() == [0, 0, 0]
    vectors.sum().backward()
    assert reader.table.weight.grad.abs().sum(dim=1).bool().tolist() == [False, True, True, False]


def test_a_picture_is_read_wherever_it_stands_in_the_batch():
    reader = reader_of(READINGS["pictures"], 3).double()
    pictures = torch.rand(2, 3, 2, 5, 9, dtype=torch.float64)
    vectors, (first, second) = reader(pictures)
    assert vectors.shape == (2, 3, 3)
    assert first.shape == (6, 16, 5, 9)
    assert second.shape == (6, 32, 2, 4)
    alone, (first_alone, _) = reader(pictures[1:, 2:])
    torch.testing.assert_close(alone[0, 0], vectors[1, 2])
    torch.testing.assert_close(first_alone[0], first[5])
    assert (first >= 0).all()


@pytest.mark.parametrize("reading", READINGS)
def test_every_reading_gives_vectors_of_the_size_asked_for(reading):
    inputs = {
        "words": torch.tensor([[1, 2]]),
        "numbers": torch.rand(1, 2, 2),
        "pictures": torch.rand(1, 2, 2, 5, 9),
    }[reading]
    assert reader_of(READINGS[reading], 7)(inputs)[0].shape == (1, 2, 7)
