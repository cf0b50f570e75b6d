"""Moments with an analysis, of untrained toy networks."""

from dataclasses import replace
from functools import cache

import torch

from seqviz.core.records import Look, Moment
from seqviz.training import analyse, trace
from seqviz.training.weight_gradient import weight_gradient
from tests.figures.sample import history
from tests.toy import registered, small
from tests.training.runs import KINDS, example_of, run_of

NETWORKS = {
    "plain": small("direct", cell="elman", hidden=12, clip=0.05),
    "relu, from the end": small("many-to-one", cell="elman-relu", layers=2, bidirectional=True),
    "gru": small("one-to-many", "pictures", cell="gru", hidden=40),
    "lstm, cut": small("delayed", cell="lstm", attention=True, window=2, clip=0.0),
}


@cache
def analysed(name="plain", seed=0, look=Look(), kinds=KINDS, **others):  # noqa: B008
    """The moment of the network `name` with other settings, and the look it is seen through."""
    config = replace(NETWORKS[name], **others)
    with registered():
        torch.set_num_threads(1)
        run = run_of(config, seed)
        traced = trace(run, example_of(config, kinds))
        found, given = analyse(run, traced, look), weight_gradient(run, traced, look)
    return Moment(history(30), traced, "a guess", 1 / 3, "accuracy", analysis=found, weight_gradient=given)
