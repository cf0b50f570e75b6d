"""How a network that writes by itself is looked at: how boldly words are drawn, how many beginnings a beam keeps."""

from __future__ import annotations

import streamlit as st

from seqviz.core.records import Look


def look() -> Look:
    """The temperature and the beam width that the sidebar's widgets ask for."""
    with st.sidebar.expander("Writing"):
        temperature = st.select_slider(
            "Temperature",
            (0.2, 0.5, 0.8, 1.0, 1.5, 2.0),
            1.0,
            help="Of the sentences drawn at random: low is careful, high is bold.",
            key="temperature",
            persist_state="session",
        )
        beam = st.select_slider(
            "Beam width",
            (1, 2, 3, 4, 5),
            3,
            help="Beginnings that the beam search keeps at each word.",
            key="beam",
            persist_state="session",
        )
    return Look(temperature=float(temperature), beam=int(beam))
