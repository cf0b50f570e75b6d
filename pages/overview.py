"""The opening page: four ways to wire one cell, side by side."""

import streamlit as st

from seqviz.ui import lesson, overview

lesson.opening(
    "Four ways to wire one cell",
    "A recurrent network uses the same cell at every step. What differs is only which steps **read** something (blue), "
    "which steps **say** something (green), and where a **loss** (◆) tells the network how wrong it was.",
)

above = st.columns([1, 2.1, 2.1])
below = st.columns([2.4, 2.8])
with above[0].container(border=True):
    st.markdown("**One to one** · the plain network, for comparison: one picture, one answer, no memory.")
    overview.plain("digits", 0)
with above[1].container(border=True):
    st.markdown("**Many to one** · a review is read, one verdict comes out at its end.")
    overview.wiring("reviews", 0)
    st.page_link("pages/many_to_one.py", label="Train it →")
with above[2].container(border=True):
    st.markdown("**One to many** · one picture goes in once, a caption comes out word by word.")
    overview.wiring("scenes", 0)
    st.page_link("pages/one_to_many.py", label="Train it →")
with below[0].container(border=True):
    st.markdown("**Many to many, direct** · every frame of a video gets its description at once.")
    overview.wiring("clips", 0, longest=6)
    st.page_link("pages/direct.py", label="Train it →")
with below[1].container(border=True):
    st.markdown("**Many to many, delayed** · an English sentence is read to its end, then the German is written.")
    overview.wiring("translation", 0)
    st.page_link("pages/delayed.py", label="Train it →")
