from dataclasses import fields, replace

import numpy as np
import plotly.graph_objects as go
import pytest

from seqviz.core.compared import SOLVED, SWEEP, Attempt, Compared, Side
from seqviz.core.records import History, Trace
from seqviz.core.topology import DIRECT, MANY_TO_ONE
from seqviz.figures import OVERLAYS
from seqviz.figures.palette import RUNS
from tests.figures.sample import history, moment, sample

KEYS = ("races", "reaches", "attempts")


def compared(updates=(300, 300, 300), *, seed=0, topology=MANY_TO_ONE, attempts=((), (), ()), **settings):
    sides = (
        Side("Elman, tanh", moment(sample(topology, 9, seed=seed, **settings), updates[0]), attempts[0]),
        Side("<b>two</b>", moment(sample(topology, 9, seed=seed + 1, layers=2, **settings), updates[1]), attempts[1]),
        Side("GRU", moment(sample(topology, 9, seed=seed + 2, hidden=5, **settings), updates[2]), attempts[2]),
    )
    return Compared(sides, budget=1000)


def drawn(key, what):
    drawing = OVERLAYS[key].draw(what)
    return go.Figure({"data": list(drawing.data), "layout": dict(drawing.layout)})


@pytest.mark.parametrize("topology", [MANY_TO_ONE, DIRECT])
@pytest.mark.parametrize("updates", [(0, 0, 0), (1, 0, 700), (5000, 5000, 4980)])
@pytest.mark.parametrize("key", KEYS)
def test_every_comparison_can_be_drawn(key, updates, topology):
    assert drawn(key, compared(updates, topology=topology)).data
    assert OVERLAYS[key].title
    assert OVERLAYS[key].look_for.endswith(".")


@pytest.mark.parametrize("key", KEYS)
def test_a_name_is_never_taken_for_markup(key):
    assert "<b>" not in drawn(key, compared(attempts=((), (Attempt(RUN, 3, 0.5, False),), ()))).to_json()


@pytest.mark.parametrize("key", ["races", "reaches"])
def test_each_run_has_its_own_colour_and_dash(key):
    lines = [part for part in drawn(key, compared()).data if part.type == "scatter" and "lines" in part.mode]
    for style in RUNS[:3]:
        own = [part for part in lines if part.line.color == style.colour]
        assert own
        assert {part.line.dash for part in own} == {style.dash}


