"""A trace against the network written again in NumPy, slopes of its numbers, and backward passes one by one."""

from dataclasses import fields, replace
from functools import cache

import numpy as np
import pytest
import torch

from seqviz.cells import CELLS
from seqviz.core.graph import Node, NodeKind, graph_of
from seqviz.core.records import History, Run, Stream
from seqviz.core.task import END, IGNORE, collate
from seqviz.core.topology import TOPOLOGIES, Emits, Reads
from seqviz.networks.network import mean_loss
from seqviz.tasks import task_of
from seqviz.training import trace
from seqviz.training.model import loaded, weights_of
from tests.networks.reference import Reference, previous_words
from tests.paths import depends
from tests.toy import EVERY_NETWORK, LETTERS, build, described, small

READING = [small(topology, reading, cell="lstm") for topology in TOPOLOGIES for reading in ("numbers", "pictures")]
GRUS = [config for config in EVERY_NETWORK if config.cell == "gru"]
EVERY = pytest.mark.parametrize("config", EVERY_NETWORK, ids=described)
EVERY_READING = pytest.mark.parametrize("config", [*EVERY_NETWORK, *READING], ids=described)
EVERY_VARIATION = pytest.mark.parametrize("config", [*GRUS, *READING], ids=described)


def run_of(config, seed=0):
    return Run(config, 0, weights_of(build(config, seed)), {}, History())


def example_of(config, kinds=(1, 2, 0)):
    return task_of(config).example(list(kinds[:1] if config.task.startswith("toy-one") else kinds))


@cache
def traced_of(config, seed=0):
    """A run, an example and their trace; asked for by many tests."""
    run, example = run_of(config, seed), example_of(config)
    return run, example, trace(run, example)


def reached(config):
    """Where ∂L_t/∂h_k is not zero. A ReLU may be shut, but not in four networks."""
    seeds = range(4) if config.cell == "elman-relu" else range(1)
    return np.any([traced_of(config, seed)[2].influence > 0 for seed in seeds], axis=0)


class Twin:
    """The reference network of a run, for one example whose targets are known."""

    def __init__(self, run, example):
        self.topology = task_of(run.config).topology
        self.reference = Reference(run.config, self.topology, run.weights)
        self.example = example
        self.steps = self.topology.unroll(len(example.inputs), len(example.targets))
        self.previous = previous_words(example.targets, len(task_of(run.config).writes))

    def run(self, nudge=None):
        return self.reference.run(self.example.inputs, self.previous, nudge)

    def where(self, stream, time):
        """The reference's name for a place in the record."""
        step = self.steps[time]
        return step.segment, stream.layer, stream.backward, step.position

    def slopes(self, key, shape, ways=None):
        """∂L_t of each loss along each of `ways` (by default each entry by itself) at the value named `key`."""
        ways = np.eye(int(np.prod(shape))).reshape(-1, *shape) if ways is None else ways
        found = []
        for way in ways:
            ahead, behind = (self.run({key: sign * 1e-6 * way}).losses(self.example.targets) for sign in (1, -1))
            found.append((ahead - behind) / 2e-6)
        return np.array(found)


def close(found, wanted):
    np.testing.assert_allclose(found, wanted, rtol=2e-4, atol=2e-6)


