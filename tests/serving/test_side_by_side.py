import pickle
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from seqviz import training
from seqviz.core.compared import SWEEP
from seqviz.core.config import RunConfig
from seqviz.serving.attempts import Attempts
from seqviz.serving.messages import Attach, Compare, Comparison, Do, Kind, LookBack, Room, Show, Speed, Unseen
from seqviz.serving.rota import Rota
from seqviz.serving.session import KEEP_EVERY, SLOW
from seqviz.serving.side_by_side import MOST_LEFT, SideBySide
from tests.serving.workshop import Workshop

CONFIG = RunConfig(task="words", batch=2, lag=20)
BUDGET = 100


@dataclass
class Track(Workshop):
    """A GRU solves a lag in as many updates as it has steps, an LSTM never, and at three times the cost."""

    started: list = field(default_factory=list)
    lstm_diverges_at: int = 10**9

    def start(self, config):
        self.started.append((config.cell, config.lag))
        return super().start(config)

    def advance(self, run, steps, stop):
        self.clock.now += 2 * steps * self.seconds * (run.config.cell == "lstm")
        run = super().advance(run, steps, stop)
        solved = run.config.cell == "gru"
        scores = [float(solved and step >= run.config.lag) for step in run.history.step[-steps:]]
        made = run.history.step[-steps:].tolist()
        if run.config.cell == "lstm" and run.step >= self.lstm_diverges_at:
            run = replace(run, diverged="The loss is no longer a number.")
        return replace(run, history=run.history.extended(held_step=made, held_score=scores))


@pytest.fixture
def track(clock):
    return Track(clock)


@pytest.fixture
def beside(track, clock, eye):
    return SideBySide(track.tools, eye.receive, clock)


def page(*cells, example=0, budget=BUDGET, **settings):
    runs = tuple((cell.upper(), replace(CONFIG, cell=cell, **settings)) for cell in cells or ("gru", "lstm"))
    return Compare(Comparison(runs, example, ("sides",), budget))


@pytest.fixture
def live(beside, eye):
    beside.obey(page())
    beside.obey(Attach())
    beside.turn(0.09)
    eye.look(beside)
    return beside


def said(eye):
    """Name, update and attempts of each run, as the picture has them."""
    return eye.figures["sides"]["layout"]["said"]


def go(session, eye, turns=1):
    for _ in range(turns):
        session.turn(0.09)
        eye.look(session)


def until_rest(session, eye):
    for _ in range(1000):
        go(session, eye)
        if not session.training:
            break
    go(session, eye)
    assert not session.training


def test_the_untrained_runs_are_drawn_first(live, eye):
    assert eye.kind is Kind.RESTING
    assert eye.status["state"] == "new"
    assert [side["name"] for side in eye.status["sides"]] == ["GRU", "LSTM"]
    assert said(eye) == [["GRU", 0, []], ["LSTM", 0, []]]
    assert [eye.figures[f"graph {place}"]["layout"]["title"] for place in (0, 1)] == ["first at 0"] * 2
    assert all(eye.figures[f"player {place}"] is not None for place in (0, 1))
    assert live.due(5.0) is None


def test_all_runs_keep_step_whatever_their_updates_cost(live, eye):
    live.obey(Do("train"))
    for _ in range(10):
        go(live, eye)
        assert len({side["update"] for side in eye.status["sides"]}) == 1
    assert eye.kind is Kind.MOVING
    assert eye.status["update"] > 10
    assert [round(side["rate"]) for side in eye.status["sides"]] == [100, 33]
    assert eye.figures["player 0"] is None, "while weights change there is no step to be played"


def test_a_turn_of_all_runs_takes_as_long_as_a_turn_of_one(live, eye, clock):
    live.obey(Do("train"))
    go(live, eye, 10)
    before = clock.now
    live.turn(0.4)
    assert clock.now - before <= 0.4 + 1e-9


