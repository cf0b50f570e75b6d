from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqviz.core.config import RunConfig
from seqviz.core.task import PAD, UNKNOWN, BadInput
from seqviz.tasks import store as kept_data
from seqviz.tasks import task_of
from seqviz.tasks.own_texts import HELD_SHARE, MOST_HELD, SHOWN, prepare
from seqviz.tasks.tables import Table, guess_columns, read_table


@pytest.fixture(autouse=True)
def store(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("SEQVIZ_DATA", str(tmp_path_factory.mktemp("data")))


def table(rows):
    return Table(("text", "label"), tuple(rows))


def some(count=40, kinds=("a", "b", "c")):
    return [(f"word{place} of {kinds[place % len(kinds)]}", kinds[place % len(kinds)]) for place in range(count)]


def built(rows, **limits):
    kept = prepare(table(rows), 0, 1, **limits)
    return task_of(RunConfig(task="own-texts", data=kept.digest)), kept


@given(st.lists(st.tuples(st.text("abc ", max_size=5), st.sampled_from("abc")), max_size=60))
def test_every_usable_row_is_on_one_side_and_every_class_on_both(rows):
    rows = [*some(), *rows]
    task, _ = built(rows)
    expected = {}
    for text, label in rows:
        if text.split():
            expected.setdefault(tuple(text.split()), label)
    sides = [{text.words: text.label for text in side} for side in (task.train, task.held)]
    assert not set(sides[0]) & set(sides[1])
    assert sides[0] | sides[1] == expected
    assert len(task.train) + len(task.held) == len(expected)
    assert set(sides[0].values()) == set(sides[1].values()) == set(expected.values())


def test_the_same_share_of_each_class_is_kept_back():
    task, _ = built(some(300) + [(f"more {place}", "a") for place in range(100)])
    assert Counter(text.label for text in task.held) == {"a": int(200 * HELD_SHARE), "b": 20, "c": 20}


def test_of_many_texts_no_more_are_kept_back_than_can_be_tried_again_and_again():
    task, _ = built(some(9000))
    assert MOST_HELD - 3 <= len(task.held) <= MOST_HELD
    assert len(task.train) + len(task.held) == 9000


def test_the_vocabulary_is_that_of_the_texts_learned_from_and_no_larger_than_asked():
    task, _ = built(some(), vocabulary=5)
    assert task.reads.vocabulary[:3] == (PAD, UNKNOWN, "of")
    assert len(task.reads.vocabulary) == 7
    everything, _ = built(some())
    assert set(everything.reads.vocabulary[2:]) == {word for text in everything.train for word in text.words}


def test_long_texts_are_cut_and_it_is_said():
    task, kept = built([*some(), ("One, two three four five six", "a"), ("no more than four", "b")], longest=4)
    assert ("One", ",", "two", "three") in {text.words for text in task.train + task.held}
    assert "Cut after 4 words: the text in 1 row." in kept.notes


def test_texts_that_are_the_same_as_far_as_they_are_read_count_once():
    task, kept = built([*some(), ("the same text", "a"), ("the  same text again", "b")], longest=3)
    assert [text.label for text in task.train + task.held if text.words[0] == "the"] == ["a"]
    assert any("further up: 1 row." in note for note in kept.notes)


def test_texts_that_differ_only_in_capitals_count_once_as_first_spelt():
    rows = some(20, kinds=("a", "b"))
    task, kept = built([*rows, *((text.upper(), label) for text, label in rows)])
    assert {text.words for text in task.train + task.held} == {tuple(text.split()) for text, _ in rows}
    assert len(task.train) + len(task.held) == 20
    assert any("further up: 20 rows." in note for note in kept.notes)


@pytest.mark.parametrize(("kinds", "named"), [("ab", "“a”"), (("جيد", "سيئ"), "“\u2068جيد\u2069”")])
def test_a_label_from_right_to_left_turns_nothing_round(kinds, named):
    task, _ = built([*some(kinds=tuple(kinds)), (f"one more {kinds[0]}", kinds[0])])
    assert task.baseline.name == f"always answering {named}"


def test_the_baseline_is_the_share_of_the_commonest_class():
    task, _ = built([*some(30), *((f"more {n}", "a") for n in range(30))])
    assert task.baseline.score == pytest.approx(np.mean([text.label == "a" for text in task.held]))
    assert task.by_baseline(task.examples[0]) == ("a",)


def test_the_same_upload_has_the_same_digest_and_other_limits_another():
    _, first = built(some())
    _, again = built(some())
    _, shorter = built(some(), longest=2)
    _, fewer = built(some(), vocabulary=3)
    assert first.digest == again.digest
    assert len({first.digest, shorter.digest, fewer.digest}) == 3


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "No row"),
        ([("", "a"), ("b", "")], "No row"),
        (some(10), "at least 20"),
        ([("again", "a"), ("and again", "b")] * 20, "2 different texts"),
        (some(40, kinds=("a",)), "All labels"),
        (some(60, kinds=tuple("abcdefghijklmnopqrstuvwxyz")), "at most 20"),
        ([(f"{'long ' * 40}{place}", label) for place in range(40) for label in "ab"], "only the first 40 words"),
        ([("Good", "a"), ("good", "b")] * 20, "capitals make no difference"),
        (some(40, kinds=("long " * 20 + "a", "long " * 20 + "b")), "^2 classes have labels .* same 59 characters"),
        (some(60, kinds=tuple("long " * 20 + letter for letter in "abcdefghijklmnopqrstuvwxyz")), "at most 20"),
        ([*some(), ("alone", "z")], "“z” has only one text"),
        ([*some(), ("alone", "z"), ("alone", "z")], "“z” has only one text"),
    ],
)
def test_what_cannot_be_learned_is_refused_in_words(rows, said):
    with pytest.raises(BadInput, match=said):
        prepare(table(rows), 0, 1)


