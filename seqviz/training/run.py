"""`start` and `advance`: a run is a value, and training is a pure function from one to the next.

`advance(advance(run, a), b)` has the same bits as `advance(run, a + b)`, in this process or another: the batch, the
dropout and every other random choice of an update depend on the seed and the number of the update alone. Processes
must use the same number of threads (`torch.set_num_threads`): on two, a convolution adds up in another order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import torch

from seqviz.core.config import RunConfig
from seqviz.core.records import History, Run
from seqviz.core.task import Task
from seqviz.networks.decode import mixed
from seqviz.networks.network import Feed, Network, mean_loss
from seqviz.tasks import task_of
from seqviz.training.check import check, share_right
from seqviz.training.model import loaded, network_of, weights_of
from seqviz.training.optimisers import clip, optimiser_of, state_of


def start(config: RunConfig) -> Run:
    """A run with its initial weights, no update done, the held-out examples tried once.

    Raises ValueError where the settings do not go together, KeyError for an unknown task or cell.
    """
    network = network_of(config)
    first = check(network, task_of(config), config)
    history = History().extended(
        held_step=[0], held_loss=[first.loss], held_score=[first.score], held_bleu=[first.bleu]
    )
    return Run(config, 0, weights_of(network), {}, history)


@contextmanager
def _without_denormals() -> Iterator[None]:
    """Numbers nearer to 0 than 1e-38 count as 0 meanwhile.

    A mean gradient of Adam's decays to them where a word is in no batch for long, and a processor takes many times as
    long for each: a run that had learned lost a twentieth of its speed. A trace keeps them, to show how small a
    vanishing gradient is.
    """
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


@_without_denormals()
def advance(run: Run, steps: int, stop: Callable[[], bool] = lambda: False) -> Run:
    """The run after `steps` more updates; fewer where it diverges, none where it has.

    A diverged run keeps its last finite weights and says in `diverged` what happened. stop: asked after each update;
    where it says so, the rest is left undone.
    """
    if run.diverged or steps < 1:
        return run
    config, task = run.config, task_of(run.config)
    network = loaded(run)
    optimiser = optimiser_of(network, config, run.optimiser)
    columns: dict[str, list[float]] = {name: [] for name in ("step", "loss", "score", "grad_norm")}
    checks: dict[str, list[float]] = {name: [] for name in ("held_step", "held_loss", "held_score", "held_bleu")}
    step, diverged = run.step, ""
    while step < run.step + steps:
        network.train()
        feed = network.feed(task.batch(config.seed, step, config.batch), config.reverse)
        with torch.random.fork_rng(devices=[], enabled=config.dropout > 0):
            if config.dropout > 0:
                # torch.manual_seed would seed every kind of device too, and write down the call stack for each.
                torch.default_generator.manual_seed(_mixed_seed(config.seed, step))
            logits = network(_as_read(network, feed, config, step), config.window).logits
            loss = mean_loss(logits, feed.targets)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
        norm = clip(network, config)
        step += 1
        columns["step"].append(step)
        columns["loss"].append(float(loss.detach()))
        columns["score"].append(share_right(logits.detach().argmax(dim=-1), feed.targets, task.score_name))
        columns["grad_norm"].append(norm)
        diverged = _why_diverged(float(loss.detach()), norm, step, clipped=config.clip > 0)
        if diverged:
            break
        # Every entry of a gradient with a finite norm is below 2e19, as its square is a float32: whatever the learning
        # rate, no single step takes a weight beyond every number.
        optimiser.step()
        if step % checks_every(task) == 0:
            found = check(network, task, config)
            checks["held_step"].append(step)
            checks["held_loss"].append(found.loss)
            checks["held_score"].append(found.score)
            checks["held_bleu"].append(found.bleu)
        if stop():
            break
    return replace(
        run,
        step=step,
        weights=weights_of(network),
        optimiser=state_of(network, optimiser),
        history=run.history.extended(**columns, **checks),
        diverged=diverged,
    )


def checks_every(task: Task) -> int:
    """Updates between two tries of the held-out examples; writing by oneself costs more."""
    return 50 if task.topology.writes_words else 20


def _as_read(network: Network, feed: Feed, config: RunConfig, step: int) -> Feed:
    """The feed with some true words before replaced by the network's own, where teacher forcing is not complete."""
    if config.teacher_forcing >= 1 or not network.topology.writes_words:
        return feed
    chance = np.random.default_rng((config.seed, step, 1)).random(feed.targets.shape)
    forced = torch.from_numpy((chance < config.teacher_forcing).astype(np.int64))
    # Its own words are those that it writes when it runs freely: nothing is dropped while it chooses them.
    network.eval()
    previous = mixed(network, feed, forced)
    network.train()
    return replace(feed, previous=previous)


def _mixed_seed(seed: int, step: int) -> int:
    return int(np.random.SeedSequence((seed, step)).generate_state(1)[0])


def _why_diverged(loss: float, norm: float, step: int, clipped: bool) -> str:
    if not math.isfinite(loss):
        what = "the loss is no longer a number (NaN)" if math.isnan(loss) else "the loss has grown beyond every number"
    elif not math.isfinite(norm):
        what = "the gradient has grown beyond every number"
    else:
        return ""
    if step == 1:
        remedy = "Its first weights alone do this: choose a smaller spectral radius, shorter sequences or another cell."
    else:
        remedy = f"Try a smaller learning rate{'' if clipped else ', or switch gradient clipping on'}, and reset."
    return f"At update {step} {what}. {remedy}"
