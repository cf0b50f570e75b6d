"""What is marked in the picture of the network, against paths found another way and against what autograd says."""

import numpy as np
import pytest

from seqviz.core.config import RunConfig
from seqviz.core.graph import EdgeKind, Node, NodeKind
from seqviz.core.records import Look
from seqviz.core.topology import DELAYED, DIRECT, MANY_TO_ONE, ONE_TO_MANY
from seqviz.figures.graph import draw, plan_of
from seqviz.figures.marks import between_layers, chosen, way
from tests.figures.analysed import analysed
from tests.figures.sample import moment, sample
from tests.paths import depends

TRACES = {
    "many-to-one": sample(MANY_TO_ONE, 5, layers=2),
    "both directions": sample(MANY_TO_ONE, 4, layers=2, bidirectional=True),
    "one-to-many": sample(ONE_TO_MANY, 1, 4, classes=11),
    "direct": sample(DIRECT, 5, classes=4),
    "delayed": sample(DELAYED, 3, 3, classes=11, attention=True),
}


def pieces(part):
    """The pieces of a line with breaks in it."""
    points = np.stack([part["x"], part["y"]], axis=1)
    split = np.split(points, np.flatnonzero(np.isnan(points[:, 0])) + 1)
    return {tuple(map(tuple, piece[:-1].tolist())) for piece in split if len(piece)}


@pytest.mark.parametrize("name", TRACES)
def test_the_way_is_made_of_the_edges_between_the_state_and_the_loss(name):
    trace = TRACES[name]
    plan = plan_of(trace, Look.room)
    graph = plan.graph.differentiable
    losses = [node for node in graph.nodes if node.kind is NodeKind.LOSS]
    for state in [node for node in graph.nodes if node.kind is NodeKind.HIDDEN]:
        for loss in losses:
            lit = way(plan, Look(stream=state.stream, state=state.step, loss=loss.step))
            wanted = {
                tuple((np.float32(x).item(), np.float32(y).item()) for x, y in plan.routes[edge])
                for edge in graph.edges
                if depends(graph, state, edge.source) and depends(graph, edge.target, loss)
            }
            assert pieces(lit) == wanted


def test_no_way_leads_through_a_cut():
    """Along a single chain, a state's way to a loss is lit if and only if autograd finds a gradient there."""
    kinds = (0, 2, 1, 1, 0, 2, 1)
    trace = analysed("plain", kinds=kinds, window=3).trace
    plan = plan_of(trace, Look.room)
    for loss in np.flatnonzero(trace.targets >= 0).tolist():
        for state in range(7):
            lit = way(plan, Look(state=state, loss=loss))
            assert (len(lit["x"]) > 0) == (trace.influence[loss, state] > 0)


def test_the_chosen_state_has_a_frame_and_none_without_a_choice():
    trace = TRACES["both directions"]
    plan = plan_of(trace, Look.room)
    box = plan.boxes[Node(NodeKind.HIDDEN, 2, 3)]
    frame = chosen(plan, Look(stream=3, state=2))
    assert (frame["x"].min(), frame["x"].max()) == pytest.approx((box.x - box.half, box.x + box.half))
    assert (frame["y"].min(), frame["y"].max()) == pytest.approx((box.row.bottom, box.row.top))
    for look in (Look(), Look(state=99), Look(stream=7, state=0)):
        assert len(chosen(plan, look)["x"]) == 0
        assert len(way(plan, look)["x"]) == 0


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_what_happens_between_layers_is_drawn_at_every_step_and_named_once_a_gap(layers):
    trace = sample(MANY_TO_ONE, 4, layers=layers, bidirectional=True)
    plan = plan_of(trace, Look.room)
    assert between_layers(plan, trace.config) == []
    config = RunConfig(layers=layers, layer_norm=True, dropout=0.2)
    marks = between_layers(plan, config)
    upper = [node for node in plan.nodes[NodeKind.HIDDEN] if trace.streams[node.stream].layer]
    assert {edge.target for edge in plan.edges[EdgeKind.STACKS]} == set(upper)
    assert sum(len(part["x"]) for part in marks) == len(upper)


def test_the_graph_can_be_drawn_with_everything_marked():
    for trace in TRACES.values():
        look = Look(state=0, loss=int(np.flatnonzero(trace.targets >= 0)[-1]))
        assert draw(moment(trace), look).figure().data
