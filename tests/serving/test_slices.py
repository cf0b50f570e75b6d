import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqviz.serving.slices import DRAWING_SHARE, LONGEST, PERIOD, ROUND, Rate, budget

SECONDS = st.floats(1e-6, 10)


@given(st.floats(1e-6, DRAWING_SHARE * LONGEST))
def test_alone_drawing_costs_at_most_its_share_of_the_training(drawing):
    assert drawing <= budget(1, drawing) * DRAWING_SHARE * (1 + 1e-9)


@given(SECONDS)
def test_pictures_keep_coming_however_long_they_take(drawing):
    assert budget(1, drawing) + drawing >= PERIOD
    assert budget(1, drawing) <= LONGEST


@given(st.floats(0, PERIOD * DRAWING_SHARE / (1 + DRAWING_SHARE)))
def test_pictures_that_cost_little_come_at_an_even_pace(drawing):
    assert budget(1, drawing) + drawing == pytest.approx(PERIOD)


@given(st.integers(2, 100), SECONDS)
def test_together_nobody_waits_longer_than_a_round_and_the_drawing(running, drawing):
    turn = budget(running, drawing)
    assert turn <= budget(1, drawing)
    assert turn * running <= max(ROUND, 2 * drawing * running) * (1 + 1e-9)


@given(SECONDS, SECONDS)
def test_slices_grow_to_what_fits_and_no_further(each, seconds):
    rate = Rate()
    assert rate.updates(seconds) == 1
    for _ in range(40):
        updates = rate.updates(seconds)
        rate.took(updates, updates * each)
    assert abs(rate.updates(seconds) - max(1, seconds / each)) <= 1 or rate.updates(seconds) >= 2**39
    assert abs(rate.per_second * each - 1) < 1e-6
