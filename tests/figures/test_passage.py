import numpy as np

from seqviz.core.records import Look
from seqviz.figures.passage import draw
from tests.figures.analysed import analysed


def test_the_matrix_is_the_product_of_the_steps_between():
    look = Look(loss=4, state=2)
    at = analysed(look=look)
    heatmap, words = draw(at, look).figure().data
    jacobian = at.analysis.jacobians.jacobian
    product = jacobian[4] @ jacobian[3]
    np.testing.assert_allclose(heatmap.z, product, rtol=1e-5, atol=1e-7)
    influence = at.trace.influence[4]
    assert list(words.text) == [
        f"‖∂L<sub>5</sub>/∂h<sub>5</sub>‖ = {influence[4]:.3g}",
        f"‖∂h<sub>5</sub>/∂h<sub>3</sub>‖ = {np.linalg.norm(product, 2):.3g}",
        f"‖∂L<sub>5</sub>/∂h<sub>3</sub>‖ = {influence[2]:.3g}",
    ]
    assert influence[2] <= influence[4] * np.linalg.norm(product, 2) * (1 + 1e-5)


def test_no_path_is_an_empty_matrix():
    look = Look(state=0)
    heatmap, words = draw(analysed("lstm, cut", look=look), look).figure().data
    assert not np.any(heatmap.z)
    assert words.text[1].endswith("‖ = 0")


def test_of_many_units_some_are_shown_and_named():
    heatmap = draw(analysed("gru"), Look()).figure().data[0]
    assert np.shape(heatmap.z) == (32, 32)
    assert heatmap.hovertext[0][0].startswith("unit 1 of")
    assert heatmap.hovertext[31][31].startswith("unit 40 of")
    assert "unit 40 of h<sub>1</sub>" in heatmap.hovertext[0][31]
