"""One look at a run: everything that the figures on show need, and no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from seqviz.core.analysis import Analysis, GradientCheck, WeightGradient
from seqviz.core.answers import Answer, Group, Sample, Written
from seqviz.core.config import RunConfig
from seqviz.core.opened import Opened
from seqviz.core.records import Look, Moment, Run, Trace
from seqviz.core.task import Example, Task
from seqviz.figures import Overlay, Picture
from seqviz.figures.storyboard import Storyboard
from seqviz.serving.messages import Weight


@dataclass(frozen=True)
class Tools:
    """What a session works with: `seqviz.training`, `seqviz.tasks` and `seqviz.figures`, or a test's own."""

    start: Callable[[RunConfig], Run]
    advance: Callable[[Run, int, Callable[[], bool]], Run]
    trace: Callable[[Run, Example], Trace]
    answers: Callable[[Run], tuple[Answer, ...]]
    groups: Callable[[Run], tuple[Group, ...]]
    write: Callable[[Run, Example, float, int], Written]
    draw: Callable[[Run, float], tuple[Sample, ...]]
    analyse: Callable[[Run, Trace, Look], Analysis]
    weight_gradient: Callable[[Run, Trace, Look], WeightGradient]
    open_cell: Callable[[Run, Trace, Look], Opened]
    check: Callable[[Run, Trace, Sequence[Weight]], GradientCheck]
    task_of: Callable[[RunConfig], Task]
    figures: Mapping[str, Picture]
    tell: Callable[[Run, Trace], Storyboard]
    overlays: Mapping[str, Overlay]

    def needs(self, figures: tuple[str, ...]) -> frozenset[str]:
        """The fields of `Moment` that at least one of these figures asks for."""
        return frozenset[str]().union(*(self.figures[key].needs for key in figures))


def on_show(figures: tuple[str, ...], look: Look) -> tuple[str, ...]:
    """A page's figures, with the cell that a person has opened in the picture of the network."""
    opened = look.opened and "graph" in figures and "cell" not in figures
    return (*figures, "cell") if opened else figures


def observe(
    tools: Tools,
    run: Run,
    example: Example,
    look: Look,
    figures: tuple[str, ...],
    check: GradientCheck | None = None,
    known: Moment | None = None,
) -> tuple[Moment, Look]:
    """What `figures` need to know of `run` and `example`, and the look as this network can be looked at.

    check: the last gradient check, which is made only when it is asked for. known: what other figures needed to know of
    the same run, example and look; it is added to.
    """
    known = known or _plain(tools, run, example)
    trace = known.trace
    look, needs = _within(look, trace), tools.needs(figures)
    if not needs:
        return known, look
    moment = replace(
        known,
        answers=tools.answers(run) if "answers" in needs else known.answers,
        groups=tools.groups(run) if "groups" in needs else known.groups,
        written=tools.write(run, example, look.temperature, look.beam) if "written" in needs else known.written,
        analysis=tools.analyse(run, trace, look) if "analysis" in needs else known.analysis,
        weight_gradient=tools.weight_gradient(run, trace, look)
        if "weight_gradient" in needs
        else known.weight_gradient,
        opened=tools.open_cell(run, trace, look) if "opened" in needs else known.opened,
        weights=_matrices(run) if "check" in needs else known.weights,
        check=check if "check" in needs else known.check,
        drawn=tools.draw(run, look.temperature) if "drawn" in needs else known.drawn,
    )
    return moment, look


def _plain(tools: Tools, run: Run, example: Example) -> Moment:
    """What all figures need."""
    task = tools.task_of(run.config)
    trace = tools.trace(run, example)
    return Moment(run.history, trace, task.baseline.name, task.baseline.score, task.score_name, run.diverged)


def _matrices(run: Run) -> dict[str, tuple[int, int]]:
    """Rows and columns of every parameter, seen as a matrix of its first axis by all others."""
    return {name: (len(weight), weight.size // len(weight)) for name, weight in run.weights.items()}


def _within(look: Look, trace: Trace) -> Look:
    """The same look where the network has such a stream and quantity, else the nearest it has."""
    known = {"hidden", *trace.gates, *(("cell_state",) if trace.cell_state.size else ())}
    quantity = look.quantity if look.quantity in known else "hidden"
    return replace(look, stream=min(look.stream, len(trace.streams) - 1), quantity=quantity)
