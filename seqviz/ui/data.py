"""Choosing what to learn from: data that comes with the app, or one's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

import streamlit as st

from seqviz.core.config import RunConfig
from seqviz.core.task import BadInput
from seqviz.tasks import task_of
from seqviz.ui import link
from seqviz.ui.notes import note, warn

OWN: Mapping[str, str] = {
    "own-texts": "seqviz.ui.own_texts",
    "own-captions": "seqviz.ui.own_captions",
    "own-tags": "seqviz.ui.own_tags",
    "own-pairs": "seqviz.ui.own_pairs",
    "own-names": "seqviz.ui.own_names",
}
"""Tasks of a person's own data, each with the module that lets them upload it."""


@dataclass(frozen=True)
class Source:
    """task, digest: `RunConfig.task` and `RunConfig.data`."""

    task: str
    digest: str = ""


class Uploaded(Protocol):
    """What an upload became."""

    @property
    def digest(self) -> str:
        """For `RunConfig.data`."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What was done to the file, in sentences."""
        ...


class Uploader(Protocol):
    """A module that reads one kind of data, from files of at most `LARGEST` MB.

    upload: from the file's bytes, with its own controls; raises BadInput.
    """

    WANTED: str
    ENDINGS: tuple[str, ...]
    LARGEST: int
    upload: Callable[[bytes], Uploaded]


def choose(tasks: Mapping[str, str]) -> Source:
    """The data to learn from; the first of `tasks` (key: what people read) to begin with. The link carries it.

    Until a person's own data has been read, and whenever a file cannot be, what was there before stays.
    """
    keys = list(tasks)
    shown: Source | None = st.session_state.get(_shown(keys))
    linked = link.get("task") or keys[0]
    widget = f"data of {keys[0]}"
    if linked not in keys:
        warn(f"The link asks for the data “{linked}”, which this page does not have.")
    elif link.get("task") and (shown is None or shown.task != linked):
        st.session_state[widget] = linked  # a link was followed
    with st.sidebar:
        task = st.selectbox(
            "Data",
            keys,
            format_func=tasks.__getitem__,
            key=widget,
            help="What the network learns from.",
            persist_state="session",
        )
        source = _own(task, shown or Source(keys[0])) if task in OWN else Source(task)
    st.session_state[_shown(keys)] = source
    link.write({"task": "" if source.task == keys[0] else source.task, "data": source.digest})
    return source


def _own(task: str, before: Source) -> Source:
    """One's own data: what has just been uploaded, what the link names, or else what was shown before."""
    reader = cast(Uploader, import_module(OWN[task]))
    file = st.file_uploader(
        "Your file",
        type=list(reader.ENDINGS),
        key=f"file for {task}",
        help=reader.WANTED,
        max_upload_size=reader.LARGEST,
    )
    if file is None:
        digest = link.get("data") or (before.digest if before.task == task else "")
        if digest and _is_there(task, digest):
            return Source(task, digest)
        note(reader.WANTED)
        return before
    try:
        kept = reader.upload(file.getvalue())
        task_of(RunConfig(task=task, data=kept.digest))
    except BadInput as wrong:
        warn(f"{wrong} What was there before is still shown.")
        return before
    for sentence in kept.notes:
        note(sentence)
    return Source(task, kept.digest)


def _is_there(task: str, digest: str) -> bool:
    try:
        task_of(RunConfig(task=task, data=digest))
    except BadInput as gone:
        warn(str(gone))
        return False
    return True


def _shown(keys: list[str]) -> str:
    return f"data shown of {keys[0]}"
