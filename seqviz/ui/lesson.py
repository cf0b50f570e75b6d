"""The parts of a lesson's page, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st

from seqviz.cells import CELLS
from seqviz.core.config import RunConfig
from seqviz.ui import lecture, link

LOSS: Final = r"L = -\frac{1}{N} \sum \ln p(\text{right answer})"


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
    line, symbols = _output(config)
    for each in (*cell.equation, line, LOSS):
        st.latex(each)
    lines = (
        "x is the vector that is made of an input, h the hidden state (the network's memory), and t counts the steps. "
        "W and b are weights, which are learned. The state of one step goes into the next, with the same weights at "
        "every step: that is what *recurrent* means.",
        cell.letters,
        f"The output layer’s o is made into probabilities by softmax: p is {output}. {symbols}",
        "L is the *loss* (cross-entropy): minus the logarithm of the probability of the right answer, averaged over "
        "all N outputs that have one. Its unit is the nat: guessing among K equally likely answers costs ln K nats.",
        f"Source: {cell.source}.",
    )
    st.markdown("\n".join(f"- {line}" for line in lines if line))


def _output(config: RunConfig) -> tuple[str, str]:
    """The output layer's equation, and in words what it reads besides h."""
    softmax = r"\qquad p = \mathrm{softmax}(o^{(t)})"
    if config.attention:
        weights = r"\alpha^{(t,s)} = \mathrm{softmax}_s\!\left({h^{(t)}}^{\top} W_a\,h^{(s)}\right)"
        read = r"h^{(t)};\; \textstyle\sum_s \alpha^{(t,s)}\,h^{(s)}"
        return rf"{weights}, \qquad o^{{(t)}} = W_{{ho}}\,[\,{read}\,] + b_o, {softmax}", (
            "α says how much step t of the decoder looks at step s of the encoder (attention, Luong et al. 2015); "
            "[ ; ] puts one vector behind the other."
        )
    if config.bidirectional:
        read = r"\overrightarrow{h}^{(t)};\; \overleftarrow{h}^{(t)}"
        return rf"o^{{(t)}} = W_{{ho}}\,[\,{read}\,] + b_o, {softmax}", (
            "The arrows mark the two directions; [ ; ] puts one state behind the other. A single answer takes each "
            "state at the end of its own way."
        )
    return rf"o^{{(t)}} = W_{{ho}}\,h^{{(t)}} + b_o, {softmax}", ""


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
