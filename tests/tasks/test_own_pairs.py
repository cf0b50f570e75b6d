import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqviz.core.config import RunConfig
from seqviz.core.task import END, IGNORE, UNKNOWN, BadInput
from seqviz.tasks import task_of
from seqviz.tasks.grammar.corpus import corpus
from seqviz.tasks.own_pairs import FEWEST, HEADER_NAMES, MOST_HELD, MOST_PAIRS, prepare, read_rows


@pytest.fixture(autouse=True, scope="module")
def store(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEQVIZ_DATA", str(tmp_path_factory.mktemp("data")))
        yield


def spelt(words):
    """Words as a person writes them: a capital, no space before a mark."""
    text = " ".join(words).replace(" ,", ",")
    return text[0].upper() + text[1:] + "."


LINES = [f"{spelt(english)}\t{spelt(german)}" for english, german in corpus().train[:400]]


def built(lines, **limits):
    kept = prepare("\n".join(lines).encode(), **limits)
    return task_of(RunConfig(task="own-pairs", data=kept.digest)), kept


def test_pairs_become_a_task_that_keeps_some_back():
    task, kept = built(LINES)
    learned = corpus().train[:400]
    assert {pair[0][:-1] for pair in task.train + task.held} == {english for english, _ in learned}
    german = dict(learned)
    for english, said in task.train + task.held:
        assert said == (*german[english[:-1]], ".")  # the capital of the first word is gone
    assert len(task.held) == 40
    for side in (0, 1):
        assert not {pair[side] for pair in task.held} & {pair[side] for pair in task.train}
    known = {word for _, said in task.train for word in said}
    assert all(word in known for _, said in task.held for word in said)
    assert kept.notes[0].startswith("400 pairs of ")
    assert task.writes[-1] == END
    assert {name for name, _ in task.menu} <= {" ".join(english) for english, _ in task.held}
    assert (task.batch(0, 0, 8).targets[:, 0] != IGNORE).all()


def test_what_is_read_has_no_capitals_and_keeps_its_spelling_on_screen():
    task, _ = built(LINES)
    assert (task.read("THE man").inputs == task.read("the MAN").inputs).all()
    assert task.read("THE man").words == ("THE", "man")
    with pytest.raises(BadInput, match="21 words"):
        task.read("the " * 21)


def test_the_other_direction():
    task, _ = built(LINES, swap=True)
    assert "the" in task.writes
    assert "der" in task.reads.vocabulary


def test_a_small_vocabulary_makes_rare_words_one_but_none_is_asked_for():
    task, kept = built(LINES, vocabulary=60)
    assert len(task.writes) == 62
    assert task.writes[-2:] == (UNKNOWN, END)
    assert len(task.reads.vocabulary) == 63
    assert task.held
    assert (task.held_out.targets != task.writes.index(UNKNOWN)).all()
    assert any("60 commonest words" in note for note in kept.notes)


def test_what_is_left_out_is_counted():
    longer = "\t".join(["word " * 9 + "end", "Wort"])
    extra = [
        LINES[0],
        LINES[0],
        "Go.\tGeh!",
        "Go.\tGeht!",
        "Go.\tGehen Sie!",
        longer,
        "no translation",
        "?\t!",
        "\tallein",
    ]
    task, kept = built([*LINES, *extra], longest=9)
    short = [pair for pair in corpus().train[:400] if max(map(len, pair)) < 9]
    assert len(task.train) + len(task.held) == len(short) + 1
    assert [note for note in kept.notes if "left out" in note] == [
        "Lines left out because they do not hold two sentences: 2.",
        "Pairs left out because one side has no word: 1.",
        f"Pairs left out because a sentence has more than 9 words and marks: {401 - len(short)}.",
        "Pairs left out because they occur twice: 2.",
        "Further translations of a sentence left out, as only its first can be the right answer: 2.",
    ]
    assert dict(task.train + task.held)["go", "."] == ("Geh", "!")


def test_only_so_many_pairs_are_used():
    lines = [f"the {place} goes\tdas {place} geht" for place in range(MOST_PAIRS + 3)]
    numbers = [f"{place} is here\t{place} ist da" for place in range(50)]
    task, kept = built([*numbers, *lines])
    assert len(task.train) + len(task.held) == MOST_PAIRS
    assert 0 < len(task.held) <= MOST_HELD
    assert "Pairs left out because only the first 50,000 are used: 53." in kept.notes


def test_equal_translations_are_kept_back_together():
    lines = [
        f"{verb} {noun} now\t{said} {name}"
        for verb, said in (("see", "sieh"), ("look", "sieh"), ("buy", "kauf"))
        for noun, name in zip("abcdefghij", "klmnopqrst", strict=True)
    ]
    task, _ = built(lines)
    assert task.held
    assert not {said for _, said in task.held} & {said for _, said in task.train}


cells = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=12).map(
    lambda text: " ".join(text.split())
)
sentences = cells.filter(
    lambda text: text and '"' not in text and not set(text.lower().split()) & set(HEADER_NAMES.split())
)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


