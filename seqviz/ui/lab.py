"""The experiments of the lab on backpropagation through time: what each shows, sets and asks."""

from __future__ import annotations

from typing import Final

from seqviz.ui.experiments import Experiment

STRUCTURE: Final = ("layers", "bidirectional", "layer_norm", "dropout")
"""How a network is built beyond its cell; what the wiring cannot have gets no control."""

EXPERIMENTS: Final = {
    "source": Experiment(
        "Where it comes from",
        "Every loss sends its own gradient back. Row: the loss. Column: the hidden state that it reaches.",
        ("graph", "influence", "passage", "gradient"),
        ("cell", "hidden", *STRUCTURE, "seed"),
        (
            "One loss in *many to one*, so one row. A loss at every step in *direct*, so a triangle.",
            "What arrives at a state is the gradient at the loss's own step times the product of the step Jacobians "
            "between them.",
        ),
        "Choose other data: each belongs to another wiring. Where are the rows, and how far to the left do they reach?",
    ),
    "vanish": Experiment(
        "Why it vanishes or explodes",
        "Going back one step multiplies the gradient by that step's Jacobian ∂h(t)/∂h(t-1). Many steps, many factors.",
        ("graph", "jacobians", "products", "saturation", "conditions", "powers"),
        ("cell", "hidden", "initialisation", "radius", "seed"),
        (
            "If the largest singular value of W_hh is below 1, a tanh network's gradient must vanish. If it is above "
            "1, the gradient *may* explode, but need not: saturated units shrink it (Pascanu, Mikolov & Bengio 2013).",
            "The determinant decides nothing: compare it with what was measured.",
        ),
        "Take the cell *Elman, no activation* and move the spectral radius from 0.5 to 1.5. Then take *tanh*: "
        "why does it explode so much later?",
        {
            **{
                f"One unit, {weight:.2f} at every step": {
                    "experiment": "vanish",
                    "cell": "elman-linear",
                    "hidden": "1",
                    "initialisation": "identity",
                    "radius": f"{weight}",
                    "lag": "100",
                }
                for weight in (0.99, 1.0, 1.01)
            },
            "A determinant near 0, and it explodes": {
                "experiment": "vanish",
                "cell": "elman-linear",
                "radius": "1.5",
                "lag": "20",
            },
            "A determinant above 1, and it vanishes": {
                "experiment": "vanish",
                "cell": "elman",
                "initialisation": "identity",
                "radius": "1.2",
                "lag": "20",
            },
        },
    ),
    "sharing": Experiment(
        "One matrix, every step",
        "All steps use the same W_hh. Its gradient is the sum of one contribution from each step.",
        ("graph", "shares", "gradient"),
        ("cell", "hidden", "seed"),
        (
            "Each small matrix is one step's own contribution, an outer product of two vectors.",
            "The sum of all is what autograd gives for W_hh; the largest difference is printed.",
        ),
        "Use 4 hidden units, so that every number can be read, and train a little. Which steps contribute most?",
    ),
    "truncation": Experiment(
        "Cutting it short",
        "Truncated backpropagation cuts the backward pass every so many steps. It is cheaper, and it forgets.",
        ("graph", "influence", "gradient", "learning"),
        ("cell", "hidden", "window", "learning_rate", "seed"),
        (
            "Behind the cut the gradient is exactly 0, not just small.",
            "The forward pass is not cut: the network still carries its memory, but nothing teaches it what to carry.",
        ),
        "Take *Remember the first symbol*, cut after 5 steps and train. Then lift the cut and train again.",
        {
            "Lag 20, cut every 5 steps": {"experiment": "truncation", "lag": "20", "window": "5"},
            "Lag 20, not cut": {"experiment": "truncation", "lag": "20", "window": "0"},
        },
    ),
    "check": Experiment(
        "Is it right?",
        "The gradient of a weight says how the loss changes with it. So change the weight a little, and look.",
        ("graph", "check", "gradient", "learning"),
        ("cell", "hidden", "window", "seed"),
        (
            "Autograd is what training uses. By hand: backpropagation through time, written out. Central differences: "
            "(L(w + ε) − L(w − ε)) / 2ε with ε = 0.00001, which knows nothing of derivatives.",
            "All three compute with 64 bits here, so that rounding does not hide a mistake.",
        ),
        "Press *Check the largest* and compare the digits. Then truncate the gradient after 3 steps and check again: "
        "central differences cannot be truncated.",
    ),
    "clipping": Experiment(
        "Clipping",
        "A gradient that is too long is shortened. That helps against explosion, and does nothing against vanishing.",
        ("graph", "clipping", "learning"),
        ("cell", "hidden", "clip", "clip_by", "learning_rate", "optimiser", "seed"),
        (
            "By norm the direction stays (cosine 1). By value each entry is cut by itself, and the direction turns.",
            "Distant steps' share of a small gradient is already lost in the sum: making it longer brings "
            "nothing back.",
        ),
        "Take *Elman, ReLU*, SGD and a learning rate of 1, without clipping, and train. Then clip at 1.",
        {
            f"ReLU, learning rate 1, {words}": {
                "experiment": "clipping",
                "cell": "elman-relu",
                "optimiser": "sgd",
                "learning_rate": "1.0",
                "clip": limit,
            }
            for words, limit in (("not clipped", "0.0"), ("clipped at 1", "1.0"))
        },
    ),
}
