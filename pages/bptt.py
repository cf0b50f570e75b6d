"""Backpropagation through time: where the gradient comes from, why it vanishes or explodes, what is done about it."""

from seqviz.ui import data, examples, experiments, lesson, settings
from seqviz.ui.lab import EXPERIMENTS
from seqviz.ui.stage import stage

lesson.opening(
    "Backpropagation through time", "How the network learns from what lies many steps back, and why it is hard."
)
source = data.choose(
    {
        "recall": "First symbol (many to one)",
        "clips": "Clips (direct)",
        "translation": "Translation (delayed)",
    }
)
experiment = experiments.choose(EXPERIMENTS)
fields = (*experiment.fields, "lag") if source.task == "recall" else experiment.fields
config = settings.settings(source.task, fields, source.digest)
example = examples.example(config)
stage(config, example, experiment.figures)

lesson.formula(experiment.formula, experiment.symbols)
lesson.equation(config, "the probability of each answer")
lesson.points("What to look for", experiment.sentence, *experiment.look_for)
lesson.try_this(experiment.try_this)
lesson.links(experiment.links)
