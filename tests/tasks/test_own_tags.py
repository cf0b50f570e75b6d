import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seqviz.core.config import RunConfig
from seqviz.core.task import IGNORE, BadInput
from seqviz.tasks import own_tags
from seqviz.tasks.own_tags import FEWEST, MOST_TAGS, build, prepare, read_conllu
from seqviz.tasks.tagging import LONGEST, TaggingTask
from seqviz.tasks.tokenise import lowered


@pytest.fixture(autouse=True)
def data_directory(tmp_path, monkeypatch):
    monkeypatch.setenv("SEQVIZ_DATA", str(tmp_path))


def line(number: object, word: str, tag: str) -> str:
    return "\t".join((str(number), word, word, tag, *"______"))


def sentence(*pairs: tuple[str, str]) -> str:
    return "\n".join(line(number, word, tag) for number, (word, tag) in enumerate(pairs, 1)) + "\n\n"


def numbered(count: int) -> str:
    """`count` different sentences of two words."""
    return "".join(sentence(("they", "PRON"), (f"verb{place}", "VERB")) for place in range(count))


def task_of(text: str) -> TaggingTask:
    return build(RunConfig(task="own-tags", data=prepare(text.encode()).digest))


def spelt(task: TaggingTask) -> set[tuple[tuple[str, ...], tuple[str, ...]]]:
    return {(found.words, found.tags) for found in task.train + task.held}


def test_what_the_format_allows_is_read():
    text = "# sent_id = 1\r\n# text = Don't go\r\n" + "\r\n".join(
        [
            line("1-2", "Don't", "_"),
            line(1, "Do", "AUX"),
            line(2, "n't", "PART"),
            "# a comment",
            line("2.1", "you", "PRON"),
            line(3, "go", "VERB"),
            "",
            "",
            line(1, "New York", "PROPN"),
            line(2, "_", "_"),
        ]
    )
    sentences, problems = read_conllu(text)
    assert sentences == [
        (("Do", "AUX"), ("n't", "PART"), ("go", "VERB")),
        (("New York", "PROPN"), ("_", "")),
    ]
    assert problems == []


def test_a_word_numbered_1_begins_a_sentence_without_an_empty_line():
    text = sentence(("a", "DET")).strip() + "\n" + sentence(("b", "NOUN"), ("c", "VERB"))
    assert read_conllu(text)[0] == [(("a", "DET"),), (("b", "NOUN"), ("c", "VERB"))]


def test_columns_with_spaces_between_them_are_read():
    assert read_conllu("1 dogs dog NOUN\n2 bark bark VERB")[0] == [(("dogs", "NOUN"), ("bark", "VERB"))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_make_no_difference(encoding, newline):
    text = numbered(20).replace("they", "žluťoučký")
    prepared = prepare(text.replace("\n", newline).encode(encoding))
    assert prepared.digest == prepare(text.encode()).digest


WORD = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8)


