import pytest

from seqviz.core.config import RunConfig
from seqviz.core.task import IGNORE, BadInput
from seqviz.tasks.copying import BLANK, GO, VOCABULARY, build

LAG = 7


@pytest.fixture(scope="module")
def task():
    return build(RunConfig(task="copying", lag=LAG))


def test_the_letters_are_asked_for_in_their_order_after_go(task):
    batch = task.batch(0, 0, 100)
    for inputs, targets in zip(batch.inputs, batch.targets, strict=True):
        words = [VOCABULARY[index] for index in inputs]
        letters = words[: words.index(BLANK)]
        asked = [place for place, target in enumerate(targets) if target != IGNORE]
        assert [task.writes[targets[place]] for place in asked] == letters
        assert asked == list(range(words.index(GO) + 1, len(words)))
        assert words.count(GO) == 1
        assert all(words[place] == BLANK for place in asked)


def test_every_letter_waits_equally_long(task):
    inputs, targets = task.held_out.inputs[0], task.held_out.targets[0]
    waits = {place - start for start, place in enumerate(place for place, t in enumerate(targets) if t != IGNORE)}
    assert waits == {LAG + 5}
    assert VOCABULARY[inputs[5 + LAG - 1]] == GO


def test_typed_letters_are_laid_out_the_same_way(task):
    held = task.examples[0]
    typed = task.read(held.name.lower())
    assert typed.inputs.tolist() == held.inputs.tolist()
    assert typed.targets.tolist() == held.targets.tolist()
    assert len(task.read("AB").inputs) == 2 + LAG + 2


@pytest.mark.parametrize(
    ("typed", "said"), [("", "Symbols typed: 0"), ("A" * 11, "Symbols typed: 11"), ("AX", "“X” at place 2")]
)
def test_other_letters_are_refused(task, typed, said):
    with pytest.raises(BadInput, match=said):
        task.read(typed)
