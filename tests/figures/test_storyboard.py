from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqviz.core.graph import EdgeKind, NodeKind, graph_of
from seqviz.core.topology import DELAYED, DIRECT, MANY_TO_ONE, ONE_TO_MANY
from seqviz.core.update import Update, WeightChange
from seqviz.figures.numbers import number
from seqviz.figures.storyboard import SHOWN, order, storyboard
from tests.figures.analysed import analysed
from tests.figures.sample import sample

WIRINGS = {
    "many to one": {"topology": MANY_TO_ONE},
    "one to many": {"topology": ONE_TO_MANY, "outputs": 4, "classes": 5},
    "direct": {"topology": DIRECT, "inputs": 6},
    "cut": {"topology": DIRECT, "inputs": 6, "window": 2},
    "cut in both directions": {"topology": DIRECT, "inputs": 4, "bidirectional": True, "window": 3},
    "both directions": {"topology": DIRECT, "inputs": 4, "layers": 2, "bidirectional": True},
    "delayed": {"topology": DELAYED, "inputs": 4, "outputs": 3, "classes": 5},
    "attention": {"topology": DELAYED, "inputs": 4, "outputs": 3, "classes": 5, "attention": True},
}


def update_of(trace):
    """A made-up update with a W_hh for every chain of every segment."""
    rows, hidden = trace.grad_recurrent.shape[2], trace.hidden.shape[2]
    rng = np.random.default_rng(0)

    def matrix():
        return rng.normal(size=(rows, hidden)).astype(np.float32)

    segments = sorted({step.segment for step in trace.steps})
    changes = tuple(
        WeightChange(segment, row, matrix(), matrix(), matrix())
        for segment in segments
        for row in range(len(trace.streams))
    )
    return Update(2.0, 1.0, changes)


def told(trace):
    return storyboard(trace, update_of(trace)), graph_of(
        trace.steps,
        trace.streams,
        trace.present,
        trace.config.attention,
        trace.targets >= 0,
        trace.config.window,
    )


def phase(board, name):
    return [beat for beat in board.beats if beat.phase == name]


def edges_of(beat):
    return {place for span in beat.edges for place in range(*span)}


@pytest.fixture(params=WIRINGS, scope="module")
def trace(request):
    return sample(**WIRINGS[request.param])


def test_the_phases_follow_each_other(trace):
    board, _ = told(trace)
    phases = [beat.phase for beat in board.beats]
    assert sorted(phases, key=["forward", "loss", "backward", "update"].index) == phases
    assert set(phases) == {"forward", "loss", "backward", "update"}


def test_going_forward_nothing_is_computed_before_what_it_needs(trace):
    board, graph = told(trace)
    known, passed = set(), set()
    for beat in phase(board, "forward") + phase(board, "loss"):
        (node,) = (graph.nodes[place] for place in beat.nodes)
        sources = {edge.source for edge in graph.edges if edge.target == node}
        assert sources <= known
        assert {graph.edges[place].source for place in edges_of(beat)} == sources
        known.add(node)
        passed |= edges_of(beat)
    assert known == set(graph.nodes)
    assert passed == set(range(len(graph.edges)))


def test_going_back_no_gradient_is_known_before_those_it_comes_from(trace):
    board, graph = told(trace)
    known = {node for node in graph.nodes if node.kind is NodeKind.LOSS}
    passed = set()
    for beat in phase(board, "backward"):
        for place in beat.gradients:
            node = graph.nodes[place]
            assert set(graph.differentiable.after[node]) <= known
            known.add(node)
        passed |= edges_of(beat)
    assert known == set(graph.nodes)
    assert {graph.edges[place] for place in passed} == set(graph.differentiable.edges)


def test_going_back_an_edge_is_lit_if_and_only_if_autograd_sends_a_gradient_along_it():
    trace = analysed("plain", kinds=(0, 2, 1, 1, 0, 2, 1), window=3).trace
    board, graph = told(trace)
    lit = {graph.edges[place] for beat in phase(board, "backward") for place in edges_of(beat)}
    for edge in graph.edges:
        if edge.kind is EdgeKind.RECURS:
            later = trace.influence[edge.target.step :, edge.source.step]
            assert (edge in lit) == later.any()


