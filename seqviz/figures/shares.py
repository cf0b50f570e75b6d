"""Weight sharing: each step's own contribution to ∂L/∂W_hh as a small matrix, their sum, and autograd's own.

All steps use the same W_hh, so its gradient is the sum of one outer product a step, ∂L/∂a_t h_{t-1}ᵀ (Werbos 1990).
Of a wide layer a few evenly spread units are shown; the difference that is printed is of the whole matrices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float32, Num

from seqviz.core.records import Look, Moment
from seqviz.figures import Picture
from seqviz.figures.lab import OF_WEIGHTS, block_of, title_of, weight_gradient_of
from seqviz.figures.numbers import number
from seqviz.figures.palette import SIGNED_GRADIENTS, WIRE
from seqviz.figures.parts import Drawing, Part, figure
from seqviz.figures.scales import largest, rounded_up
from seqviz.figures.words import LINE, shortened, shown

TITLE: Final = "Each step's share of the weights' gradient"
LOOK_FOR: Final = (
    "One matrix a step; on the right their sum beside what autograd finds. "
    "If only the last steps have colour, the weights learn from them alone."
)
STEPS: Final = 0.72
"""Share of the width for the steps."""
HEIGHT: Final = 252.0
"""px of the whole picture without its margins, in 14 px type."""
GAP: Final = 0.14
"""Share of a step's place that stays free between two matrices."""


def draw(moment: Moment, look: Look) -> Drawing:
    """For a gated cell the rows of `look.quantity`'s gate. The steps have one colour scale, their sums another."""
    shares, trace = weight_gradient_of(moment).shares, moment.trace
    block = block_of(trace, look.quantity)
    each, sums, own = (values[:, block] for values in (shares.contributions, shares.summed, shares.by_autograd))
    segments = sorted({step.segment for step in trace.steps})
    pairs = np.concatenate([np.stack([sums[segment], own[segment]]) for segment in segments])
    grid = _Grid.of(len(each), STEPS * look.room)
    limits = rounded_up(largest(each)), rounded_up(largest(pairs))
    hover = [[f"row {i}, column {j}" for j in shares.units + 1] for i in shares.units + 1]
    parts: list[Part] = [
        {
            "x": grid.x(each.shape[2]),
            "y": grid.y(each.shape[1]),
            "z": grid.laid_out(each),
            "customdata": grid.laid_out(np.broadcast_to(np.arange(1, len(each) + 1)[:, None, None], each.shape)),
            "hovertemplate": "step %{customdata}: %{z:.3g}<extra></extra>",
            **_colours(limits[0]),
        },
        grid.frames(len(each)),
        grid.words(trace.read),
        *(
            {
                "xaxis": f"x{place + 3}",
                "yaxis": f"y{place + 3}",
                "z": matrix,
                "hovertext": hover,
                "hovertemplate": "%{hovertext}: %{z:.4g}<extra></extra>",
                **_colours(limits[1]),
            }
            for place, matrix in enumerate(pairs)
        ),
        {
            "type": "scatter",
            "mode": "text",
            "xaxis": "x9",
            "yaxis": "y9",
            "x": np.zeros(3, np.float32),
            "y": np.array([2.5, 1.5, 0.5], np.float32),
            "text": [
                f"full colour: {limits[0]:g} a step, {limits[1]:g} sum",
                f"largest entry: {number(shares.scale)}",
                f"largest difference: {number(shares.difference)}",
            ],
            "textposition": "middle right",
            "cliponaxis": False,
            "hoverinfo": "skip",
        },
    ]
    layout = {
        "margin": {"l": 8, "r": 8, "t": 20, "b": 4},
        **_panels(len(segments), 3 * LINE / HEIGHT, 1.0),
        "xaxis": {"domain": [0, STEPS], "range": [0.5, grid.columns + 0.5], "visible": False},
        "yaxis": {"domain": [0, 1], "range": [grid.rows + 0.5, 0.5], "visible": False},
        "annotations": [title_of(str(place + 3), ("sum", "autograd")[place % 2]) for place in range(len(pairs))],
    }
    return figure(parts, layout)


def _colours(limit: float) -> Part:
    return {
        "type": "heatmap",
        "colorscale": SIGNED_GRADIENTS,
        "zmin": -limit,
        "zmax": limit,
        "hoverongaps": False,
        "showscale": False,
    }


