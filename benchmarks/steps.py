"""Updates a second of `advance` beside a plain PyTorch loop on the same batches, and the cost of a trace beside it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import torch
from torch import nn

from seqviz.core.config import RunConfig
from seqviz.core.task import Task, Tokens
from seqviz.tasks import task_of
from seqviz.training import advance, start, trace
from seqviz.ui.settings import defaults

UPDATES, ROUNDS = 60, 5


def measure() -> dict[str, object]:
    """For each cell: milliseconds an update both ways, their ratio, and milliseconds a trace."""
    torch.set_num_threads(1)
    return {cell: _cell(cell) for cell in ("elman", "gru", "lstm")}


def _cell(cell: str) -> dict[str, float]:
    task = task_of(RunConfig())
    config = replace(defaults(task), cell=cell)
    run = advance(start(config), 1)
    ours, plain, traced = [], [], []
    for _ in range(ROUNDS):  # in turn, so that a slow moment of the machine meets both
        ours.append(_milliseconds(lambda: advance(run, UPDATES)) / UPDATES)
        plain.append(_milliseconds(lambda: _plain_loop(task, config)) / UPDATES)
        traced.append(_milliseconds(lambda: trace(run, task.examples[0])))
    return {
        "update, ms": round(statistics.median(ours), 3),
        "plain PyTorch loop, ms": round(statistics.median(plain), 3),
        "ratio": round(statistics.median(a / b for a, b in zip(ours, plain, strict=True)), 3),
        "trace, ms": round(statistics.median(traced), 3),
    }


def _milliseconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1000


def _plain_loop(task: Task, config: RunConfig) -> None:
    """The loop of any tutorial, without held-out checks and without a history."""
    assert isinstance(task.reads, Tokens)
    embedding = nn.Embedding(len(task.reads.vocabulary), config.embedding)
    kind = {"elman": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[config.cell]
    core, head = kind(config.embedding, config.hidden, batch_first=True), nn.Linear(config.hidden, len(task.writes))
    parameters = [*embedding.parameters(), *core.parameters(), *head.parameters()]
    optimiser = torch.optim.Adam(parameters, lr=config.learning_rate)
    for step in range(UPDATES):
        batch = task.batch(config.seed, step, config.batch)
        states, _ = core(embedding(torch.tensor(batch.inputs)))
        last = states[torch.arange(len(states)), torch.tensor(batch.input_lengths) - 1]
        loss = nn.functional.cross_entropy(head(last), torch.tensor(batch.targets)[:, 0])
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(parameters, config.clip)
        optimiser.step()
