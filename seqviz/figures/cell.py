"""One step's cell opened: a unit's gates, sums and products as a circuit, and below it each formula with its numbers.

What lies in the cell comes from its own circuit (`core.circuit`), so that every cell is drawn by the same lines. The
thick line is the additive path, on which what was before goes on without weights and functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from seqviz.core.circuit import CELL_BEFORE, HIDDEN_BEFORE, Number
from seqviz.core.opened import Opened
from seqviz.core.records import Look, Moment, Trace
from seqviz.figures import Picture
from seqviz.figures.formulas import EDGES, Row, heads_of, rows_of, written
from seqviz.figures.palette import AMOUNT, CLEAR, HIDDEN, INPUT, WIRE, Colour, faded
from seqviz.figures.parts import Drawing, Part, figure
from seqviz.figures.words import LINE, shortened, shown

TITLE: Final = "Inside the cell"
LOOK_FOR: Final = (
    "One unit at one step. On the thick line what was remembered goes on without weights in between: how much of it "
    "do the gates keep?"
)
ROW: Final = 58.0
"""px between two rows of the circuit."""
FOOT: Final = 26.0
"""px below the lowest line of the circuit."""
TALL: Final = 34.0
"""px from the top to the bottom of a box."""
HALF: Final = 0.78
"""Half the width of a box, in columns of the circuit."""
RADIUS: Final = (0.17, 14.0)
"""Of a circle, in columns and in px."""
HEAD: Final = (0.05, 4.0)
"""Half an arrow's head, in columns and in px."""
ENDS: Final = (0.55, 9.4)
"""Columns at which lines come in and go out."""
SPAN: Final = (-0.95, 10.95)
"""Columns from the left to the right of the picture."""
STATE_BUS: Final = 0.36
"""The row on which h_{t-1} runs below the boxes; x_t runs on row 0."""

Point = tuple[float, float]


def draw(moment: Moment, look: Look) -> Drawing:
    """The circuit above, the formulas below. Raises ValueError for a moment in which no cell was opened."""
    if moment.opened is None:
        raise ValueError("this figure can only be drawn of a moment with an opened cell")
    opened = moment.opened
    circuit = _Circuit(opened, moment.trace)
    rows = rows_of(opened)
    table = (len(rows) + 1) * LINE * 1.45
    height = circuit.height + table
    parts = [*circuit.parts(), *_table(heads_of(opened), rows)]
    bare = {"visible": False, "fixedrange": True}
    layout = {
        "margin": {"l": 4, "r": 4, "t": 4, "b": 4},
        "height": round(height) + 8,
        "xaxis": {"domain": [0, 1], "range": list(SPAN), **bare},
        "yaxis": {"domain": [table / height, 1], "range": [0, circuit.height], **bare},
        "xaxis2": {"domain": [0, 1], "range": [0, EDGES[-1]], "anchor": "y2", **bare},
        "yaxis2": {"domain": [0, table / height], "range": [len(rows) + 0.5, -0.5], "anchor": "x2", **bare},
    }
    return figure(parts, layout)


