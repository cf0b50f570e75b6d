"""The controls that make a `RunConfig`: one widget a setting, each with one line that says what it does.

What the widgets say and what the page's URL says are the same thing: a link sets the widgets, a widget rewrites the
link. Settings are kept for each task, so that going to another page and back loses nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from seqviz.cells import CELLS
from seqviz.core.config import RunConfig
from seqviz.core.fitting import check_fits
from seqviz.core.task import Task
from seqviz.core.topology import Topology
from seqviz.tasks import task_of
from seqviz.ui import link
from seqviz.ui.controls import CONTROLS, Control, Value
from seqviz.ui.notes import warn

NETWORK = ("cell", "hidden", "layers")
TRAINING = ("learning_rate", "optimiser", "clip", "batch", "seed")
LINKED = (*CONTROLS, "embedding")
"""Settings that a link may carry on any page, though not every page has widgets for them."""


def settings(task: str, fields: Sequence[str], data: str = "", opened: str = "Network") -> RunConfig:
    """The configuration that the link and the widgets of the sidebar ask for.

    task, data: as in `RunConfig`. fields: the settings that get a widget, those left out that the wiring cannot
    have. opened: the group of them that is not folded away. A link that cannot be read is answered with a sentence,
    and the task's own settings stay. Raises BadInput where a person's own data is gone.
    """
    known = task_of(RunConfig(task=task, data=data))
    own = defaults(known, data)
    base, followed = _linked(own, known.topology)
    for name in fields:
        # Set, not given as a default: a link that is followed must win over what the browser says its widgets hold.
        if followed or _key(name, task) not in st.session_state:
            st.session_state[_key(name, task)] = getattr(base, name)
    chosen: dict[str, Any] = {}
    fields = [name for name in fields if _fits(name, own)]
    for group in dict.fromkeys(CONTROLS[name].group for name in fields):
        with st.sidebar.expander(group, expanded=group == opened):
            for name in (name for name in fields if CONTROLS[name].group == group):
                chosen[name] = widget(CONTROLS[name], _key(name, task), chosen.get("cell", base.cell))
    config = replace(base, **chosen)
    st.session_state[_kept(own)] = config
    wanted = config.to_query(own)
    link.write({name: wanted.get(name, "") for name in LINKED})
    return config


def _fits(name: str, own: RunConfig) -> bool:
    """Whether the task's wiring can have what a switch switches on."""
    changed: dict[str, Any] = {} if CONTROLS[name].options else {name: True}
    try:
        check_fits(replace(own, **changed), task_of(own).topology)
    except ValueError:
        return False
    return True


def defaults(task: Task, data: str = "") -> RunConfig:
    """The settings a task starts with."""
    changed: dict[str, Any] = dict(task.defaults)
    return replace(RunConfig(task=task.key, data=data), **changed)


def beside(task: str, config: RunConfig) -> RunConfig:
    """The settings of another task with the same cell and seed, for a network to compare with."""
    return replace(defaults(task_of(RunConfig(task=task))), cell=config.cell, seed=config.seed)


def _linked(own: RunConfig, topology: Topology) -> tuple[RunConfig, bool]:
    """The settings to start the widgets from, and whether a link was just followed; if not, those of last time."""
    base: RunConfig = st.session_state.get(_kept(own), own)
    base = replace(base, data=own.data)
    query = {name: value for name in LINKED if (value := link.get(name))}
    if not query or query == base.to_query(own):
        return base, False
    try:
        asked = RunConfig.from_query(query, own)
        if asked.cell not in CELLS:
            raise ValueError(f"cell must be one of {', '.join(CELLS)}, not {asked.cell!r}.")
        check_fits(asked, topology)
    except ValueError as wrong:
        warn(f"The link asks for something that cannot be: {wrong} The usual settings are used instead.")
        return own, True
    return asked, True


def widget(control: Control, key: str, cell: str) -> Value:
    """A setting's widget here and now, showing what the session state says at `key`; idle where `cell` has no such."""
    idle = control.cell not in ("", cell)
    if not control.options:
        return st.toggle(control.label, key=key, help=control.help, persist_state="session", disabled=idle)
    value: Value = st.session_state[key]
    if isinstance(value, str):
        return st.selectbox(
            control.label,
            control.options,
            format_func=control.spoken,
            key=key,
            help=control.help,
            persist_state="session",
            disabled=idle,
        )
    scale = sorted({*control.options, value}, key=float)
    return st.select_slider(
        control.label,
        scale,
        format_func=control.spoken,
        key=key,
        help=control.help,
        persist_state="session",
        disabled=idle,
    )


def _key(name: str, task: str) -> str:
    return f"{task}.{name}"


def _kept(own: RunConfig) -> str:
    return f"settings of {own.task}"
