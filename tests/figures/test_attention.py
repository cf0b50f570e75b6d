import numpy as np

from seqviz.core.records import Look
from seqviz.core.topology import DELAYED, MANY_TO_ONE
from seqviz.figures.attention import draw
from tests.figures.sample import moment, sample


def test_rows_are_words_written_and_columns_words_read() -> None:
    trace = sample(DELAYED, 4, 3, classes=5, attention=True, words=("one", "two", "three", "four"))
    heatmap, names, labels = draw(moment(trace), Look()).figure().data[:3]
    np.testing.assert_array_equal(heatmap.z, trace.attention[4:, :4])
    np.testing.assert_allclose(heatmap.z.sum(axis=1), 1, rtol=1e-5)
    assert list(names.text) == [trace.classes[number] for number in trace.written[4:]]
    assert list(labels.text) == ["one", "two", "three", "four"]


def test_without_attention_a_sentence_says_so() -> None:
    for trace in (sample(DELAYED, 3, 3, classes=5), sample(MANY_TO_ONE, 3)):
        assert draw(moment(trace), Look()).figure().data[0].text == ("This network has no attention.",)
