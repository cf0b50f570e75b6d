from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.func import jacrev

from seqviz.cells import CELLS, State, Weights
from seqviz.core.records import Look
from seqviz.core.task import Example
from seqviz.core.topology import TOPOLOGIES
from seqviz.networks.sums import step
from seqviz.tasks import task_of
from seqviz.training import trace
from seqviz.training.analysis import analyse
from seqviz.training.chain import TracedChain
from seqviz.training.model import loaded
from tests.networks.reference import STEPS, Reference, previous_words
from tests.toy import EVERY_NETWORK, described, small
from tests.training.runs import KINDS, example_of, run_of

NAMES = {"xh": "weight_ih_l0", "hh": "weight_hh_l0", "bx": "bias_ih_l0", "bh": "bias_hh_l0"}
PLAIN = [small(topology, cell=cell) for topology in TOPOLOGIES for cell in CELLS]
"""One layer that reads forward, without attention."""


def analysed(config, kinds=KINDS, **look):
    run = run_of(config)
    traced = trace(run, example_of(config, kinds))
    return run, traced, analyse(run, traced, Look(**look))


def recurrent(run, segment=0, row=0):
    return {
        short: run.weights[f"stacks.{segment}.cores.{row}.{name}"].astype(np.float64) for short, name in NAMES.items()
    }


def as_is(kind, value):
    return value


def stepped(run, traced, time):
    """The state after one step of a plain chain, from any packed state before, by the equations written in NumPy."""
    step, hidden = STEPS[run.config.cell], run.config.hidden
    weights = recurrent(run, traced.steps[time].segment)

    def after(packed):
        h, c = step(weights, traced.inputs[time], packed[:hidden], packed[hidden:], as_is)
        return np.concatenate([h, c]) if len(packed) > hidden else h

    return after


def packed_before(traced, time):
    with_cell = np.concatenate([traced.hidden[0], traced.cell_state[0]], axis=1).astype(np.float64)
    return with_cell[time - 1] if time else np.zeros_like(with_cell[0])


@pytest.mark.parametrize("config", PLAIN, ids=described)
def test_each_steps_jacobian_agrees_with_central_differences(config):
    run, traced, found = analysed(config)
    for time in range(len(traced.steps)):
        after, before = stepped(run, traced, time), packed_before(traced, time)
        pushes = 1e-6 * np.eye(len(before))
        columns = [(after(before + push) - after(before - push)) / 2e-6 for push in pushes]
        np.testing.assert_allclose(found.jacobians.jacobian[time], np.array(columns).T, atol=1e-8)


@pytest.mark.parametrize("config", EVERY_NETWORK, ids=described)
def test_in_every_network_each_steps_jacobian_is_that_of_a_backward_pass_an_entry(config):
    run = run_of(config)
    traced = trace(run, example_of(config))
    network, size = loaded(run), config.hidden
    for row in range(len(traced.streams)):
        found = analyse(run, traced, Look(stream=row)).jacobians
        chain = TracedChain(network, traced, row)
        for number, stack, place in chain.parts:
            weights = Weights(*(weight.detach().double() for weight in stack.weights(place)))
            places = chain.places(number)
            for order, x in zip(places, chain.inputs(stack, places), strict=True):
                before = [state[order] for state in chain.before if state is not None]

                def after(packed, cell=chain.cell, weights=weights, x=x):
                    state, _ = step(cell, weights, x, State(*packed.split(size)))
                    return torch.cat([part for part in state if part is not None])

                wanted = jacrev(after)(torch.cat(before)).numpy()
                np.testing.assert_allclose(found.jacobian[chain.order[order]], wanted, atol=1e-14)


