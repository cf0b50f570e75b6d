"""Training as a function from values to values: the same bits, however and wherever the steps are sliced."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from seqviz.cells import CELLS
from seqviz.core.config import RunConfig
from seqviz.core.task import IGNORE
from seqviz.core.topology import TOPOLOGIES
from seqviz.networks.network import mean_loss
from seqviz.tasks import task_of
from seqviz.training import advance, start, trace
from seqviz.training.model import loaded
from tests.toy import READINGS, Toy, digest, small

CONFIGS = st.builds(
    small,
    topology=st.sampled_from(["many-to-one", "one-to-many", "direct", "delayed"]),
    reading=st.sampled_from(["words", "numbers"]),
    cell=st.sampled_from(list(CELLS)),
    optimiser=st.sampled_from(["sgd", "momentum", "adam"]),
    layers=st.just(2),
    dropout=st.sampled_from([0.0, 0.4]),
    teacher_forcing=st.sampled_from([0.0, 0.5, 1.0]),
    clip=st.sampled_from([0.0, 0.1]),
    clip_by=st.sampled_from(["norm", "value"]),
    window=st.sampled_from([0, 2]),
    batch=st.integers(1, 5),
    seed=st.integers(0, 2**31 - 1),
)
EVERYTHING = small(
    "delayed",
    cell="lstm",
    layers=2,
    dropout=0.3,
    layer_norm=True,
    attention=True,
    teacher_forcing=0.5,
    window=3,
    seed=7,
)


@given(config=CONFIGS, before=st.integers(0, 2), a=st.integers(0, 3), b=st.integers(0, 3))
@settings(max_examples=40)
def test_slicing_changes_no_bit(config, before, a, b):
    run = advance(start(config), before)
    assert digest(advance(advance(run, a), b)) == digest(advance(run, a + b))


@given(config=CONFIGS, asked=st.integers(1, 4))
@settings(max_examples=10)
def test_a_run_that_is_told_to_stop_is_the_run_after_the_updates_so_far(config, asked):
    answers = iter([*[False] * (asked - 1), True])
    assert digest(advance(start(config), 9, lambda: next(answers))) == digest(advance(start(config), asked))


@pytest.mark.parametrize(("topology", "checks"), [("direct", [0, 20, 40]), ("delayed", [0, 50])])
def test_held_out_examples_are_tried_at_the_same_updates_however_the_steps_are_sliced(topology, checks):
    config = small(topology, cell="elman", dropout=0.2, layers=2)
    whole = advance(start(config), 51)
    run = start(config)
    for steps in (19, 1, 1, 28, 1, 1):
        run = advance(run, steps)
    assert digest(run) == digest(whole)
    assert run.history.held_step.tolist() == checks
    assert run.history.step.tolist() == list(range(1, 52))
    assert run.step == 51


def test_live_settings_may_change_between_two_slices():
    run = advance(start(EVERYTHING), 2)
    changed = {"learning_rate": 0.5, "clip": 0.01, "clip_by": "value", "teacher_forcing": 0.0, "window": 1}
    other = replace(run, config=replace(run.config, **changed))
    assert run.config.same_network(other.config)
    whole = advance(other, 3)
    assert digest(advance(advance(other, 1), 2)) == digest(whole)
    assert digest(whole) != digest(advance(run, 3))
    # And back again: what was computed meanwhile with other settings leaves no trace.
    assert digest(advance(run, 3)) == digest(advance(start(EVERYTHING), 5))


def test_another_process_computes_the_same_bits():
    program = """
import torch
torch.set_num_threads(1)
torch.rand(5)
from seqviz.training import advance, start
from tests.toy import digest, registered, small
from tests.training.test_run import EVERYTHING
with registered():
    for config in (EVERYTHING, small("one-to-many", "pictures", optimiser="momentum", batch=5)):
        print(digest(advance(advance(start(config), 1), 3)))
