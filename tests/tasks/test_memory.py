import numpy as np
import pytest

from seqviz.core.config import RunConfig
from seqviz.core.task import IGNORE, BadInput
from seqviz.tasks import adding, copying, parity, recall
from seqviz.tasks.memory import MemoryTask, _kept_back, symbols

BUILDERS = {"recall": recall.build, "copying": copying.build, "parity": parity.build, "adding": adding.build}


@pytest.fixture(params=BUILDERS)
def task(request) -> MemoryTask:
    return BUILDERS[request.param](RunConfig(task=request.param, lag=12))


def test_a_batch_depends_on_its_arguments_alone(task):
    twin = BUILDERS[task.key](RunConfig(task=task.key, lag=12, seed=5, hidden=7))
    one, other = task.batch(3, 4, 20), twin.batch(3, 4, 20)
    np.testing.assert_array_equal(one.inputs, other.inputs)
    np.testing.assert_array_equal(one.targets, other.targets)


def rows(batch):
    return {inputs.tobytes() for inputs in batch.inputs}


@pytest.mark.parametrize("lag", [1, 2, 5, 20])
@pytest.mark.parametrize("key", BUILDERS)
def test_no_sequence_that_is_kept_back_is_ever_learned_from(key, lag):
    task = BUILDERS[key](RunConfig(task=key, lag=lag))
    learned = set().union(*(rows(task.batch(seed, step, 50)) for seed in range(3) for step in range(20)))
    assert rows(task.held_out).isdisjoint(learned)
    for batch in (task.held_out, task.batch(0, 0, 200)):
        assert len(np.unique(batch.targets, axis=0)) > 1, "or one answer would be right for all"


def test_one_sequence_in_eight_is_kept_back(task):
    inputs, _ = task.draw(np.random.default_rng(1), 4000)
    assert _kept_back(inputs, task._salt).mean() == pytest.approx(1 / 8, abs=0.03)


def test_no_two_batches_are_alike(task):
    drawn = [task.batch(seed, step, 50).inputs.tobytes() for seed in range(3) for step in range(5)]
    assert len(set(drawn)) == len(drawn)


def test_an_example_fits_the_wiring(task):
    for example in task.examples:
        steps = task.topology.unroll(len(example.inputs), len(example.targets))
        assert sum(step.emits for step in steps) == len(example.targets)
        assert len(example.words) == len(example.inputs)
    assert 6 <= len({example.name for example in task.examples}) == len(task.examples) <= 10


def test_the_lag_sets_the_length(task):
    longer = BUILDERS[task.key](RunConfig(task=task.key, lag=32))
    assert longer.held_out.inputs.shape[1] - task.held_out.inputs.shape[1] == 20
    assert set(longer.held_out.input_lengths.tolist()) == {longer.held_out.inputs.shape[1]}


def test_the_shortest_lag_works(task):
    shortest = BUILDERS[task.key](RunConfig(task=task.key, lag=1))
    batch = shortest.batch(0, 0, 100)
    assert batch.targets.max() < len(shortest.writes)
    assert (batch.targets != IGNORE).any(axis=1).all()


def test_baseline_is_the_best_single_answer(task):
    asked = task.held_out.targets[task.held_out.targets != IGNORE]
    shares = [float(np.mean(asked == answer)) for answer in range(len(task.writes))]
    assert task.baseline.score == pytest.approx(max(shares))


def test_the_baseline_answers_where_an_answer_is_asked_for(task):
    shares = []
    for inputs, targets in zip(task.held_out.inputs, task.held_out.targets, strict=True):
        said = task.by_baseline(task.show(inputs, targets))
        wanted = [task.writes[target] for target in targets if target != IGNORE]
        shares += [a == b for a, b in zip(said, wanted, strict=True)]
    assert np.mean(shares) == pytest.approx(task.baseline.score)


def test_symbols_are_read_whatever_stands_between_them():
    assert symbols("a, B c\tb", "ABC", least=1) == ["A", "B", "C", "B"]


@pytest.mark.parametrize(
    ("typed", "said"), [("A!", "“!” at place 2 is not one of A, B"), ("A", "Symbols typed: 1; 2 to 200")]
)
def test_other_symbols_are_refused(typed, said):
    with pytest.raises(BadInput, match=said):
        symbols(typed, "AB", least=2)
