"""Runs the named benchmarks, or all, and prints one JSON object."""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Callable
from importlib import import_module

BENCHMARKS = {
    "learning": "how soon the defaults reach their goals on held-out examples, seeds 0 to 4",
    "steps": "updates a second beside a plain PyTorch loop, and what one trace costs",
    "gradients": "all ∂L_t/∂h_k of a long example beside one backward pass, and beside one for each loss",
    "player": "one training step played in a real browser, and its size beside Plotly's own frames",
    "memory": "which cells solve first-token recall within 20 s, seeds 0 to 4",
    "lab": "from the move of a slider in the lab to its last picture, at T = 30",
    "classroom": "a hundred sessions that open one link at the same moment and train",
    "live": "the page in a real browser: redraws, frame rate, pause, training kept",
}
"""Each is a module here with a function `measure() -> dict`."""


def main() -> None:
    """Parses the names, measures, prints."""
    lines = "\n".join(f"  {name}: {what}" for name, what in BENCHMARKS.items())
    parser = argparse.ArgumentParser(
        "python -m benchmarks",
        description=f"benchmarks:\n{lines}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], help="which to run; all if none is named")
    names = parser.parse_args().names or list(BENCHMARKS)
    report: dict[str, object] = {"machine": {"cores": os.cpu_count(), "python": platform.python_version()}}
    for name in names:
        measure: Callable[[], dict[str, object]] = import_module(f"benchmarks.{name}").measure
        report[name] = measure()
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
