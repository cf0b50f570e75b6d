"""A page of several experiments, one at a time, each of which a link sets up whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st

from seqviz.ui import link
from seqviz.ui.notes import warn


@dataclass(frozen=True)
class Experiment:
    """title: in the menu. sentence: what it shows. figures: keys of `FIGURES`. fields: settings with a widget.

    formula: in LaTeX, a line each. symbols: what its letters mean and where it comes from, in Markdown.
    look_for, try_this: for the reader, in Markdown. links: settings to be tried, by the words on their button, each as
    a link would say it.
    """

    title: str
    sentence: str
    figures: tuple[str, ...]
    fields: tuple[str, ...]
    look_for: tuple[str, ...]
    try_this: str
    links: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    formula: tuple[str, ...] = ()
    symbols: str = ""


def choose(experiments: Mapping[str, Experiment]) -> Experiment:
    """The experiment to be done, the first to begin with. The link carries it."""
    keys = list(experiments)
    linked = link.get("experiment") or keys[0]
    if linked not in keys:
        warn(f"The link asks for the experiment “{linked}”, which there is not.")
        linked = keys[0]
    if linked != st.session_state.get("experiment shown"):
        st.session_state["experiment"] = linked  # a link was followed
    picked = st.segmented_control(
        "Experiment",
        keys,
        format_func=lambda key: experiments[key].title,
        required=True,
        key="experiment",
        label_visibility="collapsed",
        persist_state="session",
    )
    chosen = picked or keys[0]
    st.session_state["experiment shown"] = chosen
    link.write({"experiment": "" if chosen == keys[0] else chosen})
    return experiments[chosen]
