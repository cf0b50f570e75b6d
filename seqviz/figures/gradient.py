"""The gradient that reaches each hidden state, ‖∂L/∂h_t‖, on a logarithmic axis; for an LSTM also ‖∂L/∂c_t‖, dashed.

The chain `Look.stream` is drawn bold, all others thin. What has no place on a logarithmic axis stands at its floor
and says what it is: a norm of exactly 0, or one that is no number any more. Of a cell state it is left out.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float32

from seqviz.core.records import Look, Moment
from seqviz.figures import Picture
from seqviz.figures.numbers import ticks
from seqviz.figures.palette import GRADIENT, HIDDEN, faded
from seqviz.figures.parts import Drawing, Part, figure
from seqviz.figures.scales import decades, norms
from seqviz.figures.small import Ground, over_words

TITLE: Final = "Gradient reaching each step"
LOOK_FOR: Final = "A straight fall to the left is a gradient that vanishes by the same factor at every step back."
DECADES: Final = 12
_NAMES: Final = f'<span style="color:{GRADIENT}">— ‖∂L/∂h‖</span>  <span style="color:{HIDDEN}">- - ‖∂L/∂c‖</span>'
"""What the axis shows where there is a cell state, each in the colour and with the dash of its line."""


def draw(moment: Moment, look: Look) -> Drawing:
    """One point a step; a fall of one grid line is a factor of ten or more, as the axis says."""
    trace = moment.trace
    row = min(look.stream, len(trace.streams) - 1)
    reaching = np.where(trace.present, norms(trace.grad_hidden), np.float32(np.nan))
    cell = norms(trace.grad_cell_state[row]) if trace.cell_state.size else None
    ground = over_words(trace, range(len(trace.steps)))
    low, high = _limits(reaching if cell is None else np.vstack([reaching, cell]))
    usual = np.isfinite(reaching) & (reaching > 0)
    floor = np.float32(10.0**low)
    drawn = np.where(usual, np.maximum(reaching, floor), np.nan)
    odd = trace.present[row] & ~usual[row]
    parts: list[Part] = [
        _others(ground.x, drawn, row),
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": ground.x,
            "y": drawn[row],
            "customdata": reaching[row],
            "hovertemplate": "‖∂L/∂h<sub>%{x}</sub>‖ = %{customdata:.4g}<extra></extra>",
            "line": {"color": GRADIENT, "width": 2.5},
            "marker": {"color": GRADIENT, "size": ground.mark},
        },
        {
            "type": "scatter",
            "mode": "markers+text",
            "x": ground.x,
            "y": np.where(odd, 0, np.nan).astype(np.float32),
            "yaxis": "y3",
            "text": _said(reaching[row], odd, ground.every * (3 if np.isnan(reaching[row][odd]).any() else 1)),
            "hovertext": _said(reaching[row], odd, every=1),
            "textposition": "top center",
            "cliponaxis": False,
            "hovertemplate": "‖∂L/∂h<sub>%{x}</sub>‖ = %{hovertext}<extra></extra>",
            "marker": {"color": GRADIENT, "size": ground.mark, "symbol": "x"},
        },
    ]
    if cell is not None:
        parts.append(_cell(ground, cell, floor))
    layout = {
        **ground.layout,
        "yaxis": {
            "domain": ground.plot,
            "type": "log",
            "range": [low - 0.15, high + 0.1],
            "title": {"text": "‖∂L/∂h‖" if cell is None else _NAMES},
            **ticks(low, high, most=4),
        },
        "yaxis3": {"domain": ground.plot, "overlaying": "y", "range": [-0.05, 1], "visible": False, "fixedrange": True},
        "meta": {"steady": ["yaxis"]},
    }
    return figure([*parts, *ground.parts], layout)


def _others(x: Float32[np.ndarray, " steps"], drawn: Float32[np.ndarray, "streams steps"], row: int) -> Part:
    """All chains but that of `row`, as one line with breaks between them."""
    others = [line for number, line in enumerate(drawn) if number != row]
    gap = np.full(1, np.nan, np.float32)
    return {
        "type": "scatter",
        "mode": "lines",
        "x": np.concatenate([x[:0], *(part for _ in others for part in (x, gap))]),
        "y": np.concatenate([x[:0], *(part for line in others for part in (line, gap))]),
        "line": {"color": faded(GRADIENT, 0.45), "width": 1},
        "hoverinfo": "skip",
    }


def _cell(ground: Ground, norm: Float32[np.ndarray, " steps"], floor: np.float32) -> Part:
    usual = np.isfinite(norm) & (norm > 0)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": ground.x,
        "y": np.where(usual, np.maximum(norm, floor), np.float32(np.nan)),
        "customdata": norm,
        "hovertemplate": "‖∂L/∂c<sub>%{x}</sub>‖ = %{customdata:.4g}<extra></extra>",
        "line": {"color": HIDDEN, "width": 2, "dash": "dash"},
        "marker": {"color": HIDDEN, "size": 0.6 * ground.mark},
    }


def _limits(reaching: np.ndarray) -> tuple[int, int]:
    """Even powers of ten around all norms, two apart at least."""
    low, high = decades(reaching, DECADES)
    high += high % 2
    return min(low - low % 2, high - 2), high


def _said(norms: np.ndarray, odd: np.ndarray, every: int) -> list[str]:
    """What the odd norms are, for each `every`-th step, as they would run into each other."""
    if not odd.any():
        return [""] * len(norms)
    return [
        "" if not strange or place % every else "0" if norm == 0 else "∞" if np.isinf(norm) else "NaN"
        for place, (norm, strange) in enumerate(zip(norms, odd, strict=True))
    ]


PICTURE: Final = Picture(TITLE, LOOK_FOR, draw)
