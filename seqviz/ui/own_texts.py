"""Uploading texts with labels."""

from __future__ import annotations

import streamlit as st

from seqviz.tasks.own_texts import prepare
from seqviz.tasks.store import Prepared
from seqviz.tasks.tables import Table, guess_columns, read_table
from seqviz.ui.once import once

WANTED = (
    "A CSV or TSV file with a text and its label in each row, up to 50,000 rows and 25 MB. "
    "Two or more classes; with or without a first row of column names."
)
ENDINGS = ("csv", "tsv", "txt")
LARGEST = 25


def upload(content: bytes) -> Prepared:
    """Lets the person choose the columns and sizes, and keeps the texts. Raises BadInput."""
    table = _table(content)
    text, label = guess_columns(table)
    places = list(range(len(table.columns)))
    named = table.columns.__getitem__
    text = st.selectbox("Column with the texts", places, text, named, help="What the network reads.")
    label = st.selectbox("Column with the labels", places, label, named, help="What it has to say at the end.")
    vocabulary = st.select_slider(
        "Words told apart", (200, 500, 1000, 2000, 5000, 10000), 2000, help="The commonest; all others count as one."
    )
    longest = st.select_slider("Words read of a text", (10, 20, 40, 60, 100, 150), 40, help="What is longer is cut.")
    return _prepared(content, text, label, vocabulary, longest)


@st.cache_resource(max_entries=4, show_spinner=False)
def _table(content: bytes) -> Table:
    """Read once, not at every run of the page."""
    return read_table(content)


@once
def _prepared(content: bytes, text: int, label: int, vocabulary: int, longest: int) -> Prepared:
    return prepare(_table(content), text, label, vocabulary, longest)
