import numpy as np

from seqviz.core.records import Look
from seqviz.figures.shares import draw
from tests.figures.analysed import analysed


def apart(part):
    """The matrices that stand side by side, and where their columns are."""
    z, x = np.asarray(part.z), np.asarray(part.x)
    steps = np.isnan(z[0]).sum()
    return z.reshape(len(z), steps, -1)[:, :, :-1].transpose(1, 0, 2), x.reshape(steps, -1)


def test_the_matrices_shown_add_up_to_their_sum_and_to_autograds():
    for name in ("plain", "gru", "lstm, cut"):
        at = analysed(name)
        each, *panels, words = [
            part for part in draw(at, Look()).figure().data if part.type == "heatmap" or part.xaxis == "x9"
        ]
        matrices, _ = apart(each)
        segments = np.array([step.segment for step in at.trace.steps])
        for segment in range(len(panels) // 2):
            total = matrices[segments == segment].sum(axis=0)
            for panel in panels[2 * segment : 2 * segment + 2]:
                np.testing.assert_allclose(panel.z, total, atol=1e-6)
        assert words.text[2] == f"largest difference: {at.analysis.shares.difference:.1g}"


def test_a_steps_matrix_stands_in_its_column():
    at = analysed()
    matrices, x = apart(draw(at, Look()).figure().data[0])
    assert (np.floor(x[:, :-1] + 0.5) == np.arange(1, 6)[:, None]).all()
    own = np.outer(at.trace.grad_recurrent[0, 3], at.trace.hidden[0, 2])
    units = at.analysis.shares.units
    np.testing.assert_allclose(matrices[3], own[np.ix_(units, units)], rtol=1e-5)


def test_of_a_gated_cell_the_chosen_gates_rows_are_shown():
    at = analysed("gru")
    for block, gate in enumerate(("reset", "update", "candidate")):
        panel = draw(at, Look(quantity=gate)).figure().data[1]
        np.testing.assert_array_equal(panel.z, at.analysis.shares.summed[0, block])
        assert panel.hovertext[7][0] == "row 40, column 1"
