from dataclasses import fields

import numpy as np
import pytest

from seqviz.core.config import RunConfig
from seqviz.core.records import History, Run, freeze, freeze_all
from seqviz.core.update import Update, WeightChange

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


def test_a_record_is_frozen_down_to_the_records_tuples_and_dictionaries_in_it():
    arrays = [np.zeros(2, np.float32) for _ in range(6)]
    freeze_all(Update(1.0, 1.0, (WeightChange(0, 0, *arrays[:3]),)))
    freeze_all(Run(RunConfig(), 0, {"w": arrays[3]}, {"w": {"momentum": arrays[4]}}, History(loss=arrays[5])))
    assert not any(array.flags.writeable for array in arrays)
