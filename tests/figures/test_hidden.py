from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from seqviz.core.records import Look, Trace
from seqviz.core.topology import DELAYED, MANY_TO_ONE
from seqviz.figures import palette
from seqviz.figures.hidden import draw, is_gate, quantities
from tests.figures.sample import moment, sample


def heatmap(trace: Trace, look: Look = Look()) -> go.Heatmap:  # noqa: B008
    return draw(moment(trace), look).figure().data[0]


def test_the_heatmap_is_the_record() -> None:
    trace = sample(MANY_TO_ONE, 5, hidden=8, layers=2)
    for stream in (0, 1):
        part = heatmap(trace, Look(stream))
        np.testing.assert_array_equal(part.z.T, trace.hidden[stream])
        assert (part.zmin, part.zmax, part.colorscale[0][1]) == (-1, 1, palette.DIVERGING[0][1])
        assert part.x.tolist() == [1, 2, 3, 4, 5]
        np.testing.assert_array_equal(part.customdata, np.repeat(np.arange(1, 9), 5).reshape(8, 5))


def test_a_gate_goes_from_0_to_1_and_a_candidate_around_zero() -> None:
    trace = sample(MANY_TO_ONE, 5)
    gate = heatmap(trace, Look(0, "update"))
    np.testing.assert_array_equal(gate.z.T, trace.gates["update"][0])
    assert (gate.zmin, gate.zmax, gate.colorscale[0][1]) == (0, 1, palette.SEQUENTIAL[0][1])
    assert heatmap(trace, Look(0, "candidate")).zmin == -1
    assert [is_gate(name) for name in ("forget", "hidden", "cell_state", "candidate")] == [True, False, False, False]


def test_states_without_a_limit_widen_the_scale_in_steps() -> None:
    trace = sample(MANY_TO_ONE, 5)
    largest = np.abs(trace.hidden).max()
    for size, limit in ((0.3, 1), (1.5, 2), (1.9, 2), (30, 50)):
        part = heatmap(replace(trace, hidden=trace.hidden * np.float32(size / largest)))
        assert (part.zmin, part.zmax) == (-limit, limit)


def test_a_quantity_or_stream_that_is_not_there_is_replaced() -> None:
    trace = sample(MANY_TO_ONE, 5)
    assert quantities(trace) == ["hidden", "update", "candidate"]
    for look in (Look(0, "cell_state"), Look(0, "forget"), Look(7)):
        np.testing.assert_array_equal(heatmap(trace, look).z.T, trace.hidden[0])
    with_cell = replace(trace, cell_state=trace.hidden * 3)
    np.testing.assert_array_equal(heatmap(with_cell, Look(0, "cell_state")).z.T, with_cell.cell_state[0])


def test_a_chain_that_is_not_there_at_a_step_leaves_it_blank() -> None:
    trace = sample(DELAYED, 3, 2, classes=5)
    present = trace.present.copy()
    present[0, 3:] = False
    part = heatmap(replace(trace, present=present))
    assert np.isnan(part.z).any(axis=0).tolist() == [False, False, False, True, True]


@pytest.mark.parametrize("units", [64, 65, 160])
def test_many_units_share_rows_at_their_own_height(units: int) -> None:
    trace = sample(MANY_TO_ONE, 3, hidden=units)
    part = heatmap(trace)
    assert len(part.z) <= 64
    centres = part.y0 + part.dy * np.arange(len(part.z))
    assert np.all(np.abs(part.customdata - centres[:, None]) <= part.dy / 2)
