"""Uploading a list of names, titles or short lines."""

from __future__ import annotations

import streamlit as st

from seqviz.tasks.own_names import prepare
from seqviz.tasks.store import Prepared
from seqviz.ui.once import once

WANTED = (
    "A text file with a name, a title or another short text in each line, at most 30 letters long, up to 20,000 of "
    "them. Its kind may stand before it, with a tab between them."
)
ENDINGS = ("txt", "tsv", "csv")
LARGEST = 25

_prepared = once(prepare)


def upload(content: bytes) -> Prepared:
    """Lets the person choose how letters are taken, and keeps the names. Raises BadInput."""
    small = st.toggle("All letters small", True, help="Fewer letters to tell apart are learned sooner.")
    return _prepared(content, small)
