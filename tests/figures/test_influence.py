from dataclasses import replace

import numpy as np
import pytest

from seqviz.core.graph import Node, NodeKind, graph_of
from seqviz.core.records import Look, Trace
from seqviz.core.topology import DELAYED, DIRECT, MANY_TO_ONE
from seqviz.figures.influence import draw
from tests.figures.sample import moment, sample
from tests.paths import depends


@pytest.mark.parametrize(
    "trace", [sample(MANY_TO_ONE, 5), sample(DIRECT, 5, classes=3), sample(DELAYED, 3, 4, classes=5)]
)
def test_colours_are_logarithms_and_blanks_are_where_no_path_leads(trace: Trace) -> None:
    main, zero, small, *_ = draw(moment(trace), Look()).figure().data
    graph = graph_of(trace.steps, trace.streams, trace.present, attention=False).differentiable
    emitting = [time for time, step in enumerate(trace.steps) if step.emits]
    assert main.y.tolist() == [time + 1 for time in emitting]
    for row, time in enumerate(emitting):
        for past in range(len(trace.steps)):
            path = depends(graph, Node(NodeKind.HIDDEN, past, 0), Node(NodeKind.LOSS, time))
            assert np.isnan(zero.z[row, past]) == path == (not np.isnan(main.z[row, past]))
            if path:
                assert main.customdata[row, past] == trace.influence[time, past]
                assert main.z[row, past] == pytest.approx(np.log10(trace.influence[time, past]), abs=1e-5)
    assert np.isnan(small.z).all()
    assert main.zmin <= np.nanmin(main.z)
    assert np.nanmax(main.z) <= main.zmax


def test_every_cell_says_what_it_is() -> None:
    trace = sample(DIRECT, 4, classes=3)
    norms = trace.influence.copy()
    norms[0] = 0
    norms[1, 0], norms[2, 0] = np.nan, np.inf
    spoilt = replace(trace, influence=norms, targets=np.array([-1, 0, 1, 2]))
    parts = draw(moment(spoilt), Look()).figure().data[:5]
    covered = np.array([~np.isnan(part.z) for part in parts])
    assert np.all(covered.sum(axis=0) == 1)
    _, zero, small, unscored, lost = covered
    assert unscored[0].all()
    assert zero.tolist()[1] == [False, False, True, True]
    assert not small.any()
    assert (lost[1, 0], lost[2, 0], lost.sum()) == (True, True, 2)


@pytest.mark.parametrize("both", [False, True])
def test_a_norm_that_is_too_small_is_told_from_one_that_no_path_leads_to(both: bool) -> None:
    trace = sample(DIRECT, 6, classes=3, window=3, bidirectional=both)
    nothing = replace(trace, influence=np.zeros_like(trace.influence))
    graph = graph_of(trace.steps, trace.streams, trace.present, attention=False, window=3).differentiable
    _, zero, small, *_ = draw(moment(nothing), Look()).figure().data
    assert "nothing of" in zero.hovertemplate
    assert "below what 32 bits can hold" in small.hovertemplate
    for loss in range(6):
        for state in range(6):
            path = any(
                depends(graph, Node(NodeKind.HIDDEN, state, row), Node(NodeKind.LOSS, loss)) for row in range(1 + both)
            )
            assert (np.isnan(zero.z[loss, state]), np.isnan(small.z[loss, state])) == (path, not path)


def test_what_is_smaller_than_the_scale_still_has_its_palest_colour_and_own_number() -> None:
    trace = sample(MANY_TO_ONE, 3)
    norms = trace.influence.copy()
    norms[2, 0] = 1e-30
    main = draw(moment(replace(trace, influence=norms)), Look()).figure().data[0]
    assert main.z[0, 0] == main.zmin
    assert main.customdata[0, 0] == np.float32(1e-30)
