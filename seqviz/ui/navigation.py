"""The list of lessons and what every page shares."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from seqviz.ui import lecture, link

PAGES = Path(__file__).parents[2] / "pages"

LESSONS: dict[str, dict[str, str]] = {
    "Four wirings": {
        "overview": "Overview",
        "many_to_one": "Many to one",
        "one_to_many": "One to many",
        "direct": "Many to many, direct",
        "delayed": "Many to many, delayed",
    },
    "Learning through time": {
        "bptt": "Backpropagation through time",
        "gated": "LSTM and GRU",
        "side_by_side": "Compare",
    },
    "Worked examples": {
        "generated": "Generated text",
    },
}
"""Sections of the menu, each with the file of every lesson and its title."""

STYLE = """<style>
[data-testid="stMainBlockContainer"] { padding: 3.4rem 1.5rem 3rem; max-width: 1900px; }
[data-testid="stMainBlockContainer"] h1 { font-size: 1.7rem; padding: 0; }
[data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] > :has(h1) { margin-bottom: -0.8rem; }
[data-testid="stMainBlockContainer"] h2,
[data-testid="stMainBlockContainer"] h3 { font-size: 1.15rem; padding: 0.6rem 0 0; }
[data-testid="stMainBlockContainer"] [data-testid="stCaptionContainer"] {
  font-size: 0.95rem; margin-bottom: 0; opacity: 0.8;
}
[data-testid="stPageLink-NavLink"] { padding: 0; min-height: 0; }
[data-testid="stPageLink-NavLink"] p { font-size: 1rem; }
[data-testid="stSidebarHeader"] { height: 2.4rem; min-height: 0; margin: 0; }
[data-testid="stSidebarContent"] .stExpander summary { padding: 0.4rem 0.75rem; }
</style>"""


def run() -> None:
    """Shows the page that the link names."""
    st.set_page_config(page_title="seqviz", page_icon="🔁", layout="wide")
    lecture.fold()
    st.html(STYLE)
    menu = {
        section: [st.Page(PAGES / f"{stem}.py", title=title) for stem, title in lessons.items()]
        for section, lessons in LESSONS.items()
    }
    page = st.navigation(menu, position="top")
    if link.turn_to(page.url_path):
        _tell_widgets()
    page.run()


def _tell_widgets() -> None:
    """Has the browser's widgets show what they said on the page before.

    One that both pages have keeps its value in the session; the browser makes it anew, and unless it is told would show
    the first of the options and say so in the next run.
    """
    for key, value in st.session_state.items():
        if isinstance(value, str | int | float):  # no file, and no drawing
            st.session_state[key] = value