class _Circuit:
    """Where everything of the circuit goes; heights are px."""

    def __init__(self, opened: Opened, trace: Trace) -> None:
        self.opened, self.trace = opened, trace
        self.numbers = {part.name: part for part in opened.circuit.parts}
        self.has_cell = CELL_BEFORE in opened.values
        self.top = max(part.at[1] for part in opened.circuit.parts)
        self.height = FOOT + ROW * self.top + 40

    def y(self, row: float) -> float:
        return FOOT + ROW * row

    def parts(self) -> list[Part]:
        """From the lowest to the highest: the lit path, wires with their arrows, nodes, words at both ends."""
        lane, wires = self._ways()
        return [
            {**_line(lane), "line": {"color": faded(HIDDEN, 0.55), "width": 9}},
            {**_line([way for way, colour in wires if colour == WIRE]), "line": {"color": WIRE, "width": 1.5}},
            {**_line([way for way, colour in wires if colour == HIDDEN]), "line": {"color": HIDDEN, "width": 1.5}},
            {**_line([way for way, colour in wires if colour == INPUT]), "line": {"color": INPUT, "width": 1.5}},
            _heads([way for way, _ in wires]),
            *self._boxes(),
            self._gauges(),
            self._circles(),
            self._words(),
        ]

    def _ways(self) -> tuple[list[list[Point]], list[tuple[list[Point], Colour]]]:
        lane: list[list[Point]] = []
        wires: list[tuple[list[Point], Colour]] = []
        on_lane = set(self.opened.circuit.lane)
        for part in self.opened.circuit.parts:
            for name in part.takes:
                way = self._way(name, part)
                if name in on_lane and part.name in on_lane:
                    lane.append(way)
                wires.append((way, WIRE))
        for name in ("hidden", "cell_state"):
            if name in self.numbers:
                part = self.numbers[name]
                way = [(part.at[0] + _half(part)[0], self.y(part.at[1])), (ENDS[1], self.y(part.at[1]))]
                wires.append((way, WIRE))
                if name in on_lane:
                    lane.append(way)
        return lane, wires + self._buses()

    def _way(self, name: str, part: Number) -> list[Point]:
        """From what a part takes to its border: up first, or down last."""
        (x, row), (half, tall) = part.at, _half(part)
        y = self.y(row)
        if name not in self.numbers:
            return [(ENDS[0], y), (x - half, y)]
        source = self.numbers[name]
        (x0, row0), (half0, tall0) = source.at, _half(source)
        y0 = self.y(row0)
        if row == row0:
            return [(x0 + half0, y0), (x - half, y)]
        if row > row0:
            if x == x0:
                return [(x0, y0 + tall0), (x, y - tall)]
            return [(x0, y0 + tall0), (x0, y), (x + (half if x0 > x else -half), y)]
        if x == x0:
            return [(x0, y0 - tall0), (x, y + tall)]
        return [(x0 + half0, y0), (x, y0), (x, y + tall)]

    def _buses(self) -> list[tuple[list[Point], Colour]]:
        """x_t and h_{t-1} below the boxes, and from there into each that weighs them."""
        found: list[tuple[list[Point], Colour]] = []
        for letter, colour, level, aside in (("h", HIDDEN, STATE_BUS, -0.14), ("x", INPUT, 0.0, 0.14)):
            readers = [part for part in self.opened.circuit.parts if letter in part.reads]
            for part in readers:
                x, y = part.at[0] + aside, self.y(part.at[1]) - _half(part)[1]
                found.append(([(ENDS[0], self.y(level)), (x, self.y(level)), (x, y)], colour))
        return found

    def _boxes(self) -> list[Part]:
        """Gates in the colour of amounts, all other boxes in that of states."""
        boxes = [part for part in self.opened.circuit.parts if not _is_circle(part)]
        gates = [part for part in boxes if _is_open(part)]
        others = [part for part in boxes if not _is_open(part)]
        # As a part of their own the words take the page's colour; in a bar Plotly would choose one for a white page.
        words: Part = {
            "type": "scatter",
            "mode": "text",
            "x": np.array([part.at[0] for part in boxes], np.float32),
            "y": np.array([self.y(part.at[1]) + 2 for part in boxes], np.float32),
            "text": [self._said(part) for part in boxes],
            "hoverinfo": "skip",
        }
        return [*(self._rectangles(some, colour) for some, colour in ((gates, AMOUNT), (others, HIDDEN))), words]

    def _rectangles(self, some: list[Number], colour: Colour) -> Part:
        return {
            "type": "bar",
            "x": np.array([part.at[0] for part in some], np.float32),
            "width": np.full(len(some), 2 * HALF, np.float32),
            "base": np.array([self.y(part.at[1]) - TALL / 2 for part in some], np.float32),
            "y": np.full(len(some), TALL, np.float32),
            "hovertext": [self._told(part) for part in some],
            "hoverinfo": "text",
            "marker": {"color": faded(colour, 0.14), "line": {"color": colour, "width": 1.5}},
        }

    def _gauges(self) -> Part:
        """Under what lies between 0 and 1 a bar as long as it is open."""
        some = [part for part in self.opened.circuit.parts if _is_open(part)]
        share = np.clip(np.nan_to_num([self.opened.values[part.name] for part in some]), 0, 1)
        return {
            "type": "bar",
            "x": np.array([part.at[0] - HALF for part in some], np.float32),
            "offset": 0,
            "width": (2 * HALF * share).astype(np.float32),
            "base": np.array([self.y(part.at[1]) - TALL / 2 for part in some], np.float32),
            "y": np.full(len(some), 6.0, np.float32),
            "marker": {"color": AMOUNT},
            "hoverinfo": "skip",
        }

    def _circles(self) -> Part:
        some = [part for part in self.opened.circuit.parts if _is_circle(part)]
        return {
            "type": "scatter",
            "mode": "markers+text",
            "x": np.array([part.at[0] for part in some], np.float32),
            "y": np.array([self.y(part.at[1]) for part in some], np.float32),
            "marker": {
                "symbol": ["x-thin-open" if part.times else "cross-thin-open" for part in some],
                "size": 13,
                "color": HIDDEN,
                "line": {"width": 3, "color": HIDDEN},
            },
            "text": [self._beside(part) for part in some],
            "textposition": ["top center" if self._is_free_above(part) else "top right" for part in some],
            "hovertext": [self._told(part) for part in some],
            "hoverinfo": "text",
            "cliponaxis": False,
        }

    def _beside(self, part: Number) -> str:
        """What is printed beside a circle; nothing where it stands at the end of the line that leaves it."""
        if part.name in ("hidden", "cell_state"):
            return ""
        return self._said(part) if self._is_free_above(part) else f"  {self._said(part)}"

    def _is_free_above(self, part: Number) -> bool:
        """Whether no wire leaves a part upwards or comes to it from there."""
        takers = [other for other in self.opened.circuit.parts if part.name in other.takes]
        taken = [self.numbers[name] for name in part.takes if name in self.numbers]
        return all(other.at[1] <= part.at[1] for other in (*takers, *taken))

    def _words(self) -> Part:
        """What comes in at the left, what goes out at the right."""
        opened, t = self.opened, self.opened.step + 1
        before = t + 1 if self.trace.streams[opened.stream].backward else t - 1
        word = shown(shortened(self.trace.read[opened.step], 56))
        said: list[tuple[float, float, str, str]] = [
            (ENDS[0], self.y(STATE_BUS), f"all of h<sub>{before}</sub>", "middle left"),
            (ENDS[0], self.y(0), f"x<sub>{t}</sub>: {word}" if self._reads_words() else "layer below", "middle left"),
        ]
        for name, letter in ((HIDDEN_BEFORE, "h"), (CELL_BEFORE, "c")):
            taken = [part for part in opened.circuit.parts if name in part.takes]
            said += [
                (
                    ENDS[0],
                    self.y(part.at[1]),
                    f"{letter}<sub>{before}</sub> = {written(opened.values[name])}",
                    "middle left",
                )
                for part in taken
            ]
        for name, letter in (("hidden", "h"), ("cell_state", "c")):
            if name in self.numbers:
                row = self.numbers[name].at[1]
                text = f"{letter}<sub>{t}</sub> = {written(opened.values[name])}"
                said.append((ENDS[1], self.y(row), text, "middle right"))
        return {
            "type": "scatter",
            "mode": "text",
            "x": np.array([x for x, _, _, _ in said], np.float32),
            "y": np.array([y for _, y, _, _ in said], np.float32),
            "text": [f" {text} " for _, _, text, _ in said],
            "textposition": [place for _, _, _, place in said],
            "cliponaxis": False,
            "hoverinfo": "skip",
        }

    def _reads_words(self) -> bool:
        return self.trace.streams[self.opened.stream].layer == 0

    def _said(self, part: Number) -> str:
        return f"{part.symbol} = {written(self.opened.values[part.name])}"

    def _told(self, part: Number) -> str:
        return f"{part.meaning}, unit {self.opened.unit + 1}: {self.opened.values[part.name]:.6g}"


