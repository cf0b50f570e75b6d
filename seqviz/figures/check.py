"""The gradient check: ∂L/∂w of a few weights, found three ways that share as little code as they can.

Autograd is what training uses; "by hand" is backpropagation through time written out; central differences only compare
the loss a little to either side of the weight. The error is relative to the larger of the two numbers compared.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from seqviz.core.analysis import GradientCheck
from seqviz.core.records import Look, Moment, Trace
from seqviz.core.topology import TOPOLOGIES
from seqviz.figures import Picture
from seqviz.figures.nodes import stream_name
from seqviz.figures.numbers import number
from seqviz.figures.palette import AMOUNT, GRADIENT, HIDDEN, WIRE
from seqviz.figures.parts import Drawing, Part, figure
from seqviz.figures.tables import TIGHT, TableColumn, table
from seqviz.figures.words import LINE, broken

TITLE: Final = "Is the gradient right?"
LOOK_FOR: Final = "Three ways to the same number: a mistake in one of them would be seen at once."
RIGHT: Final = 1e-5
"""A relative error up to which two numbers count as the same."""
COLUMNS: Final = (
    ("Weight", HIDDEN, 3.5),
    ("w", HIDDEN, 1.2),
    ("autograd", GRADIENT, 1.6),
    ("by hand", GRADIENT, 1.6),
    ("error", WIRE, 1.5),
    ("differences", GRADIENT, 1.6),
    ("error", WIRE, 1.5),
)
"""Titles, what they are about, and widths beside each other."""
SYMBOLS: Final = {"weight_ih_l0": "W<sub>xh</sub>", "weight_hh_l0": "W<sub>hh</sub>"}
SYMBOLS_OF_BIASES: Final = {"bias_ih_l0": "b<sub>xh</sub>", "bias_hh_l0": "b<sub>hh</sub>"}


def draw(moment: Moment, look: Look) -> Drawing:
    """One row a weight; none before the first check."""
    check = moment.check
    rows = [] if check is None else [_row(check, place, moment.trace) for place in range(len(check.names))]
    columns = [
        TableColumn(f"<b>{title}</b>", [row[place] for row in rows], colour, width)
        for place, (title, colour, width) in enumerate(COLUMNS)
    ]
    lines = broken(said(check), look.room)
    words: Part = {
        "type": "scatter",
        "mode": "text",
        "x": [0.0],
        "y": [0.5],
        "text": ["<br>".join(lines)],
        "textposition": "middle right",
        "cliponaxis": False,
        "hoverinfo": "skip",
        "textfont": {"color": AMOUNT},
    }
    foot = LINE * len(lines) + 13
    height = 44.0 + 34 * max(len(rows), 1) + foot
    numbers = {**table(columns), "domain": {"x": [0, 1], "y": [foot / height, 1]}}
    layout = {
        "margin": TIGHT,
        "height": round(height),
        "xaxis": {"visible": False, "range": [0, 1], "domain": [0, 1], "fixedrange": True},
        "yaxis": {"visible": False, "range": [0, 1], "domain": [0, foot / height], "fixedrange": True},
    }
    return figure([numbers, words], layout)


def said(check: GradientCheck | None) -> str:
    """What the errors mean, in a sentence or two."""
    if check is None:
        return "Press “Check the largest”, or choose a weight."
    found = f"At update {check.update}: "
    pairs = [("by hand", check.by_hand_error), ("central differences", check.numeric_error)]
    known = [(name, errors[np.isfinite(errors)]) for name, errors in pairs]
    worst = [f"{name} {number(errors.max(), 2)} at most" for name, errors in known if errors.size]
    text = f"{found}relative difference from autograd: {'; '.join(worst)}." if worst else f"{found}no number came out."
    if check.window:
        text += f" Cut every {check.window} steps, autograd leaves out what central differences still measure."
    return f"{text} {check.not_by_hand}".rstrip()


def _row(check: GradientCheck, place: int, trace: Trace) -> tuple[str, ...]:
    row, column = int(check.rows[place]), int(check.columns[place])
    return (
        weight_name(check.names[place], row, column, trace),
        _number(check.values[place], 4),
        _number(check.autograd[place]),
        _number(check.by_hand[place]) or "not written out",
        _error(check.by_hand_error[place]),
        _number(check.numeric[place]),
        _error(check.numeric_error[place]),
    )


def _number(value: float, digits: int = 6) -> str:
    return "" if np.isnan(value) else f"{value:.{digits}g}".replace("-", "−")


def _error(value: float) -> str:
    """A relative error with a mark, so that nobody has to tell it by its size alone."""
    return "" if np.isnan(value) else f"{'✓' if value <= RIGHT else '✗'} {number(value, 2)}"


def weight_name(name: str, row: int, column: int, trace: Trace) -> str:
    """A weight in the lecture's symbols: its matrix, its gate, and the units that it connects, counted from 1."""
    gates, hidden = list(trace.gates), trace.hidden.shape[2]
    found = re.fullmatch(r"stacks\.(\d+)\.cores\.(\d+)\.(\w+)", name)
    if not found:
        plain = {"head.weight": "W<sub>ho</sub>", "head.bias": "b<sub>o</sub>"}.get(name, name)
        start = f"unit {column + 1} → " if name == "head.weight" else f"entry {row + 1}, "
        end = trace.classes[row] if name.startswith("head") else str(column + 1)
        return f"{plain}: {start if name != 'head.bias' else ''}{end}"
    segment, chain, kind = int(found[1]), int(found[2]), found[3]
    details = _where(segment, chain, trace) + ([gates[row // hidden]] if gates else [])
    beside = f" ({', '.join(details)})" if details else ""
    if kind in SYMBOLS_OF_BIASES:
        return f"{SYMBOLS_OF_BIASES[kind]}{beside}: unit {row % hidden + 1}"
    source = "unit" if kind == "weight_hh_l0" else "input"
    return f"{SYMBOLS[kind]}{beside}: {source} {column + 1} → {row % hidden + 1}"


def _where(segment: int, chain: int, trace: Trace) -> list[str]:
    """The segment and the chain of a weight, each only where there are several."""
    several = len({step.segment for step in trace.steps}) > 1
    names: Sequence[str] = [TOPOLOGIES["delayed"].segments[segment].name] if several else []
    here = [stream for row, stream in enumerate(trace.streams) if _exists(row, segment, trace)]
    return [*names, *([stream_name(here[chain], trace.streams)] if len(trace.streams) > 1 else [])]


def _exists(row: int, segment: int, trace: Trace) -> bool:
    return any(trace.present[row, time] for time, step in enumerate(trace.steps) if step.segment == segment)


PICTURE: Final = Picture(TITLE, LOOK_FOR, draw, frozenset({"check"}), wide=True)