def test_no_gradient_is_compared_with_one_behind_a_cut():
    board, _ = told(sample(DIRECT, 6, window=3))
    compared = {
        beat.step: "‖∂L/∂h" in beat.said[1:].split(";")[0] for beat in phase(board, "backward") if beat.share >= 0
    }
    assert compared == {0: True, 1: True, 2: False, 3: True, 4: True, 5: False}


def test_a_network_that_reads_forwards_goes_column_by_column():
    trace = sample(DIRECT, 4)
    _, graph = told(trace)
    walked = [(node.kind, node.step) for node in order(graph)]
    kinds = (NodeKind.INPUT, NodeKind.HIDDEN, NodeKind.OUTPUT)
    assert walked == [(kind, time) for time in range(4) for kind in kinds]


def test_every_share_is_told_once_and_all_add_up_to_the_gradient(trace):
    board, _ = told(trace)
    backward = phase(board, "backward")
    for number_, change in enumerate(update_of(trace).weights):
        matrix = board.matrices[number_]
        said = [beat for beat in backward if beat.matrix == number_]
        assert [beat.share for beat in said] == list(range(len(matrix.gradients)))
        summed = sum(np.outer(matrix.gradients[m.share], matrix.states[m.share]) for m in said)
        whole = np.einsum(
            "ti,tj->ij",
            *(
                values[change.row][[step.segment == change.segment for step in trace.steps]]
                for values in (trace.grad_recurrent, trace.hidden_before)
            ),
        )
        np.testing.assert_allclose(summed, whole, atol=1e-6)


def test_wide_layers_are_thinned_and_keep_their_numbers():
    trace = sample(MANY_TO_ONE, 3, hidden=46)
    update = update_of(trace)
    (change,) = update.weights
    matrix = storyboard(trace, update).matrices[0]
    assert matrix.shape == (46, 46)
    kept = np.arange(SHOWN) * 3  # 16 of 46 units, evenly spread from the first to the last
    np.testing.assert_array_equal(matrix.weights, change.before[np.ix_(kept, kept)])
    np.testing.assert_allclose(matrix.weights + matrix.change, change.after[np.ix_(kept, kept)], atol=1e-6)
    np.testing.assert_array_equal(matrix.gradients, trace.grad_recurrent[0][::-1][:, kept])
    np.testing.assert_array_equal(matrix.states, trace.hidden_before[0][::-1][:, kept])


def test_captions_say_the_norms_of_the_trace():
    trace = sample(MANY_TO_ONE, 4)
    board, graph = told(trace)
    for beat in phase(board, "forward"):
        node = graph.nodes[beat.nodes[0]]
        if node.kind is NodeKind.HIDDEN:
            assert f"norm {number(float(np.linalg.norm(trace.hidden[0, node.step])))}" in beat.said
        elif node.kind is NodeKind.INPUT:
            assert trace.read[node.step] in beat.said
    for beat in phase(board, "backward"):
        if beat.share >= 0:
            size = number(float(np.linalg.norm(trace.grad_hidden[0, beat.step])))
            assert f"‖ = {size}" in beat.said
    (loss,) = phase(board, "loss")
    assert f"L = {number(float(trace.losses[-1]))} nats" in loss.said
    assert trace.classes[trace.targets[-1]] in loss.said


def test_without_a_known_answer_the_network_s_own_is_said_to_stand_in():
    board, _ = told(sample(DIRECT, 3, known=False))
    assert all("network’s own" in beat.said for beat in phase(board, "loss"))


def said_of(trace, step, kind=NodeKind.HIDDEN):
    """What the story says when the gradient comes to the state, or the output, of a step."""
    board, graph = told(trace)
    (beat,) = (
        beat for beat in phase(board, "backward") if beat.step == step and graph.nodes[beat.gradients[0]].kind is kind
    )
    return beat.said


