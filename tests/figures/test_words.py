import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqviz.core.topology import DELAYED, MANY_TO_ONE
from seqviz.figures.words import (
    LINE,
    LONGEST,
    Extent,
    extent,
    extent_read,
    labels_below,
    lettering,
    shortened,
    shown,
    width,
)
from tests.figures.sample import TEXT, sample

LABELS = st.lists(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1), min_size=1)


@given(LABELS, st.floats(24, 400), st.integers(1, 2))
def test_neighbouring_labels_never_run_into_each_other(words: list[str], spacing: float, lines: int) -> None:
    setting = lettering(extent(tuple(words)), spacing, lines=lines)
    if setting.upright:
        assert setting.every * spacing >= LINE
    else:
        assert setting.every == 1
        assert setting.room <= spacing
    for word in words:
        kept = shortened(word, setting.room)
        # A first letter stays, however little room there is.
        assert width(kept) <= setting.room or kept == word[0] + "…"


@given(st.floats(4, 400))
def test_what_stands_upright_is_no_longer_than_its_row_is_high(spacing: float) -> None:
    setting = lettering(Extent(300.0, 300.0, 1), spacing)
    assert not setting.upright or setting.room == LONGEST < setting.height


@pytest.mark.parametrize("steps", [3, 8, 20, 40])
def test_every_label_that_is_printed_is_a_word_or_its_beginning(steps: int) -> None:
    words = (TEXT.split() * 3)[:steps]
    setting = lettering(extent(tuple(words)), 830 / steps)
    for word, label in zip(words, setting(words), strict=True):
        assert label in ("", word) or (label.endswith("…") and word.startswith(label[:-1]))
    assert setting(words)[0] != ""


def test_two_words_are_set_below_each_other_only_where_one_line_is_too_short() -> None:
    labels = ("moving left", "up")
    assert lettering(extent(labels), 200, lines=2)(labels) == ["moving left", "up"]
    narrow = lettering(extent(labels), 60, lines=2)
    assert narrow(labels) == ["moving<br>left", "up"]
    assert narrow.height == 2 * LINE
    assert lettering(extent(labels), 60)(labels)[0].endswith("…")
    # One word that is too wide does not cut the others.
    assert lettering(extent((*labels, "appearing")), 60, lines=2)((*labels, "appearing")) == [
        "moving<br>left",
        "up",
        "appear…",
    ]


def test_markup_in_a_word_is_printed_letter_for_letter() -> None:
    assert shown("<eos> & <b>") == "&lt;eos&gt; &amp; &lt;b&gt;"
    assert lettering(extent(("<bos>",)), 100)(["<bos>"]) == ["&lt;bos&gt;"]


def test_a_fed_back_word_can_be_as_long_as_any_class() -> None:
    read = sample(MANY_TO_ONE, 3, words=("a", "bb", "ccc"))
    assert extent_read(read) == extent(("ccc",))
    written = sample(DELAYED, 3, 2, words=("a", "bb", "ccc"), classes=11)
    assert extent_read(written).whole == max(map(width, written.classes)) > width("ccc")


def test_labels_hang_from_the_top_of_their_axis() -> None:
    part = labels_below(np.arange(2.0), ["a", "b"], upright=True, axis="y2")
    assert part["base"].tolist() == [1, 1]  # type: ignore[attr-defined]
    assert np.all(part["y"] < 0)  # type: ignore[operator]
    assert part["textangle"] == -90
