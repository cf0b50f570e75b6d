"""A cell's formulas with the numbers of one unit: long sums abbreviated to their largest terms, and exact beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from seqviz.core.circuit import CELL_BEFORE, HIDDEN_BEFORE, Function, Number
from seqviz.core.opened import Opened
from seqviz.figures.numbers import number

EDGES: Final = (0, 12, 43, 75, 83, 100)
"""Where the columns of the table begin, and where the last ends, in per cent of its width."""
TERMS: Final = 2
"""Products of a sum that are written out; the others are dots."""
EXACT: Final = 32
"""Products that are told exactly, the largest ones; the sum of the others follows."""
LINE: Final = 4
"""Products in a line of what is told exactly."""
FUNCTIONS: Final[dict[Function, str]] = {
    "": "{}",
    "sigmoid": "σ({})",
    "tanh": "tanh({})",
    "relu": "max(0, {})",
    "one minus": "(1 − {})",
}


@dataclass(frozen=True)
class Row:
    """A formula: what each column of the table prints, and what it says exactly when pointed at."""

    texts: tuple[str, str, str, str, str]
    exact: tuple[str, str, str, str, str]


def written(value: float) -> str:
    """A number with two decimals, or two digits where it is small, and a true minus sign.

    >>> written(-0.123), written(0.0412), written(float("nan")), written(1234.5), written(-3e-6)
    ('−0.12', '0.041', 'NaN', '1234', '−3 × 10⁻⁶')
    """
    size = abs(value)
    text = f"{size:.2f}" if 0.095 <= size < 100 else number(float(f"{size:.2g}") if size < 1 else size)
    return f"−{text}" if value < 0 else text


def heads_of(opened: Opened) -> tuple[str, str, str, str, str]:
    """What stands above the columns."""
    inputs, hidden = (f"{count} term{'s' if count > 1 else ''}" for count in (len(opened.x), len(opened.before)))
    return (
        f"<b>unit {opened.unit + 1} of {len(opened.before)}</b>",
        f"<b>from the input</b>: {inputs}",
        f"<b>from the state before</b>: {hidden}",
        "<b>bias</b>",
        "<b>together</b>",
    )


def rows_of(opened: Opened) -> list[Row]:
    """One row for every weighted sum, then one for each state that goes on."""
    parts = opened.circuit.parts
    weighed = [part for part in parts if part.reads]
    handed_on = [part for part in parts if part.name in ("cell_state", "hidden") and not part.reads]
    writer = _Writer(opened)
    return [*map(writer.weighed, weighed), *map(writer.combined, handed_on)]


class _Writer:
    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        self.numbers = {part.name: part for part in opened.circuit.parts}

    def weighed(self, part: Number) -> Row:
        """The two dot products, the biases, and what the function makes of their sum."""
        opened, block = self.opened, part.block
        symbol = f"{part.meaning} <b>{part.symbol}</b>"
        texts, exact, total, bias = ["", ""], ["", ""], 0.0, 0.0
        for place, (letter, weights, values, own_bias) in enumerate(
            (
                ("x", opened.from_input[block], opened.x, opened.input_bias[block]),
                ("h", opened.from_state[block], opened.before, opened.state_bias[block]),
            )
        ):
            if letter in part.reads:
                texts[place], exact[place] = dot(weights, values)
                with np.errstate(over="ignore", invalid="ignore"):
                    total += float(weights @ values)
                bias += float(own_bias)
        if part.takes:
            texts[1] = " + ".join(
                f"{self._symbol(name)} = {self._expanded(name)} = {written(opened.values[name])}" for name in part.takes
            )
            exact[1] = "<br>".join(f"{self._symbol(name)} = {opened.values[name]:.6g}" for name in part.takes)
            total += sum(opened.values[name] for name in part.takes)
        total += bias
        value = opened.values[part.name]
        together = FUNCTIONS[part.function].format(written(total)) + (f" = {written(value)}" if part.function else "")
        said = FUNCTIONS[part.function].format(f"{total:.6g}") + f" = {value:.6g}"
        exact_bias = " + ".join(
            f"{number:.6g}"
            for letter, number in zip("xh", (opened.input_bias[block], opened.state_bias[block]), strict=True)
            if letter in part.reads
        )
        return Row(
            (symbol, texts[0], texts[1], written(bias), together), (part.meaning, exact[0], exact[1], exact_bias, said)
        )

    def combined(self, part: Number) -> Row:
        """A state from the gates: with letters, with numbers, and what it comes to."""
        joined = " · " if part.times else " + "
        letters = joined.join(self._symbol(name) for name in part.takes)
        numbers = joined.join(self._expanded(name, bracket=part.times) for name in part.takes)
        value = written(self.opened.values[part.name])
        function = FUNCTIONS[part.function]
        text = f"{function.format(letters)} = {function.format(numbers)} = <b>{value}</b>"
        exact = f"{part.meaning}: {self.opened.values[part.name]:.6g}"
        return Row(
            (f"{part.meaning} <b>{part.symbol}</b>", text, "", "", ""), (part.meaning, exact, exact, exact, exact)
        )

    def _symbol(self, name: str) -> str:
        if name in self.numbers:
            return self.numbers[name].symbol
        return {HIDDEN_BEFORE: "h<sub>before</sub>", CELL_BEFORE: "c<sub>before</sub>"}[name]

    def _expanded(self, name: str, *, bracket: bool = False) -> str:
        """A number, or how it comes about where that is a product or a function of one number."""
        part = self.numbers.get(name)
        if part is None or part.reads or not (part.times or part.function):
            return _in_brackets(self.opened.values[name]) if bracket else written(self.opened.values[name])
        if part.times:
            return "·".join(_in_brackets(self.opened.values[taken]) for taken in part.takes)
        return FUNCTIONS[part.function].format(written(self.opened.values[part.takes[0]]))


def dot(weights: np.ndarray, values: np.ndarray) -> tuple[str, str]:
    """A dot product in short, its largest terms alone, and exactly.

    >>> dot(np.array([0.5, -1.0, 0.1]), np.array([1.0, 0.25, 0.1]))[0]
    '0.50·1.00 − 1.00·0.25 + … = 0.26'
    >>> dot(np.array([0.5]), np.array([0.0]))[0]
    '0'
    """
    if not values.any():
        return "0", "every number that comes in is 0"
    with np.errstate(over="ignore", invalid="ignore"):
        products = weights * values
        total = float(products.sum())
    order = np.argsort(-np.abs(np.nan_to_num(products)), kind="stable")
    shown = np.sort(order[:TERMS])
    short = ""
    for place in shown:
        minus = products[place] < 0
        sign = ("−" if minus else "") if not short else (" − " if minus else " + ")
        short += f"{sign}{_roughly(weights[place])}·{_roughly(values[place])}"
    short += f"{' + …' if len(products) > TERMS else ''} = {written(total)}"
    told = np.sort(order[:EXACT])
    terms = [f"{_signed(weights[place])} · {_signed(values[place])}" for place in told]
    lines = [" + ".join(terms[start : start + LINE]) for start in range(0, len(terms), LINE)]
    if len(products) > EXACT:
        rest = float(np.delete(products, told).sum())
        lines.append(f"{len(products) - EXACT} smaller terms: {rest:.6g}")
    return short, " +<br>".join(lines) + f"<br>{len(products)} terms: {total:.6g}"


def _roughly(value: float) -> str:
    """The size of a number with two decimals, as long as that is no long number."""
    return f"{abs(value):.2f}" if abs(value) < 100 else written(abs(value))


def _signed(value: float) -> str:
    text = f"{abs(value):.4g}"
    return f"(−{text})" if value < 0 else text


def _in_brackets(value: float) -> str:
    text = written(value)
    return f"({text})" if text.startswith("−") else text
