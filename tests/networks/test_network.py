"""The network along every topology, against the same network written again in NumPy (`reference.py`)."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from seqviz.cells import CELLS
from seqviz.core.graph import Node, NodeKind, graph_of
from seqviz.core.records import Stream
from seqviz.core.task import IGNORE, Batch, collate
from seqviz.core.topology import DIRECT, TOPOLOGIES, Reads
from seqviz.networks.network import Feed, mean_loss
from seqviz.tasks import task_of
from tests.networks.reference import Reference, previous_words
from tests.paths import depends
from tests.toy import EVERY_NETWORK, READINGS, build, described, small

EVERY = pytest.mark.parametrize("config", EVERY_NETWORK, ids=described)
READING = [
    small(topology, reading, cell="lstm") for topology in TOPOLOGIES for reading in READINGS if reading != "words"
]


def reference_of(network, config):
    weights = {name: value.detach().numpy() for name, value in network.named_parameters()}
    return Reference(config, task_of(config).topology, weights)


def examples_of(config):
    """Some of different lengths."""
    return task_of(config).train[:4]


def alone(reference, example, begin):
    return reference.run(example.inputs, previous_words(example.targets, begin))


def gradients(network, loss):
    network.zero_grad()
    loss.backward()
    return {name: value.grad.clone() for name, value in network.named_parameters()}


def in_double(network, feed):
    inputs = feed.inputs.double() if feed.inputs.is_floating_point() else feed.inputs
    return network.double(), replace(feed, inputs=inputs)


@pytest.mark.parametrize("unrolled", [False, True], ids=["fused", "unrolled"])
@pytest.mark.parametrize("config", [*EVERY_NETWORK, *READING], ids=described)
def test_a_padded_batch_gives_each_example_what_it_gets_alone(config, unrolled):
    network, examples = build(config), examples_of(config)
    reference = reference_of(network, config)
    passed = network(network.feed(collate(examples), config.reverse), unrolled=unrolled)
    for row, example in enumerate(examples):
        wanted = alone(reference, example, network.begin)
        logits = passed.logits[row, : len(example.targets)].detach().numpy()
        np.testing.assert_allclose(logits, wanted.logits, rtol=1e-5, atol=1e-5)
        if config.attention:
            weights = passed.attention[row].detach().numpy()
            read, written = len(example.inputs), len(example.targets)
            np.testing.assert_allclose(weights[:written, :read], wanted.attention, rtol=1e-5, atol=1e-6)
            np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-6)
            assert not weights[:, read:].any()


@pytest.mark.parametrize("config", [*EVERY_NETWORK, *READING], ids=described)
def test_the_gradient_of_a_padded_batch_is_the_slope_of_its_mean_loss(config):
    network, examples = build(config), examples_of(config)
    network, feed = in_double(network, network.feed(collate(examples), config.reverse))
    slopes = gradients(network, mean_loss(network(feed).logits, feed.targets))
    weights = {name: value.detach().numpy() for name, value in network.named_parameters()}
    rng = np.random.default_rng(0)
    way = {name: rng.normal(size=value.shape) for name, value in weights.items()}
    # Padding is never moved: its vector is fixed at zero.
    if "reader.table.weight" in way:
        way["reader.table.weight"][0] = 0

    def loss(step):
        moved = {name: value + step * way[name] for name, value in weights.items()}
        reference = Reference(config, task_of(config).topology, moved)
        losses = [alone(reference, example, network.begin).losses(example.targets) for example in examples]
        return np.concatenate(losses).mean()

    wanted = (loss(1e-6) - loss(-1e-6)) / 2e-6
    assert sum((slopes[name].numpy() * way[name]).sum() for name in way) == pytest.approx(wanted, rel=1e-6, abs=1e-8)


@EVERY
def test_fused_and_unrolled_agree_in_every_gradient(config):
    network = build(config)
    feed = network.feed(collate(examples_of(config)), config.reverse)
    fused, unrolled = (
        gradients(network, mean_loss(network(feed, unrolled=way).logits, feed.targets)) for way in (False, True)
    )
    for name, gradient in fused.items():
        torch.testing.assert_close(unrolled[name], gradient, rtol=1e-5, atol=1e-5, msg=lambda m, name=name: name + m)


@given(
    config=st.sampled_from(EVERY_NETWORK),
    more=st.tuples(st.integers(0, 3), st.integers(0, 3)),
    unrolled=st.booleans(),
    window=st.sampled_from([0, 2]),
    seed=st.integers(0, 99),
)
@settings(max_examples=100)
def test_padding_changes_no_loss_no_gradient_and_no_answer(config, more, unrolled, window, seed):
    """Whatever stands in the padding, and however much of it there is."""
    rng = np.random.default_rng(seed)
    network = build(config, seed)
    batch = collate(examples_of(config))
    topology = task_of(config).topology
    longer = (more[0], more[1] if topology.writes_words else more[0] if topology is DIRECT else 0)
    inputs = np.pad(batch.inputs, ((0, 0), (0, longer[0])))
    padding = np.arange(inputs.shape[1]) >= batch.input_lengths[:, None]
    inputs[padding] = rng.integers(0, 4, padding.sum())
    padded = Batch(inputs, batch.input_lengths, np.pad(batch.targets, ((0, 0), (0, longer[1])), constant_values=IGNORE))

    def numbers(feed):
        logits = network(feed, window, unrolled).logits
        counted = feed.targets != IGNORE
        loss = mean_loss(logits, feed.targets)
        return loss, gradients(network, loss), logits[counted]

    loss, slopes, logits = numbers(network.feed(batch, config.reverse))
    padded_loss, padded_slopes, padded_logits = numbers(network.feed(padded, config.reverse))
    torch.testing.assert_close(padded_loss, loss)
    torch.testing.assert_close(padded_logits, logits, rtol=1e-5, atol=1e-5)
    for name, slope in slopes.items():
        torch.testing.assert_close(padded_slopes[name], slope, rtol=1e-5, atol=1e-5, msg=lambda m, name=name: name + m)


def test_the_mean_loss_counts_every_target_once_whichever_example_it_is_in():
    config = small("delayed", cell="gru")
    network, examples = build(config), examples_of(config)
    losses = []
    for example in examples:
        feed = network.feed(collate([example]))
        losses += [mean_loss(network(feed).logits, feed.targets).item()] * len(example.targets)
    feed = network.feed(collate(examples))
    assert mean_loss(network(feed).logits, feed.targets).item() == pytest.approx(np.mean(losses), rel=1e-5)


@pytest.mark.parametrize("reading", READINGS)
def test_reversing_turns_each_example_round_and_leaves_its_padding_behind(reading):
    config = small("delayed", reading)
    examples = examples_of(config)
    feed = build(config).feed(collate(examples), reverse=True)
    for row, example in enumerate(examples):
        length = len(example.inputs)
        assert feed.inputs[row, :length].tolist() == example.inputs[::-1].tolist()
        assert not feed.inputs[row, length:].any()


def test_writing_steps_read_the_word_before():
    network = build(small("delayed"))
    begin = network.begin
    words = torch.tensor([[2, 0, 3, IGNORE], [1, 3, IGNORE, IGNORE]])
    assert network.shifted(words).tolist() == [[begin, 2, 0, 3], [begin, 1, 3, 0]]


@pytest.mark.parametrize(
    "config", [config for config in EVERY_NETWORK if config.cell in ("elman", "lstm")], ids=described
)
def test_writing_word_by_word_gives_the_logits_of_the_whole_pass(config):
    network, examples = build(config), examples_of(config)
    feed = network.feed(collate(examples), config.reverse)
    if not network.topology.writes_words:
        with pytest.raises(ValueError, match="does not write by itself"):
            network.begin_writing(feed)
        return
    writing, logits = network.begin_writing(feed), []
    for word in feed.previous.unbind(1):
        step, writing = network.write(writing, word)
        logits.append(step)
    torch.testing.assert_close(torch.stack(logits, dim=1), network(feed).logits, rtol=1e-5, atol=1e-5)


def test_the_rows_of_a_writing_can_be_chosen_and_repeated():
    config = small("delayed", cell="lstm", attention=True, layers=2)
    network = build(config)
    feed = network.feed(collate(examples_of(config)))
    chosen = torch.tensor([2, 0, 2])
    writing = network.begin_writing(feed)
    words = feed.previous[:, 0]
    all_rows, _ = network.write(writing, words)
    some, after = network.write(writing.rows(chosen), words[chosen])
    torch.testing.assert_close(some, all_rows[chosen])
    assert torch.equal(after.rows(torch.tensor([1])).states[1].cell, after.states[1].cell[1:2])


@pytest.mark.parametrize(
    ("config", "why"),
    [
        (small("delayed", bidirectional=True), "cannot read its own words from the end"),
        (small("one-to-many", bidirectional=True), "cannot read its own words from the end"),
        (small("many-to-one", attention=True), "only the delayed wiring has both"),
        (small("direct", attention=True), "only the delayed wiring has both"),
        (small("one-to-many", attention=True), "only the delayed wiring has both"),
        (small("direct", reverse=True), "cannot be given the last one first"),
    ],
)
def test_what_a_topology_cannot_have_is_refused_with_the_reason(config, why):
    with pytest.raises(ValueError, match=why):
        build(config)


def streams_of(config):
    sides = (False, True) if config.bidirectional else (False,)
    return [Stream(layer, back) for layer in range(config.layers) for back in sides]


@EVERY
def test_an_output_changes_with_exactly_the_inputs_that_the_graph_leads_to_it(config):
    """The picture's wiring against the program's: each thing read is replaced, and every output is watched."""
    topology = task_of(config).topology
    kinds = [0] if topology.key.startswith("one") else [0, 1, 2, 1]
    example = task_of(config).example(kinds)
    steps = topology.unroll(len(example.inputs), len(example.targets))
    streams = streams_of(config)
    present = np.ones((len(streams), len(steps)), dtype=bool)
    graph = graph_of(steps, streams, present, config.attention).differentiable
    emitting = [time for time, step in enumerate(steps) if step.emits]
    changed = np.zeros((len(steps), len(emitting)), dtype=bool)
    for seed in range(6):  # A ReLU may be shut, but not in six networks.
        network = build(config, seed).double()
        feed = network.feed(collate([example]), config.reverse)
        before = network(feed).logits
        for time, step in enumerate(steps):
            after = network(replaced(feed, step)).logits
            changed[time] |= (after != before).any(dim=2)[0].numpy()
    leads = [
        [depends(graph, Node(NodeKind.INPUT, read), Node(NodeKind.OUTPUT, write)) for write in emitting]
        for read in range(len(steps))
    ]
    assert changed.tolist() == leads


def replaced(feed: Feed, step) -> Feed:
    """The feed with another word where `step` reads."""
    if step.reads is Reads.INPUT:
        inputs = feed.inputs.clone()
        inputs[0, step.position] = inputs[0, step.position] % 3 + 1
        return replace(feed, inputs=inputs)
    previous = feed.previous.clone()
    previous[0, step.position] = (previous[0, step.position] + 1) % 3
    return replace(feed, previous=previous)


def test_every_cell_and_topology_is_among_the_networks_tried():
    tried = {(task_of(config).topology.key, config.cell) for config in EVERY_NETWORK}
    assert tried == {(topology, cell) for topology in TOPOLOGIES for cell in CELLS}
