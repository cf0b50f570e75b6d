"""LSTM and GRU: the cell opened, its gates over time, and what the forget gate's bias does to the gradient's reach."""

from seqviz.core.records import Look
from seqviz.ui import data, examples, experiments, lesson, settings
from seqviz.ui.experiments import Experiment
from seqviz.ui.lab import STRUCTURE
from seqviz.ui.stage import stage

EXPERIMENTS = {
    "inside": Experiment(
        "The cell, opened",
        "A gate is a number between 0 (shut) and 1 (open) for each unit, computed from the input and the state before.",
        ("graph", "cell", "hidden", "gradient"),
        ("cell", "hidden", *STRUCTURE, "learning_rate", "seed"),
        (
            "Click a state in the network: its cell opens, with the unit that you clicked. Point at a formula to see "
            "all its terms.",
            "The LSTM keeps a second state c. On the thick line c only meets a product and a sum: no weights, no "
            "tanh. The GRU does the same with h itself. The plain cell has no such line: its whole state passes "
            "through W_hh and tanh at every step.",
            "In *hidden states over time* choose a gate instead: one row a unit, one column a step.",
        ),
        "Train on the reviews. Which units open their gates at *not* or *but*? Then take *Elman, tanh*: what is left?",
        {
            f"{title}, the cell opened": {"cell": key}
            for key, title in (("lstm", "LSTM"), ("gru", "GRU"), ("elman", "Elman"))
        },
    ),
    "forget": Experiment(
        "The forget gate’s bias",
        "Going back one step along the cell state multiplies the gradient by the forget gate, unit by unit.",
        ("graph", "products", "hidden", "learning"),
        ("cell", "hidden", "forget_bias", "learning_rate", "seed"),
        (
            "Only the LSTM has a forget gate. At a bias of 0 it starts near 0.5: of what the gates alone let through, "
            "less than a millionth is left after 30 steps. At a bias of 3 it starts near 0.95, and a fifth is left. "
            "The orange line is measured: the ways through h and the other gates are in it too.",
            "It is where the network *starts*. Training may open the gate by itself, if any gradient arrives to tell "
            "it so. Whether 1, as is often advised, is enough depends on the lag: try it (Gers et al. 2000; "
            "Jozefowicz et al. 2015).",
        ),
        "Take the three below one after the other and train each for 400 updates. How far does the gradient "
        "reach before training, and which of them learn?",
        {
            f"LSTM, forget bias {bias}": {
                "experiment": "forget",
                "task": "recall",
                "cell": "lstm",
                "lag": "30",
                "forget_bias": f"{bias}.0",
            }
            for bias in (0, 1, 3)
        },
    ),
}

lesson.opening(
    "LSTM and GRU", "Two cells that were built to remember: gates decide what is kept, and what is written anew."
)
source = data.choose(
    {
        "reviews": "Reviews (many to one)",
        "recall": "First symbol (many to one)",
        "parity": "Odd or even (direct)",
        "translation": "Translation (delayed)",
    }
)
experiment = experiments.choose(EXPERIMENTS)
fields = (*experiment.fields, "lag") if source.task in ("recall", "parity") else experiment.fields
config = settings.settings(source.task, fields, source.digest)
example = examples.example(config)
stage(config, example, experiment.figures, look=Look(quantity="hidden" if "cell" in experiment.figures else "forget"))
lesson.equation(config, "the probability of each answer")
lesson.points("What to look for", experiment.sentence, *experiment.look_for)
lesson.try_this(experiment.try_this)
lesson.links(experiment.links)
lesson.check_yourself(
    "The LSTM's gradient along c can stay large over many steps. Can it explode there?",
    "Not by the gates: each is below 1, so along c alone the factor per step never exceeds 1. But h feeds back into "
    "the gates through W_hh, and that way can grow. Clipping is used with LSTMs too.",
)
