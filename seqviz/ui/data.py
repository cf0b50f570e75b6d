"""Choosing what to learn from: data that comes with the app, or one's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class Source:
    """task, digest: `RunConfig.task` and `RunConfig.data`."""

    task: str
    digest: str = ""


def choose(tasks: Mapping[str, str]) -> Source:
    """The data to learn from; the first of `tasks` (key: what people read) to begin with. The link carries it."""
    keys = list(tasks)
    linked = st.query_params.get("task", keys[0])
    with st.sidebar:
        task = st.selectbox(
            "Data",
            keys,
            index=keys.index(linked) if linked in keys else 0,
            format_func=tasks.__getitem__,
            key=" or ".join(keys),
            help="What the network learns from.",
            persist_state="session",
        )
    return Source(task)