def test_curves_stand_at_each_runs_own_updates():
    parts = drawn("races", compared((60, 80, 40))).data
    for place, updates in enumerate((60, 80, 40)):
        run = history(updates)
        loss, score = parts[3 * place : 3 * place + 2]
        np.testing.assert_array_equal(loss.x, run.step)
        width = max(updates // 30, 1)
        means = [run.loss[max(0, n - width) : n].mean() for n in range(1, updates + 1)]
        np.testing.assert_allclose(loss.y, means, rtol=1e-5)
        np.testing.assert_array_equal(score.x, run.held_step)
        np.testing.assert_array_equal(score.y, run.held_score)
    assert [part.y for part in parts[-2:]] == [(SOLVED, SOLVED), (0.51, 0.51)]


def test_where_a_run_diverged_is_marked():
    what = compared((60, 60, 60))
    broken = replace(what.sides[1], moment=moment(what.sides[1].moment.trace, 60, diverged="No number any more."))
    parts = drawn("races", replace(what, sides=(what.sides[0], broken, what.sides[2]))).data
    assert [len(parts[3 * place + 2].x) for place in range(3)] == [0, 1, 0]
    assert parts[5].x[0] == 60


def test_a_run_that_explodes_leaves_the_others_in_the_picture():
    what = compared((60, 60, 60))
    run = history(60)
    loss = run.loss.copy()
    loss[30:] = 1e20
    lost = replace(what.sides[1].moment, history=replace(run, loss=loss), diverged="Too large.")
    figure = drawn("races", replace(what, sides=(what.sides[0], replace(what.sides[1], moment=lost), what.sides[2])))
    low, high = figure.layout.yaxis.range
    usual, _, _, spoilt, _, cross = figure.data[:6]
    assert np.all((10.0**low <= usual.y) & (usual.y <= 10.0**high))
    assert spoilt.y.max() == cross.y[0] == 10.0**high
    assert spoilt.customdata.max() == pytest.approx(1e20)
    assert "%{customdata" in spoilt.hovertemplate


def test_the_gradient_is_that_of_all_chains_together():
    what = compared(bidirectional=True)
    for part, side in zip(drawn("reaches", what).data, what.sides, strict=False):
        gradient = side.moment.trace.grad_hidden
        expected = [np.sqrt((gradient[:, time].astype(np.float64) ** 2).sum()) for time in range(9)]
        np.testing.assert_allclose(part.customdata, expected, rtol=1e-5)
        np.testing.assert_allclose(part.y, expected, rtol=1e-5)


def test_what_a_logarithm_cannot_show_is_left_out():
    what = compared(window=3, topology=DIRECT)
    gradient = what.sides[0].moment.trace.grad_hidden.copy()
    gradient[:, 2], gradient[:, 4] = 0, np.inf
    spoilt = replace(what.sides[0].moment, trace=replace(what.sides[0].moment.trace, grad_hidden=gradient))
    part = drawn("reaches", replace(what, sides=(replace(what.sides[0], moment=spoilt), *what.sides[1:]))).data[0]
    assert np.flatnonzero(np.isnan(part.y)).tolist() == [2, 4]


RUN = sample().config


def tried(lag, solved, seed=0, update=100, score=0.4):
    return Attempt(replace(RUN, lag=lag, seed=seed), update, score, solved)


def test_every_attempt_stands_at_its_lag_in_its_runs_row():
    figure = drawn("attempts", compared(attempts=((tried(40, False), tried(5, True)), (), (tried(30, True),))))
    assert [list(part.x) for part in figure.data] == [[5, 40], [], [30]]
    assert [set(part.y) for part in figure.data] == [{3}, set(), {1}]
    assert list(figure.data[0].text) == ["100", "40 %"]
    assert list(figure.data[0].marker.symbol) == [RUNS[0].symbol, "x-thin"]
    assert list(figure.layout.xaxis.tickvals) == sorted({*SWEEP, 30})
    assert figure.layout.yaxis.ticktext[0].endswith("Elman, tanh")


def test_seeds_that_disagree_are_counted():
    attempts = (
        tried(20, True, 0),
        tried(20, False, 1, 1000, 0.25),
        tried(20, True, 2),
        tried(10, False),
        tried(10, False, 1),
    )
    (part, *_) = drawn("attempts", compared(attempts=(attempts, (), ()))).data
    assert list(part.text) == ["0 of 2", "2 of 3"]
    assert list(part.marker.symbol) == ["x-thin", f"{RUNS[0].symbol}-open"]
    assert "seed 1: best 25 % in 1000 updates" in part.hovertext[1]


@pytest.mark.parametrize("key", KEYS)
def test_while_networks_train_only_arrays_change(key):
    before, after = (
        OVERLAYS[key].draw(compared(updates, seed=seed)) for seed, updates in enumerate([(0,) * 3, (300,) * 3])
    )
    assert [sorted(part) for part in before.data] == [sorted(part) for part in after.data]
    for old, new in zip(before.data, after.data, strict=True):
        for name, value in old.items():
            if not isinstance(value, (np.ndarray, list)):
                assert new[name] == value, name


@pytest.mark.parametrize("bad", [np.nan, np.inf, 0.0, 3e38])
@pytest.mark.parametrize("key", KEYS)
def test_any_numbers_can_be_drawn(key, bad):
    def spoilt(record, kind):
        arrays = {item.name: getattr(record, item.name) for item in fields(kind)}
        return replace(
            record,
            **{
                name: np.full_like(value, bad)
                for name, value in arrays.items()
                if isinstance(value, np.ndarray) and value.dtype == np.float32
            },
        )

    what = compared((60, 60, 60))
    sides = tuple(
        replace(
            side,
            moment=replace(
                side.moment, history=spoilt(side.moment.history, History), trace=spoilt(side.moment.trace, Trace)
            ),
        )
        for side in what.sides
    )
    drawn(key, replace(what, sides=sides))