def _is_circle(part: Number) -> bool:
    """Whether a part only multiplies or adds what others have computed."""
    return len(part.takes) > 1 and not part.reads and not part.function


def _is_open(part: Number) -> bool:
    """Whether a part lies between 0 and 1: a gate, or what it leaves."""
    return part.function in ("sigmoid", "one minus")


def _half(part: Number) -> Point:
    return RADIUS if _is_circle(part) else (HALF, TALL / 2)


def _line(ways: list[list[Point]]) -> Part:
    points = [point for way in ways for point in (*way, (np.nan, np.nan))]
    flat = np.array(points, np.float32).reshape(-1, 2)
    return {"type": "scatter", "mode": "lines", "x": flat[:, 0], "y": flat[:, 1], "hoverinfo": "skip"}


def _heads(ways: list[list[Point]]) -> Part:
    """An arrow's head at the end of each way."""
    symbols, tips = [], []
    for (x0, y0), (x1, y1) in (way[-2:] for way in ways):
        across = "triangle-right" if x1 > x0 else "triangle-left"
        symbols.append(across if y0 == y1 else "triangle-up" if y1 > y0 else "triangle-down")
        tips.append((x1 - HEAD[0] * np.sign(x1 - x0), y1 - HEAD[1] * np.sign(y1 - y0)))
    x, y = np.array(tips, np.float32).T
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x,
        "y": y,
        "marker": {"symbol": symbols, "size": 8, "color": WIRE},
        "hoverinfo": "skip",
    }


def _table(heads: Sequence[str], rows: list[Row]) -> list[Part]:
    """The formulas: a line of heads, a row each, and over all of them what is said exactly."""
    lines = [heads, *(row.texts for row in rows)]
    words: Part = {
        "type": "scatter",
        "mode": "text",
        "xaxis": "x2",
        "yaxis": "y2",
        "x": np.array([edge for _ in lines for edge in EDGES[:-1]], np.float32),
        "y": np.repeat(np.arange(len(lines), dtype=np.float32), len(EDGES) - 1),
        "text": [text for line in lines for text in line],
        "textposition": "middle right",
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
    exact: Part = {
        "type": "heatmap",
        "xaxis": "x2",
        "yaxis": "y2",
        "x": np.array(EDGES, np.float32),
        "y": np.arange(len(rows) + 1, dtype=np.float32) + 0.5,
        "z": np.zeros((len(rows), len(EDGES) - 1), np.float32),
        "hovertext": [list(row.exact) for row in rows],
        "hoverinfo": "text",
        "colorscale": [(0.0, CLEAR), (1.0, CLEAR)],
        "showscale": False,
    }
    return [words, exact]


PICTURE: Final = Picture(TITLE, LOOK_FOR, draw, frozenset({"opened"}), wide=True)
