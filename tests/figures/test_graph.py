"""The picture of the network against the network: its boxes and lines are read back from the drawn coordinates."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from plotly.basedatatypes import BaseTraceType

from seqviz.core.graph import EdgeKind, Graph, NodeKind, graph_of
from seqviz.core.records import Look, Trace
from seqviz.core.topology import DELAYED, DIRECT, MANY_TO_ONE, ONE_TO_MANY
from seqviz.figures.graph import draw, plan_of
from seqviz.figures.layout import Plan
from seqviz.figures.palette import GRADIENT, faded
from seqviz.figures.scales import DECADES
from seqviz.figures.words import LINE
from tests.figures.reading import boxes_of, lines_of, parts, touches
from tests.figures.sample import moment, sample

KINDS = {
    "many-to-one": sample(MANY_TO_ONE, 5, hidden=16),
    "both directions, two layers": sample(MANY_TO_ONE, 4, hidden=16, layers=2, bidirectional=True),
    "one-to-many": sample(ONE_TO_MANY, 1, 4, hidden=16, classes=5, known=False),
    "direct": sample(DIRECT, 6, hidden=16, classes=3),
    "direct, both directions": sample(DIRECT, 3, hidden=16, classes=3, bidirectional=True),
    "delayed": sample(DELAYED, 3, 4, hidden=16, classes=5),
    "delayed, attention, two layers": sample(DELAYED, 3, 4, hidden=16, classes=5, layers=2, attention=True),
}


def drawn(trace: Trace) -> go.Figure:
    return draw(moment(trace), Look()).figure()


def of_kind(figure: go.Figure, graph: Graph, kind: EdgeKind | NodeKind) -> BaseTraceType:
    """The part that draws the nodes or edges of this kind."""
    what, things = ("nodes", graph.nodes) if isinstance(kind, NodeKind) else ("edges", graph.edges)
    return next(p for p in parts(figure, what) if any(things[number].kind is kind for number in p.meta[what]))


def inside(x: float, y: float, box: tuple[float, float, float, float]) -> bool:
    left, right, bottom, top = box
    return left + 1e-3 < x < right - 1e-3 and bottom + 1e-2 < y < top - 1e-2


def graph_behind(trace: Trace) -> Graph:
    return graph_of(trace.steps, trace.streams, trace.present, trace.config.attention)


@pytest.mark.parametrize("name", KINDS)
def test_every_node_and_every_edge_is_drawn_once(name: str) -> None:
    trace = KINDS[name]
    graph, figure = graph_behind(trace), drawn(trace)
    boxes_of(figure, graph)
    numbers = [int(number) for part in parts(figure, "edges") for number in part.meta["edges"]]
    assert sorted(numbers) == list(range(len(graph.edges)))


@pytest.mark.parametrize("name", KINDS)
def test_every_line_leads_from_its_source_to_its_target(name: str) -> None:
    trace = KINDS[name]
    graph, figure = graph_behind(trace), drawn(trace)
    boxes = boxes_of(figure, graph)
    place = {node: number for number, node in enumerate(graph.nodes)}

    for part in parts(figure, "edges"):
        lines = lines_of(part)
        assert len(lines) == len(part.meta["edges"])
        for line, number in zip(lines, part.meta["edges"], strict=True):
            edge = graph.edges[number]
            assert touches(line[0], edge.source, boxes[place[edge.source]]), edge
            inside = line[~np.isnan(line[:, 0])]
            assert touches(inside[-1], edge.target, boxes[place[edge.target]]), edge


@pytest.mark.parametrize("name", KINDS)
def test_lines_run_straight_and_never_through_a_hidden_state(name: str) -> None:
    trace = KINDS[name]
    graph, figure = graph_behind(trace), drawn(trace)
    strips = [box for number, box in boxes_of(figure, graph).items() if graph.nodes[number].kind is NodeKind.HIDDEN]
    for part in parts(figure, "edges"):
        for line, number in zip(lines_of(part), part.meta["edges"], strict=True):
            for start, end in pairwise(line[~np.isnan(line[:, 0])]):
                slanted = graph.edges[number].kind is EdgeKind.ATTENDS
                assert slanted or start[0] == pytest.approx(end[0], abs=1e-4) or start[1] == pytest.approx(end[1])
                for x, y in (start + (end - start) * share for share in np.linspace(0.01, 0.99, 50)):
                    assert not any(inside(x, y, strip) for strip in strips)


@pytest.mark.parametrize("name", KINDS)
def test_boxes_do_not_cover_each_other(name: str) -> None:
    trace = KINDS[name]
    boxes = list(boxes_of(drawn(trace), graph_behind(trace)).values())
    for place, one in enumerate(boxes):
        for other in boxes[:place]:
            apart = one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] or other[3] <= one[2]
            assert apart, (one, other)


@pytest.mark.parametrize("name", KINDS)
def test_a_strip_holds_the_hidden_state_exactly(name: str) -> None:
    trace = KINDS[name]
    tall = replace(trace, hidden=trace.hidden[:, :, :4], grad_hidden=trace.grad_hidden[:, :, :4])
    strips = [part for part in drawn(tall).data if part.type == "heatmap"]
    for row, part in enumerate(strips):
        np.testing.assert_array_equal(part.z[:, ::2].T, tall.hidden[row])
        assert np.isnan(part.z[:, 1::2]).all()
        assert (part.zmin, part.zmax) == (-1, 1)


def test_a_strip_with_many_units_still_shows_true_values_of_the_unit_it_names() -> None:
    trace = sample(MANY_TO_ONE, 3, hidden=100)
    strip = drawn(trace).data[0]
    assert len(strip.z) < 100
    for row in range(len(strip.z)):
        for time in range(3):
            assert strip.z[row, 2 * time] == trace.hidden[0, time, strip.customdata[row, 2 * time] - 1]


def test_states_beyond_1_widen_the_scale_in_steps() -> None:
    trace = sample(MANY_TO_ONE, 3)
    strip = drawn(replace(trace, hidden=trace.hidden * np.float32(3 / np.abs(trace.hidden).max()))).data[0]
    assert (strip.zmin, strip.zmax) == (-5, 5)


def chain_parts(figure: go.Figure) -> tuple[BaseTraceType, BaseTraceType, BaseTraceType]:
    """The bands of what flows forward, the bands of the gradient, and the gradient's triangles."""
    flat = [part for part in figure.data if part.type == "bar" and part.hoverinfo == "skip" and part.offset is None]
    bands = [part for part in flat if part.marker.line.width is None]
    heads = next(p for p in figure.data if p.hovertemplate is not None and p.hovertemplate.startswith("‖∂L/∂%{text}"))
    return bands[0], bands[1], heads


