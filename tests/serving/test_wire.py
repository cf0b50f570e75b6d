import copy
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from seqviz.figures.parts import Drawing
from seqviz.serving.wire import changes, content, pack
from tests.serving.workshop import applied, read_frame

ARRAYS = st.one_of(
    hnp.arrays(np.float32, hnp.array_shapes(min_dims=1, max_dims=2, min_side=0, max_side=4)),
    hnp.arrays(np.int32, hnp.array_shapes(min_dims=1, max_dims=2, min_side=0, max_side=4)),
)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=4)
)
# Few keys and short lists, so that two values drawn independently often share structure.
VALUES = st.recursive(
    SCALARS | ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=12,
)


def same(left, right):
    if isinstance(left, np.ndarray) or isinstance(right, np.ndarray):
        return left.dtype == right.dtype and np.array_equal(left, right, equal_nan=left.dtype.kind == "f")
    if isinstance(left, dict):
        return isinstance(right, dict) and left.keys() == right.keys() and all(same(left[k], right[k]) for k in left)
    if isinstance(left, (list, tuple)):  # on a screen, a tuple is a list
        return isinstance(right, (list, tuple)) and len(left) == len(right) and all(map(same, left, right))
    return repr(left) == repr(right)


def held(value):
    """A value as a screen holds it: a copy, in which every tuple is a list."""
    if isinstance(value, dict):
        return {key: held(inner) for key, inner in value.items()}
    return [held(inner) for inner in value] if isinstance(value, (list, tuple)) else copy.copy(value)


def sent(old, new):
    """The changes from the old to the new after they have been through a frame."""
    found = [[list(change.path), change.value] for change in changes(old, new)]
    return read_frame(pack({"changes": found}))["changes"]


@given(VALUES, VALUES)
def test_changes_turn_the_old_into_the_new(old, new):
    assert same(applied(held(old), sent(old, new)), new)


@given(VALUES, st.data())
def test_one_replaced_leaf_is_the_only_thing_sent(value, data):
    record = {"data": [{"x": value, "y": np.zeros(3, np.float32)}], "layout": {"title": "before"}}
    altered = copy.deepcopy(record)
    altered["data"][0]["y"] = data.draw(hnp.arrays(np.float32, 3).filter(lambda array: array.any()))
    ((path, _),) = sent(record, altered)
    assert path == ["data", 0, "y"]


@given(VALUES)
def test_nothing_changed_sends_nothing(value):
    assert sent(value, copy.deepcopy(value)) == []


@pytest.mark.parametrize(("old", "new"), [(1, True), (1, 1.0), (0, None), ("1", 1)])
def test_values_that_python_calls_equal_are_still_told_apart(old, new):
    assert sent({"a": old}, {"a": new}) == [[["a"], new]]


def sent_whole(value):
    """A value after it has been through a frame."""
    return read_frame(pack({"value": value}))["value"]


def test_numbers_are_rounded_to_32_bits_and_nan_survives_in_arrays_only():
    read = sent_whole({"a": np.array([1 / 3, math.nan]), "b": math.nan, "c": np.int64(7), "d": np.array([1, 2])})
    assert read["a"].dtype == np.float32
    assert read["a"][0] == np.float32(1 / 3)
    assert np.isnan(read["a"][1])
    assert (read["b"], read["c"]) == (None, 7)
    assert read["d"].dtype == np.int32


def test_words_and_truth_values_travel_as_lists():
    assert sent_whole(np.array(["not", "bad"])) == ["not", "bad"]
    assert sent_whole(np.array([True, False])) == [True, False]
    assert sent_whole(("not", (1, 2))) == ["not", [1, 2]]


def test_what_cannot_be_carried_is_refused():
    with pytest.raises(OverflowError):
        sent_whole(np.array([2**40]))
    with pytest.raises(TypeError, match="set"):
        sent_whole({"a": {1, 2}})


def test_a_drawing_is_sent_as_its_parts_and_layout():
    drawing = Drawing(({"type": "heatmap", "z": np.eye(3)},), {"title": {"text": "Hidden states"}, "height": 200})
    read = sent_whole(content(drawing))
    assert read["layout"] == {"title": {"text": "Hidden states"}, "height": 200}
    assert read["data"][0]["type"] == "heatmap"
    assert np.array_equal(read["data"][0]["z"], np.eye(3, dtype=np.float32))
