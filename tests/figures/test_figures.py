"""What holds for every figure: it is valid, keeps its structure while numbers change, and bears any numbers."""

from collections.abc import Iterator
from dataclasses import fields, replace

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqviz.core.records import History, Look, Moment, Trace
from seqviz.core.topology import DELAYED, DIRECT, MANY_TO_ONE, ONE_TO_MANY
from seqviz.figures import FIGURES
from tests.figures.sample import history, moment, sample

KEYS = ("graph", "hidden", "gradient", "learning", "readout", "influence", "attention")
TRACES = {
    "many-to-one": lambda seed=0: sample(MANY_TO_ONE, 7, seed=seed),
    "both directions": lambda seed=0: sample(MANY_TO_ONE, 5, seed=seed, layers=2, bidirectional=True, classes=5),
    "one-to-many": lambda seed=0: sample(ONE_TO_MANY, 1, 6, seed=seed, classes=11, known=False),
    "direct": lambda seed=0: sample(DIRECT, 9, seed=seed, classes=4, window=3),
    "delayed": lambda seed=0: sample(DELAYED, 4, 5, seed=seed, classes=11),
    "attention": lambda seed=0: sample(DELAYED, 4, 5, seed=seed, classes=11, layers=2, attention=True, known=False),
}


def draw(key: str, at: Moment, look: Look = Look()) -> dict[str, object]:  # noqa: B008
    drawing = FIGURES[key].draw(at, look)
    return {"data": list(drawing.data), "layout": dict(drawing.layout)}


