from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqviz.core.config import RunConfig
from seqviz.core.task import BadInput, Example
from seqviz.tasks.adding import WRITES, build


@pytest.fixture(scope="module")
def task():
    return build(RunConfig(task="adding", lag=9))


def summed(example: Example) -> str:
    """The right answer, by exact decimal arithmetic on what is shown."""
    total = sum(Decimal(word.rstrip("*")) for word in example.words if word.endswith("*"))
    fifths = (total * 5).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return f"{fifths / 5:.1f}"


def test_the_answer_is_the_rounded_sum_of_the_marked_numbers(task):
    batch = task.batch(0, 0, 300)
    for inputs, targets in zip(batch.inputs, batch.targets, strict=True):
        example = task.show(inputs, targets)
        assert WRITES[targets[0]] == summed(example)


def test_one_number_is_marked_in_each_half(task):
    marks = task.batch(0, 0, 300).inputs[:, :, 1]
    np.testing.assert_array_equal(marks[:, :5].sum(axis=1), 1)
    np.testing.assert_array_equal(marks[:, 5:].sum(axis=1), 1)
    assert (marks.sum(axis=0) > 0).all()


@given(st.lists(st.integers(0, 100), min_size=2, max_size=50), st.data())
def test_typed_numbers_get_their_sum(hundredths, data):
    first = data.draw(st.integers(0, len(hundredths) - 2))
    second = data.draw(st.integers(first + 1, len(hundredths) - 1))
    typed = [f"{value / 100}{'*' if place in (first, second) else ''}" for place, value in enumerate(hundredths)]
    example = build(RunConfig(task="adding")).read(" ".join(typed))
    assert WRITES[example.targets[0]] == summed(example)
    np.testing.assert_allclose(example.inputs[:, 0], np.array(hundredths) / 100, atol=1e-6)
    assert example.inputs.dtype == np.float32


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Numbers typed: 0"),
        ("0.3* 0.4", "followed by a star: 1"),
        ("0.3* x*", "“x” is not a number"),
        ("0.3* 1.5*", "not between 0 and 1"),
        ("nan* 0.1*", "not between 0 and 1"),
        ("0.1 " * 201, "Numbers typed: 201"),
    ],
)
def test_other_input_is_refused(task, typed, said):
    with pytest.raises(BadInput, match=said):
        task.read(typed)