@pytest.mark.parametrize("name", KINDS)
def test_forward_arrows_are_as_thick_as_what_flows(name: str) -> None:
    trace = KINDS[name]
    forward, _, _ = chain_parts(drawn(trace))
    edges = [edge for edge in graph_behind(trace).edges if edge.kind is EdgeKind.RECURS]
    flow = [np.sqrt(np.mean(trace.hidden[edge.source.stream, edge.source.step] ** 2)) for edge in edges]
    np.testing.assert_allclose(forward.y / forward.y.max(), np.array(flow) / max(flow), rtol=1e-4)


@pytest.mark.parametrize("name", KINDS)
def test_gradient_arrows_carry_the_exact_norms_on_a_logarithmic_scale(name: str) -> None:
    trace = KINDS[name]
    graph = graph_behind(trace)
    _, bands, heads = chain_parts(drawn(trace))
    edges = [edge for edge in graph.edges if edge.kind is EdgeKind.RECURS]
    states = [np.linalg.norm(trace.grad_hidden[edge.source.stream, edge.source.step]) for edge in edges]
    outputs = [node.step for node in graph.nodes if node.kind is NodeKind.OUTPUT]
    expected = [
        *states,
        *np.linalg.norm(trace.grad_inputs, axis=1),
        *np.linalg.norm(trace.grad_logits[outputs], axis=1),
    ]
    np.testing.assert_allclose(heads.customdata, expected, rtol=1e-5)
    below = np.log10(max(expected)) - np.log10(states)
    level = heads.marker.color[: len(states)]
    np.testing.assert_allclose(level, np.clip(1 - below / DECADES, 0.05, 1), rtol=1e-3)
    np.testing.assert_allclose(bands.y / level, bands.y[0] / level[0], rtol=1e-4)
    colours, strengths = zip(*(colour.rstrip(")").rsplit(",", 1) for colour in bands.marker.color), strict=True)
    assert set(colours) == {faded(GRADIENT, 1).rstrip(")").rsplit(",", 1)[0]}
    np.testing.assert_allclose(np.array(strengths, float), 0.2 + 0.8 * level, atol=0.0041)


