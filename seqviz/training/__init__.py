"""Training as pure functions on values: `start`, `advance`, `trace`, `analyse` and `check_gradients`.

The web process must not import this package: it loads torch.
"""

from seqviz.training.analysis import analyse
from seqviz.training.gradcheck import check_gradients
from seqviz.training.run import advance, start
from seqviz.training.tracing import trace

__all__ = ["advance", "analyse", "check_gradients", "start", "trace"]
