"""What happens in a beat of a training step, in plain words and the trace's own numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from seqviz.core.graph import Graph, Node, NodeKind
from seqviz.core.records import Trace
from seqviz.core.topology import TOPOLOGIES, Reads
from seqviz.core.update import Update, WeightChange
from seqviz.figures.nodes import percent, stream_name
from seqviz.figures.numbers import number
from seqviz.figures.scales import norms

LOWERED: Final = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
OPTIMISERS: Final = {"sgd": "Plain gradient descent", "momentum": "Gradient descent with momentum", "adam": "Adam"}
ROUNDING: Final = 1e-5
"""By which share two ways to compute one norm may differ."""
TOO_SMALL: Final = "below what 32 bits can hold"


def part(share: float) -> str:
    """How much one length is of another.

    >>> part(0.414), part(1.38), part(0.0004)
    ('41 % of', '1.38 times', '0.04 % of')
    """
    return f"{share:.3g} times" if share > 1 else f"{100 * share:.{0 if share >= 0.1 else 2}f} % of"


class Teller:
    """Tells beats of one trace. graph: its unrolled network."""

    def __init__(self, trace: Trace, graph: Graph) -> None:
        self.trace = trace
        self.losses = [node for node in graph.nodes if node.kind is NodeKind.LOSS]
        self.learning = graph.differentiable.leading_to(*self.losses)
        self.hidden = norms(trace.hidden)
        self.grad_hidden = norms(trace.grad_hidden)
        self.grad_logits = norms(trace.grad_logits)
        self.pictures = trace.example.inputs.ndim == 4
        written = [name for name in trace.classes if not name.startswith("<")]
        self.written = "letter" if all(len(name) == 1 for name in written) else "word"

    def name(self, node: Node) -> str:
        """The symbol of a node, with its chain where there are several."""
        letters = {NodeKind.INPUT: "x", NodeKind.HIDDEN: "h", NodeKind.OUTPUT: "o", NodeKind.LOSS: "L"}
        symbol = letters[node.kind] + str(node.step + 1).translate(LOWERED)
        if node.kind is NodeKind.HIDDEN and len(self.trace.streams) > 1:
            return f"{symbol} ({stream_name(self.trace.streams[node.stream], self.trace.streams)})"
        return symbol

    def weights(self, segment: int, row: int) -> str:
        """What the W_hh of a chain in a segment is called; more than "W_hh" only where there are several."""
        trace = self.trace
        names = []
        if len({step.segment for step in trace.steps}) > 1:
            names.append(TOPOLOGIES["delayed"].segments[segment].name)
        if len(trace.streams) > 1:
            names.append(stream_name(trace.streams[row], trace.streams))
        return f"W_hh ({', '.join(names)})" if names else "W_hh"

    def forward(self, node: Node, sources: Sequence[Node]) -> str:
        """sources: what the node is computed from."""
        match node.kind:
            case NodeKind.INPUT:
                return self._reads(node.step)
            case NodeKind.HIDDEN:
                given = " and ".join(self.name(source) for source in sources)
                before = any(source.stream == node.stream for source in sources)
                empty = "" if before else " and a state of zeros"
                size = number(float(self.hidden[node.stream, node.step]))
                return f"From {given}{empty}: {self.name(node)}, {self.trace.hidden.shape[2]} units, norm {size}."
            case _:
                return self._emits(node)

    def _reads(self, time: int) -> str:
        step, read = self.trace.steps[time], self.trace.read[time]
        if step.reads is Reads.INPUT:
            what = read if self.pictures else f"“{read}”"
            return f"Step {time + 1} reads {what}."
        if step.position == 0:
            return f"Step {time + 1} reads “{read}”: nothing is written yet."
        whose = "true" if self.trace.targets_known else "network’s own"
        return f"Step {time + 1} reads “{read}”, the {whose} {self.written} before."

    def _emits(self, node: Node) -> str:
        shares = self.trace.probabilities[node.step]
        best = np.argsort(-shares, kind="stable")[:2]
        said = ", ".join(f"“{self.trace.classes[place]}” {percent(shares[place])}" for place in best)
        looks = self.trace.attention[node.step]
        where = f" It looks most at step {looks.argmax() + 1} ({percent(looks.max())})." if looks.any() else ""
        return f"Output {node.step + 1}: {said}.{where}"

    def loss(self, time: int, count: int, *, last: bool) -> str:
        """Where a loss enters; the last of several also tells their mean."""
        trace = self.trace
        right = trace.targets[time]
        own = "" if trace.targets_known else ", the network’s own and taken as right,"
        share = number(100 * float(trace.probabilities[time, right]))
        size = number(float(trace.losses[time]))
        symbol = self.name(Node(NodeKind.LOSS, time)) if count > 1 else "L"
        mean = f" Over all {count} losses the mean is L = {number(trace.loss)}." if last and count > 1 else ""
        answer = f"the right answer “{trace.classes[right]}”{own}"
        return f"The loss enters: {answer} had {share} %: {symbol} = {size} nats.{mean}"

    def backward(self, node: Node, targets: Sequence[Node]) -> str:
        """targets: the nodes from which the gradient comes back."""
        symbol = f"∂L/∂{self.name(node)}"
        if node.kind is NodeKind.OUTPUT:
            return f"‖{symbol}‖ = {number(float(self.grad_logits[node.step]))}: {self._of_output(node)}."
        if node.kind is NodeKind.INPUT:
            return f"The gradient reaches {self.name(node)}."
        size = float(self.grad_hidden[node.stream, node.step])
        if size == 0 and node in self.learning:
            return f"‖{symbol}‖ is 0 or {TOO_SMALL}."
        if size == 0:
            return f"No gradient reaches {self.name(node)}: ‖{symbol}‖ = 0."
        beside = ""
        for target in targets:
            if target.stream == node.stream and self.grad_hidden[node.stream, target.step] > 0:
                ratio = part(size / float(self.grad_hidden[node.stream, target.step]))
                beside = f", {ratio} ‖∂L/∂{self.name(target)}‖"
        share = float(self.trace.share[node.stream, node.step])
        adds = f"adds a share of norm {number(share)}" if share else f"adds nothing, as {self._why_nothing(node)}"
        name = self.weights(self.trace.steps[node.step].segment, node.stream)
        return f"‖{symbol}‖ = {number(size)}{beside}; to ∂L/∂{name} it {adds}."

    def _of_output(self, node: Node) -> str:
        """What ∂L/∂o is made of, L being the mean of all losses."""
        if node not in self.learning:
            return f"no loss enters at output {node.step + 1}"
        shared = f", divided by the {len(self.losses)} losses" if len(self.losses) > 1 else ""
        return f"the probabilities, less 1 at the right answer{shared}"

    def _why_nothing(self, node: Node) -> str:
        place = node.stream, node.step
        if not self.trace.hidden_before[place].any():
            return "the state before is 0"
        passed = self.trace.grad_recurrent[place].any()
        return f"its share is {TOO_SMALL}" if passed else "no unit lets a gradient through"

    def update(self, update: Update, change: WeightChange, name: str, *, first: bool) -> tuple[str, str, str]:
        """Three beats: the whole gradient of one W_hh, the step that it becomes, the weights after."""
        config = self.trace.config
        before, gradient, after = (
            values.astype(np.float64) for values in (change.before, change.gradient, change.after)
        )
        whole = (
            f"All shares, added entry by entry, give ∂L/∂{name}. Its norm is "
            f"{number(float(np.linalg.norm(gradient)))}; norms do not add up."
        )
        if first and config.clip and update.clipped < (1 - ROUNDING) * update.norm:
            whole += (
                f" The gradient of all weights, norm {number(update.norm)}, is clipped to {number(update.clipped)}."
            )
        elif first:
            whole += f" The gradient of all weights has norm {number(update.norm)}; nothing is clipped."
        with np.errstate(invalid="ignore"):
            moved = number(float(np.linalg.norm(after - before)))
        method = OPTIMISERS[config.optimiser]
        sizes = [number(float(np.linalg.norm(values))) for values in (before, after)]
        return (
            whole,
            f"{method} with learning rate {config.learning_rate:g} makes a step of norm {moved} of it.",
            f"‖{name}‖ goes from {sizes[0]} to {sizes[1]}. In training, {config.batch} examples share such a step.",
        )