@given(st.lists(st.lists(WORD, min_size=1, max_size=5), min_size=1, max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_is_lost_on_the_way(lists):
    extra = ["".join(sentence(*((word, f"T{len(word)}") for word in words)) for words in lists)]
    task = task_of(numbered(FEWEST) + extra[0])
    composed = {tuple(own_tags.unicodedata.normalize("NFC", word) for word in words) for words in lists}
    assert set(map(lowered, composed)) <= {lowered(words) for words, _ in spelt(task)}
    assert {tuple(f"T{len(word)}" for word in words) for words in lists} <= {tags for _, tags in spelt(task)}


def test_kept_back_sentences_are_not_learned_from():
    task = task_of(numbered(40) * 3)
    assert len(task.held) == 8
    assert {found.words for found in task.held}.isdisjoint(found.words for found in task.train)
    assert len(task.train) == 3 * 32
    assert {example.words for example in task.examples} <= {found.words for found in task.held}


def test_kept_back_sentences_are_not_learned_from_in_other_capitals_either():
    task = task_of(numbered(40) + numbered(40).replace("they", "They"))
    assert len(task.held) == 8
    assert {lowered(found.words) for found in task.held}.isdisjoint(lowered(found.words) for found in task.train)
    assert len(task.train) == 2 * 32


def test_long_sentences_are_read_in_pieces_with_a_note():
    words = [(f"w{place}", "NOUN" if place % 2 else "VERB") for place in range(2 * LONGEST + 5)]
    prepared = prepare((numbered(20) + sentence(*words)).encode())
    task = build(RunConfig(task="own-tags", data=prepared.digest))
    pieces = [found for found in task.train + task.held if found.words[0].startswith("w")]
    pieces.sort(key=lambda piece: int(piece.words[0][1:]))
    assert [pair for piece in pieces for pair in zip(piece.words, piece.tags, strict=True)] == words
    assert max(len(piece.words) for piece in pieces) == LONGEST
    assert any(note == "Sentences of more than 60 words, read in pieces of at most 60: 1." for note in prepared.notes)


def test_sentences_that_cannot_be_read_are_left_out_with_a_note():
    text = numbered(20) + "1\tbroken\n\n" + "x\tbroken\tbroken\tNOUN\n\n" + numbered(25)
    prepared = prepare(text.encode())
    assert any("they cannot be read: 2. The first:" in note and "Line 61 has fewer" in note for note in prepared.notes)
    assert len(spelt(build(RunConfig(task="own-tags", data=prepared.digest)))) == 25


def test_words_without_a_tag_are_read_but_not_asked_for():
    text = numbered(20) + sentence(("untagged", "_"), ("they", "PRON")) + sentence(("nothing", "_"), ("here", "_"))
    prepared = prepare(text.encode())
    task = build(RunConfig(task="own-tags", data=prepared.digest))
    assert ("untagged", "they") in {words for words, _ in spelt(task)}
    assert ("nothing", "here") not in {words for words, _ in spelt(task)}
    assert any(note == "Sentences left out because none of their words has a tag: 1." for note in prepared.notes)
    assert any(note == "Words without a tag, which are read but not asked for: 1." for note in prepared.notes)
    for step in range(task.train_size):
        assert (task.batch(0, step, 1).targets != IGNORE).any()


def test_only_so_many_sentences_are_used(monkeypatch):
    monkeypatch.setattr(own_tags, "MOST_SENTENCES", 30)
    prepared = prepare(numbered(50).encode())
    assert prepared.notes[0].startswith("30 sentences, 60 words, 2 tags: PRON, VERB.")
    assert "Only the first 30 of 50 sentences are used." in prepared.notes


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"# only\n# comments\n", "no sentences"),
        (b"To be, or not to be,\nthat is the question.", "Line 1 begins with “To”"),
        (b"Hello there", "Line 1 has fewer than four columns"),
        (b"text,label\ngood,positive\n", "Line 1 has fewer than four columns"),
        (b"1\t\t\tNOUN", "Line 1 has no word"),
        (numbered(FEWEST - 1).encode(), f"{FEWEST - 1} different sentences"),
        (numbered(1).encode() * 50, "1 different sentences"),
        ((numbered(5) + numbered(5).replace("they", "They")).encode(), "5 different sentences"),
        (numbered(20).replace("PRON", "_").replace("VERB", "_").encode(), "No word has a tag"),
        (numbered(20).replace("PRON", "VERB").encode(), "“VERB”: there is nothing to tell apart"),
        ("".join(sentence((f"w{n}", f"T{n}")) for n in range(MOST_TAGS + 1)).encode(), "61 different tags"),
        ((sentence(("_", "NOUN"), ("_", "VERB")) * 20).encode(), "without its text"),
        (b"PK\x03\x04" + bytes(100), "ZIP"),
        (bytes(range(256)), "not text"),
        (b" " * 27_000_000, "27 MB"),
    ],
)
def test_bad_files_are_refused_with_the_reason(content, said):
    with pytest.raises(BadInput, match=said):
        prepare(content)


@given(st.binary(max_size=300) | st.text(alphabet="12.-\t\n_# aN", max_size=300).map(str.encode))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_file_crashes(content):
    try:
        build(RunConfig(task="own-tags", data=prepare(content).digest))
    except BadInput as refusal:
        assert len(str(refusal)) > 15


def test_data_that_is_gone_is_refused():
    with pytest.raises(BadInput, match="Upload"):
        build(RunConfig(task="own-tags", data="0" * 64))


def test_the_same_file_gives_the_same_task():
    one, other = task_of(numbered(30)), task_of(numbered(30))
    np.testing.assert_array_equal(one.batch(1, 2, 8).inputs, other.batch(1, 2, 8).inputs)
    np.testing.assert_array_equal(one.held_out.targets, other.held_out.targets)


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"<html><p>hello</p></html>", b"a\x01\x02\x03\x04b c"])
def test_a_file_of_another_kind_is_told_what_is_wanted(content):
    with pytest.raises(BadInput, match=r"CoNLL-U file is needed"):
        prepare(content)
