"""A worker process: `python -m seqviz.serving.worker`. It trains and draws for many sessions, and is told by pipe."""

from __future__ import annotations

import plotly.io
import torch

from seqviz import training
from seqviz.core.config import RunConfig
from seqviz.core.records import Look, Moment
from seqviz.figures import FIGURES
from seqviz.serving.loop import work
from seqviz.serving.session import Tools
from seqviz.tasks import task_of

TOOLS = Tools(training.start, training.advance, training.trace, task_of, FIGURES)


def warm_up() -> None:
    """Does once what is slow the first time: the optimiser's imports, the data, Plotly's validators."""
    torch.set_num_threads(1)  # small networks gain nothing from more, and there are as many workers as free cores
    plotly.io.templates.default = None  # the page's own theme takes its place, and figures are made much faster
    config = RunConfig()
    task = task_of(config)
    run = training.advance(training.start(config), 1)
    trace = training.trace(run, task.examples[0])
    moment = Moment(run.history, trace, task.baseline.name, task.baseline.score, task.score_name)
    for picture in FIGURES.values():
        picture.draw(moment, Look())


if __name__ == "__main__":
    work(TOOLS, warm_up)
