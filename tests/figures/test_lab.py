"""What holds for every figure of the lab: as for all figures, and that it needs an analysis."""

from dataclasses import fields, is_dataclass, replace

import numpy as np
import plotly.graph_objects as go
import pytest

from seqviz.core.records import Look
from seqviz.figures import FIGURES
from seqviz.figures.lab import LogAxis, analysis_of, block_of
from tests.figures.analysed import NETWORKS, analysed
from tests.figures.sample import moment, sample
from tests.figures.test_figures import is_array, leaves

NEEDS = {"analysis", "weight_gradient"}
KEYS = [key for key, picture in FIGURES.items() if NEEDS & picture.needs] + ["powers"]
EVERY_KEY = pytest.mark.parametrize("key", KEYS)
EVERY_NAME = pytest.mark.parametrize("name", NETWORKS)


def draw(key, at, look=Look()):  # noqa: B008
    drawing = FIGURES[key].draw(at, look)
    return {"data": list(drawing.data), "layout": dict(drawing.layout)}


def test_all_of_them_are_registered():
    assert set(KEYS) == {
        "jacobians", "products", "passage", "conditions", "saturation", "shares", "clipping", "powers",
    }  # fmt: skip
    for key in KEYS:
        assert FIGURES[key].title
        assert FIGURES[key].look_for.endswith(".")


@pytest.mark.parametrize("key", KEYS[:-1])
def test_without_an_analysis_they_refuse(key):
    with pytest.raises(ValueError, match=r"with an analysis|with a gradient of the weights"):
        draw(key, moment(sample()))


@EVERY_NAME
@EVERY_KEY
def test_plotly_accepts_them(key, name):
    assert go.Figure(draw(key, analysed(name))).data


@EVERY_NAME
@EVERY_KEY
def test_while_a_network_trains_only_arrays_and_limits_change(key, name):
    before, after = (dict(leaves(draw(key, analysed(name, seed=seed)))) for seed in (0, 1))
    assert before.keys() == after.keys()
    for path, old in before.items():
        if is_array(old):
            assert type(after[path]) is type(old)
            assert len(old) == len(after[path]) or path[-1] in ("tickvals", "ticktext")
        elif path[-1] not in ("zmin", "zmax", "dtick"):
            assert after[path] == old, path


@EVERY_NAME
@EVERY_KEY
def test_the_page_alone_decides_on_type_size_and_background(key, name):
    for path, value in leaves(draw(key, analysed(name))):
        assert "font" not in path
        assert path not in (("layout", "width"), ("layout", "height"))
        if path[-1] in ("paper_bgcolor", "plot_bgcolor"):
            assert value == "rgba(0,0,0,0)"


@EVERY_NAME
@EVERY_KEY
def test_numbers_travel_as_four_bytes_and_none_outside_arrays_is_missing(key, name):
    for path, value in leaves(draw(key, analysed(name))):
        if isinstance(value, np.ndarray):
            assert value.dtype in (np.float32, np.int32), path
        for number in value if isinstance(value, (list, tuple)) else [value]:
            assert not isinstance(number, float) or np.isfinite(number), path


def spoilt(record, bad):
    """The record with every number in it replaced."""
    changed = {}
    for field in fields(record):
        value = getattr(record, field.name)
        if is_dataclass(value):
            changed[field.name] = spoilt(value, bad)
        elif isinstance(value, np.ndarray) and value.dtype.kind == "f":
            changed[field.name] = np.full_like(value, min(bad, 3e38) if value.dtype == np.float32 else bad)
        elif isinstance(value, float):
            changed[field.name] = bad
        elif isinstance(value, tuple):
            changed[field.name] = (bad, bad)
    return replace(record, **changed)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 0.0, 1e300, 1e-300])
@EVERY_NAME
@EVERY_KEY
def test_any_numbers_can_be_drawn(key, name, bad):
    at = analysed(name)
    built = draw(key, replace(at, **{name: spoilt(getattr(at, name), bad) for name in NEEDS}))
    go.Figure(built)
    for path, value in leaves(built):
        for number in value if isinstance(value, (list, tuple)) else [value]:
            assert not isinstance(number, float) or np.isfinite(number), path


def test_an_update_is_small():
    """What must be sent anew for all of them together at T = 20 and 32 units, when every number has changed."""
    kinds, total = tuple(int(kind) for kind in np.arange(20) % 3), 0
    for key in KEYS:
        both = [analysed("plain", seed=seed, kinds=kinds, hidden=32) for seed in (0, 1)]
        before, after = (dict(leaves(draw(key, at))) for at in both)
        for path, new in after.items():
            if isinstance(new, np.ndarray):
                total += 0 if np.array_equal(new, before[path], equal_nan=True) else new.nbytes
            elif new != before[path]:
                total += len(str(new))
    assert total < 24_000


def test_a_logarithmic_axis_has_whole_powers_around_one():
    axis = LogAxis(np.array([np.nan, 0.0, 3e-4, 40.0, np.inf]))
    assert (axis.low, axis.high) == (-4, 2)
    assert (LogAxis(np.array([1e200])).low, LogAxis(np.array([1e200])).high) == (0, 9)
    assert LogAxis(np.array([1e-80]), span=3).low == -3
    drawn = axis(np.array([0.0, np.nan, 1e-80, 0.5, np.inf]))
    assert np.isnan(drawn).tolist() == [True, True, False, False, False]
    assert drawn.dtype == np.float32
    assert np.isfinite(drawn[2:]).all()


def test_a_gates_block_is_its_place_among_the_gates():
    lstm, plain = analysed("lstm, cut").trace, analysed().trace
    assert [block_of(lstm, name) for name in ("input", "forget", "candidate", "output")] == [0, 1, 2, 3]
    assert block_of(lstm, "hidden") == 2
    assert block_of(plain, "forget") == 0
    assert analysis_of(analysed()) is analysed().analysis