def test_a_gradient_that_does_not_arrive_is_told_from_one_that_is_too_small():
    trace = sample(DIRECT, 6, window=3)
    gone = trace.grad_hidden.copy()
    gone[:, :4] = 0
    trace = replace(trace, grad_hidden=gone, targets=np.array([-1, -1, -1, -1, -1, 1]))
    assert said_of(trace, 2) == "No gradient reaches h₃: ‖∂L/∂h₃‖ = 0."
    assert said_of(trace, 3) == "‖∂L/∂h₄‖ is 0 or below what 32 bits can hold."


def test_why_a_state_adds_nothing_is_said():
    trace = sample(MANY_TO_ONE, 4)
    assert said_of(trace, 0).endswith("it adds nothing, as the state before is 0.")
    shut, tiny = (replace(trace, grad_recurrent=trace.grad_recurrent * np.float32(factor)) for factor in (0, 1e-30))
    assert said_of(shut, 1).endswith("it adds nothing, as no unit lets a gradient through.")
    assert "no unit" not in said_of(tiny, 1)


def test_the_gradient_at_an_output_is_told_as_it_is_computed():
    mean = sample(DIRECT, 3, classes=4)
    one, none = replace(mean, targets=np.array([-1, 2, -1])), replace(mean, targets=np.array([-1, 2, 1]))
    assert said_of(mean, 1, NodeKind.OUTPUT).endswith(
        ": the probabilities, less 1 at the right answer, divided by the 3 losses."
    )
    assert said_of(one, 1, NodeKind.OUTPUT).endswith(": the probabilities, less 1 at the right answer.")
    assert said_of(none, 0, NodeKind.OUTPUT).endswith(": no loss enters at output 1.")
    for time in range(3):
        answer = np.eye(4)[mean.targets[time]]
        np.testing.assert_allclose(mean.grad_logits[time], (mean.probabilities[time] - answer) / 3, atol=1e-6)


def test_norms_of_shares_are_not_said_to_add_up():
    trace = sample(MANY_TO_ONE, 3)
    update = update_of(trace)
    norm = number(float(np.linalg.norm(update.weights[0].gradient)))
    (whole, *_) = phase(storyboard(trace, update), "update")
    assert whole.said.startswith(
        f"All shares, added entry by entry, give ∂L/∂W_hh. Its norm is {norm}; norms do not add up."
    )


def test_clipping_is_told_only_where_it_happens():
    trace = sample(MANY_TO_ONE, 3)
    update = update_of(trace)
    clipped, whole, rounded = (
        phase(storyboard(trace, replace(update, clipped=value)), "update")[0].said for value in (1.0, 2.0, 2.0 - 1e-6)
    )
    assert "norm 2, is clipped to 1" in clipped
    assert "nothing is clipped" in whole
    assert rounded == whole, "two ways to compute one norm differ by their rounding"


def test_numbers_beyond_all_bounds_are_told_as_such():
    trace = sample(DIRECT, 3)
    trace = replace(
        trace, grad_hidden=np.full_like(trace.grad_hidden, np.inf), grad_recurrent=trace.grad_recurrent * np.inf
    )
    board, _ = told(trace)
    assert any("∞" in beat.said for beat in phase(board, "backward"))
    assert all(np.isfinite(matrix.limits).all() for matrix in board.matrices)


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 12), st.integers(1, 2), st.booleans())
def test_a_story_grows_with_its_steps_and_no_faster(inputs, layers, both):
    trace = sample(DIRECT, inputs, layers=layers, bidirectional=both)
    board, _ = told(trace)
    chains = layers * (1 + both)
    assert len(board.beats) == inputs * (2 * chains + 4) + 3 * chains


def test_the_fan_of_attention_takes_one_span_a_moment():
    trace = sample(DELAYED, 9, 8, classes=4, attention=True)
    board, graph = told(trace)
    for beat in board.beats:
        assert len(beat.edges) <= 4
    looks = [place for place, edge in enumerate(graph.edges) if edge.kind is EdgeKind.ATTENDS]
    assert len(looks) == 72