"""
    answer = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": "77"},
    )
    configs = EVERYTHING, small("one-to-many", "pictures", optimiser="momentum", batch=5)
    assert answer.stdout.split() == [digest(advance(start(config), 4)) for config in configs]


def test_the_seed_decides_everything():
    first, other = (advance(start(replace(EVERYTHING, seed=seed)), 2) for seed in (1, 2))
    assert digest(first) == digest(advance(start(replace(EVERYTHING, seed=1)), 2))
    assert not np.array_equal(first.weights["head.weight"], other.weights["head.weight"])


def test_training_leaves_everyone_elses_random_numbers_alone():
    torch.default_generator.manual_seed(3)
    np.random.seed(3)
    wanted = torch.rand(1).item(), np.random.random()
    torch.default_generator.manual_seed(3)
    np.random.seed(3)
    advance(start(EVERYTHING), 2)
    assert (torch.rand(1).item(), np.random.random()) == wanted


def test_a_run_is_not_changed_by_going_on_from_it():
    run = advance(start(EVERYTHING), 2)
    before = digest(run)
    advance(run, 3)
    assert digest(run) == before
    assert advance(run, 0) is run
    arrays = [*run.weights.values(), *(array for state in run.optimiser.values() for array in state.values())]
    assert not any(array.flags.writeable for array in arrays)
    assert set(run.weights) == set(run.optimiser)


def test_training_keeps_no_number_that_is_too_small_to_be_fast_and_forbids_nobody_else():
    smallest = np.finfo(np.float32).smallest_normal
    run = advance(start(small("many-to-one", optimiser="adam")), 1)
    dying = {name: {**kept, "exp_avg": np.full_like(kept["exp_avg"], smallest)} for name, kept in run.optimiser.items()}
    after = advance(replace(run, optimiser=dying), 1)
    means = np.concatenate([np.abs(kept["exp_avg"]).ravel() for kept in after.optimiser.values()])
    assert np.any(means == 0), "no mean was left to die away"
    assert not np.any((means > 0) & (means < smallest))
    assert (torch.tensor(float(smallest)) / 2).item() > 0


def test_the_history_says_what_each_update_found():
    config = small("direct", batch=5, optimiser="sgd", learning_rate=0.1)
    run = start(config)
    for step in range(3):
        network, batch = loaded(run), task_of(config).batch(config.seed, step, 5)
        feed = network.feed(batch)
        logits = network(feed).logits
        loss = mean_loss(logits, feed.targets)
        loss.backward()
        counted = batch.targets != IGNORE
        right = (logits.argmax(dim=-1).numpy() == batch.targets)[counted]
        norm = np.sqrt(sum(float(weight.grad.double().square().sum()) for weight in network.parameters()))
        run = advance(run, 1)
        assert run.history.loss[-1] == pytest.approx(loss.item(), rel=1e-6)
        assert run.history.score[-1] == pytest.approx(right.mean())
        assert run.history.grad_norm[-1] == pytest.approx(norm, rel=1e-5)


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("topology", ["one-to-many", "delayed"])
def test_without_teacher_forcing_the_network_reads_its_own_words(topology, layers):
    config = small(topology, cell="lstm", layers=layers, teacher_forcing=0.0)
    run = start(config)
    network = loaded(run)
    feed = network.feed(task_of(config).batch(config.seed, 0, config.batch))
    previous = torch.full_like(feed.targets, network.begin)
    for time in range(1, previous.shape[1]):
        previous[:, time] = network(replace(feed, previous=previous)).logits[:, time - 1].argmax(dim=-1)
    own = mean_loss(network(replace(feed, previous=previous)).logits, feed.targets).item()
    true = mean_loss(network(feed).logits, feed.targets).item()
    assert advance(run, 1).history.loss[0] == pytest.approx(own, rel=1e-5)
    assert not torch.equal(previous, feed.previous)
    forced = replace(run, config=replace(config, teacher_forcing=1.0))
    assert advance(forced, 1).history.loss[0] == pytest.approx(true, rel=1e-5)


def test_the_networks_own_words_are_chosen_with_nothing_dropped():
    config = small("delayed", cell="gru", layers=2, dropout=0.5, teacher_forcing=0.0, batch=12)
    run = start(config)
    network = loaded(run)
    feed = network.feed(task_of(config).batch(config.seed, 0, config.batch))
    previous = torch.full_like(feed.targets, network.begin)
    for time in range(1, previous.shape[1]):
        previous[:, time] = network(replace(feed, previous=previous)).logits[:, time - 1].argmax(dim=-1)
    with torch.random.fork_rng(devices=[]):
        seed = np.random.SeedSequence((config.seed, 0)).generate_state(1)
        torch.manual_seed(int(seed[0]))
        loss = mean_loss(network.train()(replace(feed, previous=previous)).logits, feed.targets)
    assert advance(run, 1).history.loss[0] == pytest.approx(loss.item(), rel=1e-5)


@pytest.mark.parametrize("forced", [0.0, 0.5, 1.0])
def test_the_words_given_are_drawn_anew_at_each_update(forced, monkeypatch):
    """With the same batch each time, and a learning rate too small to move anything, the loss differs by it alone."""
    monkeypatch.setattr(Toy, "batch", lambda task, seed, step, size: task.held_out)
    config = small("delayed", teacher_forcing=forced, optimiser="sgd", learning_rate=1e-6)
    losses = advance(start(config), 3).history.loss
    assert len({round(float(loss), 4) for loss in losses}) == (3 if forced == 0.5 else 1)


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_dropout_falls_anew_at_each_update(dropout, monkeypatch):
    """With the same batch each time, and a learning rate too small to move anything, the loss differs by it alone."""
    monkeypatch.setattr(Toy, "batch", lambda task, seed, step, size: task.held_out)
    config = small("direct", layers=2, dropout=dropout, optimiser="sgd", learning_rate=1e-6)
    losses = advance(start(config), 3).history.loss
    assert len({round(float(loss), 4) for loss in losses}) == (3 if dropout else 1)


@pytest.mark.parametrize(("topology", "cell"), [("direct", "elman-relu"), ("delayed", "elman-linear")])
def test_a_diverged_run_stops_with_its_last_finite_weights(topology, cell):
    config = small(topology, "numbers", cell=cell, optimiser="sgd", learning_rate=1000.0, clip=0.0, hidden=16)
    run = advance(start(config), 400)
    assert 0 < run.step < 400
    assert run.diverged.startswith(f"At update {run.step} the ")
    assert "smaller learning rate, or switch gradient clipping on" in run.diverged
    assert all(np.isfinite(weights).all() for weights in run.weights.values())
    assert run.history.step[-1] == run.step
    last = run.history.loss[-1], run.history.grad_norm[-1]
    assert not np.isfinite(last).all()
    assert np.isfinite(run.history.loss[:-1]).all()
    assert np.isfinite(run.history.grad_norm[:-1]).all()
    assert advance(run, 5) is run
    # The weights are those of the update before, however the steps were sliced.
    before = advance(start(config), run.step - 1)
    assert not before.diverged
    assert all(np.array_equal(before.weights[name], weights) for name, weights in run.weights.items())
    assert digest(advance(before, 7)) == digest(run)
    # It can still be looked at.
    assert trace(run, task_of(config).examples[0]).update == run.step


def test_what_diverges_with_its_first_weights_is_not_blamed_on_the_learning_rate():
    config = RunConfig(task="recall", cell="elman-linear", hidden=64, lag=100, radius=3.0, learning_rate=1e-4)
    run = advance(start(config), 5)
    assert run.step == 1
    assert "spectral radius" in run.diverged
    assert "learning rate" not in run.diverged


@pytest.mark.parametrize("clip_by", ["norm", "value"])
def test_clipping_keeps_the_same_run_from_diverging(clip_by):
    config = small("direct", "numbers", cell="elman-relu", optimiser="sgd", learning_rate=1000.0, hidden=16)
    assert advance(start(replace(config, clip=0.0)), 60).diverged
    assert not advance(start(replace(config, clip=1e-4, clip_by=clip_by)), 60).diverged


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_every_cell_learns_any_kind_of_task_along_every_topology(topology, reading, cell):
    config = small(topology, reading, cell=cell)
    first = start(config)
    run = advance(first, 2)
    assert run.step == 2
    assert np.isfinite(run.history.loss).all()
    moved = {name for name in run.weights if not np.array_equal(run.weights[name], first.weights[name])}
    still = {"stacks.0.cores.0.weight_hh_l0"} if topology == "one-to-one" else set()
    assert moved == set(run.weights) - still
    task = task_of(config)
    for example in (*task.examples, task.read("b")):
        traced = trace(run, example)
        emitted = len(example.targets) if example.targets.size else (traced.written >= 0).sum()
        assert traced.steps == task.topology.unroll(len(example.inputs), emitted)
        assert traced.hidden.shape == (1, len(traced.steps), config.hidden)
        assert traced.logits.shape == (len(traced.steps), len(task.writes))
        assert len(traced.feature_maps) == (2 if reading == "pictures" else 0)


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_a_toy_task_is_learned(topology):
    config = small(topology, cell="gru", hidden=12, embedding=6, batch=12, learning_rate=0.05)
    history = advance(start(config), 60).history
    assert history.loss[-1] < 0.2 * history.loss[0]
    assert history.score[-1] > history.score[0]


def test_what_cannot_be_is_refused_before_any_training():
    with pytest.raises(ValueError, match="cannot read its own words"):
        start(small("delayed", bidirectional=True))
    with pytest.raises(KeyError):
        start(small("sideways"))
    with pytest.raises(KeyError, match="elman"):
        start(small("direct", cell="perceptron"))