def test_a_run_alone_and_one_beside_others_are_the_same_to_the_last_bit(clock, eye):
    from seqviz.serving.worker import TOOLS

    beside = SideBySide(TOOLS, eye.receive)
    configs = [RunConfig(task="recall", cell=cell, hidden=4, lag=3, batch=4) for cell in ("lstm", "elman")]
    beside.obey(Compare(Comparison(tuple((config.cell, config) for config in configs), 0, (), 1000)))
    for _ in range(25):
        beside.obey(Do("step"))
        beside.turn(0.01)
    beside.obey(Do("pause"))
    runs, _ = pickle.loads(pickle.loads(eye.kept[-1]).run)
    for run, config in zip(runs, configs, strict=True):
        alone = training.advance(training.start(config), 25)
        assert run.step == 25
        np.testing.assert_array_equal(run.history.loss, alone.history.loss)
        for name, weight in alone.weights.items():
            np.testing.assert_array_equal(run.weights[name], weight)


def test_a_mark_is_made_when_a_run_has_solved_its_task_and_when_its_updates_are_used_up(live, eye):
    live.obey(Do("train"))
    while eye.status["update"] < BUDGET + 5:
        before = said(eye)
        go(live, eye)
        gru, lstm = said(eye)
        assert gru[2] == ([[20, True]] if gru[1] >= 20 else [])
        assert lstm[2] == ([[20, False]] if lstm[1] >= BUDGET else [])
    assert before[0][2], "the first came while the other went on"
    assert live.training


def test_what_is_changed_starts_anew_and_catches_up(live, eye, track):
    live.obey(Do("train"))
    go(live, eye, 6)
    reached = eye.status["update"]
    live.obey(page("gru", "elman"))
    go(live, eye)
    assert eye.status["state"] == "paused"
    assert [row[:2] for row in said(eye)] == [["GRU", reached], ["ELMAN", 0]]
    live.obey(Do("train"))
    for _ in range(200):
        go(live, eye)
        (_, gru, _), (_, elman, _) = said(eye)
        if elman >= reached:
            break
        assert gru == reached
    assert gru == elman


def test_the_way_back_loses_nothing(live, eye):
    live.obey(Do("train"))
    go(live, eye, 6)
    reached = eye.status["update"]
    for command in (page(lag=5), page()):
        live.obey(command)
        go(live, eye)
    assert [row[1] for row in said(eye)] == [reached] * 2


def test_scrolling_at_rest_draws_nothing(live, eye):
    go(live, eye)
    live.obey(Unseen(frozenset({"graph 0"})))
    assert live.due(0.0) is None
    live.turn(0.09)
    assert eye.look(live) == 0


def test_while_they_train_what_is_out_of_sight_is_not_made(live, eye):
    live.obey(Unseen(frozenset({"sides", "graph 0"})))
    live.obey(Do("train"))
    go(live, eye, 5)
    update = eye.status["update"]
    titles = [eye.figures[f"graph {place}"]["layout"]["title"] for place in (0, 1)]
    assert titles == ["first at 0", f"first at {update}"]
    assert said(eye)[0][1] == 0 < update

    live.obey(Unseen(frozenset({"sides"})))
    go(live, eye)
    assert eye.figures["graph 0"]["layout"]["title"] == f"first at {eye.status['update']}"
    live.obey(Unseen(frozenset({"sides", "graph 0"})))
    live.obey(Attach())
    go(live, eye)
    titles = [eye.figures[f"graph {place}"]["layout"]["title"] for place in (0, 1)]
    assert titles == [f"first at {eye.status['update']}"] * 2, "a new screen has said nothing of what it shows"
    live.obey(Unseen(frozenset({"sides", "graph 0"})))
    go(live, eye)
    live.obey(Do("pause"))
    go(live, eye)
    assert said(eye)[0][1] == eye.status["update"], "at rest everything is up to date"


