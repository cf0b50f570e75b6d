import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqviz.core.config import RunConfig
from seqviz.core.task import UNKNOWN, BadInput
from seqviz.tasks import task_of
from seqviz.tasks.reviews import HELD_MADE, HELD_WRITTEN, LONGEST, MENU, corpus, shortened, words_of

MANNERS = ("plain", "negation", "contrast", "understatement")
SENTENCES = st.lists(st.sampled_from("abc"), max_size=6).map(tuple)


@pytest.fixture(scope="module")
def task():
    return task_of(RunConfig(task="reviews"))


def edits(one, other):
    """Words to put in, leave out or exchange to come from one sentence to the other (Levenshtein 1966)."""
    row = list(range(len(other) + 1))
    for place, word in enumerate(one, start=1):
        before, row[0] = row[0], place
        for at, wanted in enumerate(other, start=1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + (word != wanted))
    return row[-1]


def test_the_corpus_is_large_varied_and_balanced():
    sentences = corpus()
    assert len({review.words for review in sentences}) == len(sentences) >= 400
    assert all(4 <= len(re.findall(r"[\w'’-]+", review.name)) <= 20 for review in sentences)
    assert all(review.name[0].isupper() and review.name[-1] in ".?" for review in sentences)
    assert 0.45 < np.mean([review.label == "positive" for review in sentences]) < 0.55
    manners = Counter((review.manner, review.label) for review in sentences)
    assert {manner for manner, _ in manners} == set(MANNERS)
    assert min(manners.values()) >= 60
    starts = Counter(review.words[:3] for review in sentences)
    assert max(starts.values()) < 0.02 * len(sentences)


def test_held_out_are_both_parts_each_sentence_once(task):
    assert Counter(review.written for review in task.held) == {True: HELD_WRITTEN, False: HELD_MADE}
    assert len({review.words for review in task.held}) == len(task.held) == len(task.held_out.targets)
    assert {review.manner for review in task.held if review.written} == set(MANNERS)


def test_nothing_learned_from_is_within_a_word_of_what_is_held_out(task):
    """Tried with the edit distance, on all pairs that share enough words to be that close."""
    by_word = {}
    for review in task.train:
        for word in set(review.words):
            by_word.setdefault(word, set()).add(review.words)
    for review in task.held:
        # One edit leaves all other words: a close sentence has the rarest word of this one, or its second rarest.
        rarest = sorted(set(review.words), key=lambda word: len(by_word.get(word, ())))[:2]
        close = set().union(*(by_word.get(word, set()) for word in rarest))
        near = [words for words in close if abs(len(words) - len(review.words)) <= 1]
        assert all(edits(review.words, words) > 1 for words in near), review.name


@given(SENTENCES, SENTENCES)
def test_sentences_one_edit_apart_have_a_shortened_one_in_common(one, other):
    if edits(one, other) <= 1:
        assert set(shortened(one)) & set(shortened(other))
    if set(shortened(one)) & set(shortened(other)):
        assert edits(one, other) <= 2


def test_held_out_templates_are_never_learned_from(task):
    learned = {review.manner for review in task.train if not review.written}
    held = {review.manner for review in task.held if not review.written}
    assert len(held) > 100
    assert not learned & held
    # Yet every rule of a held-out template is met in others.
    rules = {rule for template in learned for rule in template.split(" > ")}
    assert {rule for template in held for rule in template.split(" > ")} <= rules


def test_the_vocabulary_is_of_the_sentences_learned_from(task):
    assert set(task.reads.vocabulary[2:]) == {word for review in task.train for word in review.words}


def test_the_baseline_is_the_share_of_the_commoner_verdict(task):
    commoner = Counter(review.label for review in task.train).most_common(1)[0][0]
    right = task.held_out.targets[:, 0] == task.writes.index(commoner)
    assert task.baseline.score == pytest.approx(right.mean())
    assert task.by_baseline(task.examples[0]) == (commoner,)
    assert task.baseline.score < 0.6


def test_a_bag_of_words_does_far_worse_than_the_goal(task):
    """Order matters here: a classifier that does not see it cannot reach the 95 % that the networks are asked for."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    bag = CountVectorizer(analyzer=lambda review: review.words)
    model = LogisticRegression(max_iter=1000).fit(bag.fit_transform(task.train), [text.label for text in task.train])
    assert model.score(bag.transform(task.held), [text.label for text in task.held]) < 0.85


def test_the_menu_is_held_out_and_shows_every_manner(task):
    by_name = {review.name: review for review in task.held}
    assert tuple(example.name for example in task.examples) == MENU
    assert 10 <= len(MENU) <= 14
    assert {by_name[name].manner for name in MENU} == set(MANNERS)
    for example in task.examples:
        assert task.writes[example.targets[0]] == by_name[example.name].label


def test_what_is_typed_is_read_or_refused_in_words(task):
    example = task.read("The CAST isn’t zxcvb; but fine!")
    assert example.words == ("the", "cast", "isn't", "zxcvb", ",", "but", "fine")
    assert example.inputs[3] == task.reads.vocabulary.index(UNKNOWN)
    assert (example.targets == -1).all()
    for typed in ("", "  ...  ", "word " * (LONGEST + 1)):
        with pytest.raises(BadInput, match=r"\."):
            task.read(typed)


@given(st.text(max_size=40))
def test_words_are_lower_case_and_spelt_from_the_text(text):
    for word in words_of(text):
        assert word == word.lower() and not set(word) & set(" .!?\n")