def leaves(value: object, path: tuple[object, ...] = ()) -> Iterator[tuple[tuple[object, ...], object]]:
    """Every value of a figure that is not a dict or a list of dicts, with the way to it."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, (list, tuple)) and value and isinstance(value[0], dict):
        for place, item in enumerate(value):
            yield from leaves(item, (*path, place))
    else:
        yield path, value


def is_array(value: object) -> bool:
    return isinstance(value, (np.ndarray, list))


@pytest.mark.parametrize("key", KEYS)
def test_every_figure_says_what_it_is_and_what_to_look_for(key: str) -> None:
    picture = FIGURES[key]
    assert picture.title
    assert picture.look_for.endswith(".")


@pytest.mark.parametrize("name", TRACES)
@pytest.mark.parametrize("key", KEYS)
def test_plotly_accepts_what_was_built_without_its_checks(key: str, name: str) -> None:
    built = draw(key, moment(TRACES[name]()))
    assert go.Figure(built).data


@pytest.mark.parametrize("name", TRACES)
@pytest.mark.parametrize("key", KEYS)
def test_the_page_alone_decides_on_type_size_and_background(key: str, name: str) -> None:
    for path, value in leaves(draw(key, moment(TRACES[name]()))):
        assert "family" not in path
        # Letters on a filled box need a colour that suits the box on every page.
        assert "font" not in path
        assert path not in (("layout", "width"), ("layout", "height"))
        if path[-1] in ("paper_bgcolor", "plot_bgcolor"):
            assert value == "rgba(0,0,0,0)"
        assert path[-1] != "colorscale" or isinstance(value, (list, tuple))


@pytest.mark.parametrize("name", TRACES)
@pytest.mark.parametrize("key", KEYS)
def test_while_a_network_trains_only_arrays_change(key: str, name: str) -> None:
    before = dict(leaves(draw(key, moment(TRACES[name](seed=0)))))
    after = dict(leaves(draw(key, moment(TRACES[name](seed=1)))))
    assert before.keys() == after.keys()
    moving_limits = {"range", "zmin", "zmax", "tick0", "dtick", "tickvals", "ticktext"}
    for path, old in before.items():
        if is_array(old):
            assert type(after[path]) is type(old)
        elif path[-1] not in moving_limits:
            assert after[path] == old, path
    if key in ("graph", "hidden", "readout", "attention"):
        assert {p: v for p, v in before.items() if p[0] == "layout"} == {
            p: v for p, v in after.items() if p[0] == "layout"
        }


SHARES = ("readout", "probabilities", "attention", "score", "held_score")
"""Arrays of numbers from 0 to 1."""
LENGTHS = ("losses", "influence", "loss", "held_loss", "grad_norm", "held_bleu")
"""Arrays of numbers that are never negative."""


def spoilt(name: str, values: np.ndarray, bad: float) -> np.ndarray:
    if values.dtype != np.float32:
        return values
    return np.full_like(values, np.nan if name in SHARES else abs(bad) if name in LENGTHS else bad)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 0.0, 3e38])
@pytest.mark.parametrize("name", TRACES)
def test_any_numbers_can_be_drawn(name: str, bad: float) -> None:
    trace = TRACES[name]()
    arrays = {f.name: v for f in fields(Trace) if isinstance(v := getattr(trace, f.name), np.ndarray)}
    broken = replace(
        trace,
        **{key: spoilt(key, values, bad) for key, values in arrays.items()},
        gates={gate: np.full_like(values, np.nan) for gate, values in trace.gates.items()},
        loss=abs(bad),
    )
    run = history(50)
    run = replace(run, **{f.name: spoilt(f.name, getattr(run, f.name), bad) for f in fields(History)})
    at = replace(moment(broken, diverged="The loss is no number any more."), history=run)
    for key in KEYS:
        built = draw(key, at)
        go.Figure(built)
        for path, value in leaves(built):
            # JSON has no NaN: only arrays may hold it.
            numbers = value if isinstance(value, (list, tuple)) else [value]
            assert all(np.isfinite(number) for number in numbers if isinstance(number, float)), path


@st.composite
def moments(pick: st.DrawFn) -> tuple[Moment, Look]:
    topology = pick(st.sampled_from([MANY_TO_ONE, ONE_TO_MANY, DIRECT, DELAYED]))
    trace = sample(
        topology,
        pick(st.integers(1, 40)),
        pick(st.integers(1, 20)) if topology.writes_words else 0,
        hidden=pick(st.integers(1, 40)),
        layers=pick(st.integers(1, 3)),
        bidirectional=not topology.writes_words and pick(st.booleans()),
        attention=topology is DELAYED and pick(st.booleans()),
        classes=pick(st.integers(2, 12)),
        known=pick(st.booleans()),
        window=pick(st.integers(0, 5)),
        seed=pick(st.integers(0, 9)),
    )
    look = Look(pick(st.integers(0, 7)), pick(st.sampled_from(["hidden", "cell_state", "update", "candidate"])))
    return moment(trace, pick(st.integers(0, 600))), look


@settings(max_examples=25)
@given(moments())
def test_every_network_can_be_drawn(drawn: tuple[Moment, Look]) -> None:
    for key in KEYS:
        go.Figure(draw(key, *drawn))


@pytest.mark.parametrize("word", ["", "<b>", "a" * 200, "&amp;", "\u202edesrever", "%{x}", "日本語の言葉"])
def test_any_word_can_be_read(word: str) -> None:
    at = moment(sample(MANY_TO_ONE, 3, words=(word, "good", word)))
    for key in KEYS:
        texts = [value for path, value in leaves(draw(key, at)) if path[-1] in ("text", "hovertext")]
        assert not any("<b>" in text for lines in texts if isinstance(lines, list) for text in lines)


def test_an_update_is_small() -> None:
    """What a browser must be sent anew at T = 20 and 32 units, when every number has changed."""
    first, second = (moment(sample(MANY_TO_ONE, 20, hidden=32, seed=seed)) for seed in (0, 1))
    total = 0
    for key in KEYS:
        before, after = dict(leaves(draw(key, first))), dict(leaves(draw(key, second)))
        for path, new in after.items():
            if isinstance(new, np.ndarray):
                total += 0 if np.array_equal(new, before[path], equal_nan=True) else new.astype(np.float32).nbytes
            elif new != before[path]:
                total += len(str(new))
    assert total < 16_000


@pytest.mark.parametrize("name", TRACES)
@pytest.mark.parametrize("key", KEYS)
def test_numbers_travel_as_four_bytes(key: str, name: str) -> None:
    for path, value in leaves(draw(key, moment(TRACES[name]()))):
        assert not isinstance(value, np.ndarray) or value.dtype in (np.float32, np.int32), path
