"""How much each loss depends on each hidden state: ‖∂L_t/∂h_k‖ for every loss t (rows) and state k (columns).

On a logarithmic colour scale. A norm of 0 is left blank and says which of two it is. Where no path leads from the state
to the loss, nothing reaches it: a forward chain cannot use what comes later, and truncated backpropagation stops at its
window. Where a path does lead there, no unit on it lets a gradient through, or float32 has no number so small.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from jaxtyping import Bool

from seqviz.core.graph import NodeKind, graph_of
from seqviz.core.records import Look, Moment, Stream, Trace
from seqviz.core.topology import Step
from seqviz.figures import Picture
from seqviz.figures.numbers import power
from seqviz.figures.palette import CLEAR, GRADIENTS, TARGET, WIRE
from seqviz.figures.parts import Drawing, Part, figure
from seqviz.figures.scales import decades
from seqviz.figures.small import over_words

TITLE: Final = "Which states each loss depends on"
LOOK_FOR: Final = (
    "Strong colour far to the left of the diagonal is memory: a loss that depends on something read long before."
)
DECADES: Final = 8


def draw(moment: Moment, look: Look) -> Drawing:
    """Rows are the steps that emit, columns all steps. A square marks what `look` has chosen."""
    trace = moment.trace
    ground = over_words(trace, range(len(trace.steps)))
    times = [time for time, step in enumerate(trace.steps) if step.emits]
    rows = np.array(times, np.float32) + 1
    norms = trace.influence[times]
    scored = (trace.targets[times] >= 0)[:, None]
    blank, linked = scored & (norms == 0), paths(trace)[times]
    usual = np.isfinite(norms) & (norms > 0)
    low, high = decades(norms, DECADES)
    marks = list(range(high, low - 1, -2 if high - low > 3 else -1))
    logarithms = np.log10(norms, out=np.full_like(norms, np.nan), where=usual)
    name = "‖∂L<sub>%{y}</sub>/∂h<sub>%{x}</sub>‖"
    place: Part = {"type": "heatmap", "x": ground.x, "y": rows, "hoverongaps": False}
    parts: list[Part] = [
        {
            **place,
            "z": np.maximum(logarithms, np.float32(low)),
            "customdata": norms,
            "hovertemplate": f"{name} = %{{customdata:.4g}}<extra></extra>",
            "colorscale": GRADIENTS,
            "zmin": low,
            "zmax": high,
            "colorbar": {
                **ground.colour_bar(),
                "tickvals": marks,
                "ticktext": [power(mark) for mark in marks],
            },
        },
        _mask(place, blank & ~linked, CLEAR, "exactly 0: nothing of L<sub>%{y}</sub> reaches h<sub>%{x}</sub>"),
        _mask(place, blank & linked, CLEAR, f"{name} is 0 or below what 32 bits can hold"),
        _mask(place, ~scored & (norms == 0), CLEAR, "no loss enters at step %{y}"),
        _mask(place, ~np.isfinite(norms), WIRE, f"{name} is no number any more"),
    ]
    some = look.loss in times and 0 <= look.state < len(trace.steps)
    parts.append(
        {
            "type": "scatter",
            "mode": "markers",
            "x": np.array([look.state + 1 if some else np.nan], np.float32),
            "y": np.array([look.loss + 1 if some else np.nan], np.float32),
            "marker": {"symbol": "square-open", "size": 2 * ground.mark, "color": TARGET, "line": {"width": 3}},
            "hoverinfo": "skip",
        }
    )
    layout = {
        **ground.layout,
        "yaxis": {
            "domain": ground.plot,
            "range": [rows[0].item() - 0.5, rows[-1].item() + 0.5],
            "title": {"text": "loss at step"},
            "tick0": rows[-1].item(),
            "dtick": -(-len(times) // 4),
            "showgrid": False,
            "zeroline": False,
        },
    }
    return figure([*parts, *ground.parts], layout)


def paths(trace: Trace) -> Bool[np.ndarray, "steps steps"]:
    """Whether a gradient can come from the loss of a step (row) to a hidden state of another (column), by any path."""
    return _paths(
        trace.steps,
        trace.streams,
        tuple(tuple(row) for row in trace.present.tolist()),
        trace.config.attention,
        tuple((trace.targets >= 0).tolist()),
        trace.config.window,
    )


@lru_cache(maxsize=64)
def _paths(
    steps: tuple[Step, ...],
    streams: tuple[Stream, ...],
    present: tuple[tuple[bool, ...], ...],
    attention: bool,
    scored: tuple[bool, ...],
    window: int,
) -> Bool[np.ndarray, "steps steps"]:
    graph = graph_of(steps, streams, np.array(present), attention, np.array(scored), window).differentiable
    found = np.zeros((len(steps), len(steps)), bool)
    for loss in graph.nodes:
        if loss.kind is NodeKind.LOSS:
            found[loss.step, [node.step for node in graph.leading_to(loss) if node.kind is NodeKind.HIDDEN]] = True
    found.setflags(write=False)
    return found


def _mask(place: Part, where: np.ndarray, colour: str, said: str) -> Part:
    return {
        **place,
        "z": np.where(where, np.float32(1), np.float32(np.nan)),
        "colorscale": [(0.0, colour), (1.0, colour)],
        "showscale": False,
        "hovertemplate": f"{said}<extra></extra>",
    }


PICTURE: Final = Picture(TITLE, LOOK_FOR, draw)
