import numpy as np
import pytest

from seqviz.core.topology import DELAYED, MANY_TO_ONE
from seqviz.figures.small import HEIGHT, over_words, row_names
from seqviz.figures.words import TYPE
from tests.figures.sample import sample


@pytest.mark.parametrize("steps", [1, 3, 8, 20, 40])
def test_the_words_leave_most_of_the_height_to_the_plot(steps: int) -> None:
    ground = over_words(sample(MANY_TO_ONE, steps, hidden=2), range(steps))
    low, high = ground.plot
    assert high - low > 0.6
    assert ground.x.tolist() == list(range(1, steps + 1))
    labels, hover = ground.parts
    assert len(labels["text"]) == len(hover["hovertext"]) == steps  # type: ignore[arg-type]


def test_a_new_segment_begins_at_a_dotted_line() -> None:
    trace = sample(DELAYED, 3, 4, classes=5)
    (border,) = over_words(trace, range(7)).layout["shapes"]  # type: ignore[misc]
    assert border["x0"] == border["x1"] == 3.5
    assert over_words(trace, [3, 4, 5]).layout["shapes"] == []


@pytest.mark.parametrize("rows", [1, 4, 8, 30])
def test_row_names_do_not_run_into_each_other(rows: int) -> None:
    part = row_names(list(range(rows)), ["an extraordinarily long name"] * rows, 0.5)
    printed = np.flatnonzero([text != "" for text in part["text"]])  # type: ignore[attr-defined]
    assert printed[0] == 0
    assert np.all(np.diff(printed) * HEIGHT * 0.7 / rows >= TYPE)
    assert len(set(part["hovertext"])) == 1  # type: ignore[call-overload]
