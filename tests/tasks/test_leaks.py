"""What is kept back of a built-in task is in no batch that training sees."""

from itertools import count

import pytest

from seqviz.core.config import RunConfig
from seqviz.tasks import TASKS, task_of

BUILT_IN = [key for key in TASKS if not key.startswith("own-")]


def seen(batch):
    """Each example as what it reads and, where a network writes what it was given, what it should write."""
    lengths = zip(batch.inputs, batch.input_lengths.tolist(), batch.targets, strict=True)
    return {(inputs[:length].tobytes(), bytes(targets[targets >= 0])) for inputs, length, targets in lengths}


@pytest.mark.parametrize("key", BUILT_IN)
def test_nothing_that_is_kept_back_is_learned_from(key):
    task = task_of(RunConfig(task=key, lag=5))
    kept_back = seen(task.held_out)
    examples = 0
    for step in count():
        batch = task.batch(0, step, 64)
        assert kept_back.isdisjoint(seen(batch))
        examples += len(batch.targets)
        if examples > task.train_size:
            break
