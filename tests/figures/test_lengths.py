from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqviz.core.records import Look, Moment
from seqviz.figures.lengths import DECADES, STRETCHES, draw
from tests.figures.sample import history, moment, sample

TRACE = sample()


def at(norms: np.ndarray, **settings: float | str) -> Moment:
    trace = replace(TRACE, config=replace(TRACE.config, **settings))
    run = replace(history(len(norms)), grad_norm=norms.astype(np.float32))
    return replace(moment(trace, len(norms)), history=run)


def test_every_batch_of_a_short_run_has_its_norm_and_the_bold_line_is_their_running_mean() -> None:
    norms = np.random.default_rng(0).lognormal(size=80)
    batches, mean = draw(at(norms), Look()).figure().data[:2]
    np.testing.assert_array_equal(batches.x, np.arange(1, 81))
    np.testing.assert_array_equal(batches.y, norms.astype(np.float32))
    np.testing.assert_allclose(mean.y, [norms[max(0, n - 2) : n].mean() for n in range(1, 81)], rtol=1e-5)


def test_the_norms_are_those_from_before_clipping_and_the_dashed_line_is_the_limit() -> None:
    norms = np.geomspace(0.02, 50, 60)
    figure = draw(at(norms, clip=0.5), Look()).figure()
    assert figure.data[0].y.max() == np.float32(50)
    assert figure.data[2].y.tolist() == [0.5, 0.5]
    assert figure.layout.annotations[-1].text.endswith("limit now: 0.5")


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"clip": 0.0}, "no limit now"), ({"clip": 0.25, "clip_by": "value"}, "limit now: ±0.25 for each entry")],
)
def test_there_is_no_line_where_no_norm_is_limited(settings: dict[str, float | str], said: str) -> None:
    figure = draw(at(np.ones(20), **settings), Look()).figure()
    assert np.isnan(figure.data[2].y).all()
    assert figure.layout.annotations[-1].text == said


@given(st.floats(0.01, 1000))
def test_the_limit_is_on_the_axis_also_before_the_first_update(clip: float) -> None:
    for norms in (np.zeros(0), np.full(30, 0.3)):
        figure = draw(at(norms, clip=clip), Look()).figure()
        low, high = figure.layout.yaxis.range
        assert 10**low < figure.data[2].y[0] < 10**high


def test_a_long_run_stays_small_and_keeps_its_peak() -> None:
    norms = np.full(20_000, 0.1)
    norms[12_345] = 7000
    figure = draw(at(norms), Look()).figure()
    assert all(len(part.x) <= 2 * STRETCHES for part in figure.data)
    assert figure.data[0].y.max() == 7000


def test_an_explosion_leaves_the_usual_norms_in_the_picture_and_tells_its_own() -> None:
    norms = np.full(40, 0.3)
    norms[-2:] = 1e25, np.inf
    figure = draw(replace(at(norms), diverged="Too long."), Look()).figure()
    low, high = figure.layout.yaxis.range
    assert high - low <= DECADES + 0.3
    assert 10**low < 0.3
    batches, cross = figure.data[0], figure.data[3]
    assert batches.customdata[-2] == np.float32(1e25)
    assert batches.y[-2] < 10**high
    assert (cross.x.tolist(), cross.customdata.tolist(), list(cross.hovertext)) == (
        [39],
        [np.float32(1e25)],
        ["Too long."],
    )


@pytest.mark.parametrize(("last", "side"), [(3, "right"), (12, "left")])
def test_the_cross_is_at_the_last_length_that_has_a_place_and_its_word_inside(last: int, side: str) -> None:
    norms = np.r_[np.ones(last), 0, np.nan]
    cross = draw(replace(at(norms), diverged="No more."), Look()).figure().data[3]
    assert cross.x.tolist() == [last]
    assert cross.textposition == f"middle {side}"


def test_the_parts_are_the_same_before_the_first_update() -> None:
    empty, full = (draw(at(np.ones(count)), Look()).figure() for count in (0, 50))
    assert [(part.type, part.mode) for part in empty.data] == [(part.type, part.mode) for part in full.data]
    assert tuple(empty.layout.xaxis.range) == (0, 10)
