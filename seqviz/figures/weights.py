"""The weights that all steps share, beside the player: what each step adds to their gradient, and the update.

The matrices themselves change from moment to moment, so the player fills them in.
"""

from __future__ import annotations

from collections.abc import Sequence

from seqviz.figures.palette import DIVERGING, SIGNED_GRADIENTS, WIRE, Scale
from seqviz.figures.parts import Drawing, figure


def adding() -> Drawing:
    """Two empty matrices: one step's share of ∂L/∂W_hh, and the sum of the shares so far."""
    return _row([("this step’s share", SIGNED_GRADIENTS), ("all shares so far", SIGNED_GRADIENTS)])


def changing() -> Drawing:
    """Three empty matrices: the weights before the update, what it adds, and the weights after."""
    return _row([("before", DIVERGING), ("the step", SIGNED_GRADIENTS), ("after", DIVERGING)])


def _row(matrices: Sequence[tuple[str, Scale]]) -> Drawing:
    count = len(matrices)
    axes: dict[str, object] = {}
    bare = {"showticklabels": False, "ticks": "", "showgrid": False, "zeroline": False, "showline": True}
    for place in range(count):
        name = str(place + 1) if place else ""
        axes[f"xaxis{name}"] = {
            **bare,
            "domain": [place / count + 0.02, (place + 1) / count - 0.02],
            "anchor": f"y{name}",
            "mirror": True,
            "linecolor": WIRE,
            "constrain": "domain",
        }
        axes[f"yaxis{name}"] = {
            **bare,
            "anchor": f"x{name}",
            "autorange": "reversed",
            "mirror": True,
            "linecolor": WIRE,
            "scaleanchor": f"x{name}",
            "constrain": "domain",
        }
    titles = [
        {
            "text": title,
            "xref": "paper",
            "yref": "paper",
            "x": (place + 0.5) / count,
            "y": 1,
            "xanchor": "center",
            "yanchor": "bottom",
            "showarrow": False,
        }
        for place, (title, _) in enumerate(matrices)
    ]
    parts = [
        {
            "type": "heatmap",
            "xaxis": f"x{place + 1}" if place else "x",
            "yaxis": f"y{place + 1}" if place else "y",
            "z": [[0.0]],
            "colorscale": scale,
            "showscale": False,
            "hovertemplate": "%{z:.4g}<extra></extra>",
        }
        for place, (_, scale) in enumerate(matrices)
    ]
    return figure(parts, {**axes, "annotations": titles, "margin": {"l": 4, "r": 4, "t": 24, "b": 4}})
