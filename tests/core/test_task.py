import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqviz.core.task import IGNORE, UNKNOWN, Example, as_picture, collate, encode, shuffled


def example(inputs, targets):
    return Example(np.array(inputs), np.array(targets, dtype=np.int64), tuple("w" * len(inputs)), "")


EXAMPLES = st.lists(
    st.builds(
        example,
        st.lists(st.integers(1, 9), min_size=1, max_size=6),
        st.lists(st.integers(0, 5), min_size=0, max_size=5),
    ),
    min_size=1,
    max_size=5,
)


@given(EXAMPLES)
def test_collate_keeps_every_example_and_adds_only_padding(examples):
    batch = collate(examples)
    assert batch.inputs.shape == (len(examples), max(len(e.inputs) for e in examples))
    assert batch.targets.shape == (len(examples), max(len(e.targets) for e in examples))
    for row, single in enumerate(examples):
        length = batch.input_lengths[row]
        assert batch.inputs[row, :length].tolist() == single.inputs.tolist()
        assert not batch.inputs[row, length:].any()
        assert batch.targets[row, : len(single.targets)].tolist() == single.targets.tolist()
        assert (batch.targets[row, len(single.targets) :] == IGNORE).all()


@pytest.mark.parametrize("shape", [(2,), (3, 4, 5)])
def test_collate_keeps_the_shape_and_type_of_the_elements(shape):
    short, long = np.ones((1, *shape), np.float32), np.full((3, *shape), 2, np.float32)
    batch = collate((example(short, [0]), example(long, [1])))
    assert batch.inputs.dtype == np.float32
    assert batch.inputs.shape == (2, 3, *shape)
    assert batch.inputs.sum() == short.sum() + long.sum()
    assert batch.input_lengths.tolist() == [1, 3]


def test_collate_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one example"):
        collate([])


@given(st.integers(1, 40), st.integers(0, 5), st.integers(1, 30), st.integers(1, 4))
def test_each_epoch_sees_each_example_once_whatever_the_batch_size(count, seed, size, epochs):
    batches = -(-count * epochs // size)
    seen = np.concatenate([shuffled(count, seed, step, size) for step in range(batches)])
    for epoch in range(epochs):
        assert sorted(seen[epoch * count : (epoch + 1) * count]) == list(range(count))


def test_shuffled_depends_on_seed_and_epoch_and_on_nothing_else():
    first = shuffled(50, seed=3, step=0, size=50)
    np.random.seed(8)
    assert (shuffled(50, seed=3, step=0, size=50) == first).all()
    assert (shuffled(50, seed=4, step=0, size=50) != first).any()
    assert (shuffled(50, seed=3, step=1, size=50) != first).any()
    assert np.concatenate([shuffled(50, 3, step, 10) for step in range(5)]).tolist() == first.tolist()


def test_unknown_words_become_the_word_for_them():
    index = {"<pad>": 0, UNKNOWN: 1, "yes": 2}
    assert encode(["yes", "what", "yes"], index).tolist() == [2, 1, 2]
    assert encode([], index).dtype == np.int64


def test_an_unknown_word_is_refused_where_no_word_stands_for_it():
    with pytest.raises(KeyError, match=UNKNOWN):
        encode(("yes", "what"), {"no": 0, "yes": 1})


def test_a_picture_is_turned_to_channels_first_and_between_0_and_1():
    picture = np.zeros((2, 3, 4), np.uint8)
    picture[1, 2, 3] = 255
    picture[0, 1, 2] = 51
    turned = as_picture(picture)
    assert turned.dtype == np.float32
    assert turned.shape == (4, 2, 3)
    assert turned[3, 1, 2] == 1
    assert turned[2, 0, 1] == np.float32(0.2)
    assert turned.sum() == pytest.approx(1.2)