@EVERY_READING
def test_the_forward_pass_is_that_of_the_equations(config):
    run, example, traced = traced_of(config)
    twin = Twin(run, example)
    wanted = twin.run()
    emitting = [step.emits for step in twin.steps]
    assert traced.present.all()
    close(traced.inputs, np.array(wanted.vectors))
    for row, stream in enumerate(traced.streams):
        for time in range(len(twin.steps)):
            close(traced.hidden[row, time], wanted.hidden[twin.where(stream, time)])
            if config.cell == "lstm":
                close(traced.cell_state[row, time], wanted.cell[twin.where(stream, time)])
    probabilities = np.exp(wanted.logits) / np.exp(wanted.logits).sum(axis=1, keepdims=True)
    close(traced.logits[emitting], wanted.logits)
    close(traced.probabilities[emitting], probabilities)
    assert traced.written[emitting].tolist() == wanted.logits.argmax(axis=1).tolist()
    assert traced.targets[emitting].tolist() == example.targets.tolist()
    losses = wanted.losses(example.targets)
    close(traced.losses[traced.targets != IGNORE], losses)
    assert traced.loss == pytest.approx(losses.mean(), rel=1e-5)
    assert traced.targets_known
    silent = np.logical_not(emitting)
    for nothing in (traced.logits, traced.probabilities, traced.losses, traced.written + 1, traced.targets + 1):
        assert not nothing[silent].any()
    assert not traced.losses[traced.targets == IGNORE].any()
    for maps, wanted_maps in zip(traced.feature_maps, wanted.maps, strict=True):
        close(maps, wanted_maps)


@pytest.mark.parametrize("config", [*(c for c in EVERY_NETWORK if c.layers < 3), *READING], ids=described)
def test_every_gradient_is_the_slope_of_the_loss(config):
    """Central differences in float64: a value of the reference network is nudged, everything after it run again."""
    run, example, traced = traced_of(config)
    twin = Twin(run, example)
    rng = np.random.default_rng(0)
    squares = np.zeros_like(traced.influence)
    losses = np.flatnonzero(traced.targets != IGNORE)
    for row, stream in enumerate(traced.streams):
        for time in range(len(twin.steps)):
            where = twin.where(stream, time)
            each = twin.slopes(("hidden", *where), (config.hidden,))
            close(traced.grad_hidden[row, time], each.mean(axis=1))
            squares[losses, time] += (each**2).sum(axis=0)
            if config.cell == "lstm":
                each = twin.slopes(("cell", *where), (config.hidden,))
                close(traced.grad_cell_state[row, time], each.mean(axis=1))
            way = rng.normal(size=traced.grad_recurrent.shape[2])
            slope = twin.slopes(("recurrent", *where), way.shape, [way]).mean()
            close(traced.grad_recurrent[row, time] @ way, slope)
    close(traced.influence, np.sqrt(squares))
    for time in range(len(twin.steps)):
        each = twin.slopes(("vector", time), (config.embedding,))
        close(traced.grad_inputs[time], each.mean(axis=1))
    for layer, gradient in enumerate(traced.grad_feature_maps):
        for place in range(len(example.inputs)):
            # Where all of a pool is 0, after ReLU, the largest of it has a kink and no slope.
            way = rng.normal(size=gradient[place].shape) * (traced.feature_maps[layer][place] > 0)
            slope = twin.slopes(("map", layer, place), way.shape, [way]).mean()
            close((gradient[place] * way).sum(), slope)


@EVERY_READING
def test_the_gradient_of_the_logits_is_probability_minus_truth(config):
    _, _, traced = traced_of(config)
    counted = traced.targets != IGNORE
    wanted = traced.probabilities - (np.arange(len(traced.classes)) == traced.targets[:, None])
    close(traced.grad_logits, np.where(counted[:, None], wanted / counted.sum(), 0))


@pytest.mark.parametrize("window", [0, 2])
@EVERY_READING
def test_the_steps_contributions_add_up_to_the_gradient_that_training_uses(config, window):
    run, example, traced = traced_of(replace(config, window=window))
    parts = traced.grad_recurrent[..., :, None] * traced.hidden_before[..., None, :]
    close(traced.share, np.sqrt((parts.astype(np.float64) ** 2).sum(axis=(2, 3))))
    tiny = replace(traced, grad_recurrent=traced.grad_recurrent * np.float32(1e-25))
    close(tiny.share * np.float32(1e25), traced.share)
    network = loaded(run)
    feed = network.feed(collate([example]), config.reverse)
    mean_loss(network(feed, window).logits, feed.targets).backward()
    segments = np.array([step.segment for step in traced.steps])
    for number, stack in enumerate(network.parts):
        for row in range(len(traced.streams)):
            wanted = stack.weights(row).hidden.grad.numpy()
            close(parts[row, segments == number].sum(axis=0), wanted)
            close(traced.grad_recurrent[row, segments == number].sum(axis=0), stack.weights(row).hidden_bias.grad)


