from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqviz.core.graph import Edge, EdgeKind, Graph, Node, NodeKind, graph_of
from seqviz.core.records import Stream
from seqviz.core.topology import DELAYED, DIRECT, MANY_TO_ONE, ONE_TO_MANY, Step, Topology
from tests.paths import depends

FORWARD = (Stream(0),)
BOTH = (Stream(0), Stream(0, backward=True))


def graph(steps: tuple[Step, ...], streams: tuple[Stream, ...] = FORWARD, attention: bool = False) -> Graph:
    return graph_of(steps, streams, np.ones((len(streams), len(steps)), bool), attention)


def hidden(step: int, stream: int = 0) -> Node:
    return Node(NodeKind.HIDDEN, step, stream)


def read(step: int) -> Node:
    return Node(NodeKind.INPUT, step)


def output(step: int) -> Node:
    return Node(NodeKind.OUTPUT, step)


def pairs(graph: Graph, kind: EdgeKind) -> set[tuple[Node, Node]]:
    return {(edge.source, edge.target) for edge in graph.edges if edge.kind is kind}


def test_many_to_one_by_hand() -> None:
    loss = Node(NodeKind.LOSS, 2)
    assert graph(MANY_TO_ONE.unroll(3, 1)) == Graph(
        (read(0), read(1), read(2), hidden(0), hidden(1), hidden(2), output(2), loss),
        (
            Edge(EdgeKind.READS, read(0), hidden(0)),
            Edge(EdgeKind.READS, read(1), hidden(1)),
            Edge(EdgeKind.READS, read(2), hidden(2)),
            Edge(EdgeKind.RECURS, hidden(0), hidden(1)),
            Edge(EdgeKind.RECURS, hidden(1), hidden(2)),
            Edge(EdgeKind.EMITS, hidden(2), output(2)),
            Edge(EdgeKind.SCORES, output(2), loss),
        ),
    )


def test_a_backward_chain_runs_to_the_left_and_answers_from_the_first_step() -> None:
    both = graph(MANY_TO_ONE.unroll(3, 1), BOTH)
    assert pairs(both, EdgeKind.RECURS) == {
        (hidden(0, 0), hidden(1, 0)),
        (hidden(1, 0), hidden(2, 0)),
        (hidden(2, 1), hidden(1, 1)),
        (hidden(1, 1), hidden(0, 1)),
    }
    assert pairs(both, EdgeKind.EMITS) == {(hidden(2, 0), output(2)), (hidden(0, 1), output(2))}


def test_a_direct_output_reads_both_directions_at_its_own_step() -> None:
    both = graph(DIRECT.unroll(3, 3), BOTH)
    assert pairs(both, EdgeKind.EMITS) == {(hidden(t, row), output(t)) for t in range(3) for row in range(2)}


def test_a_layer_reads_all_directions_of_the_layer_below() -> None:
    streams = tuple(Stream(layer, backward) for layer in range(2) for backward in (False, True))
    stacked = graph(DIRECT.unroll(2, 2), streams)
    assert pairs(stacked, EdgeKind.STACKS) == {
        (hidden(t, below), hidden(t, above)) for t in range(2) for below in (0, 1) for above in (2, 3)
    }
    assert pairs(stacked, EdgeKind.READS) == {(read(t), hidden(t, row)) for t in range(2) for row in (0, 1)}
    assert pairs(stacked, EdgeKind.EMITS) == {(hidden(t, row), output(t)) for t in range(2) for row in (2, 3)}


def test_the_encoder_hands_each_layers_last_state_to_the_decoder() -> None:
    delayed = graph(DELAYED.unroll(3, 2), (Stream(0), Stream(1)))
    assert {(hidden(2, 0), hidden(3, 0)), (hidden(2, 1), hidden(3, 1))} <= pairs(delayed, EdgeKind.RECURS)
    assert pairs(delayed, EdgeKind.FEEDS) == {(output(3), read(4))}


def test_attention_reads_every_encoder_state_of_the_top_layer() -> None:
    delayed = graph(DELAYED.unroll(3, 2), (Stream(0), Stream(1)), attention=True)
    assert pairs(delayed, EdgeKind.ATTENDS) == {(hidden(s, 1), output(t)) for s in range(3) for t in (3, 4)}


