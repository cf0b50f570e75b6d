"""What may go wrong with one person's run, and how it is said."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from seqviz.core.task import BadInput

FAILURES: Final = (ArithmeticError, LookupError, MemoryError, OSError, RuntimeError, ValueError)
"""What somebody's settings or data can provoke. It ends that person's run and nobody else's."""

_log = logging.getLogger(__name__)


def failure_of(act: Callable[[], object]) -> str:
    """Does it: "", or why it could not be done, for people."""
    try:
        act()
    except BadInput as wrong:
        return str(wrong)
    except FAILURES as failure:
        _log.exception("a run could not go on")
        reason = " ".join(map(str, failure.args)) or type(failure).__name__
        return f"This network could not go on: {reason}"
    return ""
