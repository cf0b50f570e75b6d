"""Two to four networks trained beside each other on a task that asks for memory, at a lag of one's choice."""

from seqviz.core.compared import SOLVED, SWEEP
from seqviz.ui import data, examples, lesson, rivals, settings
from seqviz.ui.stage import comparison

lesson.opening(
    "Compare",
    "The same task, seed and batches for every network; what differs is up to you. They train in step, update by "
    "update.",
)
source = data.choose(
    {
        "recall": "Remember the first symbol",
        "copying": "Copy after a wait",
        "parity": "Even or odd so far",
        "adding": "Add the two marked numbers",
    }
)
shared = settings.settings(source.task, ("lag", "seed", "batch"), source.digest, opened="Data")
runs = rivals.rivals(shared)
budget = rivals.budget()
example = examples.example(shared)
comparison(runs, example, budget)
lesson.points(
    "What to look for",
    "*Lag*: how many steps lie between what has to be remembered and the question. For parity and adding it is the "
    "length of the sequence less one.",
    f"*Solved*: {100 * SOLVED:.0f} % of the held-out answers right within the updates allowed. A mark in the chart is "
    "one attempt of one network with one seed; another seed may say something else, so try several.",
    "*In step*: networks begun together have had the same number of updates at every moment, hence the same batches. "
    "Seconds would favour the cell whose update costs least. Point at a network's name above the pictures to read what "
    "one costs.",
    "The gradient pictures all read the same example. Play one, and all play.",
)
lesson.try_this(
    f"Press *Try all lags*: it trains every network at lags {', '.join(map(str, SWEEP))} in turn. Then take another "
    "seed and press it again. Which network fails first, and does its gradient say why?"
)
