from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from seqviz.core.records import History, Look
from seqviz.figures.curves import outline, running_mean
from seqviz.figures.learning import CHECKS, STRETCHES, draw
from seqviz.figures.progress import ROW, limits
from seqviz.figures.scales import decades, evenly
from tests.figures.sample import history, moment, sample

TRACE = sample()


def test_a_short_run_is_drawn_point_by_point() -> None:
    run = history(80)
    batches, mean, held, scores, score_mean, held_scores = draw(moment(TRACE, 80), Look()).figure().data[:6]
    for part, step, value in (
        (batches, run.step, run.loss),
        (held, run.held_step, run.held_loss),
        (scores, run.step, run.score),
        (held_scores, run.held_step, run.held_score),
    ):
        np.testing.assert_array_equal(part.x, step)
        np.testing.assert_array_equal(part.y, value)
    for part, value in ((mean, run.loss), (score_mean, run.score)):
        np.testing.assert_allclose(part.y, [value[max(0, n - 2) : n].mean() for n in range(1, 81)], rtol=1e-5)


def test_a_long_run_stays_small_and_keeps_its_spikes() -> None:
    run = history(20_000)
    loss = run.loss.copy()
    loss[12_345] = 77
    figure = draw(replace(moment(TRACE), history=replace(run, loss=loss)), Look()).figure()
    assert all(len(part.x) <= 2 * STRETCHES for part in figure.data if part.x is not None)
    assert len(figure.data[2].x) <= CHECKS
    assert figure.data[0].y.max() == 77
    assert (figure.data[0].x[-1], figure.data[2].x[-1]) == pytest.approx((20_000, 20_000), abs=140)


@pytest.mark.parametrize("spike", [1e8, 1e20, 3e38])
def test_a_spike_does_not_push_the_other_losses_out_of_the_picture(spike: float) -> None:
    run = history(300)
    loss, held = run.loss.copy(), run.held_loss.copy()
    loss[20], loss[-1], held[3] = spike, spike, spike
    at = replace(moment(TRACE, diverged="Too large."), history=replace(run, loss=loss, held_loss=held))
    figure = draw(at, Look()).figure()
    low, high = figure.layout.yaxis.range
    usual = loss[loss < 10]
    assert np.all((10.0**low <= usual) & (usual <= 10.0**high))
    batches, mean, checks, cross = (figure.data[place] for place in (0, 1, 2, 7))
    for part in (batches, mean, checks, cross):
        np.testing.assert_array_equal(part.y, np.minimum(part.customdata, np.float32(10.0**high)))
    for part in (batches, checks, cross):
        assert part.customdata.max() == np.float32(spike)
    assert all("%{customdata" in part.hovertemplate for part in (batches, mean, checks))


@given(arrays(np.float32, st.integers(0, 30), elements=st.floats(0, 10, width=32)), st.integers(2, 8))
def test_while_no_loss_is_above_10_the_axis_ends_at_the_largest(losses: np.ndarray, span: int) -> None:
    assert limits(losses, losses[::2], span) == decades(losses, span)


@given(
    arrays(np.float32, st.integers(0, 30), elements=st.floats(0, width=32) | st.just(float("nan"))), st.integers(2, 8)
)
def test_only_an_axis_of_full_length_leaves_losses_above_it(losses: np.ndarray, span: int) -> None:
    """An axis that kept wider limits from before would show them at a height that is not its edge."""
    low, high = limits(losses, losses[::2], span)
    assert low < high <= low + span
    finite = losses[np.isfinite(losses)].astype(np.float64)
    assert high == low + span or np.all(finite <= 10.0**high * (1 + 1e-5))
    assert np.all(finite[finite > 10.0**high * (1 + 1e-5)] > 10)


