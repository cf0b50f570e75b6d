"""The frame of the small pictures below the graph: a plot over a row of words, one column a step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from jaxtyping import Float32

from seqviz.core.records import Trace
from seqviz.core.topology import Step
from seqviz.figures.palette import WIRE
from seqviz.figures.parts import Part
from seqviz.figures.words import CHARACTER, LINE, Extent, extent_read, labels_below, lettering, shortened, shown

WIDTH: Final = 250.0
"""px that the columns share when three pictures stand in a row on a page 1366 px wide."""
HEIGHT: Final = 180.0
"""px of a small picture without its margins, in 14 px type. In 20 px type it is higher as a whole."""
CLOSE: Final = 15.0
"""px from one row name to the next at least, so that letters do not touch."""
ASIDE: Final = 0.36
"""Share of the width that row names to the left of a plot take."""


@dataclass(frozen=True)
class Ground:
    """What a small picture stands on: parts that print the words, and axes to be completed by the figure.

    x: places of the columns, numbers of the steps. plot: the share of the height that is left for the plot.
    every: only each so many-th column has room for a character or two. mark: size of a point, in px.
    """

    x: Float32[np.ndarray, " columns"]
    parts: list[Part]
    layout: dict[str, object]
    plot: tuple[float, float]
    every: int
    mark: float

    def colour_bar(self, *ticks: float) -> Part:
        """A colour bar as high as the plot."""
        low, high = self.plot
        bar: Part = {"thickness": 10, "outlinewidth": 0, "len": high - low, "y": high, "yanchor": "top"}
        return {**bar, "tickvals": list(ticks)} if ticks else bar


def over_words(trace: Trace, times: Sequence[int], left: float = 0.0) -> Ground:
    """A ground with a column for each of the steps `times`, and under it the word that the step reads.

    left: share of the width that stays free for row names. A dotted line stands where a new segment begins.
    """
    return _over(trace.read, trace.steps, extent_read(trace), tuple(times), left)


@lru_cache(maxsize=64)
def _over(read: tuple[str, ...], steps: tuple[Step, ...], words: Extent, times: tuple[int, ...], left: float) -> Ground:
    """Made once for an example and what the network reads of it."""
    x = np.array(times, np.float32) + 1
    spacing = WIDTH * (1 - left) / len(times)
    setting = lettering(words, spacing)
    floor = (setting.height + 6) / HEIGHT
    said = [f"{time + 1}: {shown(read[time])}" for time in times]
    hover: Part = {
        "type": "scatter",
        "mode": "markers",
        "x": x,
        "y": np.full(len(x), 0.5, np.float32),
        "yaxis": "y2",
        "marker": {"opacity": 0, "size": LINE},
        "hovertext": said,
        "hoverinfo": "text",
    }
    borders = [time + 0.5 for time in times[1:] if steps[time].segment != steps[time - 1].segment]
    layout: dict[str, object] = {
        "xaxis": {
            "domain": [left, 1],
            "range": [x[0].item() - 0.5, x[-1].item() + 0.5],
            "showticklabels": False,
            "ticks": "",
            "showgrid": False,
            "zeroline": False,
        },
        "yaxis2": {"domain": [0, floor], "range": [0, 1], "visible": False, "fixedrange": True},
        "shapes": [
            {
                "type": "line",
                "xref": "x",
                "yref": "paper",
                "x0": border,
                "x1": border,
                "y0": floor,
                "y1": 1,
                "line": {"color": WIRE, "width": 2, "dash": "dot"},
            }
            for border in borders
        ],
    }
    labels = labels_below(x, setting([read[time] for time in times]), setting.upright, "y2")
    every = int(np.ceil(CHARACTER * 1.5 / spacing))
    return Ground(x, [labels, hover], layout, (floor, 1.0), every, min(7.0, 0.9 * spacing))


def row_names(y: Sequence[float], words: Sequence[str], start: float) -> Part:
    """Names to the left of the rows `y`, ending at x = `start`; as many as there is room for."""
    every = int(np.ceil(len(words) * CLOSE / (HEIGHT * 0.7)))
    return {
        "type": "scatter",
        "mode": "text",
        "x": np.full(len(words), start, np.float32),
        "y": np.array(y, np.float32),
        "text": [shown(shortened(word, ASIDE * WIDTH)) if row % every == 0 else "" for row, word in enumerate(words)],
        "textposition": "middle left",
        "cliponaxis": False,
        "hovertext": [shown(word) for word in words],
        "hoverinfo": "text",
    }


def answering(trace: Trace) -> list[int]:
    """The steps at which the output layer says anything: every step of a single answer, otherwise those that emit."""
    emitting = [time for time, step in enumerate(trace.steps) if step.emits]
    single = len(emitting) == 1 and trace.steps[-1].segment == 0
    return list(range(len(trace.steps))) if single else emitting
