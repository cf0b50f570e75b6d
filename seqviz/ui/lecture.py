"""Lecture mode: all type large enough to be read from the back of a lecture hall. The link carries it."""

from __future__ import annotations

from typing import Final

import streamlit as st

KEY: Final = "lecture"
"""Of the switch, and of the link's parameter."""

STYLE: Final = """<style>
/* Streamlit sizes everything by this; its smallest type, 0.875 of it, is then just above 20 px. */
html { font-size: 23px !important; }
[data-testid="stMainBlockContainer"] h1 { font-size: 1.4rem; }
[data-testid="stMainBlockContainer"] { padding-top: 3.9rem; }
[data-testid="stSidebar"][aria-expanded="true"] { min-width: 380px; }
[data-testid="stSidebarUserContent"] { padding-left: 1rem; padding-right: 1rem; }
</style>"""


def switch() -> None:
    """The switch, and the style of the whole page that goes with it."""
    large = st.toggle(
        "Lecture mode",
        key=KEY,
        help="Type large enough for the back row. The settings at the left fold away; an arrow brings them back.",
        bind="query-params",
        persist_state="session",
    )
    fold()  # once more: before the switch stands on the page, a link has not set it yet
    if large:
        st.html(STYLE)


def fold() -> None:
    """Folds the settings away in large type, which needs the whole width, and where the page is narrow anyway."""
    st.set_page_config(initial_sidebar_state="collapsed" if on() else "auto")


def on() -> bool:
    """Whether the page is shown in large type."""
    return bool(st.session_state.get(KEY, False))
