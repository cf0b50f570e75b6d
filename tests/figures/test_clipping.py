import numpy as np

from seqviz.core.records import Look
from seqviz.figures.clipping import draw
from tests.figures.analysed import analysed


def test_arrows_have_their_lengths_and_their_angles():
    clipping = analysed().weight_gradient.clipping
    before, by_value, by_norm, words = draw(analysed(), Look()).figure().data[:4]
    ends = [np.array([part.x[1], part.y[1]], np.float64) for part in (before, by_value, by_norm)]
    lengths = [clipping.norm, clipping.norm_by_value, clipping.norm_by_norm]
    np.testing.assert_allclose([np.linalg.norm(end) for end in ends], lengths, rtol=1e-5)
    cosine = ends[0] @ ends[1] / np.linalg.norm(ends[0]) / np.linalg.norm(ends[1])
    np.testing.assert_allclose(cosine, clipping.cosine_by_value, rtol=1e-5)
    assert 0.5 < clipping.cosine_by_value < 0.9999
    np.testing.assert_allclose(ends[2] / np.linalg.norm(ends[2]), ends[0] / np.linalg.norm(ends[0]), atol=1e-3)
    assert words.text[2] == "by norm: norm 0.05, cosine 1.0000"
    assert words.text[1] == f"by value: norm {clipping.norm_by_value:.3g}, cosine {clipping.cosine_by_value:.4f}"
    layout = draw(analysed(), Look()).figure().layout
    assert layout.yaxis.scaleanchor == "x"


def test_entries_are_scaled_by_norm_and_cut_off_by_value():
    before, by_value, by_norm = draw(analysed(), Look()).figure().data[4:]
    factor = np.asarray(by_norm.y) / np.asarray(before.y)
    np.testing.assert_allclose(factor, factor[0], rtol=1e-4)
    np.testing.assert_allclose(by_value.y, np.clip(before.y, -0.05, 0.05))


def test_switched_off_clipping_changes_nothing():
    figure = draw(analysed("lstm, cut"), Look()).figure()
    assert len({tuple(part.x) for part in figure.data[:3]}) == 1
    assert list(figure.data[3].text[1:]) == ["by value: no limit is set", "by norm: no limit is set"]
