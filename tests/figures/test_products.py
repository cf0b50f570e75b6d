from dataclasses import replace

import numpy as np

from seqviz.core.records import Look
from seqviz.figures.numbers import number
from seqviz.figures.products import draw
from tests.figures.analysed import analysed


def test_the_lines_are_the_products_back_from_the_chosen_loss():
    look = Look(loss=3, state=1)
    at = analysed(look=look)
    by_weights, by_steps, cell, reach, marks = draw(at, look).figure().data[:5]
    jacobian = at.analysis.jacobians.jacobian
    product, norms, whole = np.eye(12), 1.0, []
    for time in (3, 2, 1, 0):
        whole.append((np.linalg.norm(product, 2), norms))
        product, norms = product @ jacobian[time], norms * np.linalg.norm(jacobian[time], 2)
    np.testing.assert_allclose(reach.y[:4], [norm for norm, _ in whole[::-1]], rtol=1e-5)
    np.testing.assert_allclose(by_steps.y[:4], [bound for _, bound in whole[::-1]], rtol=1e-5)
    np.testing.assert_allclose(by_weights.y[:4], at.analysis.jacobians.largest[0, 0] ** np.arange(3, -1, -1), rtol=1e-5)
    assert np.isnan([by_weights.y[4], by_steps.y[4], reach.y[4]]).all()
    assert np.isnan(cell.y).all()
    assert list(marks.x) == [4, 2]
    np.testing.assert_array_equal(marks.y, [reach.y[3], reach.y[1]])


def test_behind_a_cut_there_is_no_line():
    at = analysed("lstm, cut")
    figure = draw(at, Look()).figure()
    _, by_steps, cell, reach = figure.data[:4]
    assert np.isfinite(reach.y).nonzero()[0].tolist() == [9, 10]
    assert np.isfinite(cell.y).nonzero()[0].tolist() == np.isfinite(by_steps.y).nonzero()[0].tolist() == [9, 10]
    assert reach.hovertext[0] == "0"
    assert [s["x0"] for s in figure.layout.shapes if s["line"]["width"] == 5][-1] == 9.5


def test_a_number_too_small_for_the_axis_says_its_own_value():
    at = analysed()
    tiny = at.analysis.products.reach * np.array([1e-70, 1, 1, 1, 1])
    analysis = replace(at.analysis, products=replace(at.analysis.products, reach=tiny))
    reach = draw(replace(at, analysis=analysis), Look()).figure().data[3]
    assert reach.hovertext[0] == number(tiny[0])
    assert 0 < reach.y[0] < 1e-20
