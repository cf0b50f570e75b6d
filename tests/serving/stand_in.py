"""A worker that trains nothing real, for tests of what goes on around it: `python -m tests.serving.stand_in`."""

import os
import sys
import time

from seqviz.serving.loop import work
from tests.serving.workshop import Clock, Workshop

ENDLESS = 14
"""The seed of a run whose updates go on until there is an order."""
LONG = 15
"""The seed of a run that takes a twentieth of a second to be built."""


class Real(Workshop):
    def start(self, config):
        time.sleep(0.05 * (config.seed == LONG))
        return super().start(config)

    def advance(self, run, steps, stop):
        if run.config.seed == ENDLESS:
            print("training", file=sys.stderr)
            while not stop():
                time.sleep(self.seconds)
        if run.config.seed == 13:
            os.abort()
        print("this must not get among the messages")
        time.sleep(steps * self.seconds)
        return super().advance(run, steps, stop)


if __name__ == "__main__":
    work(Real(Clock()).tools, lambda: None)
