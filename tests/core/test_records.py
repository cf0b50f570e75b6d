from dataclasses import fields

import numpy as np
import pytest

from seqviz.core.records import History, freeze

GROWN = History().extended(step=[1, 2], loss=[0.5, 0.25]).extended(held_step=[2], held_loss=[0.3]).extended(step=[3])


def test_a_history_grows_by_the_columns_named():
    assert GROWN.step.tolist() == [1, 2, 3]
    assert GROWN.loss.tolist() == [0.5, 0.25]
    assert GROWN.held_step.tolist() == [2]
    assert GROWN.held_loss.tolist() == [np.float32(0.3)]
    assert GROWN.score.tolist() == []
    assert History().step.tolist() == []


def test_a_history_keeps_its_types():
    kinds = {field.name: getattr(GROWN, field.name).dtype for field in fields(History)}
    assert {name for name, kind in kinds.items() if kind == np.int64} == {"step", "held_step"}
    assert {kind for name, kind in kinds.items() if "step" not in name} == {np.dtype(np.float32)}


@pytest.mark.parametrize("history", [History(), GROWN], ids=["new", "grown"])
def test_a_history_cannot_be_written_into(history):
    assert not any(getattr(history, field.name).flags.writeable for field in fields(History))


def test_frozen_arrays_cannot_be_written_into():
    one, other = np.zeros(2), np.zeros(3)
    freeze(one, other)
    with pytest.raises(ValueError, match="read-only"):
        one[0] = 1
    assert not other.flags.writeable