@pytest.mark.parametrize("config", EVERY_NETWORK, ids=described)
def test_in_every_network_the_product_of_jacobians_is_what_a_nudge_of_the_earlier_state_does_to_the_later(config):
    run = run_of(config)
    traced = trace(run, example_of(config))
    topology, writes = task_of(config).topology, task_of(config).writes
    reference = Reference(config, topology, run.weights)
    previous = previous_words(traced.targets[[step.emits for step in traced.steps]], len(writes))
    for row, stream in enumerate(traced.streams):
        start = int(np.flatnonzero(traced.present[row])[-1 if stream.backward else 0])
        loss = int(np.flatnonzero(traced.targets >= 0)[len(traced.steps) // 7])
        found = analyse(run, traced, Look(stream=row, loss=loss, state=start)).products
        places = [
            (traced.steps[time].segment, stream.layer, stream.backward, traced.steps[time].position)
            for time in (found.state, found.entry)
        ]

        def entered(push, places=places):
            nudge = {("hidden", *places[0]): push}
            return reference.run(traced.example.inputs, previous, nudge).hidden[places[1]]

        pushes = 1e-5 * np.eye(config.hidden)
        columns = [(entered(push) - entered(-push)) / 2e-5 for push in pushes]
        np.testing.assert_allclose(found.matrix, np.array(columns).T, atol=2e-5)
        assert found.state == start
        np.testing.assert_allclose(found.reach[start], np.linalg.norm(found.matrix, 2), rtol=1e-10)


@pytest.mark.parametrize("window", [0, 2])
@pytest.mark.parametrize("config", PLAIN, ids=described)
def test_in_a_plain_network_the_product_carries_each_loss_back_to_each_state(config, window):
    run = run_of(replace(config, window=window))
    traced = trace(run, example_of(config))
    losses = np.flatnonzero(traced.targets >= 0)
    for loss in losses[-2:]:
        from_output = len(losses) * run.weights["head.weight"].T @ traced.grad_logits[loss]
        for state in range(0, len(traced.steps), 2):
            found = analyse(run, traced, Look(loss=int(loss), state=state)).products
            arrives = np.linalg.norm(from_output @ found.matrix)
            np.testing.assert_allclose(arrives, traced.influence[loss, state], rtol=1e-3, atol=1e-9)
            assert (found.reach[state] == 0) == (traced.influence[loss, state] == 0) or config.cell == "elman-relu"
            assert found.norms == (traced.influence[loss, loss], traced.influence[loss, state])


@pytest.mark.parametrize("cell", CELLS)
def test_the_cell_states_reach_is_a_block_of_the_product_of_whole_jacobians(cell):
    _, traced, found = analysed(small("direct", cell=cell), loss=4)
    whole = np.eye(found.jacobians.jacobian.shape[1])
    for time in (4, 3, 2):
        whole = whole @ found.jacobians.jacobian[time]
    hidden = traced.hidden.shape[2]
    np.testing.assert_allclose(found.products.reach[1], np.linalg.norm(whole[:hidden, :hidden], 2))
    if cell == "lstm":
        np.testing.assert_allclose(found.products.reach_cell[1], np.linalg.norm(whole[hidden:, hidden:], 2))
    else:
        assert np.isnan(found.products.reach_cell).all()


@pytest.mark.parametrize("topology", TOPOLOGIES)
@pytest.mark.parametrize("cell", CELLS)
def test_measures_of_the_weights_are_those_of_numpy(topology, cell):
    run, _, found = analysed(small(topology, cell=cell))
    for segment in range(len(TOPOLOGIES[topology].segments)):
        for block, matrix in enumerate(np.split(recurrent(run, segment)["hh"], CELLS[cell].blocks)):
            measures = [getattr(found.jacobians, name)[segment, block] for name in ("largest", "radius", "determinant")]
            wanted = [np.linalg.norm(matrix, 2), np.abs(np.linalg.eigvals(matrix)).max(), np.linalg.det(matrix)]
            np.testing.assert_allclose(measures, wanted, rtol=1e-9)


@pytest.mark.parametrize("cell", CELLS)
def test_singular_values_are_those_of_numpy(cell):
    _, _, found = analysed(small("many-to-one", cell=cell))
    jacobian = found.jacobians.jacobian
    np.testing.assert_allclose(found.jacobians.singular, np.linalg.svd(jacobian, compute_uv=False), atol=1e-12)
    block = np.linalg.svd(jacobian[:, :4, :4], compute_uv=False)
    np.testing.assert_allclose(found.jacobians.singular_hidden, block, atol=1e-12)


def test_slopes_are_the_derivatives_of_the_equations():
    for cell in CELLS:
        _, traced, found = analysed(small("direct", cell=cell))
        h, slope, g = traced.hidden[0], found.jacobians.slope, {name: gate[0] for name, gate in traced.gates.items()}
        match cell:
            case "elman":
                wanted = [1 - h**2]
            case "elman-relu":
                wanted = [h > 0]
            case "elman-linear":
                wanted = [np.ones_like(h)]
            case "gru":
                before = traced.hidden_before[0]
                r, z, n = g["reset"], g["update"], g["candidate"]
                inner = (1 - z) * (1 - n**2)
                wanted = [slope[:, 0], z * (1 - z) * (before - n), inner * r]
            case "lstm":
                i, f, c, o = g["input"], g["forget"], g["candidate"], g["output"]
                before = np.concatenate([np.zeros((1, 4)), traced.cell_state[0, :-1]])
                tanh = np.tanh(traced.cell_state[0])
                out = o * (1 - tanh**2)
                wanted = [out * i * (1 - i) * c, out * f * (1 - f) * before, out * i * (1 - c**2), o * (1 - o) * tanh]
        np.testing.assert_allclose(slope, np.stack(wanted, axis=1), atol=1e-5)


@settings(max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    cell=st.sampled_from(sorted(CELLS)),
    gain=st.floats(0.1, 5),
    window=st.integers(0, 4),
)
def test_no_product_passes_its_bounds(seed, cell, gain, window):
    config = small("direct", cell=cell, window=window)
    run = run_of(config, seed)
    run = replace(run, weights={name: weight * np.float32(gain) for name, weight in run.weights.items()})
    traced = trace(run, example_of(config))
    found = analyse(run, traced).products
    assert (found.reach <= found.by_steps * (1 + 1e-9)).all()
    if CELLS[cell].gates:
        assert np.isnan(found.by_weights).all()
    else:
        assert (found.by_steps <= found.by_weights * (1 + 1e-9)).all()
        largest = np.linalg.norm(recurrent(run)["hh"], 2)
        back = len(traced.steps) - 1 - np.arange(len(traced.steps))
        open_edge = found.by_weights > 0
        np.testing.assert_allclose(found.by_weights[open_edge], largest ** back[open_edge], rtol=1e-6)
    assert found.reach[-1] == found.by_steps[-1] == 1


def test_a_chain_reading_from_the_end_is_followed_in_its_own_direction():
    config = small("many-to-one", bidirectional=True, window=2)
    _, traced, found = analysed(config, kinds=[0, 2, 1, 1, 0, 2], stream=1)
    assert (found.products.loss, found.products.entry, found.products.state) == (5, 0, 5)
    assert found.jacobians.cut.tolist() == [False, True, False, True, False, False]
    assert (found.products.reach > 0).tolist() == [True, True, False, False, False, False]
    assert traced.influence[5, 0] > 0


def test_the_window_cuts_each_segment_at_its_own_positions():
    _, traced, found = analysed(small("delayed", window=2), kinds=[0, 1, 2])
    assert [step.position for step in traced.steps] == [0, 1, 2, 0, 1, 2, 3]
    assert found.jacobians.cut.tolist() == [False, False, True, False, False, True, False]
    assert (found.products.reach > 0).tolist() == [False, False, False, False, False, True, True]


def test_what_a_look_asks_for_and_is_not_there_is_replaced():
    run, traced, found = analysed(small("direct"), loss=0, state=77)
    assert traced.targets[0] == -1
    assert (found.products.loss, found.products.state) == (4, 0)
    with pytest.raises(IndexError):
        analyse(run, traced, Look(stream=1))


def test_numbers_beyond_every_number_are_said_to_be_infinite():
    config = small("many-to-one", cell="elman-linear", hidden=4)
    run = run_of(config)
    name = "stacks.0.cores.0.weight_hh_l0"
    run = replace(run, weights={**run.weights, name: 1e12 * run.weights[name]})
    kinds = np.array([1] * 40)
    traced = trace(run, Example(kinds, np.array([1]), ("b",) * 40, "long"))
    found = analyse(run, traced)
    assert found.products.reach[0] == np.inf
    assert found.products.by_steps[0] == np.inf
    assert np.isfinite(found.products.reach[30])


def arrays(record):
    for field in fields(record):
        value = getattr(record, field.name)
        if is_dataclass(value):
            yield from arrays(value)
        elif isinstance(value, np.ndarray):
            yield value


def test_the_same_run_gives_the_same_numbers_and_nobody_can_write_into_them():
    config = small("delayed", cell="lstm", attention=True)
    run, traced, found = analysed(config)
    kept = {name: weight.copy() for name, weight in run.weights.items()}
    again = analyse(run, traced)
    for first, second in zip(arrays(found), arrays(again), strict=True):
        np.testing.assert_array_equal(first, second)
        assert not first.flags.writeable
    assert all((run.weights[name] == weight).all() for name, weight in kept.items())
