"""The numbers beside the pictures, as the browser gets them with each frame."""

from __future__ import annotations

import math

import numpy as np

from seqviz.core.analysis import Analysis
from seqviz.core.compared import Compared
from seqviz.core.opened import Opened
from seqviz.core.records import Look, Moment, Run, Stream, Trace
from seqviz.core.task import Task
from seqviz.figures.palette import RUNS
from seqviz.serving.messages import Pace
from seqviz.serving.wire import Plain

RECENT = 50
"""The training loss and score shown are means over this many updates: those of one batch jump too much to be read."""


def status(
    state: str, reason: str, moment: Moment, look: Look, task: Task, pace: Pace, rate: float, updates: tuple[int, ...]
) -> Plain:
    """What the toolbar and the status line show.

    state: new, training, paused, finished or diverged. reason: why it diverged, whatever moment of it is looked at.
    update, epoch: how far it has come. loss, score: means over
    the last `recent` updates, null before the first. held_score, held_bleu: of the last check, made at
    `held_update`; BLEU is null where it means nothing.
    baseline, baseline_name, score_name: as in `Moment`. rate: updates a second.
    past: the updates that can be looked back at. look: the stream and the quantity on show; streams, quantities: those
    there are to choose from. More to choose from: for an opened cell its step, the labels of all steps, and how many
    units there are; for the way from a loss back to a state both, and between what they may be chosen; for a gradient
    check the name, rows and columns of every parameter.
    """
    history, trace = moment.history, moment.trace
    return {
        "state": state,
        "update": trace.update,
        "epoch": trace.update * trace.config.batch / task.train_size,
        "recent": min(RECENT, len(history.loss)),
        "loss": _mean(history.loss[-RECENT:]),
        "score": _mean(history.score[-RECENT:]),
        "held_update": int(history.held_step[-1]) if len(history.held_step) else None,
        "held_score": _mean(history.held_score[-1:]),
        "held_bleu": _mean(history.held_bleu[-1:]),
        "baseline": moment.baseline,
        "baseline_name": moment.baseline_name,
        "score_name": moment.score_name,
        "reason": reason,
        "pace": pace,
        "rate": rate,
        "learning_rate": trace.config.learning_rate,
        "past": list(updates),
        "look": {"stream": look.stream, "quantity": look.quantity},
        "streams": [_stream_name(stream, trace.streams) for stream in trace.streams],
        "quantities": _quantities(trace),
        "cell": None if moment.opened is None else _cell(moment.opened, trace),
        "weights": [[name, rows, columns] for name, (rows, columns) in moment.weights.items()],
        "way": None if moment.analysis is None else _way(moment.analysis, trace),
    }


def _cell(opened: Opened, trace: Trace) -> Plain:
    """The opened cell's step and unit, and what else could be opened in its chain."""
    times = np.flatnonzero(trace.present[opened.stream]).tolist()
    return {
        "step": opened.step,
        "unit": opened.unit,
        "steps": [[time, f"step {time + 1}: {trace.read[time]}"] for time in times],
        "units": len(opened.before),
    }


def _way(analysis: Analysis, trace: Trace) -> Plain:
    """The loss that is followed back and the state, with all losses and states of the chain."""
    scored = np.flatnonzero(trace.targets >= 0).tolist()
    there = np.flatnonzero(trace.present[analysis.stream]).tolist()
    return {
        "loss": analysis.products.loss,
        "state": analysis.products.state,
        "losses": [[time, f"loss {time + 1}"] for time in scored],
        "states": [[time, f"state {time + 1}: {trace.read[time]}"] for time in there],
    }


def state_of(run: Run, training: bool, longest: int) -> str:
    """new, training, paused, finished (after `longest` updates) or diverged."""
    if run.diverged:
        return "diverged"
    if training:
        return "training"
    if run.step >= longest:
        return "finished"
    return "paused" if run.step else "new"


def status_of_sides(
    compared: Compared,
    states: tuple[str, ...],
    rates: tuple[float, ...],
    training: bool,
    pace: Pace,
    sweeping: tuple[int, ...],
    unanswered: int,
) -> Plain:
    """What the toolbar and the status line of a comparison show; names as in `status`.

    state: training while the runs go on, else that of the run which can still do most. update: of the run furthest
    behind. lag: present at the moment. sweep: the lags that the sweep still goes through, the present one with them.
    unanswered: lags that a sweep would have to try. sides: of each run its name, mark and colour, and its own state,
    update, held_score and rate.
    """
    traces = [side.moment.trace for side in compared.sides]
    order = ("paused", "new", "finished", "diverged")
    return {
        "state": "training" if training else min(states, key=order.index),
        "reason": " ".join(side.moment.diverged for side in compared.sides if side.moment.diverged),
        "update": min(trace.update for trace in traces),
        "pace": pace,
        "past": [],
        "lag": traces[0].config.lag,
        "sweep": list(sweeping),
        "unanswered": unanswered,
        "baseline": compared.sides[0].moment.baseline,
        "baseline_name": compared.sides[0].moment.baseline_name,
        "score_name": compared.sides[0].moment.score_name,
        "sides": [
            {
                "name": side.name,
                "mark": style.character,
                "colour": style.colour,
                "state": state,
                "update": side.moment.trace.update,
                "held_score": _mean(side.moment.history.held_score[-1:]),
                "rate": rate,
            }
            for side, style, state, rate in zip(compared.sides, RUNS, states, rates, strict=False)
        ],
    }


def _mean(values: np.ndarray) -> float | None:
    mean = float(values.mean()) if len(values) else math.nan
    return mean if math.isfinite(mean) else None


def _stream_name(stream: Stream, streams: tuple[Stream, ...]) -> str:
    direction = ("backwards" if stream.backward else "forwards") if any(item.backward for item in streams) else ""
    return ", ".join(part for part in (f"layer {stream.layer + 1}", direction) if part)


def _quantities(trace: Trace) -> Plain:
    """Key and name of every quantity that a look may choose."""
    found: list[Plain] = [["hidden", "hidden state"]]
    if trace.cell_state.size:
        found.append(["cell_state", "cell state"])
    # The candidate is listed with the gates but opens nothing: it is what the gates let in.
    return found + [[name, name if name == "candidate" else f"{name} gate"] for name in trace.gates]
