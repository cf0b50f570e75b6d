from collections import Counter, defaultdict
from statistics import mean

import pytest

from seqviz.core.config import RunConfig
from seqviz.tasks.tagging import Tagged, TaggingTask
from seqviz.tasks.tags import SOURCE, TAGS, build, sentences, source


@pytest.fixture(scope="module")
def task() -> TaggingTask:
    return build(RunConfig(task="tags"))


def tags_of_words(found: tuple[Tagged, ...]) -> dict[str, set[str]]:
    tags = defaultdict(set)
    for sentence in found:
        for word, tag in zip(sentence.words, sentence.tags, strict=True):
            tags[word].add(tag)
    return tags


def test_there_are_sentences_enough(task):
    assert len({sentence.words for sentence in task.train}) == len(task.train) > 2000
    assert len(task.held) > 150


def test_no_kept_back_sentence_or_template_is_learned_from(task):
    assert {sentence.words for sentence in task.held}.isdisjoint(sentence.words for sentence in task.train)
    learned = {line.slots for line in source().lines["learn from"]}
    kept_back = [line.slots for heading in ("held out", "examples") for line in source().lines[heading]]
    assert learned.isdisjoint(kept_back)
    assert len(set(kept_back)) == len(kept_back)


def test_the_file_is_read_whole():
    text = SOURCE.read_text(encoding="utf-8").splitlines()
    lines = [line for line in text if line and not line.startswith(("#", "["))]
    assert len(lines) == len(source().lists) + sum(map(len, source().lines.values()))
    stars = sum(line.count("*") for line in lines)
    assert stars == sum(slot.late for found in source().lines.values() for line in found for slot in line.slots)


def test_every_list_is_used_and_every_name_is_a_list():
    slots = {slot.word for found in source().lines.values() for line in found for slot in line.slots}
    assert {word for word in slots if word.isupper()} == set(source().lists)


def test_no_word_is_written_in_capitals_and_an_stands_before_vowels(task):
    for sentence in task.train + task.held:
        assert all(word == word.lower() for word in sentence.words)
        for word, following in zip(sentence.words, sentence.words[1:], strict=False):
            assert word != "a" or following[0] not in "aeiou"
            assert word != "an" or following[0] in "aeiou"


def test_many_words_have_more_than_one_tag(task):
    tags = tags_of_words(task.train)
    assert tags["run"] == {"noun", "verb"}
    assert sum(len(found) > 1 for found in tags.values()) > 100


def test_words_decided_late_have_other_tags_elsewhere(task):
    tags = tags_of_words(task.train)
    late = {
        word
        for sentence in task.train + sentences("held out")
        for word, marked in zip(sentence.words, sentence.late, strict=True)
        if marked
    }
    assert {word for word in late if len(tags[word]) < 2} == set()


def test_words_decided_late_are_few_enough_to_leave_95_in_reach(task):
    share = mean(late for sentence in task.held for late in sentence.late)
    assert 0.02 < share < 0.05


def test_what_stands_before_never_decides_a_late_word(task):
    """Wherever one is kept back, the same beginning, told by its tags, goes on with another tag in what is learned."""
    following = defaultdict(Counter)
    for sentence in task.train:
        for place, tag in enumerate(sentence.tags):
            following[sentence.tags[max(0, place - 1) : place], sentence.words[place]][tag] += 1
    late = [
        (sentence.tags[max(0, place - 1) : place], sentence.words[place])
        for sentence in sentences("held out")
        for place, marked in enumerate(sentence.late)
        if marked
    ]
    assert len(late) > 25
    assert [key for key in late if len(following[key]) < 2] == []


def test_all_tags_are_learned_and_asked_for(task):
    assert set().union(*(sentence.tags for sentence in task.train)) == set(TAGS.values()) == set(task.writes)
    assert set().union(*(sentence.tags for sentence in task.held)) == set(TAGS.values())


def test_the_baseline_leaves_something_to_learn(task):
    assert 0.7 < task.baseline.score < 0.92


def test_the_menu_shows_both_sides_of_a_word(task):
    said = {
        (word, task.writes[target])
        for example in task.examples
        for word, target in zip(example.words, example.targets, strict=True)
    }
    assert {("run", "noun"), ("run", "verb"), ("that", "determiner"), ("that", "pronoun")} <= said
    assert 6 <= len({example.name for example in task.examples}) == len(task.examples) <= 10
