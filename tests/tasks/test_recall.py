import numpy as np
import pytest

from seqviz.core.config import RunConfig
from seqviz.core.task import BadInput
from seqviz.tasks.recall import VOCABULARY, build


@pytest.fixture(scope="module")
def task():
    return build(RunConfig(task="recall", lag=9))


def test_the_answer_is_the_letter_that_stands_first(task):
    batch = task.batch(0, 0, 200)
    for inputs, (answer,) in zip(batch.inputs, batch.targets, strict=True):
        words = [VOCABULARY[index] for index in inputs]
        assert words[0] == task.writes[answer]
        assert len(words) == 10
        assert all(word.isdigit() for word in words[1:])


def test_letters_and_digits_come_up_equally_often(task):
    counts = np.bincount(task.batch(0, 0, 500).targets.ravel(), minlength=6)
    assert counts.min() > 50


def test_the_menu_offers_each_letter_once(task):
    assert sorted(example.words[0] for example in task.examples) == list("ABCDEF")


def test_a_typed_sequence_of_any_length_has_its_answer(task):
    example = task.read("c 3 1 4 1")
    assert example.words == ("C", "3", "1", "4", "1")
    assert [task.writes[target] for target in example.targets] == ["C"]
    assert task.read("A").words == ("A",)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "Symbols typed: 0"), ("3 1", "begin with one of the letters"), ("A 1 B", "“B” at place 3"), ("A 9", "“9”")],
)
def test_other_sequences_are_refused(task, typed, said):
    with pytest.raises(BadInput, match=said):
        task.read(typed)