@EVERY
def test_the_influences_are_those_of_one_backward_pass_a_loss(config):
    window = 2
    run, example, traced = traced_of(replace(config, window=window))
    network = loaded(run)
    feed = network.feed(collate([example]), config.reverse)
    passed = network(feed, window, unrolled=True)
    emitting = [time for time, step in enumerate(traced.steps) if step.emits]
    wanted = np.zeros_like(traced.influence)
    for place, time in enumerate(emitting):
        target = feed.targets[0, place]
        if target == IGNORE:
            continue
        loss = -passed.logits[0, place].log_softmax(dim=0)[target]
        start = 0
        for chains in passed.chains:
            length = len(chains[0].states)
            for step in range(length):
                states = [chain.states[step].hidden for chain in chains]
                found = torch.autograd.grad(loss, states, retain_graph=True, allow_unused=True)
                squares = sum(0.0 if slope is None else float(slope.square().sum()) for slope in found)
                wanted[time, start + step] = np.sqrt(squares)
            start += length
    close(traced.influence, wanted)


@EVERY
def test_a_loss_reaches_exactly_the_states_that_the_graph_leads_from(config):
    """The picture's wiring against autograd's: which ∂L_t/∂h_k are not zero."""
    _, _, traced = traced_of(config)
    scored = traced.targets != IGNORE
    graph = graph_of(traced.steps, traced.streams, traced.present, config.attention, scored)
    leads = [
        [
            scored[loss]
            and any(
                depends(graph.differentiable, Node(NodeKind.HIDDEN, state, row), Node(NodeKind.LOSS, loss))
                for row in range(len(traced.streams))
            )
            for state in range(len(traced.steps))
        ]
        for loss in range(len(traced.steps))
    ]
    assert reached(config).tolist() == leads


