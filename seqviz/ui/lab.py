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
            "What arrives at a state is the gradient at the loss's own step times the *Jacobians* of the steps "
            "between: matrices that say how each unit of a state depends on each unit of the state before.",
        ),
        "Choose other data: each belongs to another wiring. Where are the rows, and how far to the left do they reach?",
        {
            "One loss at the end": {"experiment": "source", "task": "recall"},
            "A loss at every step": {"experiment": "source", "task": "clips"},
            "Losses in the decoder only": {"experiment": "source", "task": "translation"},
        },
        (
            r"\frac{\partial L}{\partial h^{(t)}} = \left(\frac{\partial h^{(t+1)}}{\partial h^{(t)}}\right)^{\!\top} "
            r"\frac{\partial L}{\partial h^{(t+1)}} + W_{ho}^{\top} \frac{\partial L}{\partial o^{(t)}}",
            r"\frac{\partial L_t}{\partial h^{(k)}} = \left(\prod_{j=k+1}^{t} "
            r"\frac{\partial h^{(j)}}{\partial h^{(j-1)}}\right)^{\!\top} \frac{\partial L_t}{\partial h^{(t)}}",
        ),
        "L is the mean of all losses. In one layer a state's gradient has two sources: the state after it, and its own "
        "output where there is one. (For a lower layer the layer above is a third, for an LSTM the cell state.) "
        "Followed back from one loss alone, it is a product with one factor a step, the latest on the left. "
        "Source: Werbos (1990).",
    ),
    "vanish": Experiment(
        "Why it vanishes or explodes",
        "Going back one step multiplies the gradient by a matrix, that step's Jacobian ∂h(t)/∂h(t-1): how each unit "
        "depends on each unit of the step before. Many steps, many factors.",
        ("graph", "jacobians", "products", "saturation", "conditions", "powers"),
        ("cell", "hidden", "initialisation", "radius", "seed"),
        (
            "If the largest singular value of W_hh is below 1, a tanh network's gradient must vanish. If it is above "
            "1, the gradient *may* explode, but need not: saturated units shrink it, and even without an activation it "
            "vanishes in the end if all eigenvalues are below 1 in size (Pascanu, Mikolov & Bengio 2013).",
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
                "lag": "40",
            },
        },
        (
            r"\frac{\partial h^{(t)}}{\partial h^{(t-1)}} = \mathrm{diag}\!\left(1 - (h^{(t)})^2\right) W_{hh} "
            r"\quad\text{for tanh}",
            r"\left\lVert \frac{\partial h^{(t)}}{\partial h^{(k)}} \right\rVert \;\le\; \prod_{j=k+1}^{t} "
            r"\left\lVert \frac{\partial h^{(j)}}{\partial h^{(j-1)}} \right\rVert \;\le\; "
            r"(\gamma\,\sigma_{\max})^{t-k}",
        ),
        "σ is a singular value of W_hh, and γ the steepest slope of the activation: 1 for tanh, ¼ for the logistic "
        "function. If γσ is below 1 for the largest σ, the right side shrinks to nothing, and so must the left. If it "
        "is above 1, nothing follows: a bound that grows forbids nothing. The norm ‖·‖ of a matrix is the most by "
        "which it can lengthen a vector, its largest singular value. For a GRU or an LSTM the pictures show the "
        "candidate's block of W_hh, and the bound on the right does not hold. In an LSTM a gradient travels along c "
        "too. Source: Pascanu, Mikolov & Bengio (2013).",
    ),
    "sharing": Experiment(
        "One matrix, every step",
        "All steps of one chain use the same W_hh. Its gradient is the sum of one contribution from each step.",
        ("graph", "shares", "gradient"),
        ("cell", "hidden", "seed"),
        (
            "Each small matrix is one step's own contribution, an outer product of two vectors.",
            "The sum of all is what autograd gives for W_hh; the largest difference is printed.",
        ),
        "Use 4 hidden units, so that every number can be read, and train a little. Which steps contribute most?",
        {
            "Four units, five steps": {"experiment": "sharing", "cell": "elman", "hidden": "4", "lag": "4"},
            "Sixteen units, forty steps": {"experiment": "sharing", "lag": "39"},
        },
        (
            r"\frac{\partial L}{\partial W_{hh}} = \sum_{t} \frac{\partial L}{\partial a^{(t)}} \, {h^{(t-1)}}^{\top}, "
            r"\qquad a^{(t)} = W_{xh}\,x^{(t)} + W_{hh}\,h^{(t-1)} + b_h",
        ),
        "Each term is how W_hh would have to change for the sake of one step alone. For a gated cell, a is what one "
        "gate sums up before its activation; for the GRU's candidate only what W_hh adds to it, before r multiplies "
        "that. Source: Werbos (1990).",
    ),
    "truncation": Experiment(
        "Cutting it short",
        "Truncated backpropagation cuts the backward pass every so many steps. Very long sequences can then be learned "
        "from piece by piece, but nothing reaches back beyond a cut.",
        ("graph", "influence", "gradient", "learning"),
        ("cell", "hidden", "window", "learning_rate", "seed"),
        (
            "Beyond a cut, what a loss sends back is exactly 0, not just small. Where every step has a loss of its "
            "own, those before the cut still send theirs.",
            "The forward pass is not cut: the network still carries its memory, but nothing teaches it what to carry. "
            "What a GRU happens to carry with its first weights may do all the same: take one, and see.",
        ),
        "Train the plain cell below with its gradient cut every 5 steps: the symbol lies 10 steps back, so no gradient "
        "reaches it. Then train the same cell without the cut.",
        {
            f"Elman, lag 10, {words}": {
                "experiment": "truncation",
                "cell": "elman",
                "lag": "10",
                "window": window,
            }
            for words, window in (("cut every 5 steps", "5"), ("not cut", "0"))
        },
        (
            r"h^{(t)} = f\!\left(x^{(t)},\, \tilde h^{(t-1)}\right), \qquad \tilde h^{(t-1)} = h^{(t-1)}, \qquad "
            r"\frac{\partial \tilde h^{(t-1)}}{\partial h^{(t-1)}} = 0 \quad\text{at a cut}",
        ),
        "At a cut the state is handed on as a number that came from nowhere: the same value, with no past to blame. "
        "Source: Williams & Peng (1990); in PyTorch it is `detach()`.",
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
            "A ReLU bends at 0. Where a unit passes its bend between w − ε and w + ε, the differences are wrong, not "
            "the gradient: it happens to one check in some hundreds.",
        ),
        "Press *Check the largest* and compare the digits. Then truncate the gradient after 3 steps and check again: "
        "central differences cannot be truncated.",
        formula=(
            r"\frac{\partial L}{\partial w} \approx \frac{L(w + \varepsilon) - L(w - \varepsilon)}{2\,\varepsilon}",
        ),
        symbols="w is one weight, all others stay as they are. The error of the approximation shrinks with ε², until "
        "the two losses are too close for the computer's digits.",
    ),
    "clipping": Experiment(
        "Clipping",
        "A gradient that is too long is shortened. That helps against explosion, and does nothing against vanishing.",
        ("graph", "clipping", "lengths", "learning"),
        ("cell", "hidden", "initialisation", "radius", "clip", "clip_by", "learning_rate", "optimiser", "seed"),
        (
            "By norm the direction stays (cosine 1). By value each entry is cut by itself, and the direction turns.",
            "In a network that is set up well, the limit is there for the few batches whose gradient is far longer. In "
            "the one below, nearly all early updates need it.",
            "Distant steps' share of a small gradient is already lost in the sum: making it longer brings "
            "nothing back.",
        ),
        "Below, W_hh starts as 1.1 times the identity: with ReLU, each step back may lengthen the gradient by a tenth. "
        "Train without clipping, and it diverges at once. Train the same network clipped at 1.",
        {
            f"ReLU, W_hh 1.1 times the identity, {words}": {
                "experiment": "clipping",
                "cell": "elman-relu",
                "initialisation": "identity",
                "radius": "1.1",
                "optimiser": "sgd",
                "learning_rate": "0.03",
                "lag": "20",
                "clip": limit,
            }
            for words, limit in (("not clipped", "0.0"), ("clipped at 1", "1.0"))
        },
        (
            r"\text{by norm:}\quad g \leftarrow g \cdot \min\!\left(1, \frac{c}{\lVert g \rVert}\right) \qquad "
            r"\text{by value:}\quad g_i \leftarrow \max(-c, \min(c, g_i))",
        ),
        "g is the gradient of all weights as one long vector, c the limit. Source: Pascanu, Mikolov & Bengio (2013), "
        "sec. 3.2.",
    ),
}
