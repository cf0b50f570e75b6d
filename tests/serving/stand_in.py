"""A worker that trains nothing real, for tests of what goes on around it: `python -m tests.serving.stand_in`."""

import os
import time

from seqviz.serving.loop import work
from tests.serving.workshop import Clock, Workshop


class Real(Workshop):
    def advance(self, run, steps):
        if run.config.seed == 13:
            os.abort()
        print("this must not get among the messages")
        time.sleep(steps * self.seconds)
        return super().advance(run, steps)


if __name__ == "__main__":
    work(Real(Clock()).tools, lambda: None)