def test_one_column_cannot_be_both():
    with pytest.raises(BadInput, match="different column"):
        prepare(table(some()), 0, 0)


def test_data_that_is_gone_is_said_to_be_gone():
    with pytest.raises(BadInput, match="no longer here"):
        task_of(RunConfig(task="own-texts", data="0" * 64))
    other = kept_data.put({"kind": "another"})
    with pytest.raises(BadInput, match="no longer here"):
        task_of(RunConfig(task="own-texts", data=other))


def test_markup_and_empty_rows_are_counted_and_nothing_of_a_script_is_left():
    rows = [("nice<br />film", "<b>a</b>"), ("<script>alert('x')</script>good", "b"), ("", "a"), ("x", "")]
    task, kept = built([*some(), *rows])
    assert "Markup such as <br> was taken out of the text in 2 rows." in kept.notes
    assert "Left out for want of a text or a label: 2 rows." in kept.notes
    texts = {text.words: text.label for text in task.train + task.held}
    assert texts["nice", "film"] == "a" and texts["good",] == "b"
    assert task.writes == ("a", "b", "c")


def test_long_names_are_shortened():
    task, kept = built([*some(), *((f"text {n} " + "long " * 30, "label " * 30) for n in range(30))])
    assert max(len(example.name) for example in task.examples) == SHOWN
    assert max(map(len, task.writes)) == SHOWN
    assert len(kept.notes[0]) < 200


def test_typed_text_is_limited_as_the_data_is():
    task, _ = built(some(), longest=4)
    assert task.read("Of course").words == ("Of", "course")
    assert task.read("Of course").inputs.tolist()[0] == task.reads.vocabulary.index("of")
    for typed in ("", "a b c d e"):
        with pytest.raises(BadInput):
            task.read(typed)


def test_from_the_bytes_of_a_file_to_batches():
    rows = "\n".join(f'{place % 2},"It was\n{"good" if place % 2 else "bad"}, {place}"' for place in range(50))
    read = read_table(f"sentiment,review\n{rows}\n".encode("utf-16"))
    kept = prepare(read, *guess_columns(read))
    task = task_of(RunConfig(task="own-texts", data=kept.digest))
    assert task.writes == ("0", "1")
    batch = task.batch(0, 0, 16)
    assert batch.input_lengths.tolist() == [5] * 16
    assert {example.words[2] for example in task.examples} == {"good", "bad"}
