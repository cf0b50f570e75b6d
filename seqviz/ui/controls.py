"""What every setting's widget is called, what it does in one line, and what can be chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from seqviz.cells import CELLS

Value = str | int | float | bool


@dataclass(frozen=True)
class Control:
    """One setting's widget. group: where in the sidebar it stands. help: one line. options: what can be chosen.

    words: what each option is called, where it is not its own name. Without options it is a switch.
    cell: the key of the only cell that has it; any where empty.
    """

    group: str
    label: str
    help: str
    options: Sequence[Value] = ()
    words: Mapping[Value, str] = field(default_factory=dict)
    cell: str = ""

    def spoken(self, option: Value) -> str:
        """What people read for an option."""
        return self.words.get(option, f"{option:g}" if isinstance(option, float) else str(option))


CONTROLS: Mapping[str, Control] = {
    "cell": Control(
        "Network",
        "Cell",
        "The equation that makes each hidden state from the input and the state before.",
        tuple(CELLS),
        {key: CELLS[key].title for key in CELLS},
    ),
    "hidden": Control(
        "Network", "Hidden size", "How many numbers the network can remember at a time.", (2, 4, 8, 16, 32, 64, 96, 128)
    ),
    "layers": Control("Network", "Layers", "Recurrent layers on top of each other.", (1, 2, 3)),
    "bidirectional": Control(
        "Network", "Read in both directions", "A second chain reads from the end, so a step knows what comes after it."
    ),
    "attention": Control(
        "Network", "Attention", "Each step of the decoder looks back at every state of the encoder, not only the last."
    ),
    "reverse": Control(
        "Network", "Read the source backwards", "Puts the first words of both languages closer to each other in time."
    ),
    "layer_norm": Control(
        "Network",
        "Normalise between layers",
        "Keeps the numbers between two layers at one scale; with one layer there is nothing to normalise.",
    ),
    "dropout": Control(
        "Network",
        "Dropout between layers",
        "Hides this share of the numbers at random while training; needs two layers or more.",
        (0.0, 0.1, 0.2, 0.3, 0.5),
    ),
    "learning_rate": Control(
        "Training",
        "Learning rate",
        "How far each update moves the weights. You may change it while training runs.",
        (0.0001, 0.0003, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0, 100.0),
    ),
    "optimiser": Control(
        "Training",
        "Optimiser",
        "How a gradient becomes an update: plain, with momentum, or with a step size for each weight.",
        ("sgd", "momentum", "adam"),
        {"sgd": "SGD", "momentum": "SGD with momentum", "adam": "Adam"},
    ),
    "clip": Control(
        "Training",
        "Gradient clipping",
        "A gradient longer than this is shortened to it. Clipped by value, each entry larger than this is cut.",
        (0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0),
        {0.0: "off"},
    ),
    "batch": Control("Training", "Batch size", "Examples that share one update.", (1, 4, 8, 16, 32, 64, 128)),
    "seed": Control(
        "Training", "Seed", "Decides every random choice: the same seed gives the same curve.", tuple(range(10))
    ),
    "teacher_forcing": Control(
        "Training",
        "Teacher forcing",
        "How often, while training, a step that writes is given the true word before it instead of the network's own.",
        (0.0, 0.25, 0.5, 0.75, 1.0),
    ),
    "window": Control(
        "Training",
        "Truncate the gradient after",
        "The backward pass is cut every so many steps: no loss reaches back beyond a cut.",
        (0, 1, 2, 3, 5, 10, 20),
        {0: "never"},
    ),
    "clip_by": Control(
        "Training",
        "Clip by",
        "The norm shortens the whole gradient; the value cuts each entry by itself, which turns it.",
        ("norm", "value"),
    ),
    "initialisation": Control(
        "Network",
        "First W_hh",
        "How the weights from state to state begin.",
        ("pytorch", "orthogonal", "xavier", "identity"),
        {"pytorch": "PyTorch's own", "orthogonal": "orthogonal", "xavier": "Xavier", "identity": "identity"},
    ),
    "radius": Control(
        "Network",
        "Spectral radius of the first W_hh",
        "Scales W_hh so that its largest eigenvalue has this size; 0 leaves it as it is.",
        (0.0, 0.25, 0.5, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0),
        {0.0: "as it is"},
    ),
    "forget_bias": Control(
        "Network",
        "Forget-gate bias",
        "Added at first to the bias of the LSTM's forget gate. Above 0 the gate begins more than half open.",
        (-2.0, -1.0, 0.0, 1.0, 2.0, 3.0),
        cell="lstm",
    ),
    "lag": Control(
        "Data", "Lag", "Steps between what has to be remembered and the question.", (2, 5, 10, 20, 30, 40, 60, 80, 100)
    ),
}
