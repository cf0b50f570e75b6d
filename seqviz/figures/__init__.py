"""Figures: one a file, each a pure function from a record to a drawing. Adding one is that file and one line.

For the same example and configuration a figure always has the same traces in the same order; what changes while a
network trains lies in arrays, so that a browser can replace those alone. The page's theme sets fonts and backgrounds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seqviz.core.compared import Compared
from seqviz.core.records import Look, Moment
from seqviz.core.registry import Registry

if TYPE_CHECKING:
    from seqviz.figures.parts import Drawing

Draw = Callable[[Moment, Look], "Drawing"]


@dataclass(frozen=True)
class Picture:
    """A figure as a page offers it: its title, one sentence that says what to look for, and how it is drawn.

    needs: fields of `Moment` that cost extra and are filled in only where a figure on show asks for them.
    wide: whether it takes the whole width, as tables do.
    """

    title: str
    look_for: str
    draw: Draw
    needs: frozenset[str] = frozenset()
    wide: bool = False


@dataclass(frozen=True)
class Overlay:
    """A figure that draws several runs over each other, as a page offers it: fields as in `Picture`."""

    title: str
    look_for: str
    draw: Callable[[Compared], Drawing]


FIGURES: Registry[Picture] = Registry(
    {
        "graph": "seqviz.figures.graph:PICTURE",
        "hidden": "seqviz.figures.hidden:PICTURE",
        "gradient": "seqviz.figures.gradient:PICTURE",
        "learning": "seqviz.figures.learning:PICTURE",
        "readout": "seqviz.figures.readout:PICTURE",
        "influence": "seqviz.figures.influence:PICTURE",
        "attention": "seqviz.figures.attention:PICTURE",
        "picture": "seqviz.figures.picture:PICTURE",
        "answers": "seqviz.figures.answers:PICTURE",
        "groups": "seqviz.figures.groups:PICTURE",
        "sentences": "seqviz.figures.sentences:PICTURE",
        "drawn": "seqviz.figures.drawn:PICTURE",
        "beam": "seqviz.figures.beam:PICTURE",
        "jacobians": "seqviz.figures.jacobians:PICTURE",
        "products": "seqviz.figures.products:PICTURE",
        "passage": "seqviz.figures.passage:PICTURE",
        "conditions": "seqviz.figures.conditions:PICTURE",
        "saturation": "seqviz.figures.saturation:PICTURE",
        "shares": "seqviz.figures.shares:PICTURE",
        "clipping": "seqviz.figures.clipping:PICTURE",
        "lengths": "seqviz.figures.lengths:PICTURE",
        "powers": "seqviz.figures.powers:PICTURE",
        "check": "seqviz.figures.check:PICTURE",
        "cell": "seqviz.figures.cell:PICTURE",
    }
)

OVERLAYS: Registry[Overlay] = Registry(
    {
        "races": "seqviz.figures.races:OVERLAY",
        "reaches": "seqviz.figures.reaches:OVERLAY",
        "attempts": "seqviz.figures.attempts:OVERLAY",
    }
)
