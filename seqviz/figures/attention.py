"""Attention: how strongly each output word looks at each source word; every row adds up to 1.

Source: Luong, Pham & Manning (2015), "Effective approaches to attention-based neural machine translation".
"""

from __future__ import annotations

from typing import Final

import numpy as np

from seqviz.core.records import Look, Moment
from seqviz.figures import Picture
from seqviz.figures.palette import SEQUENTIAL
from seqviz.figures.parts import Drawing, Part, figure
from seqviz.figures.small import ASIDE, over_words, row_names

TITLE: Final = "Where each output word looks"
LOOK_FOR: Final = (
    "A trained translator looks at the words it is translating: the path need not run straight down the diagonal."
)


def draw(moment: Moment, look: Look) -> Drawing:
    """Rows are the words written, columns the words read; a sentence where there is no attention."""
    trace = moment.trace
    if not trace.config.attention:
        return _nothing()
    sources = [time for time, step in enumerate(trace.steps) if step.segment == 0]
    times = [time for time, step in enumerate(trace.steps) if step.emits]
    ground = over_words(trace, sources, ASIDE)
    rows = np.arange(len(times), dtype=np.float32)
    heatmap: Part = {
        "type": "heatmap",
        "x": ground.x,
        "y": rows,
        "z": trace.attention[times][:, sources],
        "zmin": 0,
        "zmax": 1,
        "colorscale": SEQUENTIAL,
        "colorbar": ground.colour_bar(0, 0.5, 1),
        "hoverongaps": False,
        "hovertemplate": "weight on what step %{x} read: %{z:.3f}<extra></extra>",
    }
    names = row_names(rows.tolist(), [trace.classes[trace.written[time]] for time in times], ground.x[0].item() - 0.5)
    layout = {
        **ground.layout,
        "yaxis": {
            "domain": ground.plot,
            "range": [len(times) - 0.5, -0.5],
            "showticklabels": False,
            "showgrid": False,
            "zeroline": False,
        },
    }
    return figure([heatmap, names, *ground.parts], layout)


def _nothing() -> Drawing:
    said: Part = {
        "type": "scatter",
        "mode": "text",
        "x": [0],
        "y": [0],
        "text": ["This network has no attention."],
        "hoverinfo": "skip",
    }
    hidden = {"visible": False, "range": [-1, 1], "fixedrange": True}
    return figure([said], {"xaxis": hidden, "yaxis": hidden})


PICTURE: Final = Picture(TITLE, LOOK_FOR, draw)
