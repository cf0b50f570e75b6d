"""What a network says and makes up, against the probabilities that a reference network finds letter by letter."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import torch

from seqviz.core.config import RunConfig
from seqviz.core.task import END
from seqviz.tasks import task_of
from seqviz.training import advance, start
from seqviz.training.answers import NAMES, answers, draw, write
from seqviz.training.tracing import LONGEST
from tests.networks.reference import Reference

SMALL = RunConfig(task="towns", cell="gru", hidden=12, embedding=8, batch=64, learning_rate=0.02)


@pytest.fixture(scope="module")
def run():
    torch.set_num_threads(1)
    return advance(start(SMALL), 60)


@pytest.fixture(scope="module")
def reference(run):
    return Reference(SMALL, task_of(SMALL).topology, dict(run.weights))


def test_looking_twice_shows_the_same_and_an_update_later_something_else(run):
    assert draw(run, 1.0) == draw(run, 1.0)
    assert draw(run, 1.0) != draw(advance(run, 1), 1.0)
    assert draw(run, 1.0) != draw(run, 0.5)


def test_each_kind_has_as_many_names_and_each_says_where_it_is_found(run):
    task, drawn = task_of(SMALL), draw(run, 1.0)
    assert Counter(each.given for each in drawn) == dict.fromkeys(task.kinds, NAMES)
    for each in drawn:
        assert END not in each.words
        assert each.origin == task.origin(each.given, each.words)


def test_cold_enough_every_letter_is_the_most_probable_one(run, reference):
    task = task_of(SMALL)
    for each in draw(run, 0.001)[::NAMES]:
        letters = [task.writes.index(word) for word in each.words]
        logits = reference.run(task.read(each.given).inputs, [len(task.writes), *letters]).logits
        wanted = [*letters, task.writes.index(END)][: len(logits)]
        np.testing.assert_array_equal(logits.argmax(axis=1), wanted)


def test_what_is_learned_by_heart_is_known_for_it(run):
    task = task_of(SMALL)
    learned = {(name.kind, name.letters) for name in task.train}
    found = {(each.given, "".join(each.words)): each.origin for each in draw(run, 0.3)}
    assert all((pair in learned) == (origin == "learned") for pair, origin in found.items())


def test_other_tasks_have_nothing_to_make_up():
    assert draw(start(replace(SMALL, task="recall", lag=3)), 1.0) == ()


def test_each_way_of_writing_says_how_probable_its_sentence_is(run, reference):
    task = task_of(SMALL)
    example = task.examples[0]
    written = write(run, example, 1.0, 3)
    assert [sentence.way for sentence in written.sentences] == [
        "best each time",
        *("drawn, 1", "drawn, 2", "drawn, 3"),
        "beam of 3",
    ]
    assert "".join(written.wanted) == example.name.split(": ")[1]
    for sentence in written.sentences:
        ended = len(sentence.words) < LONGEST
        letters = [task.writes.index(word) for word in sentence.words] + [task.writes.index(END)] * ended
        logits = reference.run(example.inputs, [len(task.writes), *letters[:-1]]).logits
        chances = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        assert sentence.log_probability == pytest.approx(chances[np.arange(len(letters)), letters].sum(), rel=1e-3)


def test_the_best_branches_spell_the_beams_sentence(run):
    task = task_of(SMALL)
    written = write(run, task.examples[0], 1.0, 3)
    path = [written.branches[place] for place in written.best]
    assert tuple(task.writes[branch.word] for branch in path if task.writes[branch.word] != END) == (
        written.sentences[-1].words
    )
    assert [branch.parent for branch in path] == [-1, *written.best[:-1]]
    assert path[-1].log_probability == pytest.approx(written.sentences[-1].log_probability, abs=1e-3)


def test_answers_are_what_the_network_says_beside_what_is_right(run, reference):
    task = task_of(SMALL)
    found = answers(run)
    assert len(found) == len(task.examples)
    for answer, example in zip(found, task.examples, strict=True):
        assert answer.asked == example.words
        assert "".join(answer.wanted) == "".join(task.writes[target] for target in example.targets[:-1])
        assert answer.baseline == task.by_baseline(example)
        best = write(run, example, 1.0, 1).sentences[0]
        assert answer.said == best.words


@pytest.mark.parametrize("task", ["copying", "tags"])
def test_the_baseline_answers_as_much_as_is_asked(task):
    for answer in answers(start(replace(SMALL, task=task, lag=3))):
        assert len(answer.baseline) == len(answer.said) == len(answer.wanted)


@pytest.mark.parametrize("temperature", [0.0, -1.0])
def test_a_temperature_must_be_above_0(run, temperature):
    with pytest.raises(ValueError, match="above 0"):
        draw(run, temperature)


@pytest.mark.parametrize("factor", [1e30, np.nan])
def test_a_network_whose_numbers_are_lost_still_writes_something(run, factor):
    lost = replace(run, weights={name: weights * np.float32(factor) for name, weights in run.weights.items()})
    assert len(draw(lost, 1.0)) == NAMES * len(task_of(SMALL).kinds)
    assert write(lost, task_of(SMALL).examples[0], 1.0, 3).sentences
    assert len(answers(lost)) == len(task_of(SMALL).examples)


def test_what_is_written_by_a_network_without_numbers_has_no_probability(run):
    lost = replace(run, weights={name: np.full_like(weights, np.nan) for name, weights in run.weights.items()})
    assert all(
        np.isnan(sentence.log_probability) for sentence in write(lost, task_of(SMALL).examples[0], 1.0, 3).sentences
    )
