import re
from collections import Counter

import numpy as np
import pytest

from seqviz.core.config import RunConfig
from seqviz.core.task import UNKNOWN, BadInput
from seqviz.tasks import task_of
from seqviz.tasks.reviews import DOUBT, HELD_MADE, HELD_WRITTEN, LONGEST, MANNERS, corpus, words_of
from seqviz.tasks.templates import Grammar, kept_back


@pytest.fixture(scope="module")
def task():
    return task_of(RunConfig(task="reviews"))


def test_the_corpus_is_large_varied_and_balanced():
    sentences = corpus()
    assert len({review.text.lower() for review in sentences}) == len(sentences) >= 400
    assert all(4 <= len(re.findall(r"[\w'’-]+", review.text)) <= 20 for review in sentences)
    assert 0.45 < np.mean([review.positive for review in sentences]) < 0.55
    manners = Counter(review.manner for review in sentences)
    assert set(manners) == set(MANNERS)
    assert min(manners.values()) >= 60
    starts = Counter(tuple(words_of(review.text)[:3]) for review in sentences)
    assert max(starts.values()) < 0.02 * len(sentences)


def test_nothing_held_out_is_learned_from(task):
    learned = {tuple(words_of(review.text)) for review in task.train}
    held = [tuple(words_of(review.text)) for review in task.held]
    assert len(set(held)) == len(held) == HELD_WRITTEN + HELD_MADE
    assert not learned & set(held)


def test_held_out_templates_are_never_learned_from(task):
    written = {review.manner for review in corpus()}
    learned = {review.manner for review in task.train} - written
    held = {review.manner for review in task.held} - written
    assert len(held) > 50
    assert not learned & held
    # Yet every rule of a held-out template is met in others.
    rules = {rule for template in learned for rule in template.split(" > ")}
    assert {rule for template in held for rule in template.split(" > ")} <= rules


def test_the_baseline_is_the_share_of_the_commoner_verdict(task):
    verdicts = [review.positive for review in task.held]
    commoner = np.mean([review.positive for review in task.train]) > 0.5
    assert task.baseline.score == pytest.approx(np.mean([verdict == commoner for verdict in verdicts]))
    assert task.baseline.score < 0.6


def test_a_bag_of_words_does_worse_than_the_goal(task):
    """Order matters here: a classifier that does not see it cannot reach what the networks are asked for."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    bag = CountVectorizer(analyzer=words_of)
    model = LogisticRegression(max_iter=1000)
    model.fit(bag.fit_transform([review.text for review in task.train]), [review.positive for review in task.train])
    seen = bag.transform([review.text for review in task.held])
    assert model.score(seen, [review.positive for review in task.held]) < 0.92


def test_batches_depend_on_their_arguments_alone_and_hide_only_rare_words(task):
    one, same, other = task.batch(3, 5, 32), task.batch(3, 5, 32), task.batch(3, 6, 32)
    assert np.array_equal(one.inputs, same.inputs)
    assert one.inputs.shape != other.inputs.shape or not np.array_equal(one.inputs, other.inputs)
    unknown = task.reads.vocabulary.index(UNKNOWN)
    words = [task.batch(0, step, 64).inputs for step in range(30)]
    hidden = sum(int((batch == unknown).sum()) for batch in words)
    counts = Counter(word for review in task.train for word in set(words_of(review.text)))
    shares = [DOUBT / (DOUBT + counts[word]) for review in task.train for word in words_of(review.text)]
    shown = sum(int((batch > 0).sum()) for batch in words)
    assert hidden / shown == pytest.approx(np.mean(shares), rel=0.3)


def test_the_menu_is_held_out_and_shows_every_manner(task):
    by_text = {review.text: review for review in task.held}
    assert {by_text[example.name].manner for example in task.examples} == set(MANNERS)


def test_what_is_typed_is_read_or_refused_in_words(task):
    example = task.read("The CAST isn’t zxcvb, but fine!")
    assert example.words == ("the", "cast", "isn't", "zxcvb", ",", "but", "fine")
    assert example.inputs[3] == task.reads.vocabulary.index(UNKNOWN)
    assert (example.targets == -1).all()
    for typed in ("", "  ...  ", "word " * (LONGEST + 1)):
        with pytest.raises(BadInput, match=r"\."):
            task.read(typed)


GRAMMAR = """# plain
it is {good} | it is {bad}
# negation
it is not {bad} | it is not {good}
# sentence
*3 <plain> | <plain>
<opposite>, but <clause> | <opposite>, but <clause>
the [film|cast] is {good} and {good2} | the [film|cast] is {bad} and {bad2}
"""
WORDS = "good: good | great\nbad: bad | dull"


def test_a_grammar_says_both_sides_and_puts_the_clause_it_means_last():
    made = []
    for sentence in Grammar.read(GRAMMAR, WORDS).sentences(np.random.default_rng(0)):
        made.append(sentence)
        if len(made) == 20:
            break
    for sentence in made:
        last = sentence.text.rstrip(".").split(", but ")[-1]
        good = any(word in last for word in ("good", "great")) != ("not" in last.split())
        assert good is sentence.positive, sentence
        assert sentence.text[0].isupper() and sentence.text.endswith(".")
    assert [sentence.positive for sentence in made[:4]] == [True, False, True, False] or made[0].positive is False


def test_templates_are_kept_back_by_name_in_about_the_share_asked_for():
    names = [f"sentence {a} > plain {b} > plain {c}" for a in range(10) for b in range(10) for c in range(10)]
    assert 0.15 < np.mean([kept_back(name, 0.2) for name in names]) < 0.25
    assert not any(kept_back(f"sentence {a} > plain {b}", 1.0) for a in range(5) for b in range(5))
