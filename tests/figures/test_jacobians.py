import numpy as np

from seqviz.core.records import Look
from seqviz.figures.jacobians import draw
from tests.figures.analysed import analysed


def test_the_band_is_made_of_the_singular_values_of_each_step():
    at = analysed()
    smallest, largest, median, one = draw(at, Look()).figure().data[:4]
    for time, jacobian in enumerate(at.analysis.jacobians.jacobian):
        values = np.linalg.svd(jacobian, compute_uv=False)
        np.testing.assert_allclose(largest.y[time], values.max(), rtol=1e-5)
        np.testing.assert_allclose(smallest.y[time], values.min(), rtol=1e-3)
        np.testing.assert_allclose(median.y[time], np.median(values), rtol=1e-5)
    assert list(largest.x) == [1, 2, 3, 4, 5]
    assert set(one.y) == {1}


def test_with_a_cell_state_the_whole_step_has_its_own_line():
    at = analysed("lstm, cut")
    whole = draw(at, Look()).figure().data[3]
    wanted = [np.linalg.norm(jacobian, 2) for jacobian in at.analysis.jacobians.jacobian]
    np.testing.assert_allclose(whole.y, wanted, rtol=1e-5)
    assert len(draw(at, Look()).figure().data) == len(draw(analysed(), Look()).figure().data) + 1


def test_cut_edges_are_visibly_cut():
    cut = [
        shape["x0"]
        for shape in draw(analysed("lstm, cut"), Look()).figure().layout.shapes
        if shape["line"]["width"] == 5
    ]
    assert cut == [2.5, 4.5, 7.5, 9.5]
    assert not [s for s in draw(analysed(), Look()).figure().layout.shapes if s["line"]["width"] == 5]
    backward = draw(analysed("relu, from the end", look=Look(stream=1), window=2), Look(stream=1)).figure()
    # Five steps read from the fifth to the first: cut behind the fourth and the second of them.
    assert [shape["x0"] for shape in backward.layout.shapes] == [1.5, 3.5]
