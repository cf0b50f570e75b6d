from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from seqviz.core.config import RunConfig
from seqviz.core.records import History, Run
from seqviz.serving.shelf import FEWEST_KEPT, MOST_BYTES, MOST_KEPT, MOST_NETWORKS, Past, Shelf, until


def run(step=0, size=1, **settings):
    """As with momentum: from the first update on the optimiser remembers as much as there are weights."""
    state = {"w": {"momentum": np.full(size, step, np.float32)}} if step else {}
    return Run(RunConfig(**settings), step, {"w": np.zeros(size, np.float32)}, state, History())


@given(st.lists(st.integers(1, 500), min_size=1, max_size=300))
def test_the_first_and_the_latest_moment_are_always_kept_and_never_too_many(leaps):
    past = Past(run())
    seen = [0]
    for leap in leaps:
        seen.append(seen[-1] + leap)
        past.keep(run(seen[-1]))
    kept = past.updates
    assert len(kept) == min(len(seen), MOST_KEPT)
    assert (kept[0], kept[-1]) == (0, seen[-1])
    assert list(kept) == sorted(set(kept) & set(seen))


def test_early_moments_are_kept_closer_together_than_late_ones():
    past = Past(run())
    for step in range(10, 20_000, 10):
        past.keep(run(step))
    leaps = np.diff(past.updates)
    assert leaps[:5].max() < 100 < leaps[-5:].min()


def test_large_networks_are_kept_at_fewer_moments():
    past = Past(run(size=MOST_BYTES // 4 // 10))
    for step in range(1, 30):
        past.keep(run(step, size=MOST_BYTES // 4 // 10))
        assert sum(past.nearest(update).nbytes for update in past.updates) <= MOST_BYTES
    assert len(past.updates) == 5


def test_of_the_largest_networks_there_are_three():
    past = Past(run(size=MOST_BYTES))
    for step in range(1, 9):
        past.keep(run(step, size=MOST_BYTES))
    assert len(past.updates) == FEWEST_KEPT
    assert (past.updates[0], past.updates[-1]) == (0, 8)


def test_the_nearest_moment_has_weights_and_the_state_of_its_optimiser_and_no_history():
    past = Past(run())
    for step in (4, 9):
        past.keep(replace(run(step), history=History().extended(step=[1], loss=[1.0], score=[0.0], grad_norm=[1.0])))
    assert [past.nearest(update).step for update in (1, 3, 6, 7, 100)] == [0, 4, 4, 9, 9]
    assert past.nearest(9).weights
    assert past.nearest(4).optimiser["w"]["momentum"].tolist() == [4.0]
    assert not len(past.nearest(9).history.step)


def test_a_history_is_cut_after_an_update():
    history = History().extended(
        step=[1, 2, 3],
        loss=[3.0, 2.0, 1.0],
        score=[0.1, 0.2, 0.3],
        grad_norm=[1, 1, 1],
        held_step=[0, 2, 3],
        held_loss=[3.0, 2.0, 1.0],
        held_score=[0.1, 0.2, 0.3],
        held_bleu=[0, 0, 0],
    )
    cut = until(history, 2)
    assert cut.step.tolist() == [1, 2]
    assert cut.loss.tolist() == [3.0, 2.0]
    assert cut.held_step.tolist() == [0, 2]
    assert cut.held_loss.tolist() == [3.0, 2.0]


def test_the_shelf_gives_a_network_back_with_the_live_settings_asked_for():
    shelf = Shelf()
    shelf.put(run(7, hidden=3, learning_rate=0.1))
    assert shelf.take(RunConfig(hidden=4)) is None
    back = shelf.take(RunConfig(hidden=3, learning_rate=0.2))
    assert (back.step, back.config.learning_rate) == (7, 0.2)
    assert shelf.take(RunConfig(hidden=3)) is None, "it is given back once"


def test_the_shelf_lets_go_of_the_oldest():
    shelf = Shelf()
    for hidden in range(1, MOST_NETWORKS + 2):
        shelf.put(run(hidden, hidden=hidden))
    assert shelf.take(RunConfig(hidden=1)) is None
    assert all(shelf.take(RunConfig(hidden=hidden)).step == hidden for hidden in range(2, MOST_NETWORKS + 2))
