"""Sentences that may hold what a person typed, uploaded or followed a link to: shown letter for letter."""

from __future__ import annotations

import re

import streamlit as st

_MARKUP = re.compile(r"([!-/:-@\[-`{-~])")
"""All of ASCII's punctuation: what Markdown gives a meaning to, and what it lets stand after a backslash."""


def warn(sentence: str) -> None:
    """Says that something cannot be, or has been done otherwise than asked for."""
    st.warning(plain(sentence))


def note(sentence: str) -> None:
    """Says something by the way, in small type."""
    st.caption(plain(sentence))


def plain(text: str) -> str:
    r"""Text as Markdown that shows it as it is, in one line.

    >>> plain("*no* [link](x)")
    '\\*no\\* \\[link\\]\\(x\\)'
    """
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
