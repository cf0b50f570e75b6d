"""Uploading sentence pairs."""

from __future__ import annotations

import streamlit as st

from seqviz.tasks.own_pairs import prepare
from seqviz.tasks.store import Prepared
from seqviz.ui.once import once

WANTED = (
    "A text file with a sentence, a tab and its translation in each line, as exports of Tatoeba come; with or without "
    "a first line of column names. Up to 50,000 pairs and 25 MB."
)
ENDINGS = ("tsv", "txt", "csv")
LARGEST = 25

_prepared = once(prepare)


def upload(content: bytes) -> Prepared:
    """Lets the person choose direction and sizes, and keeps the pairs. Raises BadInput."""
    swap = st.toggle("Translate from the second column into the first", help="Turns the direction round.")
    vocabulary = st.select_slider(
        "Words told apart in each language", (500, 1000, 2000, 5000, 10000), 5000, help="The commonest; others are one."
    )
    longest = st.select_slider("Longest sentence", (5, 10, 15, 20, 30), 20, help="Pairs with more words are left out.")
    return _prepared(content, vocabulary, longest, swap)