def test_before_the_first_update_there_are_the_same_parts_without_points() -> None:
    empty, full = (draw(moment(TRACE, updates), Look()).figure() for updates in (0, 100))
    assert [(part.type, part.mode) for part in empty.data] == [(part.type, part.mode) for part in full.data]
    assert all(len(empty.data[place].x) == 0 for place in range(6))
    assert tuple(empty.layout.xaxis.range) == (0, 10)


def test_axes_do_not_move_with_every_update() -> None:
    figures = [draw(moment(TRACE, updates), Look()).figure() for updates in range(210, 500, 20)]
    assert {tuple(figure.layout.xaxis.range) for figure in figures} == {(0, 500)}
    assert len({tuple(figure.layout.yaxis.range) for figure in figures}) <= 2
    assert all(float(power).is_integer() for figure in figures for power in figure.layout.yaxis.range)


def test_the_baseline_is_named_and_at_its_height() -> None:
    figure = draw(moment(TRACE), Look()).figure()
    assert list(figure.data[6].y) == [0.51, 0.51]
    assert figure.layout.annotations[-1].text.endswith("always the commoner class: 51 %")


def test_no_words_lie_over_the_curves_and_a_long_name_stays_in_its_row() -> None:
    figure = draw(replace(moment(TRACE), baseline_name="always <b> " * 20), Look()).figure()
    plots = [figure.layout.yaxis.domain, figure.layout.yaxis2.domain]
    for said in figure.layout.annotations:
        low = said.y - ROW if said.yanchor == "top" else said.y
        assert all(low >= top or low + ROW <= bottom for bottom, top in plots)
        assert len(said.text) < 120
    assert "always &lt;b&gt;" in figure.layout.annotations[-1].text
    assert not any("text" in (part.mode or "") for part in figure.data if part.mode != "markers+text")


def test_a_run_that_diverged_ends_with_a_cross_at_its_last_number() -> None:
    run = history(60)
    loss = run.loss.copy()
    loss[-2:] = np.nan, np.inf
    at = replace(moment(TRACE, diverged="The loss is no number any more."), history=replace(run, loss=loss))
    cross = draw(at, Look()).figure().data[7]
    assert (cross.x.tolist(), cross.y.tolist()) == ([58], [run.loss[57]])
    assert list(cross.hovertext) == [at.diverged]
    assert len(draw(replace(at, diverged=""), Look()).figure().data[7].x) == 0


def test_a_run_that_was_never_a_number_has_no_cross() -> None:
    lost = History().extended(step=[1], loss=[float("nan")], score=[0.0], grad_norm=[float("nan")])
    assert len(draw(replace(moment(TRACE, diverged="At once."), history=lost), Look()).figure().data[7].x) == 0


VALUES = arrays(np.float32, st.integers(0, 60), elements=st.floats(-100, 100, width=32) | st.just(float("nan")))


@given(VALUES, st.integers(1, 30))
def test_an_outline_keeps_the_extremes(values: np.ndarray, stretches: int) -> None:
    places = outline(values, stretches)
    assert len(places) <= 2 * stretches
    assert np.all(np.diff(places) >= 0)
    if np.isfinite(values).any():
        assert np.nanmax(values[places]) == np.nanmax(values)
        assert np.nanmin(values[places]) == np.nanmin(values)


@given(VALUES, st.integers(1, 70), st.integers(2, 60))
def test_a_running_mean_is_the_mean_of_the_last_finite_values(values: np.ndarray, width: int, most: int) -> None:
    places = evenly(len(values), most)
    for place, mean in zip(places, running_mean(values, width, places), strict=True):
        last = values[max(0, place + 1 - width) : place + 1].astype(np.float64)
        finite = last[np.isfinite(last)]
        assert np.isnan(mean) if not finite.size else mean == pytest.approx(finite.mean(), abs=1e-4)


@given(st.integers(0, 500), st.integers(2, 50))
def test_even_places_begin_and_end_with_the_ends(count: int, most: int) -> None:
    places = evenly(count, most)
    assert len(places) == min(count, most)
    if count:
        assert (places[0], places[-1]) == (0, count - 1)