def _panels(rows: int, floor: float, top: float) -> dict[str, object]:
    """Axes of `rows` pairs of matrices at the right, from the upper left, and of the words below them."""
    axes: dict[str, object] = {
        "xaxis9": {"domain": [STEPS + 0.04, 1], "anchor": "y9", "range": [0, 1], "visible": False},
        "yaxis9": {"domain": [0, floor], "anchor": "x9", "range": [0, 3], "visible": False},
    }
    bare = {"showticklabels": False, "ticks": "", "showgrid": False, "zeroline": False}
    framed = {**bare, "showline": True, "mirror": True, "linecolor": WIRE}
    height, width = (top - floor) / rows, (1 - STEPS - 0.04) / 2
    for place in range(2 * rows):
        row, column = divmod(place, 2)
        name, left, upper = str(place + 3), STEPS + 0.04 + column * width, top - row * height
        axes[f"xaxis{name}"] = {"domain": [left, left + width - 0.02], "anchor": f"y{name}", **framed}
        axes[f"yaxis{name}"] = {
            "domain": [upper - height + 0.02, upper - LINE / HEIGHT],
            "anchor": f"x{name}",
            "autorange": "reversed",
            **framed,
        }
    return axes


@dataclass(frozen=True)
class _Grid:
    """The steps' places in rows from the upper left; column c of row r has its middle at x = c, y = r, from 1.

    word: px that the word under a matrix may take. under: the share of a place that it takes.
    """

    rows: int
    columns: int
    word: float
    under: float

    @classmethod
    def of(cls, steps: int, room: float) -> _Grid:
        """With matrices that are about as wide as high."""
        rows = max(1, round(np.sqrt(steps * HEIGHT / room)))
        columns = -(-steps // rows)
        rows = -(-steps // columns)
        return cls(rows, columns, room / columns, LINE * rows / HEIGHT)

    def x(self, width: int) -> Float32[np.ndarray, " wide"]:
        """The borders between the columns of the matrices, and of the empty ones between them."""
        within = np.arange(width + 1) / width * (1 - GAP) + GAP / 2 - 0.5
        return (np.arange(1, self.columns + 1)[:, None] + within).ravel().astype(np.float32)

    def y(self, height: int) -> Float32[np.ndarray, " high"]:
        """The borders between the rows of the matrices, and of the empty ones between them."""
        within = np.arange(height + 1) / height * (1 - GAP - self.under) + GAP / 2 - 0.5
        return (np.arange(1, self.rows + 1)[:, None] + within).ravel().astype(np.float32)

    def laid_out(self, matrices: Num[np.ndarray, "steps height width"]) -> Float32[np.ndarray, "high wide"]:
        """All matrices in one, nothing between them."""
        steps, height, width = matrices.shape
        places = np.full((self.rows * self.columns, height + 1, width + 1), np.nan, np.float32)
        places[:steps, :height, :width] = matrices
        grid = places.reshape(self.rows, self.columns, height + 1, width + 1)
        return grid.transpose(0, 2, 1, 3).reshape(self.rows * (height + 1), -1)[:-1, :-1]

    def frames(self, steps: int) -> Part:
        """A thin line around each matrix: one without colour is there too."""
        rows, columns = np.divmod(np.arange(steps), self.columns)
        left, top = columns + 0.5 + GAP / 2, rows + 0.5 + GAP / 2
        right, bottom = left + 1 - GAP, top + 1 - GAP - self.under
        nothing = np.full(steps, np.nan)
        return {
            "type": "scatter",
            "mode": "lines",
            "x": np.stack([left, right, right, left, left, nothing], 1).ravel().astype(np.float32),
            "y": np.stack([top, top, bottom, bottom, top, nothing], 1).ravel().astype(np.float32),
            "line": {"color": WIRE, "width": 1},
            "hoverinfo": "skip",
        }

    def words(self, read: Sequence[str]) -> Part:
        """What each step reads, under its matrix."""
        rows, columns = np.divmod(np.arange(len(read)), self.columns)
        return {
            "type": "scatter",
            "mode": "text",
            "x": (columns + 1).astype(np.float32),
            "y": (rows + 1.5 - GAP / 4 - self.under / 2).astype(np.float32),
            "text": [shown(shortened(word, self.word)) for word in read],
            "textposition": "middle center",
            "cliponaxis": False,
            "hoverinfo": "skip",
        }


PICTURE: Final = Picture(TITLE, LOOK_FOR, draw, OF_WEIGHTS, wide=True)
