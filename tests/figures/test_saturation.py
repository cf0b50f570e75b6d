import numpy as np

from seqviz.core.records import Look
from seqviz.figures.saturation import draw
from tests.figures.analysed import analysed


def test_a_plain_units_slope_is_one_minus_its_square():
    at = analysed()
    heatmap, mean = draw(at, Look()).figure().data[:2]
    slope = 1 - at.trace.hidden[0] ** 2
    np.testing.assert_allclose(heatmap.z, slope.T, atol=1e-6)
    np.testing.assert_allclose(mean.y, slope.mean(axis=1), atol=1e-6)
    assert (heatmap.zmin, heatmap.zmax) == (0, 1)


def test_of_a_gated_cell_the_chosen_gate_is_shown():
    at = analysed("lstm, cut")
    for block, gate in enumerate(("input", "forget", "candidate", "output")):
        heatmap = draw(at, Look(quantity=gate)).figure().data[0]
        np.testing.assert_allclose(heatmap.z, at.analysis.jacobians.slope[:, block].T, rtol=1e-5)
    np.testing.assert_array_equal(
        draw(at, Look()).figure().data[0].z, draw(at, Look(quantity="candidate")).figure().data[0].z
    )
