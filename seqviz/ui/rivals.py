"""The controls of several runs to be compared: what they share, and what each has for itself. The link carries both."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import streamlit as st

from seqviz.core.compared import MOST_SIDES, read, written
from seqviz.core.config import RunConfig
from seqviz.core.fitting import check_fits
from seqviz.tasks import task_of
from seqviz.ui import link
from seqviz.ui.controls import CONTROLS
from seqviz.ui.notes import warn
from seqviz.ui.settings import widget

MAIN: Final = ("cell", "hidden", "optimiser", "learning_rate")
MORE: Final = (
    "layers",
    "bidirectional",
    "layer_norm",
    "dropout",
    "initialisation",
    "radius",
    "forget_bias",
    "clip",
    "clip_by",
    "window",
)
FIELDS: Final = (*MAIN, *MORE)
CELLS: Final = ("elman", "gru", "lstm", "elman-relu")
"""Those that the first runs begin with, in this order."""
BUDGETS: Final = (200, 500, 1000, 2000, 5000, 10_000)
BUDGET: Final = 1000


def rivals(shared: RunConfig) -> tuple[tuple[str, RunConfig], ...]:
    """Two to four runs with the name of each: the shared settings with what each run's own widgets say."""
    linked = _linked(shared)
    with st.sidebar:
        count = st.segmented_control(
            "Runs",
            range(2, MOST_SIDES + 1),
            required=True,
            key=f"{shared.task}.runs",
            help="How many networks are trained beside each other.",
            persist_state="session",
        )
    before = [*linked, *(replace(shared, cell=cell) for cell in CELLS[len(linked) :])]
    runs = tuple(_run(place, before[place]) for place in range(count or len(linked)))
    said = written(runs, shared)
    st.session_state[_shown(shared)] = said
    link.write({"runs": "" if said == written(_usual(shared), shared) else said})
    return tuple(zip(names(runs, shared), runs, strict=True))


def budget() -> int:
    """Updates within which a run is to solve its task."""
    asked = link.get("budget")
    if asked and asked != st.session_state.get("budget shown"):
        if asked.isdecimal() and int(asked) in BUDGETS:
            st.session_state["budget"] = int(asked)
        else:
            warn(f"The link allows {asked} updates; it can be {', '.join(map(str, BUDGETS))}.")
    with st.sidebar:
        st.session_state.setdefault("budget", BUDGET)
        chosen = st.select_slider(
            "Updates allowed",
            BUDGETS,
            key="budget",
            help="A run that has not solved the task after so many updates counts as not having solved it.",
            persist_state="session",
        )
    st.session_state["budget shown"] = str(chosen)
    link.write({"budget": "" if chosen == BUDGET else str(chosen)})
    return int(chosen)


def names(runs: tuple[RunConfig, ...], shared: RunConfig) -> tuple[str, ...]:
    """Each run's cell and what sets it apart from the others; a number where nothing does.

    >>> names((RunConfig(cell="gru"), RunConfig(cell="lstm", hidden=8)), RunConfig())
    ('GRU', 'LSTM, hidden size 8')
    """
    apart = [name for name in FIELDS if name != "cell" and len({getattr(run, name) for run in runs}) > 1]
    plain = [
        ", ".join(
            [
                CONTROLS["cell"].spoken(run.cell),
                *(_said(run, name) for name in apart if getattr(run, name) != getattr(shared, name)),
            ]
        )
        for run in runs
    ]
    return tuple(
        f"{name} ({plain[: place + 1].count(name)})" if plain.count(name) > 1 else name
        for place, name in enumerate(plain)
    )


def _said(run: RunConfig, name: str) -> str:
    control, value = CONTROLS[name], getattr(run, name)
    label = control.label[0].lower() + control.label[1:]
    return (label if value else f"not {label}") if isinstance(value, bool) else f"{label} {control.spoken(value)}"


def _usual(shared: RunConfig) -> tuple[RunConfig, ...]:
    return tuple(replace(shared, cell=cell) for cell in CELLS[:3])


def _linked(shared: RunConfig) -> tuple[RunConfig, ...]:
    """The runs of last time or, where a link was just followed, those that it names: their widgets are set to them."""
    asked = link.get("runs")
    shown = st.session_state.get(_shown(shared))
    runs = read(shown, shared) if shown else _usual(shared)
    if shown and asked in (shown, ""):
        return runs
    if asked:
        try:
            runs = tuple(_checked(run) for run in read(asked, shared))
        except ValueError as wrong:
            warn(f"The link asks for something that cannot be: {wrong} The usual runs are shown instead.")
    st.session_state[f"{shared.task}.runs"] = len(runs)
    for place, run in enumerate(runs):
        for name in FIELDS:
            st.session_state[_key(shared.task, place, name)] = getattr(run, name)
    return runs


def _checked(run: RunConfig) -> RunConfig:
    """The same. Raises ValueError, in a sentence for people, where there is no such network."""
    cells = CONTROLS["cell"].options
    if run.cell not in cells:
        raise ValueError(f"cell must be one of {', '.join(map(str, cells))}, not {run.cell!r}.")
    check_fits(run, task_of(run).topology)
    return run


def _run(place: int, before: RunConfig) -> RunConfig:
    for name in FIELDS:
        st.session_state.setdefault(_key(before.task, place, name), getattr(before, name))
    cell = st.session_state[_key(before.task, place, "cell")]
    title = f"Run {place + 1}: {CONTROLS['cell'].spoken(cell)}"
    with st.sidebar.expander(title, key=f"run {place}"):  # without a key, another title would fold it up
        chosen: dict[str, Any] = {name: widget(CONTROLS[name], _key(before.task, place, name), cell) for name in MAIN}
        with st.popover("More settings", width="stretch"):
            chosen |= {name: widget(CONTROLS[name], _key(before.task, place, name), cell) for name in MORE}
    return replace(before, **chosen)


def _key(task: str, place: int, name: str) -> str:
    return f"{task}.run {place}.{name}"


def _shown(shared: RunConfig) -> str:
    return f"runs shown of {shared.task}"
