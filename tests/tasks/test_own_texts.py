import numpy as np
import pytest

from seqviz.core.config import RunConfig
from seqviz.core.task import PAD, UNKNOWN, BadInput
from seqviz.tasks import task_of
from seqviz.tasks.own_texts import prepare
from seqviz.tasks.tables import Table


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("SEQVIZ_DATA", str(tmp_path))


def table(rows):
    return Table(("text", "label"), tuple(rows))


def some(count=40, kinds=("a", "b", "c")):
    return [(f"word{place} of {kinds[place % len(kinds)]}", kinds[place % len(kinds)]) for place in range(count)]


def built(rows, **limits):
    kept = prepare(table(rows), 0, 1, **limits)
    return task_of(RunConfig(task="own-texts", data=kept.digest)), kept


def test_texts_are_split_so_that_nothing_leaks_and_every_class_is_on_both_sides():
    task, _ = built([*some(), ("the same text", "a"), ("the same text", "a")])
    learned, held = ({words for words, _ in side} for side in (task.train, task.held))
    assert not learned & held
    assert {kind for _, kind in task.held} == {kind for _, kind in task.train} == {"a", "b", "c"}
    assert len(task.train) + len(task.held) in (41, 42)


def test_the_vocabulary_is_that_of_the_texts_learned_from_and_no_larger_than_asked():
    task, _ = built(some(), vocabulary=5)
    assert task.reads.vocabulary[:2] == (PAD, UNKNOWN)
    assert len(task.reads.vocabulary) == 7
    assert "of" in task.reads.vocabulary


def test_long_texts_are_cut_and_it_is_said():
    task, kept = built([*some(), ("one two three four five six", "a")], longest=4)
    assert max(len(words) for words, _ in task.train + task.held) == 4
    assert any("more than 4 words" in note for note in kept.notes)


def test_the_baseline_is_the_share_of_the_commonest_class():
    task, _ = built([*some(30), *((f"more {n}", "a") for n in range(30))])
    assert task.baseline.score == pytest.approx(np.mean([kind == "a" for _, kind in task.held]))
    assert task.by_baseline(task.examples[0]) == ("a",)


def test_the_same_upload_has_the_same_digest_and_batches():
    first, kept = built(some())
    second, again = built(some())
    assert kept.digest == again.digest
    assert np.array_equal(first.batch(1, 2, 8).inputs, second.batch(1, 2, 8).inputs)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (some(10), "at least 20"),
        (some(40, kinds=("a",)), "All labels"),
        (some(60, kinds=tuple("abcdefghijklmnopqrstuvwxyz")), "at most 20"),
        ([*some(), ("alone", "z")], "only one text"),
    ],
)
def test_what_cannot_be_learned_is_refused_in_words(rows, said):
    with pytest.raises(BadInput, match=said):
        prepare(table(rows), 0, 1)


def test_one_column_cannot_be_both():
    with pytest.raises(BadInput, match="different column"):
        prepare(table(some()), 0, 0)


def test_markup_and_empty_rows_are_counted():
    _, kept = built([*some(), ("nice<br />film", "a"), ("", "a"), ("x", "")])
    assert any("Markup" in note and "1 texts" in note for note in kept.notes)
    assert any(note.startswith("2 rows") for note in kept.notes)


def test_typed_text_is_limited_as_the_data_is():
    task, _ = built(some(), longest=4)
    assert task.read("Of course").words == ("Of", "course")
    for typed in ("", "a b c d e"):
        with pytest.raises(BadInput):
            task.read(typed)
