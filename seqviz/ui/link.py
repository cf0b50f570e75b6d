"""What the page's link says. Every choice that a link carries is read and written here.

Each run of a page's script comes with the browser's report of its own link. While a slider moves, these reports are
late: they say what a link of ours said a moment ago, and are then neither a link that somebody follows nor a sign that
the browser has heard the latest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

import streamlit as st

from seqviz.ui.lecture import KEY as LECTURE

LATE: Final = 5.0
"""Seconds by which a report may be late."""
_FOLLOWED: Final = "a link was followed"


@dataclass
class _Parameter:
    """What was written last, and what that replaced and when."""

    said: str
    replaced: list[tuple[float, str]] = field(default_factory=list)

    def behind(self, reported: str) -> bool:
        """Whether the browser has yet to hear of what was written last."""
        return any(reported == value and monotonic() - moment < LATE for moment, value in self.replaced)


def get(name: str) -> str:
    """What the link says of `name`, "" for nothing."""
    reported = st.query_params.get(name, "")
    known = _known().get(name)
    return known.said if known and known.behind(reported) else reported


def write(wanted: Mapping[str, str]) -> None:
    """Makes the link say this, "" being nothing, and leaves alone what else it says."""
    known, before = _known(), {name: get(name) for name in wanted}
    for name, value in wanted.items():
        if value != before[name]:
            recent = [(moment, old) for moment, old in _of(name).replaced if monotonic() - moment < LATE]
            known[name] = _Parameter(value, [*recent, (monotonic(), before[name])])
    if before == wanted:
        return
    # All that was written lately goes along: what is said here is the whole link, and the report may be late.
    whole = {name: get(name) for name in known}
    for name in [name for name in st.query_params if whole.get(name) == ""]:
        del st.query_params[name]
    st.query_params.update({name: value for name, value in whole.items() if value})


def follow(query: Mapping[str, str]) -> None:
    """Runs the page again as if somebody had followed a link to it that says this. Lecture mode stays as it is."""
    st.session_state[_FOLLOWED] = True
    write({**{name: "" for name in (*st.query_params, *_known()) if name != LECTURE}, **query})
    st.rerun()


def followed() -> bool:
    """Whether `follow` has just set up all that the page shows; said once."""
    return bool(st.session_state.pop(_FOLLOWED, False))


def turn_to(page: str) -> bool:
    """Another page has a link of its own. Returns whether it is another than at the last run."""
    if st.session_state.get("page of the link") == page:
        return False
    st.session_state["page of the link"] = page
    _known().clear()
    return True


def _known() -> dict[str, _Parameter]:
    known: dict[str, _Parameter] = st.session_state.setdefault("link", {})
    return known


def _of(name: str) -> _Parameter:
    return _known().get(name, _Parameter(""))
