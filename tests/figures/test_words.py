import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqviz.core.topology import DELAYED, MANY_TO_ONE
from seqviz.figures.words import CHARACTER, LINE, labels_below, lettering, longest_read, shown
from tests.figures.sample import TEXT, sample


@given(st.integers(1, 30), st.floats(4, 400))
def test_neighbouring_labels_never_run_into_each_other(longest: int, spacing: float) -> None:
    setting = lettering(longest, spacing)
    if setting.upright:
        assert setting.every * spacing >= LINE
    else:
        assert setting.every == 1
        assert setting.longest * CHARACTER <= spacing


@pytest.mark.parametrize("steps", [3, 8, 20, 40])
def test_every_label_that_is_printed_is_a_word_or_its_beginning(steps: int) -> None:
    words = (TEXT.split() * 3)[:steps]
    setting = lettering(max(map(len, words)), 830 / steps)
    for word, label in zip(words, setting(words), strict=True):
        assert label in ("", word) or (label.endswith("…") and word.startswith(label[:-1]))
    assert setting(words)[0] != ""


def test_markup_in_a_word_is_printed_letter_for_letter() -> None:
    assert shown("<eos> & <b>") == "&lt;eos&gt; &amp; &lt;b&gt;"
    assert lettering(5, 100)(["<bos>"]) == ["&lt;bos&gt;"]


def test_a_fed_back_word_can_be_as_long_as_any_class() -> None:
    read = sample(MANY_TO_ONE, 3, words=("a", "bb", "ccc"))
    assert longest_read(read) == 3
    written = sample(DELAYED, 3, 2, words=("a", "bb", "ccc"), classes=11)
    assert longest_read(written) == max(len(name) for name in written.classes) > 3


def test_labels_hang_from_the_top_of_their_axis() -> None:
    part = labels_below(np.arange(2.0), ["a", "b"], upright=True, axis="y2")
    assert part["base"].tolist() == [1, 1]  # type: ignore[attr-defined]
    assert np.all(part["y"] < 0)  # type: ignore[operator]
    assert part["textangle"] == -90
