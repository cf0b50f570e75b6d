"""Training as pure functions on values: `start`, `advance` and `trace`.

The web process must not import this package: it loads torch.
"""

from seqviz.training.run import advance, start
from seqviz.training.tracing import trace

__all__ = ["advance", "start", "trace"]
