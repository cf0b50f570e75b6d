"""A worker: `python -m seqviz.serving.worker`. It trains and has drawn for many sessions, and is told by pipe."""

from __future__ import annotations

import torch

from seqviz import training
from seqviz.core.config import RunConfig
from seqviz.core.records import Look, Run, Trace
from seqviz.figures import FIGURES, OVERLAYS
from seqviz.figures.storyboard import Storyboard, storyboard
from seqviz.serving.loop import work
from seqviz.serving.observe import Tools, observe
from seqviz.tasks import task_of
from seqviz.training.analysis import analyse
from seqviz.training.answers import answers, draw, groups, write
from seqviz.training.opening import open_cell
from seqviz.training.update import update
from seqviz.training.weight_gradient import weight_gradient


def tell(run: Run, traced: Trace) -> Storyboard:
    """The story of one training step on the traced example."""
    return storyboard(traced, update(run, traced))


TOOLS = Tools(
    training.start,
    training.advance,
    training.trace,
    answers,
    groups,
    write,
    draw,
    analyse,
    weight_gradient,
    open_cell,
    training.check_gradients,
    task_of,
    FIGURES,
    tell,
    OVERLAYS,
)


def warm_up() -> None:
    """Does once what is slow the first time: the optimiser's imports, the data."""
    torch.set_num_threads(1)  # small networks gain nothing from more
    config = RunConfig()
    run = training.advance(training.start(config), 1)
    plain = tuple(key for key, picture in FIGURES.items() if not picture.needs)
    moment, look = observe(TOOLS, run, task_of(config).examples[0], Look(), plain)
    for key in plain:
        FIGURES[key].draw(moment, look)


if __name__ == "__main__":
    work(TOOLS, warm_up)