def test_a_picture_out_of_sight_is_never_one_of_other_runs(live, eye):
    live.obey(Do("train"))
    go(live, eye, 5)
    live.obey(Unseen(frozenset({"sides", "graph 0"})))
    live.obey(Do("sweep"))
    go(live, eye)
    assert [side["update"] for side in eye.status["sides"]] == [row[1] for row in said(eye)]


def test_a_name_alone_changes_no_run(live, eye):
    live.obey(Do("train"))
    go(live, eye, 3)
    named = page().comparison
    live.obey(Compare(replace(named, sides=tuple((f"my {name}", config) for name, config in named.sides))))
    go(live, eye)
    assert eye.status["state"] == "training"
    assert eye.status["sides"][0]["name"] == "my GRU"


def test_the_example_can_be_changed_while_they_train(live, eye):
    live.obey(Do("train"))
    live.obey(page(example=1))
    go(live, eye, 2)
    assert eye.figures["graph 1"]["layout"]["title"].startswith("second")
    live.obey(page(example="böse"))
    go(live, eye)
    assert eye.notices[-1] == {"notice": "problem", "text": "Only plain letters, please."}
    assert eye.figures["graph 1"]["layout"]["title"].startswith("second")
    assert live.training


def test_a_sweep_tries_every_lag_and_comes_back(live, eye, track):
    assert eye.status["unanswered"] == len(SWEEP)
    live.obey(Do("sweep"))
    seen = []
    while live.training:
        go(live, eye)
        seen.append((eye.status["lag"], eye.status["sweep"]))
    go(live, eye)
    assert [lag for place, (lag, _) in enumerate(seen[:-1]) if not place or seen[place - 1][0] != lag] == list(SWEEP)
    assert seen[0][1] == list(SWEEP)
    assert [row[2] for row in said(eye)] == [[[lag, True] for lag in SWEEP], [[lag, False] for lag in SWEEP]]
    (_, gru, _), (_, lstm, _) = said(eye)
    assert 20 <= gru < 25, "what has solved its task waits for the others"
    assert lstm == BUDGET
    assert (eye.status["lag"], eye.status["state"], eye.status["unanswered"]) == (20, "paused", 0)
    tried = len(track.advanced)
    live.obey(Do("sweep"))
    go(live, eye, 3)
    assert len(track.advanced) == tried, "the same seed would give the same again"
    assert not live.training


def test_a_sweep_stops_and_goes_on_where_it_was(live, eye, track):
    live.obey(Do("sweep"))
    while eye.status["lag"] != 10:
        go(live, eye)
    go(live, eye, 2)
    live.obey(Do("pause"))
    go(live, eye)
    stopped = [row[1] for row in said(eye)]
    assert (eye.status["state"], eye.status["lag"]) == ("paused", 10)
    assert not live.training
    built = len(track.started)
    live.obey(Do("sweep"))
    go(live, eye)
    assert eye.status["sweep"] == list(SWEEP)[1:]
    assert all(now >= before for (_, now, _), before in zip(said(eye), stopped, strict=True))
    assert len(track.started) == built
    until_rest(live, eye)
    assert eye.status["unanswered"] == 0


def test_train_after_a_sweep_was_stopped_is_at_the_lag_of_the_page(live, eye):
    live.obey(Do("sweep"))
    go(live, eye, 2)
    live.obey(Do("train"))
    go(live, eye)
    assert (eye.status["lag"], eye.status["sweep"]) == (20, [])
    assert live.training


def test_more_updates_are_a_new_question_for_those_that_failed(live, eye):
    live.obey(Do("sweep"))
    until_rest(live, eye)
    live.obey(page(budget=2 * BUDGET))
    go(live, eye)
    assert eye.status["unanswered"] == len(SWEEP)
    live.obey(Do("sweep"))
    until_rest(live, eye)
    assert said(eye)[1][1] == 2 * BUDGET
    assert said(eye)[0][1] < 25


