"""What the image encoder sees: the picture, its feature maps, and the gradient that comes back to them."""

from __future__ import annotations

import numpy as np

from seqviz.core.records import Look, Moment
from seqviz.figures import Picture
from seqviz.figures.palette import AMOUNT, CLEAR, GRADIENT, faded
from seqviz.figures.parts import Drawing, Part, figure
from seqviz.figures.scales import largest, rounded_up

MAPS = 8
"""Maps shown of each layer: those with the most activity."""


def draw(moment: Moment, look: Look) -> Drawing:
    """Left the picture, then for each layer a block of its maps above a block of ∂L by the same maps."""
    trace = moment.trace
    if not trace.feature_maps:
        return figure([], {})
    parts: list[Part] = [_photograph(trace.example.inputs[0])]
    layout: dict[str, object] = {"margin": {"l": 4, "r": 4, "t": 22, "b": 4}}
    layout |= _axes("", (0.0, 0.24), (0.0, 1.0), "the picture")
    number = 2
    for layer, (maps, grads) in enumerate(zip(trace.feature_maps, trace.grad_feature_maps, strict=True)):
        # The same maps all the time, so that one can follow a map while it learns.
        chosen = np.arange(min(MAPS, maps.shape[1]))
        left = 0.28 + layer * 0.37
        for row, (values, colour, name) in enumerate(
            ((maps[0, chosen], AMOUNT, f"layer {layer + 1}: maps"), (np.abs(grads[0, chosen]), GRADIENT, "∂L of them"))
        ):
            layout |= _axes(str(number), (left, left + 0.35), (0.54, 1.0) if row == 0 else (0.0, 0.44), name)
            parts.append(_block(values, colour, str(number), name))
            number += 1
    return figure(parts, layout)


def _photograph(image: np.ndarray) -> Part:
    pixels = np.clip(image.transpose(1, 2, 0) * 255, 0, 255).round().astype(np.uint8)
    if pixels.shape[2] == 1:
        pixels = 255 - np.repeat(pixels, 3, axis=2)  # ink on paper
    return {"type": "image", "z": pixels, "hoverinfo": "skip"}


def _block(maps: np.ndarray, colour: str, number: str, name: str) -> Part:
    """Maps side by side in one heatmap, four to a row, a gap of nothing between them."""
    count, height, width = maps.shape
    columns = 4
    rows = -(-count // columns)
    block = np.full((rows * (height + 1), columns * (width + 1)), np.nan, np.float32)
    for place in range(count):
        top, left = place // columns * (height + 1), place % columns * (width + 1)
        block[top : top + height, left : left + width] = maps[place]
    return {
        "type": "heatmap",
        "z": block,
        "xaxis": f"x{number}",
        "yaxis": f"y{number}",
        "zmin": 0.0,
        "zmax": rounded_up(largest(maps)),
        "colorscale": [(0.0, faded(colour, 0.06)), (1.0, faded(colour, 1))],
        "showscale": False,
        "hovertemplate": f"{name}: %{{z:.4g}}<extra></extra>",
    }


def _axes(number: str, across: tuple[float, float], up: tuple[float, float], title: str) -> dict[str, object]:
    plain = {"showticklabels": False, "showgrid": False, "zeroline": False, "ticks": "", "linecolor": CLEAR}
    return {
        f"xaxis{number}": plain
        | {"domain": across, "anchor": f"y{number}", "side": "top", "title": {"text": title, "standoff": 2}},
        f"yaxis{number}": plain
        | {"domain": up, "anchor": f"x{number}", "autorange": "reversed", "scaleanchor": f"x{number}"},
    }


PICTURE = Picture(
    "What the CNN sees",
    "The picture enters once. The gradient of all the words comes back to it through these maps.",
    draw,
)
