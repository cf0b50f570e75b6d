"""Every built-in task with every cell, from the first weights to the pictures, as a worker process runs it."""

from copy import deepcopy
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch

from seqviz.cells import CELLS
from seqviz.core.config import RunConfig
from seqviz.core.graph import Graph, Node, NodeKind
from seqviz.core.records import Look
from seqviz.core.task import Images, Tokens, collate
from seqviz.core.topology import DELAYED, DIRECT, MANY_TO_ONE, ONE_TO_MANY, Reads
from seqviz.figures import FIGURES
from seqviz.figures.graph import draw, plan_of
from seqviz.serving.observe import observe
from seqviz.serving.wire import content, pack
from seqviz.serving.worker import TOOLS
from seqviz.tasks import TASKS, task_of
from seqviz.training import advance, start
from seqviz.training.model import loaded
from tests.figures.reading import boxes_of, edges_of
from tests.paths import depends

BUILT_IN = [key for key in TASKS if not key.startswith("own-")]
WRITING = {"sentences", "beam"}
"""Figures of networks that write by themselves."""
SEEING = {"picture"}
"""Figures of networks that look at pictures."""
RICHEST = {
    MANY_TO_ONE: {"bidirectional": True},
    ONE_TO_MANY: {"layer_norm": True},
    DIRECT: {"bidirectional": True},
    DELAYED: {"attention": True, "reverse": True},
}
"""What a wiring can have besides the plain network, at two layers."""


def small(task, cell, **others):
    """Few units and a short way to remember: what is asked here does not depend on either."""
    return RunConfig(task=task, cell=cell, **{"hidden": 6, "embedding": 5, "batch": 4, "lag": 3, **others})


def richest(task):
    return small(task, "lstm", layers=2, **RICHEST[task_of(RunConfig(task=task, lag=3)).topology])


EVERY = [
    *(pytest.param(task, small(task, cell), id=f"{task} {cell}") for task in BUILT_IN for cell in CELLS),
    *(pytest.param(task, None, id=f"{task} with all it can have") for task in BUILT_IN),
]


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    torch.set_num_threads(1)


@cache
def trained(config):
    return advance(start(config), 2)


def example_of(config):
    """The shortest of the menu that is more than one step long."""
    known = [example for example in task_of(config).examples if len(example.targets)]
    return min(known, key=lambda example: len(example.inputs) + len(example.targets))


def applicable(task):
    writes, sees = task.topology.writes_words, isinstance(task.reads, Images)
    return tuple(key for key in FIGURES if (writes or key not in WRITING) and (sees or key not in SEEING))


def test_every_wiring_has_a_task():
    wirings = {task_of(RunConfig(task=key)).topology for key in BUILT_IN}
    assert wirings == {MANY_TO_ONE, ONE_TO_MANY, DIRECT, DELAYED}


@pytest.mark.parametrize(("task", "config"), EVERY)
def test_a_run_is_trained_traced_and_drawn(task, config):
    config = config or richest(task)
    run = trained(config)
    assert (run.step, run.diverged) == (2, "")
    figures = applicable(task_of(config))
    moment, look = observe(TOOLS, run, example_of(config), Look(), figures)
    drawings = {key: FIGURES[key].draw(moment, look) for key in figures}
    assert all(len(drawing.data) > 0 for drawing in drawings.values())
    assert pack({key: content(drawing) for key, drawing in drawings.items()})
    if config.cell == "lstm":  # Plotly's check of every property takes longer than anything else here.
        for drawing in drawings.values():
            drawing.figure()


@pytest.mark.parametrize(("task", "config"), EVERY)
def test_an_output_changes_if_and_only_if_the_picture_has_a_path_from_what_was_changed(task, config):
    config = config or richest(task)
    example, changed = example_of(config), np.zeros((), bool)
    moment, look = observe(TOOLS, trained(config), example, Look(), ())
    shown = shown_graph(draw(moment, look).figure(), plan_of(moment.trace, look.room).graph)
    steps = moment.trace.steps
    emitting = [time for time, step in enumerate(steps) if step.emits]
    leads = np.array(
        [
            [depends(shown, Node(NodeKind.INPUT, read), Node(NodeKind.OUTPUT, write)) for write in emitting]
            for read in range(len(steps))
        ]
    )
    for seed in range(4):  # A ReLU may be shut, but not in four networks.
        changed = changed | changes(trained(replace(config, seed=seed)), example, steps)
        if (changed == leads).all():
            return
    assert changed.tolist() == leads.tolist()


def shown_graph(figure, graph):
    """The nodes that have a box and the lines between them."""
    nodes = tuple(graph.nodes[number] for number in sorted(boxes_of(figure, graph)))
    return Graph(nodes, tuple(edges_of(figure, graph)))


def changes(run, example, steps):
    """(read, emitted) whether the logits differ, in float64, when what one step reads is another thing."""
    network = deepcopy(loaded(run)).double()
    feed = network.feed(collate([example]), run.config.reverse)
    if feed.inputs.is_floating_point():
        feed = replace(feed, inputs=feed.inputs.double())
    with torch.no_grad():
        before = network(feed, unrolled=True).logits
        after = [network(replaced(network, feed, task_of(run.config), step), unrolled=True).logits for step in steps]
    return np.array([(logits != before).any(dim=2)[0].numpy() for logits in after])


def replaced(network, feed, task, step):
    """The feed with something else where `step` reads."""
    place = (0, step.position)
    if step.reads is Reads.PREVIOUS:
        previous = feed.previous.clone()
        previous[place] = (previous[place] + 1) % (network.begin + 1)
        return replace(feed, previous=previous)
    inputs = feed.inputs.clone()
    words = len(task.reads.vocabulary) - 1 if isinstance(task.reads, Tokens) else 0
    inputs[place] = inputs[place] % words + 1 if words else 1 - inputs[place]
    return replace(feed, inputs=inputs)
