"""Choosing the example that the pictures show: from a menu, or one's own. The link carries the choice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from seqviz.core.config import RunConfig
from seqviz.core.task import IGNORE, BadInput, Task
from seqviz.tasks import task_of
from seqviz.ui import link
from seqviz.ui.notes import note, warn

ALONE = "nowhere: one object only"
"""What the menu of scenes calls the place of an object without another."""
OWN = -1
"""The menu's entry for something of one's own."""


@dataclass(frozen=True)
class Composer:
    """How an example of one's own is made.

    ask: shows widgets under a key and gives what they say, as text for `Task.read`; "" while they say nothing. Raises
    BadInput.
    recall: makes those widgets say what a link says, which the task can read.
    """

    ask: Callable[[Task, str], str]
    recall: Callable[[str, str], None]


def _write(task: Task, key: str) -> str:
    """A line of text."""
    shown = " ".join(task.examples[0].words)
    typed = st.text_input(
        "Write your own", key=key, placeholder=shown, help="Press Enter when done.", persist_state="session"
    )
    return str(typed or "")


def _rewrite(key: str, said: str) -> None:
    st.session_state[key] = said


def _move(task: Task, key: str) -> str:
    """A clip from moves."""
    said = "left, right, up, down, stop, faster and bounce, one for each frame after the first."
    typed = st.text_input(
        "Moves", key=key, placeholder="left left stop right", help=said.capitalize(), persist_state="session"
    )
    st.caption(said.capitalize())
    return str(typed or "")


def _compose(task: Task, key: str) -> str:
    """A scene from menus."""
    from seqviz.tasks.scenes import MENUS

    said: list[str] = []
    for name, choices in MENUS.items():
        said.append(
            st.selectbox(
                name, choices, format_func=lambda word: word or ALONE, key=f"{key}.{name}", persist_state="session"
            )
        )
        if not said[-1]:
            break  # there is no other object to be described
    return " ".join(word for word in said if word)


def _decompose(key: str, said: str) -> None:
    from seqviz.tasks.scenes import MENUS, parse

    for name, word in zip(MENUS, parse(said), strict=True):
        if word or name == "Where":
            st.session_state[f"{key}.{name}"] = word


def _draw(task: Task, key: str) -> str:
    """A digit on a pad."""
    from seqviz.tasks.digits import downsample
    from seqviz.ui.pad import pad

    drawing = pad("Draw a digit with the mouse or a finger", key)
    if drawing is None:
        return ""
    return ",".join(f"{value:.4g}" for value in downsample(drawing).ravel())


def _photograph(task: Task, key: str) -> str:
    """A picture that is not in the upload."""
    from seqviz.tasks.own_captions import typed_picture

    file = st.file_uploader(
        "One more picture",
        type=["png", "jpg", "jpeg", "gif"],
        key=key,
        help="A picture that is not in your ZIP file, for the network to caption.",
    )
    return typed_picture(file.getvalue()) if file else ""


def _nothing(key: str, said: str) -> None:
    """A pad cannot be made to show a drawing, nor an uploader a file; they stay empty."""


BY_WRITING = Composer(_write, _rewrite)
COMPOSERS: Mapping[str, Composer] = {
    "clips": Composer(_move, _rewrite),
    "scenes": Composer(_compose, _decompose),
    "digits": Composer(_draw, _nothing),
    "own-captions": Composer(_photograph, _nothing),
}
"""How one's own example is made for a task, where it is not by writing a line."""


def example(config: RunConfig) -> int | str:
    """The chosen example's place in `Task.examples`, or a person's own as text for `Task.read`.

    What cannot be read is answered with a sentence, and the example that was shown before stays.
    """
    task = task_of(config)
    name = f"{config.task}{config.data}{config.lag}"  # another lag has other examples
    kind = f"{config.task}{config.data}"
    linked = _linked(task, name, kind)
    with st.sidebar:
        chosen = st.selectbox(
            "Example",
            [*range(len(task.examples)), OWN],
            format_func=lambda place: "your own …" if place == OWN else task.examples[place].name,
            key=f"{name}.example",
            help="What the pictures show. Those in the list are kept apart from training.",
            persist_state="session",
        )
        found: int | str = int(chosen) if chosen != OWN else _own(task, name, linked)
    st.session_state[f"{name}.shown"] = found
    st.session_state["example of"] = kind, found
    own = isinstance(found, str)
    link.write({"example": "" if own or not found else str(found), "typed": str(found) if own else ""})
    return found


def _own(task: Task, name: str, before: int | str) -> int | str:
    try:
        typed = COMPOSERS.get(task.key, BY_WRITING).ask(task, f"{name}.typed")
        if not typed:
            return before
        example = task.read(typed)
    except BadInput as wrong:
        warn(f"{wrong} The example before is still shown.")
        return before
    if (example.targets == IGNORE).all():
        note("Nobody has said what is right here. The loss and its gradient are of the network's own answer.")
    return typed


def _linked(task: Task, name: str, kind: str) -> int | str:
    """What was shown before, or what a link that was just followed asks for. kind: the task with its data."""
    before: int | str = st.session_state.get(f"{name}.shown", 0)
    typed = link.get("typed")
    asked = typed or link.get("example")
    last, shown = st.session_state.get("example of", (kind, before))
    if last != kind and asked == str(shown):
        return before  # the link still says what another task has shown
    if asked == (str(before) if before else "") or not asked:
        return before
    if typed:
        try:
            task.read(asked)
        except BadInput as wrong:
            warn(str(wrong))
            return before
        st.session_state[f"{name}.example"] = OWN
        COMPOSERS.get(task.key, BY_WRITING).recall(f"{name}.typed", asked)
        return asked
    if asked in map(str, range(len(task.examples))):
        st.session_state[f"{name}.example"] = int(asked)
        return int(asked)
    warn(f"The link asks for example “{asked[:20]}”, which there is not.")
    return before