def test_a_backward_chain_may_be_missing_in_the_decoder() -> None:
    present = np.array([[True] * 5, [True] * 3 + [False] * 2])
    delayed = graph_of(DELAYED.unroll(3, 2), BOTH, present, attention=False)
    assert hidden(3, 1) not in delayed.nodes
    assert pairs(delayed, EdgeKind.EMITS) == {(hidden(t, 0), output(t)) for t in (3, 4)}


def test_a_written_word_is_read_but_carries_no_gradient() -> None:
    writer = graph(ONE_TO_MANY.unroll(1, 3))
    assert pairs(writer, EdgeKind.FEEDS) == {(output(0), read(1)), (output(1), read(2))}
    assert depends(writer, output(0), output(2))
    assert not depends(writer.differentiable, output(0), output(2))


def test_the_window_cuts_each_chain_in_its_own_direction_and_no_gradient_passes() -> None:
    present = np.ones((2, 5), bool)
    cut = graph_of(DIRECT.unroll(5, 5), BOTH, present, attention=False, window=2)
    assert {(edge.source, edge.target) for edge in cut.cut} == {
        (hidden(1, 0), hidden(2, 0)),
        (hidden(3, 0), hidden(4, 0)),
        (hidden(3, 1), hidden(2, 1)),
        (hidden(1, 1), hidden(0, 1)),
    }
    assert set(cut.differentiable.edges) == set(cut.edges) - cut.cut
    assert graph(DIRECT.unroll(5, 5), BOTH).cut == frozenset()


def test_the_window_counts_from_the_beginning_of_each_segment() -> None:
    cut = graph_of(DELAYED.unroll(3, 3), FORWARD, np.ones((1, 6), bool), attention=False, window=2)
    assert {(edge.source.step, edge.target.step) for edge in cut.cut} == {(1, 2), (4, 5)}


def test_a_loss_may_enter_at_some_outputs_only() -> None:
    scored = np.array([False, False, True])
    steps = DIRECT.unroll(3, 3)
    some = graph_of(steps, FORWARD, np.ones((1, 3), bool), attention=False, scored=scored)
    assert pairs(some, EdgeKind.SCORES) == {(output(2), Node(NodeKind.LOSS, 2))}
    assert {node for node in graph(steps).nodes if node not in some.nodes} == {Node(NodeKind.LOSS, t) for t in (0, 1)}


def test_depends_refuses_a_node_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        depends(graph(MANY_TO_ONE.unroll(2, 1)), output(0), output(1))


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    topology: Topology = draw(st.sampled_from([MANY_TO_ONE, ONE_TO_MANY, DIRECT, DELAYED]))
    inputs = 1 if topology is ONE_TO_MANY else draw(st.integers(1, 6))
    outputs = 1 if topology is MANY_TO_ONE else inputs if topology is DIRECT else draw(st.integers(1, 6))
    directions = (False,) if topology.writes_words else draw(st.sampled_from([(False,), (False, True)]))
    layers = draw(st.integers(1, 3))
    streams = tuple(Stream(layer, backward) for layer in range(layers) for backward in directions)
    return graph(topology.unroll(inputs, outputs), streams, attention=topology is DELAYED and draw(st.booleans()))


@settings(max_examples=50)
@given(graphs())
def test_no_edge_twice_no_circle_and_every_node_used(built: Graph) -> None:
    assert max(Counter(built.edges).values()) == 1
    assert {node for edge in built.edges for node in (edge.source, edge.target)} == set(built.nodes)
    assert not any(depends(built, edge.target, edge.source) for edge in built.edges)


@settings(max_examples=50)
@given(graphs())
def test_what_is_reached_and_what_leads_there_is_what_depends(built: Graph) -> None:
    for node in built.nodes:
        assert built.reached_from(node) == {other for other in built.nodes if depends(built, node, other)}
        assert built.leading_to(node) == {other for other in built.nodes if depends(built, other, node)}


@settings(max_examples=50)
@given(graphs())
def test_depends_agrees_with_powers_of_the_adjacency_matrix(built: Graph) -> None:
    place = {node: number for number, node in enumerate(built.nodes)}
    reach = np.eye(len(place), dtype=np.int64)
    for edge in built.edges:
        reach[place[edge.source], place[edge.target]] = 1
    for _ in range(int(np.ceil(np.log2(len(place)))) + 1):
        reach = np.minimum(reach @ reach, 1)
    for source in built.nodes:
        for target in built.nodes:
            assert depends(built, source, target) == bool(reach[place[source], place[target]])
