"""The beam search's tree: every word that was looked at, and the path that won (Graves 2012; Sutskever et al. 2014)."""

from __future__ import annotations

from typing import Final

import numpy as np

from seqviz.core.answers import Written
from seqviz.core.records import Look, Moment
from seqviz.figures import Picture
from seqviz.figures.palette import CLEAR, OUTPUT, WIRE
from seqviz.figures.parts import Drawing, Part, figure
from seqviz.figures.words import shortened, shown

LEAST: Final = 18.0
"""px without which no word is printed."""


def draw(moment: Moment, look: Look) -> Drawing:
    """Time from left to right, better sentences further up; what the beam dropped is pale."""
    written = moment.written
    if written is None:
        return figure([], {})
    times, heights = _places(written)
    longest = max((branch.time for branch in written.branches), default=0)
    last = max(8, longest) + 0.8
    room = look.room / (last + 1.2) - 4
    best = set(written.best)
    dropped = [i for i, branch in enumerate(written.branches) if not branch.kept]
    going = [i for i, branch in enumerate(written.branches) if branch.kept and i not in best]
    parts: list[Part] = [
        _lines(written, times, heights, dropped + going, WIRE, 1),
        _lines(written, times, heights, list(written.best), OUTPUT, 4),
        _words(written, times, heights, dropped, room, faint=True),
        _words(written, times, heights, going, room, faint=False),
        _words(written, times, heights, list(written.best), room, faint=False),
    ]
    hidden_axis = {"visible": False, "fixedrange": True}
    return figure(
        parts,
        {
            "xaxis": hidden_axis | {"range": [-1.2, last]},
            "yaxis": hidden_axis | {"range": [-1, max(4, float(heights.max(initial=0))) + 0.7]},
        },
    )


def _places(written: Written) -> tuple[np.ndarray, np.ndarray]:
    """Where each branch stands: its time, and its rank among those of its time, the best on top."""
    times = np.array([branch.time for branch in written.branches], np.float32)
    heights = np.zeros(len(times), np.float32)
    for time in np.unique(times):
        here = np.flatnonzero(times == time)
        scores = np.array([written.branches[i].log_probability for i in here])
        heights[here[np.argsort(scores)]] = np.arange(len(here)) - (len(here) - 1) / 2
    return times, heights - heights.min(initial=0)


def _lines(
    written: Written, times: np.ndarray, heights: np.ndarray, chosen: list[int], colour: str, width: int
) -> Part:
    root = float(heights.max(initial=0)) / 2
    x: list[float] = []
    y: list[float] = []
    for index in chosen:
        parent = written.branches[index].parent
        x += [float(times[parent]) if parent >= 0 else -1.0, float(times[index]), np.nan]
        y += [float(heights[parent]) if parent >= 0 else root, float(heights[index]), np.nan]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": np.array(x, np.float32),
        "y": np.array(y, np.float32),
        "line": {"color": colour, "width": width},
        "hoverinfo": "skip",
    }


def _words(
    written: Written, times: np.ndarray, heights: np.ndarray, chosen: list[int], room: float, *, faint: bool
) -> Part:
    """room: px that a word may take; where there is none for a letter or two, words are told on pointing alone."""
    words = [written.labels[written.branches[i].word] for i in chosen]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": times[chosen],
        "y": heights[chosen],
        "text": [shown(shortened(word, room)) if room >= LEAST else "" for word in words],
        "hovertext": [shown(word) for word in words],
        "textposition": "top center",
        "opacity": 0.55 if faint else 1.0,
        "marker": {
            "size": 6 if faint else 9,
            "color": CLEAR if faint else OUTPUT,
            "line": {"width": 1, "color": OUTPUT},
        },
        "customdata": np.array([written.branches[i].log_probability for i in chosen], np.float32),
        "hovertemplate": "%{hovertext}<br>log-probability so far %{customdata:.3f} nats<extra></extra>",
    }


PICTURE = Picture(
    "Beam search",
    "At every step only the most probable beginnings are kept (filled). Of those that end, the one whose words, or "
    "letters, are the most probable on average wins (thick green line).",
    draw,
    needs=frozenset({"written"}),
    wide=True,
)
