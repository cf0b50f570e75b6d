"""Numbers as people read them, in a sentence and along a logarithmic axis."""

from __future__ import annotations

from typing import Final

import numpy as np

RAISED: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, digits: int = 3) -> str:
    """A number with so many digits.

    >>> number(0.0341), number(2.0e-7), number(float("inf")), number(0.0), number(999.7), number(4.26e-16, 2)
    ('0.0341', '2 × 10⁻⁷', '∞', '0', '1000', '4.3 × 10⁻¹⁶')
    """
    if not np.isfinite(value):
        return "NaN" if np.isnan(value) else "∞"
    if value == 0 or 1e-4 <= abs(value) < 1e5:
        return f"{float(f'{value:.{digits}g}'):g}" if abs(value) < 1000 else f"{value:.0f}"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return f"{float(mantissa):g} × {power(int(exponent))}"


def power(exponent: int) -> str:
    """A power of ten.

    >>> power(-12), power(0)
    ('10⁻¹²', '1')
    """
    return f"10{str(exponent).translate(RAISED)}" if exponent else "1"


def ticks(low: int, high: int, most: int) -> dict[str, object]:
    """At most `most` ticks of a logarithmic axis between two powers of ten, the upper one among them: fields of a
    Plotly axis. Written out where none is far from 1.

    >>> ticks(-2, 1, 4)["ticktext"], ticks(-9, 0, 4)["ticktext"]
    (['10', '1', '0.1', '0.01'], ['1', '10⁻³', '10⁻⁶', '10⁻⁹'])
    """
    exponents = range(high, low - 1, -max(1, -(-(high - low) // (most - 1))))
    near = low >= -3 and high <= 3
    return {
        "tickvals": [10.0**exponent for exponent in exponents],
        "ticktext": [f"{10.0**exponent:g}" if near else power(exponent) for exponent in exponents],
    }
