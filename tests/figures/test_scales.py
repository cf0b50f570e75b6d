import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from seqviz.figures.scales import DECADES, decades, largest, levels, norms, rounded_up, strongest

ANY = st.floats(width=32, allow_nan=True, allow_infinity=True)


@given(st.floats(1e-30, 1e30))
def test_rounding_up_moves_at_most_to_the_next_of_1_2_5(value: float) -> None:
    limit = rounded_up(value)
    assert value <= limit * (1 + 1e-5)
    assert limit <= 2.5 * value * (1 + 1e-5)
    assert f"{limit:e}"[0] in "125"


@pytest.mark.parametrize("value", [0.0, float("nan"), float("inf"), -3.0])
def test_rounding_up_what_is_no_limit_gives_1(value: float) -> None:
    assert rounded_up(value) == 1


@given(arrays(np.float32, st.integers(0, 20), elements=ANY), st.integers(2, 12))
def test_decades_hold_everything_they_have_room_for(values: np.ndarray, span: int) -> None:
    low, high = decades(values, span)
    usual = [float(value) for value in values if np.isfinite(value) and value > 0]
    assert low < high <= low + span
    assert all(value <= 10.0**high * (1 + 1e-5) for value in usual)
    if high - low < span:
        assert all(value >= 10.0**low * (1 - 1e-5) for value in usual)


def test_levels_by_hand() -> None:
    given_norms = np.array([10.0, 10.0 * 10 ** (-DECADES / 2), 10.0 * 10 ** (-2.0 * DECADES), 0, np.inf, np.nan])
    np.testing.assert_allclose(levels(given_norms, 10.0), [1, 0.5, 0.05, 0, 1, np.nan], rtol=1e-6)


@given(arrays(np.float32, st.integers(1, 20), elements=ANY))
def test_levels_keep_order_and_lie_between_0_and_1(values: np.ndarray) -> None:
    lengths = np.abs(values)
    level = levels(lengths, largest(lengths))
    assert level.dtype == np.float32
    assert np.array_equal(np.isnan(level), np.isnan(lengths))
    order = np.argsort(lengths[~np.isnan(lengths)])
    sorted_levels = level[~np.isnan(lengths)][order]
    assert np.all(np.diff(sorted_levels) >= 0)
    assert np.all((sorted_levels >= 0) & (sorted_levels <= 1))


@given(arrays(np.float32, (3, 4), elements=ANY))
def test_norms_agree_with_the_sum_of_squares(values: np.ndarray) -> None:
    with np.errstate(all="ignore"):
        expected = np.sqrt(np.array([sum(float(v) ** 2 for v in row) for row in values])).astype(np.float32)
    np.testing.assert_allclose(norms(values), expected, rtol=1e-5)


@given(st.integers(1, 40), st.integers(1, 5), st.integers(1, 20), st.integers(0, 999))
def test_a_row_shows_the_unit_furthest_from_zero(units: int, steps: int, most: int, seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=(units, steps)).astype(np.float32)
    rows, chosen = strongest(values, most)
    assert len(rows) <= most
    size = -(-units // most)
    for row in range(len(rows)):
        for step in range(steps):
            block = values[row * size : (row + 1) * size, step]
            assert rows[row, step] == max(block, key=abs) == values[chosen[row, step], step]