def test_fewer_updates_are_a_new_question_for_those_that_succeeded_late(live, eye):
    live.obey(Do("sweep"))
    until_rest(live, eye)
    for seed in range(1, 7):  # so many that the first are gone
        live.obey(page(seed=seed))
        live.obey(Do("sweep"))
        until_rest(live, eye)
    live.obey(page(budget=15))
    go(live, eye)
    (_, _, gru), (_, _, lstm) = said(eye)
    assert [lag for lag, solved in gru if solved] == sorted([5, 10] * 7)
    assert not any(solved for _, solved in lstm)


def test_a_run_that_was_left_with_more_updates_than_are_allowed_now_has_answered(live, eye):
    live.obey(page("gru", "lstm", lag=5, budget=2))
    live.obey(Do("epoch"))
    until_rest(live, eye)
    assert [row[1] for row in said(eye)] == [5, 5]
    live.obey(page("gru", "lstm", lag=10, budget=2))
    live.obey(page("gru", "lstm", lag=10, budget=5))
    live.obey(Do("sweep"))
    until_rest(live, eye)
    assert eye.status["unanswered"] == 0
    assert [lag for lag, _ in said(eye)[1][2]] == list(SWEEP)


def test_marks_of_other_seeds_stay_and_those_of_other_networks_come_back(live, eye):
    live.obey(Do("sweep"))
    until_rest(live, eye)
    live.obey(page(seed=1))
    go(live, eye)
    assert [len(row[2]) for row in said(eye)] == [len(SWEEP)] * 2
    assert eye.status["unanswered"] == len(SWEEP), "another seed is another attempt"
    live.obey(page(hidden=8))
    go(live, eye)
    assert [row[2] for row in said(eye)] == [[], []]
    live.obey(page())
    go(live, eye)
    assert [len(row[2]) for row in said(eye)] == [len(SWEEP)] * 2


def test_reset_clears_the_chart_and_starts_all_runs_anew(live, eye):
    live.obey(Do("sweep"))
    until_rest(live, eye)
    live.obey(Do("reset"))
    go(live, eye)
    assert said(eye) == [["GRU", 0, []], ["LSTM", 0, []]]
    assert (eye.status["state"], eye.status["unanswered"]) == ("new", len(SWEEP))
    assert not live.training
    kept = pickle.loads(eye.kept[-1])
    assert kept.update == 0, "a worker that is lost now must not bring the old runs back"
    assert pickle.loads(kept.run)[1] == Attempts()


@pytest.mark.parametrize(("verb", "after_first", "after_second"), [("step", 1, 2), ("epoch", 5, 10)])
def test_a_step_and_an_epoch_are_those_of_all_runs(live, eye, verb, after_first, after_second):
    for expected in (after_first, after_second):
        live.obey(Do(verb))
        until_rest(live, eye)
        assert [row[1] for row in said(eye)] == [expected] * 2


def test_a_run_that_diverged_stops_alone(live, eye, track):
    track.lstm_diverges_at = 30
    live.obey(Do("train"))
    while eye.status["sides"][0]["update"] < 40:
        go(live, eye)
    assert [side["state"] for side in eye.status["sides"]] == ["training", "diverged"]
    assert eye.status["state"] == "training"
    assert eye.status["reason"] == "The loss is no longer a number."
    (gru, lstm) = said(eye)
    assert gru[1] > lstm[1] >= 30
    assert lstm[2] == [[20, False]]


def test_slow_motion_is_one_update_of_each_a_second(live, eye, clock, track):
    live.obey(Speed("slow"))
    live.obey(Do("train"))
    begun = clock.now
    go(live, eye)
    assert [row[1] for row in said(eye)] == [1, 1]
    assert eye.figures["player 1"] is not None, "there is time to play it"
    assert live.due(clock.now) == pytest.approx(begun + SLOW)
    live.turn(0.09)
    assert eye.status["update"] == 1


