from collections import Counter

import numpy as np
import pytest

from seqviz.core.task import PAD, UNKNOWN
from seqviz.tasks.labelled import DOUBT, Labelled, LabelledTexts, by_class_in_turn


def text(words, label):
    return Labelled(tuple(words.split()), label, words)


def task(vocabulary=100):
    train = [text(f"Common word{place} other{place // 4}", "ab"[place % 2]) for place in range(40)]
    held = (text("common unheard", "a"), text("word3 word4 word5", "b"), text("other1", "b"))
    return LabelledTexts(
        "key", "Title", ("a", "b"), {}, tuple(train), held, held[:1], lambda typed: tuple(typed.split()), vocabulary, 9
    )


def test_the_commonest_words_are_told_apart_whatever_their_case():
    assert task().reads.vocabulary[:4] == (PAD, UNKNOWN, "common", "other0")
    assert task(3).reads.vocabulary == (PAD, UNKNOWN, "common", "other0", "other1")


def test_held_out_texts_are_padded_and_their_unknown_words_marked():
    held = task().held_out
    assert held.input_lengths.tolist() == [2, 3, 1]
    assert held.inputs[0].tolist() == [2, 1, 0]
    assert held.targets.tolist() == [[0], [1], [1]]


def test_an_epoch_sees_each_text_once():
    subject = task()
    index = {word: place for place, word in enumerate(subject.reads.vocabulary)}
    seen = Counter()
    for step in range(5):
        batch = subject.batch(3, step, 8)
        assert set(batch.input_lengths.tolist()) == {3}
        seen.update(batch.inputs[:, 1].tolist())
    hidden = seen.pop(index[UNKNOWN])
    assert set(seen.values()) == {1}
    assert hidden + len(seen) == 40


def test_batches_depend_on_their_arguments_alone():
    one, same, other = task().batch(3, 5, 8), task().batch(3, 5, 8), task().batch(4, 5, 8)
    assert np.array_equal(one.inputs, same.inputs) and np.array_equal(one.targets, same.targets)
    assert not np.array_equal(one.inputs, other.inputs)


def test_rare_words_are_hidden_more_often():
    subject = task()
    batches = [subject.batch(0, step, 40).inputs for step in range(300)]
    # By the place in the text: "common" is there 40 times, the second word once, the third four times.
    for place, count in enumerate((40, 1, 4)):
        share = np.mean([(batch[:, place] == 1).mean() for batch in batches])
        assert share == pytest.approx(DOUBT / (DOUBT + count), abs=0.02)


def test_classes_take_turns_in_a_menu():
    texts = tuple(text(f"{place}", label) for place, label in enumerate("aaabcc"))
    assert [(item.name, item.label) for item in by_class_in_turn(texts, 5)] == [
        ("0", "a"),
        ("3", "b"),
        ("4", "c"),
        ("1", "a"),
        ("5", "c"),
    ]
