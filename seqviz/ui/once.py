"""Uploads are prepared once, not at every run of the page's script."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

from seqviz.tasks import store
from seqviz.tasks.store import Prepared

Asked = ParamSpec("Asked")


def once(prepare: Callable[Asked, Prepared]) -> Callable[Asked, Prepared]:
    """`prepare`, done once for the same arguments, and again where what it kept has had to make room."""
    remembered = st.cache_resource(max_entries=8, show_spinner=False)(prepare)

    @wraps(prepare)
    def prepared(*args: Asked.args, **named: Asked.kwargs) -> Prepared:
        found: Prepared = remembered(*args, **named)
        if not store.has(found.digest):
            remembered.clear()
            found = remembered(*args, **named)
        return found

    return prepared
