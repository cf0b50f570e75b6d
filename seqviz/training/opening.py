"""`open_cell`: one unit of one step, with the weights and the numbers that its cell's equation puts together."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from seqviz.core.circuit import CELL_BEFORE, HIDDEN_BEFORE
from seqviz.core.opened import Opened
from seqviz.core.records import Look, Run, Trace, freeze_all
from seqviz.training.chain import TracedChain
from seqviz.training.model import loaded


@torch.no_grad()
def open_cell(run: Run, traced: Trace, look: Look | None = None) -> Opened:
    """The cell of step `look.state` in the chain `look.stream` of `traced`, a trace of this very run.

    A step that the chain does not have is replaced by the last that it reads, a unit that is not there by the last.
    Raises IndexError for a stream that the trace does not have.
    """
    look = look or Look()
    chain = TracedChain(loaded(run), traced, look.stream)
    step = look.state if look.state in chain.order else chain.order[-1]
    place = chain.order.index(step)
    segment = traced.steps[step].segment
    stack, row = next((stack, row) for number, stack, row in chain.parts if number == segment)
    hidden = traced.hidden.shape[2]
    unit = min(look.unit, hidden - 1)
    blocks = chain.cell.blocks

    def own(weight: Tensor) -> np.ndarray:
        """The unit's row of every block, in float64."""
        rows: np.ndarray = weight.double().numpy().reshape(blocks, hidden, -1)[:, unit].copy()
        return rows

    weights = stack.weights(row)
    from_input, from_state = own(weights.input), own(weights.hidden)
    input_bias, state_bias = own(weights.input_bias)[:, 0], own(weights.hidden_bias)[:, 0]
    x = chain.inputs(stack, [place])[0].numpy().copy()
    before = chain.before.hidden[place].numpy().copy()
    given = {HIDDEN_BEFORE: before[[unit]]}
    if chain.before.cell is not None:
        given[CELL_BEFORE] = chain.before.cell[place].numpy()[[unit]]
    with np.errstate(over="ignore", invalid="ignore"):  # a network may grow beyond every number
        of_input, of_state = from_input @ x + input_bias, from_state @ before + state_bias
    computed = chain.cell.circuit.evaluate(of_input[:, None], of_state[:, None], given)
    values = {name: float(value[0]) for name, value in computed.items()}
    values["hidden"] = float(traced.hidden[look.stream, step, unit])
    values |= {name: float(gate[look.stream, step, unit]) for name, gate in traced.gates.items()}
    if traced.cell_state.size:
        values["cell_state"] = float(traced.cell_state[look.stream, step, unit])
    result = Opened(
        look.stream,
        step,
        unit,
        chain.cell.title,
        chain.cell.circuit,
        x,
        before,
        from_input,
        from_state,
        input_bias,
        state_bias,
        values,
    )
    freeze_all(result)
    return result
