import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqviz.core.task import BadInput
from seqviz.tasks.tables import LARGEST_FILE, MOST_ROWS, guess_columns, plain, read_table

letters = st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"], exclude_characters='"')
texts = st.text(letters | st.sampled_from(',;\t|\n"'), min_size=1, max_size=30).map(str.strip).filter(bool)
western = st.text(st.characters(codec="latin-1", categories=["L", "N"]), min_size=1, max_size=30)


def written(rows, delimiter=",", encoding="utf-8", quoting=csv.QUOTE_ALL, end="\r\n"):
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, quoting=quoting, lineterminator=end).writerows(rows)
    return file.getvalue().encode(encoding)


@given(
    st.lists(st.tuples(texts, st.sampled_from(["good", "bad"])), min_size=3, max_size=12),
    st.sampled_from([",", "\t", ";", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_a_program_writes_is_read_back(rows, delimiter, encoding):
    table = read_table(written([("review", "sentiment"), *rows], delimiter, encoding))
    assert table.columns == ("review", "sentiment")
    assert [tuple(row) for row in table.rows] == [tuple(field.replace("\r\n", "\n") for field in row) for row in rows]
    assert guess_columns(table) == (0, 1)


@given(
    st.lists(st.tuples(texts, st.sampled_from(["good", "bad"])), min_size=3, max_size=12),
    st.sampled_from([",", "\t", ";", "|"]),
    st.sampled_from(["\r\n", "\n"]),
)
def test_quotation_marks_only_where_they_are_needed_are_enough(rows, delimiter, end):
    content = written([("review", "sentiment"), *rows], delimiter, quoting=csv.QUOTE_MINIMAL, end=end)
    # Two columns of the same width everywhere could be split at another sign of the texts as well as at this one.
    others = [sign for sign in ",\t;|" if sign != delimiter]
    if not any(sign in text for text, _ in rows for sign in others):
        assert read_table(content).rows == tuple(rows)


@given(st.lists(st.tuples(western, st.sampled_from("01")), min_size=3, max_size=12))
def test_western_letters_are_read_in_every_encoding(rows):
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"):
        assert read_table(written([("text", "label"), *rows], encoding=encoding)).rows == tuple(rows)


def test_lines_may_end_as_on_old_computers():
    assert read_table(b"text,label\ra,1\rb,2\r").rows == (("a", "1"), ("b", "2"))


def test_quotation_marks_that_open_a_text_swallow_no_rows():
    lines = ['"Dune" is great\t1', "dull\t0", 'the "best" film\t1', '"so so\t0', "fine\t1", 'not "bad"\t1']
    table = read_table("\n".join(["text\tlabel", *lines]).encode())
    assert [f"{text}\t{label}" for text, label in table.rows] == lines
    assert "Quotation marks" in table.notes[0]


def test_lines_that_could_be_rows_stay_in_their_quotation_marks():
    rows = [(f"first, line {place}\nsecond, line", "pn"[place % 2]) for place in range(9)]
    table = read_table(written([("text", "label"), *rows]))
    assert table.rows == tuple(rows)
    assert table.notes == ()


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_refused_in_a_sentence(content):
    try:
        table = read_table(content)
    except BadInput as wrong:
        assert str(wrong).endswith(".")
    else:
        assert all(len(row) == len(table.columns) >= 2 for row in table.rows)


def test_a_table_without_a_header_keeps_its_first_row():
    table = read_table(b"nice film,1\nawful film,0\n" * 10)
    assert table.columns == ("column 1", "column 2")
    assert len(table.rows) == 20
    assert guess_columns(table) == (0, 1)


def test_columns_are_found_by_what_is_in_them():
    rows = [("id", "what she said", "mark"), *((str(n), f"a long sentence {n}", "yn"[n % 2]) for n in range(30))]
    table = read_table(written(rows))
    assert guess_columns(table) == (1, 2)


def test_latin_1_is_read_and_said():
    table = read_table("text,label\ncafé,a\nthé,b\n".encode("latin-1"))
    assert table.rows[0][0] == "café"
    assert "Latin-1" in table.notes[0]


def test_rows_of_another_width_are_left_out_and_counted():
    table = read_table(b"text,label\na,1\nb,2\nc,3,4\nd,1\n")
    assert len(table.rows) == 3
    assert table.notes == ("Left out for not having 2 columns: 1 of 5 rows.",)


def test_more_rows_than_can_be_used_are_cut_and_said():
    table = read_table(b"text,label\n" + b"a,1\nb,2\n" * (MOST_ROWS // 2 + 5))
    assert len(table.rows) == MOST_ROWS
    assert f"{MOST_ROWS:,}" in table.notes[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"PK\x03\x04rest", "Excel"),
        (b"\x89PNG\r\n", "picture"),
        (b"a\x00b,c\n", "not text"),
        ("a,b\0\n".encode("utf-16"), "not text"),
        (bytes(range(1, 32)) * 20, "not text"),
        (b"\n<!DOCTYPE html><p>one, two</p>", "web page"),
        (b'[{"text": "good", "label": 1}]', "JSON"),
        (b"one\ntwo\nthree\n", "one column"),
        (b"text^label\ngood^1\nbad^0\n", "one column"),
        (b"text,label\n" + b"x" * 10_000_000 + b",1\n", "100,000 characters"),
        (b'text,label\n"' + b"x" * 10_000_000, "quotation mark"),
        (b"x" * (LARGEST_FILE + 1), "has 26 MB; at most 25 MB"),
    ],
)
def test_a_bad_file_is_refused_with_what_to_do(content, said):
    with pytest.raises(BadInput, match=said):
        read_table(content)


def test_a_table_of_one_column_is_told_which_two_are_needed():
    with pytest.raises(BadInput, match="Two are needed, a name and an age, with"):
        read_table(b"one\ntwo\n", "a name and an age")
    with pytest.raises(BadInput, match="Two are needed, a text and its label, with"):
        read_table(b"one\ntwo\n")


@pytest.mark.parametrize(
    ("text", "wanted", "marked"),
    [
        ("plain, honest text", "plain, honest text", False),
        ("I <3 it & you", "I <3 it & you", False),
        ("one<br /><br />two", "one two", True),
        ("<b>bold</b> &amp; good", "bold & good", True),
        ("a <script>alert('x')</script> b", "a b", True),
        ("a <script>alert('x') b", "a", True),
        ("a<!-- hidden -->b", "ab", True),
        ("3<my rating 5", "3<my rating 5", False),
    ],
)
def test_markup_is_taken_out(text, wanted, marked):
    said, had = plain(text)
    assert (" ".join(said.split()), had) == (wanted, marked)


def test_what_excel_says_to_itself_is_no_row():
    table = read_table(b"sep=;\r\nText;Label\r\ngood;1\r\nbad;0\r\n")
    assert table.columns == ("Text", "Label")
    assert table.rows == (("good", "1"), ("bad", "0"))


def test_a_class_with_the_name_of_a_column_does_not_make_its_row_a_header():
    rows = [(f"text number {place} of a few", ("comment", "review")[place % 2]) for place in range(12)]
    table = read_table("\n".join("\t".join(row) for row in rows).encode())
    assert table.columns == ("column 1", "column 2")
    assert table.rows == tuple(rows)
    assert guess_columns(table) == (0, 1)
