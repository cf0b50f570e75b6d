"""The numbers of an opened cell against PyTorch's own one-step modules and against sums written out here."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from seqviz.cells import CELLS
from seqviz.core.circuit import CELL_BEFORE, HIDDEN_BEFORE
from seqviz.core.records import Look
from seqviz.training import trace
from seqviz.training.model import loaded
from seqviz.training.opening import open_cell
from tests.toy import EVERY_NETWORK, described, small
from tests.training.runs import example_of, run_of


def opened(config, look):
    run = run_of(config)
    traced = trace(run, example_of(config))
    return run, traced, open_cell(run, traced, look)


def in_pytorch(run, traced, found):
    """h_t and c_t of the step from nn.RNNCell, nn.GRUCell or nn.LSTMCell on the run's weights, in float64."""
    kind, activation = CELLS[run.config.cell].fused
    segment = traced.steps[found.step].segment
    stack = loaded(run).parts[segment]
    core = stack.cores[stack.streams.index(traced.streams[found.stream])]
    options = {"nonlinearity": activation} if kind == "RNN" else {}
    cell = getattr(torch.nn, f"{kind}Cell")(core.input_size, core.hidden_size, **options).double()
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    cell.load_state_dict({name: getattr(core, f"{name}_l0").detach().double() for name in names})
    hidden = torch.from_numpy(found.before.copy())
    if kind != "LSTM":
        return float(cell(torch.from_numpy(found.x.copy()), hidden)[found.unit].detach()), None
    later = traced.streams[found.stream].backward
    neighbour = found.step + (1 if later else -1)
    inside = 0 <= neighbour < len(traced.steps) and traced.present[found.stream, neighbour]
    before = traced.cell_state[found.stream, neighbour] if inside else np.zeros(len(hidden), np.float32)
    after = cell(torch.from_numpy(found.x.copy()), (hidden, torch.from_numpy(before.copy()).double()))
    return tuple(float(state[found.unit].detach()) for state in after)


@pytest.mark.parametrize("config", EVERY_NETWORK, ids=described)
def test_the_circuit_makes_what_pytorchs_cell_and_the_trace_say(config):
    _, traced, _ = opened(config, Look())
    for row in range(len(traced.streams)):
        for step in np.flatnonzero(traced.present[row])[[0, -1]]:
            run, traced, found = opened(config, Look(stream=row, state=int(step), unit=2))
            assert (found.stream, found.step, found.unit) == (row, step, 2)
            given = {
                name: np.array([found.values[name]]) for name in (HIDDEN_BEFORE, CELL_BEFORE) if name in found.values
            }
            values = found.circuit.evaluate(
                (found.from_input @ found.x + found.input_bias)[:, None],
                (found.from_state @ found.before + found.state_bias)[:, None],
                given,
            )
            # What is shown is the trace's own number; what the circuit makes of the weights is the same.
            for name, gate in traced.gates.items():
                assert found.values[name] == gate[row, step, 2]
                assert values[name][0] == pytest.approx(float(gate[row, step, 2]), rel=1e-4, abs=1e-6)
            assert found.values["hidden"] == traced.hidden[row, step, 2]
            if CELLS[config.cell].fused:
                hidden, cell = in_pytorch(run, traced, found)
                assert values["hidden"][0] == pytest.approx(hidden, rel=1e-9, abs=1e-12)
                assert found.values["hidden"] == pytest.approx(hidden, rel=1e-4, abs=1e-6)
                if cell is not None:
                    assert values["cell_state"][0] == pytest.approx(cell, rel=1e-9, abs=1e-12)
                    assert found.values["cell_state"] == pytest.approx(cell, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("key", CELLS)
def test_a_circuit_is_complete_and_can_be_drawn(key):
    cell = CELLS[key]
    parts = cell.circuit.parts
    assert parts[-1].name == "hidden"
    assert set(cell.gates) <= {part.name for part in parts}
    assert cell.has_cell_state == ("cell_state" in {part.name for part in parts})
    # Every row of the weights is used once for the input and once for the state.
    for side in "xh":
        assert sorted(part.block for part in parts if side in part.reads) == list(range(cell.blocks))
    known = {HIDDEN_BEFORE, CELL_BEFORE} if cell.has_cell_state else {HIDDEN_BEFORE}
    for part in parts:
        assert set(part.takes) <= known, part.name
        assert part.takes or part.reads
        known.add(part.name)
    assert len({part.at for part in parts}) == len(parts)
    assert all(0 < part.at[0] < 10 and 0 < part.at[1] <= 3 for part in parts)


@pytest.mark.parametrize("key", CELLS)
def test_the_lane_has_neither_weights_nor_functions(key):
    circuit = CELLS[key].circuit
    parts = {part.name: part for part in circuit.parts}
    for before, name in zip(circuit.lane, circuit.lane[1:], strict=False):
        assert before in parts[name].takes
        assert parts[name].function == ""
        assert parts[name].reads == ""
    assert bool(circuit.lane) == bool(CELLS[key].gates)


def test_what_is_not_there_is_replaced_by_the_last():
    _, traced, found = opened(small("direct", cell="gru"), Look(state=99, unit=99))
    assert (found.step, found.unit) == (len(traced.steps) - 1, traced.hidden.shape[2] - 1)
    _, _, found = opened(small("many-to-one", bidirectional=True), Look(stream=1))
    assert found.step == 0  # a chain from the end reads the first step last


@pytest.mark.parametrize("key", CELLS)
def test_the_cell_of_a_network_that_has_grown_beyond_every_number_opens_without_a_warning(key):
    run, traced, _ = opened(small("many-to-one", cell=key, layers=2), Look())
    grown = replace(traced, hidden=np.full_like(traced.hidden, np.inf))
    for stream in range(2):
        found = open_cell(run, grown, Look(stream=stream))
        assert np.isinf(found.before).all()
        assert found.values["hidden"] == np.inf


@pytest.mark.parametrize("key", CELLS)
def test_what_is_handed_out_cannot_be_changed(key):
    _, _, found = opened(small("direct", cell=key), Look())
    assert not any(value.flags.writeable for value in vars(found).values() if isinstance(value, np.ndarray))
