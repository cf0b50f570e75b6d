"""What a network writes by itself, as far as it has room."""

from dataclasses import replace

import numpy as np
import pytest

from seqviz.core.answers import Branch, Sentence, Written
from seqviz.core.records import Look
from seqviz.figures import FIGURES
from seqviz.figures.words import width
from tests.figures.sample import moment, sample

LABELS = ("Mutter", "gegessen", "<eos>")


def drawn(key, sentence, length, look=Look()):  # noqa: B008 - frozen
    """Of a beam that never found an end, and a sentence of so many words."""
    branches = tuple(Branch(time - 1, time, time % 2, -1.0 * time, True) for time in range(length))
    written = Written(LABELS, (Sentence("best each time", sentence, -3.0),), branches, tuple(range(length)), ("kurz",))
    return FIGURES[key].draw(replace(moment(sample()), written=written), look).figure()


def test_a_sentence_without_end_is_cut_and_its_table_keeps_its_height():
    long, short = drawn("sentences", ("Mutter",) * 40, 3), drawn("sentences", ("<eos>",), 3)
    right, said = long.data[0].cells["values"][1]
    assert right == "kurz"
    assert said.endswith("Mutter …") and len(said) < 120
    assert long.layout.height == short.layout.height
    assert short.data[0].cells["values"][1][1] == "&lt;eos&gt;"


@pytest.mark.parametrize("length", [3, 12, 40])
def test_words_along_a_beam_do_not_run_into_each_other(length):
    look = Look()
    figure = drawn("beam", ("Mutter",), length, look)
    low, high = figure.layout.xaxis.range
    best = figure.data[-1]
    rooms = np.diff(best.x) * look.room / (high - low)
    printed = [text.replace("\u200b", "") for text in best.text]
    assert all(width(text) <= rooms.min() for text in printed)
    assert any(printed) == (length < 40)
    assert list(best.hovertext) == [LABELS[time % 2] for time in range(length)]
