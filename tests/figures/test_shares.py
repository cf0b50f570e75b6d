import numpy as np
import pytest

from seqviz.core.records import Look
from seqviz.figures.numbers import number
from seqviz.figures.shares import draw
from tests.figures.analysed import analysed


def apart(drawn, steps):
    """The matrices of the steps, and the borders of the rows and columns that they stand in."""
    part = drawn.data[0]
    x, y = np.asarray(part.x), np.asarray(part.y)
    z = np.pad(np.asarray(part.z), ((0, 1), (0, 1)), constant_values=np.nan)
    wide, high = (int(np.isnan(line).argmax()) + 1 for line in (z[0], z[:, 0]))
    places = z.reshape(len(y) // high, high, len(x) // wide, wide).transpose(0, 2, 1, 3).reshape(-1, high, wide)
    assert np.isnan(places[steps:]).all()
    return places[:steps, :-1, :-1], x.reshape(-1, wide), y.reshape(-1, high)


def test_the_matrices_shown_add_up_to_their_sum_and_to_autograds():
    for name in ("plain", "gru", "lstm, cut"):
        at = analysed(name)
        drawn = draw(at, Look()).figure()
        _, *panels = [part for part in drawn.data if part.type == "heatmap"]
        words = drawn.data[-1]
        matrices, *_ = apart(drawn, len(at.trace.steps))
        segments = np.array([step.segment for step in at.trace.steps])
        for segment in range(len(panels) // 2):
            total = matrices[segments == segment].sum(axis=0)
            for panel in panels[2 * segment : 2 * segment + 2]:
                np.testing.assert_allclose(panel.z, total, atol=1e-6)
        assert words.text[2] == f"largest difference: {number(at.weight_gradient.shares.difference)}"


@pytest.mark.parametrize("room", [200, 830, 4000])
def test_a_steps_matrix_stands_above_its_word(room):
    at = analysed()
    drawn = draw(at, Look(room=room)).figure()
    matrices, x, y = apart(drawn, 5)
    words = drawn.data[2]
    assert list(words.text) == list(at.trace.read)
    for step in range(5):
        row, column = divmod(step, len(x))
        assert x[column].min() < words.x[step] < x[column].max()
        assert y[row].max() < words.y[step] < row + 1.5
    own = np.outer(at.trace.grad_recurrent[0, 3], at.trace.hidden[0, 2])
    units = at.weight_gradient.shares.units
    np.testing.assert_allclose(matrices[3], own[np.ix_(units, units)], rtol=1e-5)


def test_every_step_says_its_number():
    drawn = draw(analysed(), Look()).figure()
    said = np.asarray(drawn.data[0].customdata)
    assert set(said[~np.isnan(said)]) == {1, 2, 3, 4, 5}


def test_of_a_gated_cell_the_chosen_gates_rows_are_shown():
    at = analysed("gru")
    for block, gate in enumerate(("reset", "update", "candidate")):
        panel = draw(at, Look(quantity=gate)).figure().data[3]
        np.testing.assert_array_equal(panel.z, at.weight_gradient.shares.summed[0, block])
        assert panel.hovertext[7][0] == "row 40, column 1"
