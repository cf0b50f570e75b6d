from dataclasses import replace

import numpy as np

from seqviz.core.records import Look
from seqviz.core.topology import DELAYED, DIRECT, MANY_TO_ONE, ONE_TO_MANY
from seqviz.figures.readout import MOST, draw
from seqviz.figures.small import answering
from tests.figures.sample import moment, sample


def test_two_classes_are_a_line_between_them() -> None:
    trace = sample(MANY_TO_ONE, 6)
    even, line, right = draw(moment(trace), Look()).figure().data[:3]
    np.testing.assert_array_equal(line.y, trace.readout[:, 1])
    assert set(even.y) == {0.5}
    assert draw(moment(trace), Look()).figure().layout.yaxis.ticktext == ("negative", "50 %", "positive")
    assert right.y[-1] == trace.targets[-1]
    assert np.isnan(right.y[:-1]).all()


def test_more_classes_are_a_row_each() -> None:
    trace = sample(DIRECT, 5, classes=4)
    heatmap, names, right = draw(moment(trace), Look()).figure().data[:3]
    np.testing.assert_array_equal(heatmap.z, trace.readout.T)
    assert list(names.text) == list(trace.classes)
    np.testing.assert_array_equal(right.y, trace.targets)


def test_of_many_classes_those_with_the_highest_peaks_are_shown() -> None:
    trace = sample(ONE_TO_MANY, 1, 4, classes=11, gain=2)
    heatmap, names, right = draw(moment(trace), Look()).figure().data[:3]
    assert len(heatmap.z) == len(names.text) == MOST
    shown = [trace.classes.index(name.replace("&lt;", "<").replace("&gt;", ">")) for name in names.hovertext]
    peaks = trace.readout.max(axis=0)
    assert min(peaks[shown]) >= max(np.delete(peaks, shown))
    np.testing.assert_array_equal(heatmap.z, trace.readout[:, shown].T)
    for time, row in enumerate(right.y):
        target = trace.targets[time]
        assert np.isnan(row) if target not in shown else shown[int(row)] == target


def test_what_nobody_knows_is_not_marked_as_right() -> None:
    for classes in (2, 5):
        trace = sample(DIRECT, 5, classes=classes, known=False)
        assert np.isnan(draw(moment(trace), Look()).figure().data[2].y).all()


def test_steps_that_say_nothing_are_left_out() -> None:
    assert answering(sample(MANY_TO_ONE, 4)) == [0, 1, 2, 3]
    assert answering(sample(DELAYED, 3, 2, classes=5)) == [3, 4]
    assert answering(sample(DELAYED, 3, 1, classes=5)) == [3]
    assert answering(sample(DIRECT, 3)) == [0, 1, 2]
    heatmap = draw(moment(sample(DELAYED, 3, 2, classes=5)), Look()).figure().data[0]
    assert heatmap.x.tolist() == [4, 5]


def test_a_class_name_is_printed_letter_for_letter() -> None:
    trace = replace(sample(MANY_TO_ONE, 3), classes=("<no>", "<yes>"))
    assert draw(moment(trace), Look()).figure().layout.yaxis.ticktext == ("&lt;no&gt;", "50 %", "&lt;yes&gt;")
