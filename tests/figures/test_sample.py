import numpy as np
import pytest

from seqviz.core.graph import EdgeKind, Node, NodeKind, graph_of
from seqviz.core.records import Stream
from seqviz.core.topology import DELAYED, DIRECT, MANY_TO_ONE, Topology
from tests.figures.sample import Net, Pass, softmax

BOTH = tuple(Stream(layer, backward) for layer in range(2) for backward in (False, True))


@pytest.mark.parametrize(
    ("topology", "inputs", "outputs", "streams", "attention"),
    [
        (MANY_TO_ONE, 4, 1, BOTH, False),
        (DIRECT, 3, 3, BOTH, False),
        (DELAYED, 3, 3, (Stream(0), Stream(1)), True),
    ],
)
def test_the_samples_gradients_agree_with_finite_differences(
    topology: Topology, inputs: int, outputs: int, streams: tuple[Stream, ...], attention: bool
) -> None:
    steps = topology.unroll(inputs, outputs)
    graph = graph_of(steps, streams, np.ones((len(streams), len(steps)), bool), attention)
    emitting = [Node(NodeKind.OUTPUT, time) for time, step in enumerate(steps) if step.emits]
    words = dict.fromkeys(range(len(steps)), 3)

    class Nudged(Pass):
        """A network with something added to one hidden state."""

        def __init__(self, node: Node, push: np.ndarray) -> None:
            self.node, self.push = node, push
            super().__init__(Net(4, 3, 2, seed=1, gain=1.2), graph, words)

        def _value(self, node: Node) -> np.ndarray:
            return super()._value(node) + (self.push if node == self.node else 0)

    def loss(node: Node, push: np.ndarray) -> float:
        done = Nudged(node, push)
        return -float(sum(np.log(softmax(done.values[output])[0]) for output in emitting))

    plain = Pass(Net(4, 3, 2, seed=1, gain=1.2), graph, words)
    wrong = {output: softmax(plain.values[output]) - np.array([1, 0]) for output in emitting}
    gradient = plain.backward(wrong)
    assert any(edge.kind is EdgeKind.ATTENDS for edge in graph.edges) == attention
    for node in graph.nodes:
        if node.kind is NodeKind.HIDDEN:
            pushes = 1e-5 * np.eye(4)
            slopes = [(loss(node, push) - loss(node, -push)) / 2e-5 for push in pushes]
            # A nudge of h_t after its tanh: what every path out of h_t makes of it.
            np.testing.assert_allclose(gradient[node], slopes, atol=1e-7)
