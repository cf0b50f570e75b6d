"""The opening page: four ways to wire one cell, side by side."""

import streamlit as st

from seqviz.ui import lesson, overview

lesson.opening(
    "Four ways to wire one cell",
    "The same cell at every step. What differs is which steps **read** (blue), which **say** something (green), "
    "and where a **loss** (◆) enters.",
)

first, second, third, fourth, fifth = overview.places()
with first:
    st.markdown("**One to one**")
    st.caption("No memory.")
    overview.plain("digits")
with second:
    st.page_link("pages/many_to_one.py", label="**Many to one** → train it")
    st.caption("A review is read; one verdict comes out at its end.")
    overview.wiring("reviews", longest=9)
with third:
    st.page_link("pages/one_to_many.py", label="**One to many** → train it")
    st.caption("A picture goes in once; a caption comes out word by word.")
    overview.wiring("scenes")
with fourth:
    st.page_link("pages/direct.py", label="**Many to many, direct** → train it")
    st.caption("Every frame of a video gets its description at once.")
    overview.wiring("clips", longest=6, cut=True)
with fifth:
    st.page_link("pages/delayed.py", label="**Many to many, delayed** → train it")
    st.caption("An English sentence is read to its end; then the German is written.")
    overview.wiring("translation")

lesson.section("And then: how such a network learns", "Why memory is hard to learn, and what was done about it.")
with st.container(horizontal=True):
    st.page_link("pages/bptt.py", label="**Backpropagation through time** → the gradient, step by step")
    st.page_link("pages/gated.py", label="**LSTM and GRU** → the cells, opened")
    st.page_link("pages/side_by_side.py", label="**Compare** → networks beside each other, on tasks for memory")
