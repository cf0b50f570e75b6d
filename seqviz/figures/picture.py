"""What the image encoder sees: the picture, its feature maps, and the gradient that comes back to them."""

from __future__ import annotations

from typing import Final

import numpy as np

from seqviz.core.records import Look, Moment
from seqviz.figures import Picture
from seqviz.figures.palette import AMOUNT, CLEAR, GRADIENT, faded
from seqviz.figures.parts import Drawing, Part, figure
from seqviz.figures.scales import largest, rounded_up

MAPS: Final = 8
"""Maps shown of each layer, the first ones: one can follow a map while it learns."""
HEIGHT: Final = 176
"""px of the whole, in 14 px type."""
BLOCKS: Final = ((0.17, 0.575), (0.595, 1.0))
"""Where each layer's blocks stand, as shares of the width."""
ROWS: Final = ((0.56, 1.0), (0.0, 0.42))
"""Where the maps and their gradients stand, as shares of the height."""


def draw(moment: Moment, look: Look) -> Drawing:
    """Left the picture, then for each layer a row of its maps above a row of |∂L/∂map| of the same maps."""
    trace = moment.trace
    if not trace.feature_maps:
        return figure([], {})
    parts: list[Part] = [_photograph(trace.example.inputs[0])]
    layout: dict[str, object] = {"margin": {"l": 4, "r": 4, "t": 22, "b": 4}, "height": HEIGHT}
    layout |= _axes("", (0.0, 0.14), (0.0, 1.0), "the picture")
    number = 2
    layers = zip(trace.feature_maps, trace.grad_feature_maps, strict=True)
    for place, ((maps, grads), across) in enumerate(zip(layers, BLOCKS, strict=True)):
        rows = (
            (maps[0, :MAPS], AMOUNT, f"layer {place + 1}: the first {min(MAPS, maps.shape[1])} of its maps"),
            (np.abs(grads[0, :MAPS]), GRADIENT, "|∂L/∂map| of the same maps"),
        )
        for (values, colour, name), up in zip(rows, ROWS, strict=True):
            layout |= _axes(str(number), across, up, name)
            parts.append(_block(values, colour, str(number), name))
            number += 1
    return figure(parts, layout)


def _photograph(image: np.ndarray) -> Part:
    pixels = np.clip(image.transpose(1, 2, 0) * 255, 0, 255).round().astype(np.uint8)
    if pixels.shape[2] == 1:
        pixels = 255 - np.repeat(pixels, 3, axis=2)  # ink on paper
    return {"type": "image", "z": pixels, "hoverinfo": "skip"}


def _block(maps: np.ndarray, colour: str, number: str, name: str) -> Part:
    """Maps side by side in one heatmap, a gap of nothing between them."""
    count, height, width = maps.shape
    block = np.full((height, count, width + 1), np.nan, np.float32)
    block[:, :, :width] = maps.transpose(1, 0, 2)
    return {
        "type": "heatmap",
        "z": block.reshape(height, -1)[:, :-1],
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
    wide=True,
)
