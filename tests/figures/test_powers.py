import numpy as np

from seqviz.core.records import Look
from seqviz.figures.powers import draw
from tests.figures.analysed import analysed


def test_lines_and_points_are_the_powers():
    figure = draw(analysed(), Look()).figure()
    for place, weight in enumerate((0.99, 1.0, 1.01)):
        line, point, label = figure.data[3 * place : 3 * place + 3]
        product = np.cumprod(np.full(500, weight))
        np.testing.assert_allclose(line.y[1:], product[4::5], rtol=1e-5)
        assert list(point.x) == [5]
        np.testing.assert_allclose(point.y[0], product[4], rtol=1e-5)
        assert label.text[0] == f"{weight:.2f}<sup>k</sup>"
        assert label.y[0] == line.y[-1]
