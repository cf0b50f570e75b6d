from dataclasses import replace

from seqviz.core.answers import Answer
from seqviz.core.records import Look
from seqviz.figures.answers import draw
from tests.figures.sample import moment, sample

RIGHT = ("sie", "sieht", "den", "Hund")


def drawn(*said):
    answers = tuple(
        Answer(("she", "sees", "the", "dog"), RIGHT, each, ("sie", "sieht", "der", "Hund")) for each in said
    )
    figure = draw(replace(moment(sample()), answers=answers), Look()).figure()
    return figure.data[0].cells["values"][2], figure.layout.height


def test_an_empty_answer_is_marked_as_one_and_no_baseline_leaves_a_blank():
    texts, _ = drawn((), RIGHT)
    assert texts[0] == "✗ (nothing)"
    answers = (Answer(("a",), RIGHT, RIGHT, ()),)
    cells = draw(replace(moment(sample()), answers=answers), Look()).data[0]["cells"]
    assert cells["values"][3] == [""]


def test_an_answer_is_marked_and_given_whole():
    texts, _ = drawn(RIGHT, (*RIGHT, "nicht"))
    assert list(texts) == ["✓ sie sieht den Hund", "✗ sie sieht den Hund nicht"]


def test_babble_is_cut_and_does_not_make_the_table_grow():
    texts, height = drawn(RIGHT, ("Mutter",) * 40)
    assert texts[1].startswith("✗ Mutter Mutter") and texts[1].endswith(" …")
    assert len(texts[1]) < 100
    assert height == drawn(RIGHT, RIGHT)[1]
