"""One chain of a trace, step by step in its own direction, with what its cell read at each step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor

from seqviz.cells import Cell, State
from seqviz.core.records import Trace
from seqviz.networks.network import Network
from seqviz.networks.stack import Stack


class TracedChain:
    """One stream of a trace, with the weights that each of its steps uses.

    order: its time steps in its own direction. parts: for each segment in which it exists, the segment's number, its
    stack and its place among the stack's streams. before: (order, …) the state that each step read, float64.
    """

    def __init__(self, network: Network, traced: Trace, row: int) -> None:
        self.traced, self.row, self.stream = traced, row, traced.streams[row]
        self.segments = len(network.parts)
        self.cell: Cell = network.parts[0].cell
        times = np.flatnonzero(traced.present[row]).tolist()
        self.order: list[int] = times[::-1] if self.stream.backward else times
        here = {traced.steps[time].segment for time in self.order}
        self.parts = [
            (number, stack, stack.streams.index(self.stream))
            for number, stack in enumerate(network.parts)
            if number in here
        ]
        hidden = torch.from_numpy(traced.hidden_before[row, self.order]).double()
        cell = torch.from_numpy(traced.cell_before[row, self.order]).double() if self.cell.has_cell_state else None
        self.before = State(hidden, cell)

    @property
    def cut(self) -> list[bool]:
        """For each step in order, whether the truncation window cuts the edge from the state before."""
        window = self.traced.config.window
        positions = [self.traced.steps[time].position for time in self.order]
        if self.stream.backward:
            positions = positions[::-1]
        return [bool(window and position and position % window == 0) for position in positions]

    def places(self, segment: int) -> list[int]:
        """The places in `order` of a segment's steps."""
        return [place for place, time in enumerate(self.order) if self.traced.steps[time].segment == segment]

    @torch.no_grad()
    def inputs(self, stack: Stack, places: Sequence[int]) -> Float64[Tensor, "places inputs"]:
        """What the cell reads at some of the chain's steps besides its state."""
        traced, times = self.traced, [self.order[place] for place in places]
        if self.stream.layer == 0:
            return torch.from_numpy(traced.inputs[times]).double()
        below = [row for row, other in enumerate(traced.streams) if other.layer == self.stream.layer - 1]
        states = torch.from_numpy(np.concatenate([traced.hidden[row, times] for row in below], axis=1))
        normalised: Tensor = stack.norms[self.stream.layer - 1](states)
        return normalised.double()

    def spread(self, values: np.ndarray, missing: float = np.nan) -> np.ndarray:
        """(order, …) as (steps, …) in the order of time, `missing` where the chain has no step."""
        out = np.full((len(self.traced.steps), *values.shape[1:]), missing)
        out[self.order] = values
        return out
