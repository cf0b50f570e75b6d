"""Untrained runs of the toy tasks, and an example for each."""

from seqviz.core.records import History, Run
from seqviz.tasks import task_of
from seqviz.training.model import weights_of
from tests.toy import build

KINDS = (0, 2, 1, 1, 0)


def run_of(config, seed=0):
    return Run(config, 0, weights_of(build(config, seed)), {}, History())


def example_of(config, kinds=KINDS):
    one = task_of(config).topology.key.startswith("one")
    return task_of(config).example(list(kinds[:1] if one else kinds))
