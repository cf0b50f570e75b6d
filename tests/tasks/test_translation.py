import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqviz.core.config import RunConfig
from seqviz.core.task import END, EXACT, IGNORE, PAD, UNKNOWN, BadInput
from seqviz.core.topology import DELAYED, DIRECT
from seqviz.tasks import task_of
from seqviz.tasks.grammar.corpus import corpus
from seqviz.tasks.translation import PATTERNS_SCORED, split

TASK = task_of(RunConfig(task="translation"))
STEPWISE = task_of(RunConfig(task="translation-direct"))


def rows(task, batch):
    """The English and the German words of a batch's rows, marks included, padding not."""
    english = [
        [task.reads.vocabulary[index] for index in row[:length]]
        for row, length in zip(batch.inputs, batch.input_lengths, strict=True)
    ]
    german = [[task.writes[index] for index in row if index != IGNORE] for row in batch.targets]
    return list(zip(english, german, strict=True))


def test_a_delayed_target_is_the_translation_and_the_end():
    pairs = corpus().sentences + corpus().patterns[:PATTERNS_SCORED]
    assert rows(TASK, TASK.held_out) == [(list(english), [*german, END]) for english, german in pairs]
    assert TASK.topology is DELAYED
    assert TASK.score_name == EXACT


def test_the_direct_wiring_has_a_word_out_for_each_word_in_and_room_for_every_translation():
    assert STEPWISE.topology is DIRECT
    batch = STEPWISE.batch(3, 0, 500)
    assert batch.targets.shape == batch.inputs.shape
    for english, german in rows(STEPWISE, batch):
        assert len(english) == len(german)
        assert english[-STEPWISE.slots :] == [END] * STEPWISE.slots
        words = tuple(word for word in english if word != END)
        assert tuple(word for word in german if word != END) == dict(corpus().train)[words]
    longest = max(len(german) - len(english) for english, german in corpus().train)
    assert STEPWISE.slots >= longest > 0


@pytest.mark.parametrize("task", [TASK, STEPWISE], ids=lambda task: task.key)
def test_both_wirings_share_pairs_and_vocabularies(task):
    assert task.reads.vocabulary[:3] == (PAD, UNKNOWN, END)
    assert task.writes[-1] == END
    assert UNKNOWN not in task.writes
    assert len(set(task.reads.vocabulary)) == len(task.reads.vocabulary) > 120
    assert len(set(task.writes)) == len(task.writes) > 120
    assert task.train_size == len(corpus().train) >= 5000
    assert task.read("she sings").targets.tolist() == [IGNORE] * (0 if task is TASK else 2 + task.slots)


def test_an_epoch_shows_every_pair_once_in_batches_of_similar_length():
    size = TASK.train_size // 16
    batches = [TASK.batch(5, step, size) for step in range(16)]
    seen = Counter(tuple(english) for batch in batches for english, _ in rows(TASK, batch))
    assert seen == Counter(english for english, _ in corpus().train)
    spread = [np.ptp((batch.targets != IGNORE).sum(axis=1)) for batch in batches]
    assert np.mean(spread) < np.ptp([len(german) for _, german in corpus().train]) / 2


@given(st.integers(0, 2**31 - 1), st.integers(0, 10_000), st.integers(1, 40))
def test_a_batch_is_decided_by_seed_and_step(seed, step, size):
    first, again = TASK.batch(seed, step, size), TASK.batch(seed, step, size)
    assert first.inputs.shape[0] == size
    for name in ("inputs", "input_lengths", "targets"):
        assert np.array_equal(getattr(first, name), getattr(again, name))


def test_another_process_hands_out_the_same_arrays():
    program = """
import hashlib
from seqviz.core.config import RunConfig
from seqviz.tasks import task_of
task = task_of(RunConfig(task="translation"))
batch = task.batch(1, 2, 32)
print(hashlib.sha256(task.held_out.targets.tobytes() + batch.inputs.tobytes() + repr(task.writes).encode()).hexdigest())
"""
    said = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert said[0] == said[1] != ""


def test_the_dictionary_is_good_and_still_fails_on_sentences():
    words = {"man": "Mann", "house": "Haus", "sees": "sieht", "because": "weil", "gone": "gegangen", "into": "in"}
    assert TASK.dictionary(tuple(words)) == tuple(words.values())
    assert TASK.dictionary(("zebra", ",")) == ("zebra", ",")
    right = [
        TASK.by_baseline(example) == german
        for example, (_, (_, german)) in zip(TASK.examples, corpus().examples, strict=True)
    ]
    assert not any(right)
    held = corpus().sentences + corpus().patterns[:PATTERNS_SCORED]
    exact = sum(TASK.dictionary(english) == german for english, german in held)
    assert TASK.baseline.score == STEPWISE.baseline.score == exact / len(held)
    assert 0 < TASK.baseline.score < 0.2


def test_the_dictionary_does_not_translate_the_slots():
    for delayed, direct in zip(TASK.examples, STEPWISE.examples, strict=True):
        assert STEPWISE.by_baseline(direct) == TASK.by_baseline(delayed)
        assert direct.words[: -STEPWISE.slots] == delayed.words


def test_examples_are_short_and_of_different_points():
    names = [example.name for example in TASK.examples]
    assert 10 <= len(set(names)) == len(names) <= 12
    assert all(len(example.words) <= 8 for example in TASK.examples)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("He doesn't sleep.", "He does not sleep"),
        ("I can’t see the dog!", "I cannot see the dog"),
        ("We can not come back", "We cannot come back"),
        ("I'm tired?!", "I am tired"),
        ("She won't sing...", "She will not sing"),
        ("They've arrived, because we're happy", "They have arrived , because we are happy"),
    ],
)
def test_short_forms_are_read_in_full(typed, words):
    assert " ".join(split(typed)) == words


def test_what_is_typed_keeps_its_spelling():
    example = TASK.read("The Zebra sees ME.")
    assert example.words == ("The", "Zebra", "sees", "ME")
    vocabulary = TASK.reads.vocabulary
    assert [vocabulary[index] for index in example.inputs] == ["the", UNKNOWN, "sees", "me"]
    assert STEPWISE.read("she sings").words == ("she", "sings", *[END] * STEPWISE.slots)


@pytest.mark.parametrize("typed", ["", "   ", "?!", "the " * 21])
def test_what_cannot_be_read_is_said(typed):
    with pytest.raises(BadInput, match="word"):
        TASK.read(typed)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_refused_in_a_sentence(typed):
    try:
        example = TASK.read(typed)
    except BadInput as problem:
        assert str(problem)
    else:
        assert len(example.inputs) == len(example.words) <= 20
        assert ((example.inputs > 0) & (example.inputs < len(TASK.reads.vocabulary))).all()