def test_a_comparison_is_taken_up_where_it_was_kept(live, eye, track, clock):
    live.obey(Do("train"))
    while eye.status["update"] < 30:
        go(live, eye)
    live.obey(Do("pause"))
    go(live, eye)
    before = said(eye)
    kept = pickle.loads(eye.kept[-1])
    assert kept.update == before[0][1]
    heir = SideBySide(track.tools, eye.receive, clock)
    heir.obey(Compare(page("gru", "elman").comparison, kept))
    heir.obey(Attach())
    eye.figures = None
    go(heir, eye)
    assert said(eye) == [before[0], ["ELMAN", 0, []]]


def test_runs_that_are_left_do_not_pile_up(live, eye):
    for hidden in range(1, MOST_LEFT + 10):
        live.obey(page(hidden=hidden))
        go(live, eye)
    assert len(live._left) == MOST_LEFT


def test_a_worker_that_is_lost_in_a_sweep_leaves_the_runs_of_the_page(live, eye, track, clock):
    live.obey(Do("train"))
    go(live, eye, 10)
    live.obey(Do("pause"))
    go(live, eye)
    before = [row[1] for row in said(eye)]
    live.obey(Do("sweep"))
    while eye.status["lag"] != 10:
        go(live, eye)
    clock.now += KEEP_EVERY
    go(live, eye)
    kept = pickle.loads(eye.kept[-1])
    assert kept.update == before[0] > 1
    heir = SideBySide(track.tools, eye.receive, clock)
    heir.obey(Compare(page().comparison, kept))
    heir.obey(Attach())
    heir.turn(0.09)
    eye.look(heir)
    assert [row[1] for row in said(eye)] == before
    assert [5, True] in said(eye)[0][2]


def test_a_worker_makes_whichever_kind_of_session_is_asked_for(track, clock, setting):
    sent = []
    rota = Rota(track.tools, lambda *message: sent.append(message), clock)
    for number, command in ((1, Show(setting())), (2, page())):
        rota.obey(number, command)
        rota.obey(number, Attach())
        rota.obey(number, LookBack(-1))
        rota.obey(number, Do("sweep"))
    for _ in range(4):
        rota.turn()
    assert {number for number, kind, _ in sent if kind in (Kind.MOVING, Kind.RESTING)} == {1, 2}
    assert {number for number, kind, _ in sent if kind is Kind.MOVING} == {2}, "one run has nothing to go through"


def test_what_cannot_be_built_is_said_and_not_tried_again(track, clock):
    sent = []
    rota = Rota(track.tools, lambda *message: sent.append(message), clock)
    rota.obey(1, page("gru", "lstm", layers=3))
    rota.obey(1, Attach())
    rota.turn()
    assert b"three layers are not built here" in sent[-1][2]
    assert rota.idle_for() is None


def test_where_a_network_cannot_be_built_all_stays_as_it_is(live, eye, track):
    live.obey(Do("train"))
    go(live, eye, 3)
    before = said(eye)
    live.obey(page("lstm", "elman", layers=3))
    with pytest.raises(ValueError):
        live.turn(0.09)
    live.give_up("no")
    assert eye.notices[-1] == {"notice": "stopped", "text": "no"}
    for command in (Attach(), Room(600), Speed("slow")):
        live.obey(command)
    eye.figures = None
    go(live, eye)
    assert said(eye) == before
    live.obey(page("gru", "elman"))
    go(live, eye)
    assert said(eye) == [before[0], ["ELMAN", 0, []]]


def test_where_the_first_networks_cannot_be_built_other_orders_do_no_harm(beside, eye):
    beside.obey(page("gru", layers=3))
    with pytest.raises(ValueError):
        beside.turn(0.09)
    beside.give_up("no")
    for command in (Attach(), Room(600), Speed("full"), Do("train")):
        beside.obey(command)
        assert beside.due(0.0) is None
        go(beside, eye)
    assert eye.figures is None
    beside.obey(page("gru"))
    go(beside, eye)
    assert said(eye) == [["GRU", 0, []]]
