from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqviz.core.compared import SOLVED, Attempt, alike, attempt, read, written
from seqviz.core.config import RunConfig
from seqviz.core.records import History, Run

CONFIG = RunConfig(task="recall", hidden=16, learning_rate=0.02)


def run(scores, step, diverged=""):
    """A run tried every 20 updates, first before any."""
    held = np.array(scores, np.float32)
    history = History(held_step=20 * np.arange(len(held)), held_score=held)
    return Run(CONFIG, step, {}, {}, history, diverged)


def test_an_attempt_goes_on_until_it_is_solved_or_out_of_updates():
    assert attempt(run([0.2, 0.5], 39), budget=40) is None
    assert attempt(run([0.2, 0.5, 0.4], 40), budget=40) == Attempt(CONFIG, 40, 0.5, solved=False)


def test_the_first_good_score_counts_however_it_goes_on():
    ended = attempt(run([0.2, SOLVED, 0.3, 1.0], 60), budget=1000)
    assert (ended.update, ended.solved, ended.score) == (20, True, pytest.approx(SOLVED))


def test_what_comes_after_the_budget_does_not_count():
    ended = attempt(run([0.2, 0.4, 1.0], 55), budget=30)
    assert (ended.update, ended.solved, ended.score) == (30, False, pytest.approx(0.4))


def test_a_run_that_diverged_has_ended_even_without_a_score():
    ended = attempt(run([np.nan], 7, "The loss is no number."), budget=1000)
    assert (ended.update, ended.solved, ended.score, ended.diverged) == (7, False, 0.0, "The loss is no number.")
    assert ended.answers(10**6)


@pytest.mark.parametrize(
    ("solved", "budget", "answers"), [(True, 900, True), (True, 400, False), (False, 500, True), (False, 900, False)]
)
def test_more_updates_are_another_question_unless_it_was_solved_and_fewer_if_it_was(solved, budget, answers):
    assert Attempt(CONFIG, 500, 0.5, solved).answers(budget) is answers


def test_lag_and_seed_alone_do_not_make_another_network():
    assert alike(CONFIG, replace(CONFIG, lag=80, seed=7))
    assert not alike(CONFIG, replace(CONFIG, clip=0.5))


RUNS = st.builds(
    lambda **changed: replace(CONFIG, **changed),
    cell=st.sampled_from(["elman", "elman-relu", "gru", "lstm"]),
    hidden=st.integers(1, 160),
    layers=st.integers(1, 3),
    optimiser=st.sampled_from(["sgd", "momentum", "adam"]),
    learning_rate=st.floats(1e-6, 1000),
    forget_bias=st.floats(-10, 10),
    bidirectional=st.booleans(),
)


@given(st.lists(RUNS, min_size=2, max_size=4).map(tuple))
def test_a_link_brings_the_same_runs_back(runs):
    assert read(written(runs, CONFIG), CONFIG) == runs


def test_a_link_says_only_what_differs():
    runs = (replace(CONFIG, cell="elman"), replace(CONFIG, cell="lstm", forget_bias=1.0, hidden=8))
    assert written(runs, CONFIG) == "elman,lstm:hidden=8:forget_bias=1.0"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "2 to 4"),
        ("gru", "2 to 4"),
        ("gru,gru,gru,gru,gru", "2 to 4"),
        ("gru,lstm:seed=3", "'seed'"),
        ("gru,lstm:lag=3", "'lag'"),
        ("gru,lstm:colour=red", "'colour'"),
        ("gru,lstm:hidden", "'hidden'"),
        ("gru,lstm:hidden=many", "hidden"),
        ("gru,lstm:hidden=0", "hidden"),
    ],
)
def test_a_link_that_cannot_be_is_refused_in_words(text, said):
    with pytest.raises(ValueError, match=said):
        read(text, CONFIG)
