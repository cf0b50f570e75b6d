from dataclasses import replace

from seqviz.core.answers import Sample
from seqviz.core.records import Look
from seqviz.figures.drawn import draw
from tests.figures.sample import moment, sample


def table(*drawn):
    return draw(replace(moment(sample()), drawn=drawn), Look()).figure().data[0]


def test_each_kind_has_a_column_that_says_how_many_are_its_own():
    found = table(
        Sample("German", tuple("ulm"), "learned"),
        Sample("French", tuple("nice"), "kept back"),
        Sample("German", tuple("ulmburg"), "new"),
        Sample("French", (), "new"),
    )
    assert list(found.header.values) == ["<b>German</b>: 1 of 2 are new", "<b>French</b>: 1 of 2 are new"]
    assert [list(column) for column in found.cells.values] == [["= ulm", "ulmburg"], ["★ nice", "(nothing)"]]


def test_markup_in_a_name_is_shown_letter_for_letter():
    assert table(Sample("a<b", tuple("<b>"), "new")).cells.values[0][0] == "&lt;b&gt;"
    assert table(Sample("a<b", tuple("<b>"), "new")).header.values[0].startswith("<b>a&lt;b</b>")
