"""The parts of a lesson's page, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from seqviz.cells import CELLS
from seqviz.core.config import RunConfig
from seqviz.ui import lecture, link


def opening(title: str, sentence: str) -> None:
    """The title and the one sentence that says what goes in and what comes out."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.title(title, anchor=False, width="content")
        lecture.switch()
    st.markdown(sentence)


def equation(config: RunConfig, output: str) -> None:
    """The chosen cell's equation in the lecture's symbols, with that of the output layer.

    output: what the output is, in words, such as "the probability that the review is positive".
    """
    cell = CELLS[config.cell]
    st.subheader("The equation", anchor=False)
    for line in (*cell.equation, r"o^{(t)} = W_{ho}\,h^{(t)} + b_o, \qquad p = \mathrm{softmax}(o^{(t)})"):
        st.latex(line)
    st.markdown(
        "x is the input, h the hidden state (the network's memory), o the output before it becomes probabilities, "
        f"and t counts the steps. p is {output}. The same W at every step: that is what *recurrent* means. "
        f"Source: {cell.source}."
    )


def formula(lines: Sequence[str], symbols: str) -> None:
    """What the pictures above show, as a formula, and what its letters mean. lines: in LaTeX."""
    st.subheader("The formula", anchor=False)
    for line in lines:
        st.latex(line)
    st.markdown(symbols)


def section(heading: str, text: str) -> None:
    """A heading and a paragraph, for pictures that follow."""
    st.subheader(heading, anchor=False)
    st.markdown(text)


def points(heading: str, *lines: str) -> None:
    """A short list under a heading."""
    st.subheader(heading, anchor=False)
    st.markdown("\n".join(f"- {line}" for line in lines))


def try_this(text: str) -> None:
    """One experiment for the reader."""
    section("Try this", text)


def links(settings: Mapping[str, Mapping[str, str]]) -> None:
    """Experiments that are set up whole, by the page's link. settings: each button's words, and what the link says."""
    with st.container(horizontal=True):
        for title, query in settings.items():
            if st.button(title):
                link.follow(query)


def check_yourself(question: str, answer: str) -> None:
    """A question whose answer is folded away."""
    st.subheader("Check yourself", anchor=False)
    with st.expander(question):
        st.markdown(answer)
