from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from seqviz.core.answers import Answer
from seqviz.core.records import Look
from seqviz.figures.answers import draw
from seqviz.figures.film import HEAD, SIDE, Column, films
from seqviz.figures.words import LINE, width
from tests.figures.sample import moment, sample

FRAME = np.zeros((1, 4, 4), np.float32)
RED = "#c40b3a"


def table(*films_said, moves="", room=830):
    pictures = [[FRAME] * count for count, _ in films_said]
    columns = [
        Column("Right", [said for _, said in films_said], RED),
        Column("Now", [moves for _ in films_said], RED, moves=True),
    ]
    return films(pictures, columns, room).figure()


def test_every_frame_has_a_place_of_its_own_within_its_row():
    drawn = table((3, "up"), (12, "down"))
    images = drawn.layout.images
    assert len(images) == 15
    for strip in (images[:3], images[3:]):
        lefts = [image.x for image in strip]
        assert all(after - before >= strip[0].sizex for before, after in pairwise(lefts))
    assert images[0].y + images[0].sizey / 2 < images[3].y - images[3].sizey / 2
    assert images[0].y - images[0].sizey / 2 > HEAD
    assert drawn.layout.height == drawn.layout.yaxis.range[0]


@pytest.mark.parametrize("room", [200, 830, 1400])
def test_texts_stay_within_their_columns(room):
    drawn = table((8, "appearing, moving right, standing still, moving down and then left again"), room=room)
    first, second = (part.x[0] for part in drawn.data[1:])
    lines = drawn.data[1].text[0].split("<br>")
    assert all(width(line) <= second - first for line in lines if " " in line)


def test_what_changes_while_training_changes_nothing_but_texts():
    before, after = (table((2, "up"), moves=said) for said in ("", "a sentence that is far longer " * 9))
    assert before.layout == after.layout
    assert after.data[2].text[0].endswith(" …")
    assert before.data[2].text[0]  # Plotly would forget a text that is empty once


def test_a_row_is_as_high_as_its_longest_text():
    low, high = (table((1, said)) for said in ("up", "up and down and " * 20))
    lines = len(high.data[1].text[0].split("<br>"))
    assert lines > 3
    assert high.layout.height - low.layout.height == lines * LINE - SIDE


def test_answers_about_a_film_put_equal_words_together():
    answer = Answer(("frame 1",) * 3, ("left", "left", "up"), ("left", "left", "left"), (), (FRAME,) * 3)
    drawn = draw(replace(moment(sample()), answers=(answer,)), Look()).figure()
    assert [part.text[0] for part in drawn.data[1:3]] == ["left × 2, up", "✗ left × 3"]


def test_answers_about_words_are_a_table():
    answer = Answer(("not", "bad"), ("positive",), ("positive",), ("negative",))
    drawn = draw(replace(moment(sample()), answers=(answer,)), Look()).figure()
    assert [cells[0] for cells in drawn.data[0].cells.values] == ["not bad", "positive", "✓ positive", "✗ negative"]