@pytest.mark.parametrize("window", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_nothing_passes_a_cut_of_the_window(topology, cell, window):
    """A gradient stays within its piece of the window; from the writer's first piece it enters the reader's last."""
    config = small(topology, cell=cell, window=window, layers=2)
    _, _, traced = traced_of(config)
    steps = traced.steps
    last = max(step.position for step in steps if step.segment == 0)

    def passes(loss, state):
        ahead, back = steps[loss], steps[state]
        if state > loss or traced.targets[loss] == IGNORE:
            return False
        if ahead.segment == back.segment:
            return ahead.position // window == back.position // window
        return ahead.position < window and back.position // window == last // window

    assert reached(config).tolist() == [
        [passes(loss, state) for state in range(len(steps))] for loss in range(len(steps))
    ]


@pytest.mark.parametrize("topology", ["many-to-one", "direct"])
@pytest.mark.parametrize("seed", range(3))
def test_elmans_gradients_are_those_of_bptt_by_hand(topology, seed):
    """Backpropagation through time as d2l, sec. 9.7, and Werbos (1990) write it, for tanh."""
    config = small(topology, cell="elman", hidden=6)
    run = run_of(config, seed)
    rng = np.random.default_rng(seed)
    example = example_of(config, rng.integers(0, 3, 15).tolist())
    traced = trace(run, example)
    w = {name: value.astype(np.float64) for name, value in run.weights.items()}
    w_hh, w_xh, w_ho = w["stacks.0.cores.0.weight_hh_l0"], w["stacks.0.cores.0.weight_ih_l0"], w["head.weight"]
    x = w["reader.table.weight"][example.inputs]
    bias = w["stacks.0.cores.0.bias_ih_l0"] + w["stacks.0.cores.0.bias_hh_l0"]
    h = np.zeros((16, 6))  # h[t] is the state before step t
    for t in range(15):
        h[t + 1] = np.tanh(w_xh @ x[t] + w_hh @ h[t] + bias)

    scores = h[1:] @ w_ho.T + w["head.bias"]
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    wanted = np.full(15, IGNORE)
    wanted[[14] if topology == "many-to-one" else slice(None)] = example.targets
    d_o = np.where(wanted[:, None] >= 0, p - np.eye(3)[wanted], 0) / (wanted >= 0).sum()
    d_h, d_a, d_w_hh = np.zeros((16, 6)), np.zeros((15, 6)), np.zeros((6, 6))
    for t in reversed(range(15)):
        after = w_hh.T @ d_a[t + 1] if t < 14 else 0
        d_h[t] = w_ho.T @ d_o[t] + after
        d_a[t] = (1 - h[t + 1] ** 2) * d_h[t]
        d_w_hh += np.outer(d_a[t], h[t])

    close(traced.hidden[0], h[1:])
    close(traced.grad_logits, d_o)
    close(traced.grad_hidden[0], d_h[:15])
    close(traced.grad_recurrent[0], d_a)
    close(traced.grad_inputs, d_a @ w_xh)
    close(np.einsum("ti,tj->ij", traced.grad_recurrent[0], traced.hidden_before[0]), d_w_hh)


@EVERY_VARIATION
def test_the_readout_is_what_the_prefix_alone_would_give(config):
    run = run_of(config)
    topology = task_of(config).topology
    example = example_of(config, (1, 2, 0, 0))
    traced = trace(run, example)
    if topology.segments[-1].emits is Emits.EACH:
        assert np.array_equal(traced.readout, traced.probabilities)
    if topology.writes_words or config.reverse or (config.bidirectional and topology.key == "direct"):
        return
    for length in range(1, len(example.inputs) + 1):
        count = length if topology.key == "direct" else 1
        prefix = replace(
            example,
            inputs=example.inputs[:length],
            words=example.words[:length],
            targets=np.zeros(count, dtype=np.int64),
        )
        close(traced.readout[length - 1], trace(run, prefix).probabilities[-1])


@pytest.mark.parametrize("bidirectional", [False, True])
def test_the_readout_of_a_reversed_reading_follows_the_order_in_which_it_reads(bidirectional):
    config = small("many-to-one", reverse=True, bidirectional=bidirectional)
    run, example = run_of(config), example_of(config, (1, 2, 0, 0))
    traced = trace(run, example)
    assert traced.read == example.words[::-1]
    for length in range(1, 5):
        suffix = replace(example, inputs=example.inputs[-length:], words=example.words[-length:])
        close(traced.readout[length - 1], trace(run, suffix).probabilities[-1])


@pytest.mark.parametrize("config", [c for c in EVERY_NETWORK if c.task.startswith("toy-delayed")], ids=described)
def test_attention_is_shared_out_among_the_inputs(config):
    run, example, traced = traced_of(config)
    read = len(example.inputs)
    if not config.attention:
        assert not traced.attention.any()
        return
    assert traced.attention[read:].sum(axis=1) == pytest.approx(1, abs=1e-6)
    close(traced.attention[read:, :read], Twin(run, example).run().attention)
    assert not traced.attention[:read].any()
    assert not traced.attention[:, read:].any()


@EVERY_VARIATION
def test_a_typed_example_is_traced_with_the_networks_own_answer(config):
    run = run_of(config)
    task, network = task_of(config), loaded(run)
    typed = task.read("b" if config.task.startswith("toy-one") else "bcab")
    traced = trace(run, typed)
    assert not traced.targets_known
    emitting = [step.emits for step in traced.steps]
    answer = traced.targets[emitting]
    assert (answer == traced.written[emitting]).all()
    assert sum(step.reads is Reads.INPUT for step in traced.steps) == len(typed.inputs)
    if task.topology.writes_words:
        end = task.writes.index(END)
        assert end not in answer[:-1]
        assert answer[-1] == end or len(answer) == 40
    else:
        feed = network.feed(collate([replace(typed, targets=answer)]), config.reverse)
        assert answer.tolist() == network(feed).logits.argmax(dim=-1)[0].tolist()
    # Given as the truth, the answer is traced the same.
    known = trace(run, replace(typed, targets=answer))
    assert known.targets_known
    for field in fields(traced):
        if isinstance(getattr(traced, field.name), np.ndarray):
            assert np.array_equal(getattr(traced, field.name), getattr(known, field.name)), field.name


def test_the_steps_are_labelled_with_what_they_read():
    config = small("delayed", reverse=True)
    traced = trace(run_of(config), example_of(config, (1, 2, 0)))
    assert traced.read == ("a", "c", "b", "<bos>", "x", "z", "y")
    config = small("one-to-many", "pictures")
    traced = trace(run_of(config), example_of(config, (2,)))
    assert traced.read == ("c", "z", "x", "y")
    assert traced.classes == ("x", "y", "z", END)


def test_the_state_before_is_that_of_the_chains_own_direction():
    config = small("direct", layers=2, bidirectional=True)
    traced = trace(run_of(config), example_of(config, (0, 1, 2)))
    assert traced.streams == (Stream(0), Stream(0, backward=True), Stream(1), Stream(1, backward=True))
    before = traced.hidden_before
    for row, stream in enumerate(traced.streams):
        for time in range(3):
            source = time + 1 if stream.backward else time - 1
            wanted = traced.hidden[row, source] if 0 <= source < 3 else np.zeros(4)
            assert np.array_equal(before[row, time], wanted)


@pytest.mark.parametrize("cell", CELLS)
def test_the_gates_make_the_states(cell):
    config = small("many-to-one", cell=cell, layers=2, bidirectional=True)
    traced = trace(run_of(config), example_of(config, (0, 1, 2)))
    assert list(traced.gates) == list(CELLS[cell].gates)
    assert traced.cell_state.shape[2] == (config.hidden if cell == "lstm" else 0)
    before, g = traced.hidden_before, traced.gates
    if cell == "gru":
        close(traced.hidden, (1 - g["update"]) * g["candidate"] + g["update"] * before)
    if cell == "lstm":
        close(traced.cell_state, g["forget"] * traced.cell_before + g["input"] * g["candidate"])
        close(traced.hidden, g["output"] * np.tanh(traced.cell_state))


@EVERY_READING
def test_nothing_in_a_trace_can_be_written_into(config):
    _, _, traced = traced_of(config)
    arrays = [value for field in fields(traced) if isinstance(value := getattr(traced, field.name), np.ndarray)]
    arrays += [*traced.gates.values(), *traced.feature_maps, *traced.grad_feature_maps, traced.share]
    assert not any(array.flags.writeable for array in arrays)
    assert {array.dtype for array in arrays} <= {np.dtype(kind) for kind in (np.float32, np.int64, np.bool_)}
    assert all(np.isfinite(array).all() for array in arrays)


def test_tracing_changes_nothing():
    config = small("delayed", attention=True)
    run, example = run_of(config), example_of(config)
    before = {name: value.copy() for name, value in run.weights.items()}
    random = torch.random.get_rng_state()
    first, second = trace(run, example), trace(run, example)
    assert np.array_equal(first.influence, second.influence)
    assert torch.equal(torch.random.get_rng_state(), random)
    assert all(np.array_equal(run.weights[name], value) for name, value in before.items())


@pytest.mark.parametrize(
    ("topology", "inputs", "targets"), [("direct", 3, 2), ("many-to-one", 3, 2), ("one-to-many", 2, 3)]
)
def test_an_example_that_does_not_fit_its_topology_is_refused(topology, inputs, targets):
    config = small(topology)
    example = replace(
        example_of(config),
        inputs=np.ones(inputs, dtype=np.int64),
        targets=np.zeros(targets, dtype=np.int64),
        words=tuple(LETTERS[:inputs]),
    )
    with pytest.raises(ValueError, match=TOPOLOGIES[topology].title):
        trace(run_of(config), example)