def test_no_gradient_draws_nothing() -> None:
    trace = sample(MANY_TO_ONE, 4)
    silent = trace.grad_hidden.copy()
    silent[:, :2] = 0
    _, bands, heads = chain_parts(drawn(replace(trace, grad_hidden=silent)))
    assert bands.y.tolist()[:2] == heads.marker.size.tolist()[:2] == [0, 0]
    assert np.all(bands.y[2:] > 0)


def test_arrows_of_the_chain_that_reads_from_the_end_point_to_the_left() -> None:
    trace = KINDS["direct, both directions"]
    graph, figure = graph_behind(trace), drawn(trace)
    part = of_kind(figure, graph, EdgeKind.RECURS)
    heads = next(p for p in figure.data if p.hovertemplate is not None and p.hovertemplate.startswith("‖%{text}"))
    _, _, gradient = chain_parts(figure)
    for place, (line, number) in enumerate(zip(lines_of(part), part.meta["edges"], strict=True)):
        backward = trace.streams[graph.edges[number].source.stream].backward
        assert (line[1, 0] < line[0, 0]) == backward
        assert heads.marker.symbol[place] == ("triangle-left" if backward else "triangle-right")
        assert gradient.marker.symbol[place] == ("triangle-right" if backward else "triangle-left")
        assert abs(heads.x[place] - line[1, 0]) < abs(heads.x[place] - line[0, 0])
        assert abs(gradient.x[place] - line[0, 0]) < abs(gradient.x[place] - line[1, 0])


def test_outputs_say_the_most_probable_label_and_its_probability() -> None:
    trace = KINDS["direct"]
    graph, figure = graph_behind(trace), drawn(trace)
    box = of_kind(figure, graph, NodeKind.OUTPUT)
    gauge = next(part for part in figure.data if part.type == "bar" and part.offset is not None)
    best = trace.probabilities.max(axis=1)
    names = [trace.classes[number] for number in trace.probabilities.argmax(axis=1)]
    assert list(box.text) == [f"{name}<br>{100 * share:.0f} %" for name, share in zip(names, best, strict=True)]
    np.testing.assert_allclose(gauge.width / box.width, best, rtol=1e-5)


def test_losses_grow_in_area() -> None:
    trace = replace(KINDS["direct"], losses=np.array([0, 0.4, 0.8, 1.6, 0.4, np.nan], np.float32))
    part = of_kind(drawn(trace), graph_behind(trace), NodeKind.LOSS)
    size = part.marker.size
    assert size[2] ** 2 / size[1] ** 2 == pytest.approx(2, rel=1e-4)
    assert size[0] > 0
    assert size.argmax() == 5
    assert list(part.text) == ["≈ 0", "0.40", "0.80", "1.60", "0.40", "NaN"]


def test_a_loss_that_does_not_enter_is_not_drawn() -> None:
    trace = replace(KINDS["direct"], targets=np.array([-1, -1, 0, 1, 2, 0]))
    part = of_kind(drawn(trace), plan_of(trace, Look.room).graph, NodeKind.LOSS)
    assert len(part.x) == 4


def test_words_fed_back_look_different_from_words_given() -> None:
    trace = KINDS["delayed"]
    given, fed_back = [part for part in drawn(trace).data if part.hovertext is not None and part.type == "bar"][:2]
    assert list(given.text) == list(trace.read[:3])
    assert list(fed_back.text) == ["&lt;bos&gt;", *trace.read[4:]]
    assert given.marker.color != fed_back.marker.color
    assert given.marker.line.width == 0 < fed_back.marker.line.width
    assert "true word" in fed_back.hovertext[1]


def test_feedback_changes_colour_with_where_the_word_comes_from() -> None:
    true, own = (sample(DELAYED, 3, 3, classes=5, known=known) for known in (True, False))
    lines = [of_kind(drawn(trace), graph_behind(trace), EdgeKind.FEEDS) for trace in (true, own)]
    assert lines[0].line.color != lines[1].line.color


