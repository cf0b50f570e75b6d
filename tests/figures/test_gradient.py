from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqviz.core.records import Look
from seqviz.core.topology import DIRECT, MANY_TO_ONE
from seqviz.figures.gradient import draw
from seqviz.figures.parts import BLANK
from tests.figures.analysed import analysed
from tests.figures.sample import moment, sample


def test_points_are_the_norms_of_the_chosen_stream() -> None:
    trace = sample(DIRECT, 6, classes=3, layers=2, bidirectional=True)
    for stream in range(4):
        others, line, odd = draw(moment(trace), Look(stream)).figure().data[:3]
        expected = [np.sqrt((trace.grad_hidden[stream, time] ** 2).sum()) for time in range(6)]
        np.testing.assert_allclose(line.y, expected, rtol=1e-5)
        np.testing.assert_allclose(line.customdata, expected, rtol=1e-5)
        rest = [np.linalg.norm(trace.grad_hidden[row], axis=1) for row in range(4) if row != stream]
        np.testing.assert_allclose(others.y[~np.isnan(others.y)], np.concatenate(rest), rtol=1e-5)
        assert np.isnan(odd.y).all()


@given(st.floats(-20, 12))
def test_the_limits_are_even_powers_of_ten_around_all_norms(power: float) -> None:
    trace = sample(MANY_TO_ONE, 6)
    grown = replace(trace, grad_hidden=trace.grad_hidden * np.float32(10**power))
    figure = draw(moment(grown), Look()).figure()
    low, high = figure.layout.yaxis.range
    assert all(10**low < value < 10**high for value in figure.data[1].y)
    assert [round(low + 0.15) % 2, round(high - 0.1) % 2] == [0, 0]
    assert figure.layout.meta["steady"] == ["yaxis"]


def test_what_has_no_place_on_the_axis_is_said_at_its_floor() -> None:
    trace = sample(MANY_TO_ONE, 6)
    gradient = trace.grad_hidden.copy()
    gradient[0, :4] = np.array([0, np.inf, np.nan, 0])[:, None]
    figure = draw(moment(replace(trace, grad_hidden=gradient)), Look()).figure()
    _, line, odd = figure.data[:3]
    assert list(odd.hovertext) == ["0", "∞", "NaN", "0", "", ""]
    assert np.isnan(line.y).tolist() == [True] * 4 + [False] * 2 == (~np.isnan(odd.y)).tolist()
    floor = figure.layout[odd.yaxis.replace("y", "yaxis")]
    assert floor.overlaying == "y"
    assert floor.domain == figure.layout.yaxis.domain
    assert all(floor.range[0] < y < floor.range[0] + 0.1 * np.ptp(floor.range) for y in odd.y[:4])
    assert np.isfinite(figure.layout.yaxis.range).all()


def test_a_norm_below_the_axis_stays_on_it_but_says_its_own_value() -> None:
    trace = sample(MANY_TO_ONE, 6)
    gradient = trace.grad_hidden.copy()
    gradient[0, 0] *= np.float32(1e-25)
    figure = draw(moment(replace(trace, grad_hidden=gradient)), Look()).figure()
    line = figure.data[1]
    assert line.y[0] > 10 ** figure.layout.yaxis.range[0]
    assert line.customdata[0] < 1e-20


def test_of_an_lstm_what_reaches_the_chosen_cell_state_is_a_dashed_line_of_its_own() -> None:
    trace = analysed("relu, from the end", cell="lstm").trace
    assert len(trace.streams) == 4
    plain, gated = (draw(moment(one), Look()).figure() for one in (sample(MANY_TO_ONE, 6), trace))
    assert len(gated.data) == len(plain.data) + 1
    assert plain.layout.yaxis.title.text == "‖∂L/∂h‖"
    for stream in range(len(trace.streams)):
        figure = draw(moment(trace), Look(stream)).figure()
        line = figure.data[3]
        expected = np.linalg.norm(trace.grad_cell_state[stream].astype(np.float64), axis=1)
        np.testing.assert_allclose(line.customdata, expected, rtol=1e-5)
        shown = ~np.isnan(line.y)
        np.testing.assert_allclose(line.y[shown], expected[shown], rtol=1e-5)
        assert np.array_equal(shown, expected > 0)
        low, high = (10**end for end in figure.layout.yaxis.range)
        assert ((low < line.y[shown]) & (line.y[shown] < high)).all()
        assert "∂L/∂c" in figure.layout.yaxis.title.text


@pytest.mark.parametrize("power", [12, -25])
def test_what_reaches_the_cell_state_stays_on_the_axis(power: int) -> None:
    trace = analysed("lstm, cut").trace
    cell = trace.grad_cell_state.copy()
    cell[0, 0] = np.float32(10.0**power)
    figure = draw(moment(replace(trace, grad_cell_state=cell)), Look()).figure()
    line, (low, high) = figure.data[3], figure.layout.yaxis.range
    assert line.customdata[0] == pytest.approx(10.0**power * cell.shape[2] ** 0.5, rel=1e-5)
    assert 10**low < line.y[0] < 10**high


def test_crowded_zeros_are_named_only_where_there_is_room() -> None:
    trace = sample(MANY_TO_ONE, 40)
    odd = draw(moment(replace(trace, grad_hidden=np.zeros_like(trace.grad_hidden))), Look()).figure().data[2]
    assert set(odd.text) == {BLANK, "0"}
    assert odd.text[0] == "0"
    assert list(odd.hovertext) == ["0"] * 40