@given(
    st.lists(st.tuples(sentences, sentences), min_size=3, max_size=8).filter(
        lambda rows: not all(cell.isdecimal() for row in rows for cell in row)
    ),
    ENDS,
    st.booleans(),
    st.sampled_from(["", "\tCC-BY 2.0 (France) Attribution: tatoeba.org #1 (CK)"]),
)
def test_rows_are_read_as_they_were_written(rows, end, header, third):
    text = end.join(
        [*(["English\tGerman"] if header else []), *(f"{first}\t{second}{third}" for first, second in rows), ""]
    )
    found, notes = read_rows(text)
    assert found == rows
    assert any("names of the columns" in note for note in notes) == header


@given(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), ENDS)
def test_encodings_and_line_ends_make_no_difference(encoding, end):
    assert prepare(end.join(LINES).encode(encoding)).digest == prepare("\n".join(LINES).encode()).digest


def test_tatoeba_exports_with_numbers_and_quotation_marks_of_spreadsheets():
    numbered = [f"{place}\tGo {place}\t{place + 7}\tGeh {place}" for place in range(3)]
    assert read_rows("\n".join(numbered))[0] == [(f"Go {place}", f"Geh {place}") for place in range(3)]
    assert read_rows('"He said ""no"" to me"\tEr sagte "nein"\n"Go!"\t"Geh!"')[0] == [
        ('He said "no" to me', 'Er sagte "nein"'),
        ('"Go!"', '"Geh!"'),
    ]


BAD = {
    "empty": (b"", "empty"),
    "blank": (b" \n\n", "empty"),
    "binary": (bytes(range(256)) * 4, "not text"),
    "excel": (b"PK\x03\x04" + b"x" * 50, "Excel"),
    "one column": (b"hello\nworld\n" * 30, "one column"),
    "commas": (b"Hello there,Hallo da\n" * 30, "comma"),
    "semicolons": (b"Hello there;Hallo da\n" * 30, "semicolon"),
    "many columns": (b"a\tb\tc\td\te\tf\n" * 30, "6 columns"),
    "single sentences": (b"1\teng\tLet us go.\n" * 30, "single sentences"),
    "few": ("\n".join(LINES[: FEWEST - 1]).encode(), f"19 pairs can be used; at least {FEWEST}"),
    "the same": (LINES[0].encode() + b"\n" * 1 + b"\n".join([LINES[0].encode()] * 50), "1 pair can be used"),
    "only marks": (b"?\t!\n" * 50, "no word: 50"),
    "nothing in common": ("\n".join(f"w{place}\tv{place}" for place in range(50)).encode(), "Hardly a word"),
}


@pytest.mark.parametrize("name", BAD)
def test_files_that_cannot_be_used_are_refused_with_the_reason(name):
    content, reason = BAD[name]
    with pytest.raises(BadInput, match=reason):
        prepare(content)


@given(st.binary(max_size=300) | st.text('ab\t\n\r ,;"0', max_size=300).map(str.encode))
def test_no_file_crashes(content):
    with pytest.raises(BadInput):
        prepare(content)


def test_data_that_is_gone():
    with pytest.raises(BadInput, match="Upload"):
        task_of(RunConfig(task="own-pairs", data="0" * 64))


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"<html><p>hello</p></html>", b"a\x01\x02\x03\x04b c"])
def test_a_file_of_another_kind_is_told_what_is_wanted(content):
    with pytest.raises(BadInput, match=r"a tab and its translation"):
        prepare(content)


def test_a_number_in_front_of_each_pair_is_no_sentence():
    numbered = ["id\tenglish\tgerman", *(f"{number}\t{line}" for number, line in enumerate(LINES[:40]))]
    rows, notes = read_rows("\n".join(numbered))
    assert rows == [tuple(line.split("\t")) for line in LINES[:40]]
    assert "Columns used: 2 and 3, of 3." in notes


def test_marks_around_every_cell_are_not_part_of_the_sentences():
    quoted = ["\t".join(f'"{cell}"' for cell in line.split("\t")) for line in LINES[:30]]
    rows, _ = read_rows("\n".join([*quoted, '"He said ""no""."\t"Er sagte nein."', "He left.\tEr ging."]))
    assert rows == [
        *(tuple(line.split("\t")) for line in LINES[:30]),
        ('He said "no".', "Er sagte nein."),
        ("He left.", "Er ging."),
    ]
    spoken, _ = read_rows("\n".join([*LINES[:30], '"Go!"\t"Geh!"']))
    assert spoken[-1] == ('"Go!"', '"Geh!"')
