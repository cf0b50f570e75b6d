"""What each step does to a gradient that passes through it: the singular values of ∂h_t/∂h_{t-1}.

The largest says how much the step can stretch a gradient at most, the smallest how much it can shrink it. For an LSTM
the dotted line is the largest singular value of the whole step, from (h, c) to (h, c).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from seqviz.core.records import Look, Moment
from seqviz.figures import Picture
from seqviz.figures.lab import NEEDS, LogAxis, analysis_of, at_one, line, said, with_cuts
from seqviz.figures.palette import GRADIENT, HIDDEN, faded
from seqviz.figures.parts import Drawing, Part, figure
from seqviz.figures.small import over_words

TITLE: Final = "How each step stretches a gradient"
LOOK_FOR: Final = (
    "Where the whole band lies below 1, every gradient shrinks at that step. Where it reaches above 1, some directions "
    "are stretched, but this gradient need not point that way. For an LSTM the band is of h alone, and a gradient "
    "travels along c too."
)


def draw(moment: Moment, look: Look) -> Drawing:
    """A band from the smallest to the largest singular value with the median in it, one point a step."""
    analysis, trace = analysis_of(moment), moment.trace
    jacobians = analysis.jacobians
    values, whole = jacobians.singular_hidden, jacobians.singular[:, 0]
    largest, smallest = values[:, 0], values[:, -1]
    with_cell = jacobians.singular.shape[1] > values.shape[1]
    ground = over_words(trace, range(len(trace.steps)))
    # The smallest of many values is often all but 0: it may run out of the picture.
    axis = LogAxis(values, *([whole] if with_cell else []), span=3)
    median = np.median(values, axis=1)
    parts: list[Part] = [
        line(ground.x, axis(smallest), faded(GRADIENT, 0.6), "step %{x}: smallest", said(smallest)),
        {
            **line(ground.x, axis(largest), GRADIENT, "step %{x}: largest", said(largest), width=2.5),
            "fill": "tonexty",
            "fillcolor": faded(GRADIENT, 0.15),
        },
        line(ground.x, axis(median), GRADIENT, "step %{x}: median", said(median)),
    ]
    if with_cell:
        parts.append(
            line(ground.x, axis(whole), HIDDEN, "step %{x}: largest, cell state included", said(whole), dash="dot")
        )
    layout = {
        **with_cuts(ground, jacobians.cut, trace.streams[analysis.stream].backward),
        "yaxis": axis.layout(ground, "singular values"),
    }
    return figure([*parts, at_one(ground), *ground.parts], layout)


PICTURE: Final = Picture(TITLE, LOOK_FOR, draw, NEEDS)
