from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqviz.core.task import IGNORE, PAD, UNKNOWN, BadInput
from seqviz.tasks.tagging import LONGEST, Tagged, TaggingTask


def tagged(line: str) -> Tagged:
    pairs = [part.split("/") for part in line.split()]
    return Tagged(tuple(w for w, _ in pairs), tuple(t for _, t in pairs))


TRAIN = ("The/d run/n ended/v", "they/p run/v", "a/d run/n", "that/d dog/n ran/v", "that/p ran/v", "odd/ dog/n")
HELD = ("The/d dog/n RUN/v", "they/p flew/v that/d")
TASK = TaggingTask(
    key="small",
    title="Small",
    train=tuple(map(tagged, TRAIN)),
    held=tuple(map(tagged, HELD)),
    menu=(("first", tagged(HELD[0])),),
    tags=("d", "n", "p", "v"),
    defaults={},
)


def test_rare_words_and_capitals_are_not_told_apart():
    # Heard twice or more: run, dog, ran, that.
    assert TASK.reads.vocabulary == (PAD, UNKNOWN, "dog", "ran", "run", "that")
    example = TASK.examples[0]
    assert example.words == ("The", "dog", "RUN")
    assert [TASK.reads.vocabulary[index] for index in example.inputs] == [UNKNOWN, "dog", "run"]


def test_the_vocabulary_keeps_the_commonest_words():
    short = TaggingTask("small", "", TASK.train, TASK.held, TASK.menu, TASK.tags, {}, vocabulary_size=1)
    assert short.reads.vocabulary == (PAD, UNKNOWN, "run")


def test_each_word_has_its_tag_for_a_target():
    held = TASK.held_out
    assert [TASK.tags[target] for target in held.targets[1]] == ["p", "v", "d"]
    assert held.input_lengths.tolist() == [3, 3]


def test_words_without_a_tag_have_no_target():
    batches = [TASK.batch(seed=0, step=step, size=1) for step in range(len(TRAIN))]
    assert sorted((batch.targets == IGNORE).sum() for batch in batches) == [0, 0, 0, 0, 0, 1]


def test_baseline_knows_each_words_commonest_tag():
    # the: d, dog: n, run: n (twice, v once), they: p, flew (never seen): n, the commonest of all; that: d or p.
    assert TASK.by_baseline(TASK.examples[0]) == ("d", "n", "n")
    assert TASK.by_baseline(TASK.read("They flew")) == ("p", "n")
    assert TASK.baseline.score in (3 / 6, 4 / 6)


def test_the_baseline_says_nothing_of_words_without_a_tag():
    task = replace(TASK, menu=(("first", tagged("they/p odd/ run/n")),))
    assert task.by_baseline(task.examples[0]) == ("p", "n")


def test_an_epoch_sees_every_sentence_once():
    seen = [tuple(TASK.batch(seed=2, step=step, size=2).inputs.flat) for step in range(3)]
    again = [tuple(TASK.batch(seed=2, step=step, size=2).inputs.flat) for step in range(3)]
    assert seen == again
    lengths = sorted(int(n) for step in range(3) for n in TASK.batch(seed=2, step=step, size=2).input_lengths)
    assert lengths == [2, 2, 2, 2, 3, 3]


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_words(typed):
    try:
        example = TASK.read(typed)
    except BadInput as refusal:
        assert len(str(refusal)) > 20
        return
    assert len(example.inputs) == len(example.words) == len(example.targets) <= LONGEST
    assert (example.targets == IGNORE).all()
    assert example.inputs.min() >= 1
    assert example.inputs.max() < len(TASK.reads.vocabulary)
    assert example.inputs.dtype == np.int64


@pytest.mark.parametrize(
    ("typed", "said"), [("", "no word"), (" … !", "no word"), ("go " * (LONGEST + 1), f"{LONGEST + 1} words")]
)
def test_what_is_no_sentence_is_refused(typed, said):
    with pytest.raises(BadInput, match=said):
        TASK.read(typed)
