"""Hidden states over time: one row a unit, one column a step, for one chain of the network.

Shows h_t, the cell state c_t or a gate (`Look.quantity`). States and candidates are drawn around zero, gates from 0
(closed) to 1 (open). A quantity that the cell does not have is replaced by h_t, a stream that is not there by the last.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from seqviz.core.records import Look, Moment, Trace
from seqviz.figures import Picture
from seqviz.figures.palette import DIVERGING, SEQUENTIAL
from seqviz.figures.parts import Drawing, Part, figure
from seqviz.figures.scales import largest, rounded_up, strongest
from seqviz.figures.small import over_words

TITLE: Final = "Hidden states over time"
LOOK_FOR: Final = (
    "Find units that change at one step and keep their colour afterwards: that is what the network remembers."
)
ROWS: Final = 64
"""Rows at most; more units than that share rows."""


def draw(moment: Moment, look: Look) -> Drawing:
    """Units × time of `look.quantity` in the chain `look.stream`."""
    trace = moment.trace
    row = min(look.stream, len(trace.streams) - 1)
    quantity = look.quantity if look.quantity in quantities(trace) else "hidden"
    values = np.where(trace.present[row][:, None], _values(trace, quantity)[row], np.nan)
    ground = over_words(trace, range(len(trace.steps)))
    rows, units = strongest(values.T, ROWS)
    group = -(-values.shape[1] // ROWS)
    layout = {
        **ground.layout,
        "yaxis": {
            "domain": ground.plot,
            "range": [0.5, values.shape[1] + 0.5],
            "title": {"text": "unit"},
            "dtick": max(rounded_up(values.shape[1] / 5), 1),
            "showgrid": False,
            "zeroline": False,
        },
    }
    gate = is_gate(quantity)
    limit = 1.0 if gate else max(1.0, rounded_up(largest(values)))
    low = 0.0 if gate else -limit
    name = quantity.replace("_", " ")
    heatmap: Part = {
        "type": "heatmap",
        "x": ground.x,
        "y0": (group + 1) / 2,
        "dy": group,
        "z": rows,
        "customdata": units + 1,
        "hoverongaps": False,
        "hovertemplate": f"{name} of unit %{{customdata}}, step %{{x}}: %{{z:.4f}}<extra></extra>",
        "colorscale": SEQUENTIAL if gate else DIVERGING,
        "zmin": low,
        "zmax": limit,
        "colorbar": ground.colour_bar(low, (low + limit) / 2, limit),
    }
    return figure([heatmap, *ground.parts], layout)


def quantities(trace: Trace) -> list[str]:
    """What can be shown of this trace: the state, the cell state where there is one, the gates."""
    return ["hidden", *(["cell_state"] if trace.cell_state.shape[2] else []), *trace.gates]


def is_gate(quantity: str) -> bool:
    """Whether a quantity lies between 0 and 1. A candidate is a new value for the state, around zero like it."""
    return quantity not in ("hidden", "cell_state") and not quantity.endswith("candidate")


def _values(trace: Trace, quantity: str) -> np.ndarray:
    states = {"hidden": trace.hidden, "cell_state": trace.cell_state}
    return states[quantity] if quantity in states else trace.gates[quantity]


PICTURE: Final = Picture(TITLE, LOOK_FOR, draw)
