"""Choosing the example that the pictures show: from a menu, or one's own."""

from __future__ import annotations

import streamlit as st

from seqviz.core.config import RunConfig
from seqviz.core.task import BadInput
from seqviz.tasks import task_of

OWN = -1
"""The menu's entry for something of one's own."""


def example(config: RunConfig, own: str, placeholder: str) -> int | str:
    """The chosen example's place in `Task.examples`, or the text that a person typed.

    own: the label of the field for one's own input. A text that cannot be read is answered with a sentence, and the
    example chosen before stays. The link carries the choice.
    """
    task = task_of(config)
    with st.sidebar:
        chosen = st.selectbox(
            "Example",
            [*range(len(task.examples)), OWN],
            format_func=lambda place: own if place == OWN else task.examples[place].name,
            key=f"{config.task}{config.data}.example",
            help="What the pictures show. The network has never been trained on it.",
            persist_state="session",
        )
        if chosen != OWN:
            return int(chosen)
        typed = st.text_input(
            own, key=f"{config.task}{config.data}.typed", placeholder=placeholder, persist_state="session"
        )
        if not typed:
            st.caption("Write something and press Enter.")
            return 0
        try:
            task.read(typed)
        except BadInput as wrong:
            st.warning(str(wrong))
            return 0
        return typed