def test_truncated_backpropagation_cuts_between_its_windows() -> None:
    trace = sample(MANY_TO_ONE, 7, window=3, bidirectional=True)
    figure = drawn(trace)
    marks = next(part for part in figure.data if part.hovertemplate is not None and "cut" in part.hovertemplate)
    lines = lines_of(of_kind(figure, graph_behind(trace), EdgeKind.RECURS))
    # Steps 0–2, 3–5, 6 forward; from the end 6–4, 3–1, 0.
    cut = [2, 5, 6 + 3, 6 + 0]
    assert sorted(marks.x.tolist()) == pytest.approx(sorted(lines[edge][:2, 0].mean() for edge in cut), abs=1e-5)
    _, bands, heads = chain_parts(figure)
    assert np.flatnonzero(bands.y == 0).tolist() == sorted(cut)
    assert np.flatnonzero(heads.marker.size == 0).tolist() == sorted(cut)


def test_strong_looks_of_attention_are_drawn_thick() -> None:
    trace = KINDS["delayed, attention, two layers"]
    looks = np.zeros_like(trace.attention)
    looks[3:, 0] = [0.9, 0.5, 0.2, 0.01]
    figure = drawn(replace(trace, attention=looks))
    columns = plan_of(trace, Look.room).columns
    heavy = [part for part in figure.data if part.type == "scatter" and "rgba(10,134,180,0.6)" in str(part.line.color)]
    found = {(float(line[1, 0]), part.line.width) for part in heavy for line in lines_of(part)}
    widths = sorted(part.line.width for part in heavy)
    assert found == {(float(columns[time]), width) for time, width in ((3, widths[3]), (4, widths[2]), (5, widths[1]))}


def test_pictures_stand_in_their_boxes() -> None:
    trace = sample(DIRECT, 4, classes=3)
    frames = np.random.default_rng(0).random((4, 3, 6, 6)).astype(np.float32)
    film = replace(trace, example=replace(trace.example, inputs=frames))
    figure = drawn(film)
    inputs = of_kind(figure, graph_behind(film), NodeKind.INPUT)
    assert [image.x for image in figure.layout.images] == inputs.x.tolist()
    for image in figure.layout.images:
        assert inputs.base[0] < image.y - image.sizey < image.y < inputs.base[0] + inputs.y[0]
    assert list(inputs.text) == ["1", "2", "3", "4"]
    turned = replace(film, config=replace(film.config, reverse=True))
    assert [i.source for i in drawn(turned).layout.images] == [i.source for i in figure.layout.images][::-1]


def test_segments_are_named_and_stand_apart() -> None:
    figure = drawn(KINDS["delayed"])
    assert list(figure.data[-1].text) == ["encoder", "decoder"]
    columns = plan_of(KINDS["delayed"], Look.room).columns
    assert np.diff(columns).argmax() == 2
    assert all(part.text is None or "encoder" not in part.text for part in drawn(KINDS["direct"]).data)


@st.composite
def plans(pick: st.DrawFn) -> tuple[Plan, int]:
    """A plan, and the room that it was made for."""
    room = pick(st.sampled_from([200, 830, 1400, 4000]))
    topology = pick(st.sampled_from([MANY_TO_ONE, ONE_TO_MANY, DIRECT, DELAYED]))
    placed = plan_of(
        sample(
            topology,
            pick(st.integers(1, 40)),
            pick(st.integers(1, 20)) if topology.writes_words else 0,
            hidden=2,
            layers=pick(st.integers(1, 3)),
            bidirectional=not topology.writes_words and pick(st.booleans()),
            attention=topology is DELAYED and pick(st.booleans()),
            classes=pick(st.integers(2, 12)),
        ),
        room,
    )
    return placed, room


@settings(max_examples=30)
@example((plan_of(sample(MANY_TO_ONE, 5, 0, hidden=2, layers=1, classes=2), 200), 200))
@given(plans())
def test_everything_lies_within_the_picture_and_rows_keep_their_order(made: tuple[Plan, int]) -> None:
    placed, room = made
    rows = placed.rows
    bands = [rows.inputs, *rows.streams, rows.gauges, rows.outputs, rows.losses]
    assert all(low.top <= high.bottom and low.bottom < low.top for low, high in pairwise(bands))
    for box in placed.boxes.values():
        assert placed.left <= box.x - box.half
        assert box.x + box.half <= placed.right
    for route in placed.routes.values():
        assert all(placed.left <= x <= placed.right and 0 <= y <= rows.losses.top for x, y in route)
    for setting in (placed.read, placed.written):
        assert not setting.upright or setting.every * placed.spacing >= LINE
    assert placed.spacing * (placed.right - placed.left) == pytest.approx(room)
