"""The verdict after each step: what the output layer would say if the sequence ended there.

With two classes a line between them; with more a row for each of the classes that matter most in this example.
Diamonds mark the right answers, where they are known.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from seqviz.core.records import Look, Moment, Trace
from seqviz.figures import Picture
from seqviz.figures.palette import OUTPUT, SEQUENTIAL, TARGET, WIRE, faded
from seqviz.figures.parts import Drawing, Part, figure
from seqviz.figures.small import ASIDE, Ground, answering, over_words, row_names
from seqviz.figures.words import shortened, shown

TITLE: Final = "The verdict after each step"
LOOK_FOR: Final = "Find the step at which the network changes its mind."
MOST: Final = 8
"""Classes shown at most."""


def draw(moment: Moment, look: Look) -> Drawing:
    """`Trace.readout` along time. `look` changes nothing here."""
    trace = moment.trace
    times = answering(trace)
    if len(trace.classes) == 2:
        return _two_classes(trace, times, over_words(trace, times))
    return _many_classes(trace, times, over_words(trace, times, ASIDE))


def _two_classes(trace: Trace, times: list[int], ground: Ground) -> Drawing:
    ends = [shown(shortened(name, 63)) for name in trace.classes]
    line: Part = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": ground.x,
        "y": trace.readout[times, 1],
        "fill": "tonexty",
        "fillcolor": faded(OUTPUT, 0.25),
        "line": {"color": OUTPUT, "width": 2.5},
        "marker": {"color": OUTPUT, "size": ground.mark},
        "hovertemplate": f"after step %{{x}}: {shown(trace.classes[1])} %{{y:.1%}}<extra></extra>",
    }
    layout = {
        **ground.layout,
        "yaxis": {
            "domain": ground.plot,
            "range": [-0.04, 1.04],
            "tickvals": [0, 0.5, 1],
            "ticktext": [ends[0], "50 %", ends[1]],
            "zeroline": False,
        },
    }
    rights = _rights(trace, times, [0, 1])
    return figure([_even(ground), line, rights, *ground.parts], layout)


def _even(ground: Ground) -> Part:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": ground.x,
        "y": np.full(len(ground.x), 0.5, np.float32),
        "line": {"color": WIRE, "width": 1.5, "dash": "dash"},
        "hoverinfo": "skip",
    }


def _many_classes(trace: Trace, times: list[int], ground: Ground) -> Drawing:
    peaks = np.nan_to_num(trace.readout[times].max(axis=0))
    classes = np.sort(np.argsort(-peaks, kind="stable")[:MOST])
    rows = np.arange(len(classes), dtype=np.float32)
    heatmap: Part = {
        "type": "heatmap",
        "x": ground.x,
        "y": rows,
        "z": trace.readout[times][:, classes].T,
        "zmin": 0,
        "zmax": 1,
        "colorscale": SEQUENTIAL,
        "colorbar": ground.colour_bar(0, 0.5, 1),
        "hoverongaps": False,
        "hovertemplate": "step %{x}: %{z:.1%}<extra></extra>",
    }
    names = row_names(rows.tolist(), [trace.classes[number] for number in classes], ground.x[0].item() - 0.5)
    layout = {
        **ground.layout,
        "yaxis": {
            "domain": ground.plot,
            "range": [len(classes) - 0.5, -0.5],
            "showticklabels": False,
            "showgrid": False,
            "zeroline": False,
        },
    }
    return figure([heatmap, names, _rights(trace, times, classes.tolist()), *ground.parts], layout)


def _rights(trace: Trace, times: list[int], classes: list[int]) -> Part:
    """A diamond on the right class of every step that has one; none where only the network's own answer is known."""
    row_of = {number: row for row, number in enumerate(classes)}
    rows = [row_of.get(int(trace.targets[time]), np.nan) if trace.targets_known else np.nan for time in times]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": np.array(times, np.float32) + 1,
        "y": np.array(rows, np.float32),
        "marker": {"symbol": "diamond-open", "size": 10, "color": TARGET, "line": {"width": 2.5, "color": TARGET}},
        "cliponaxis": False,
        "hovertemplate": "right at step %{x}<extra></extra>",
    }


PICTURE: Final = Picture(TITLE, LOOK_FOR, draw)
