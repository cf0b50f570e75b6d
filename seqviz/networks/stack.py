"""One segment's recurrent layers, run two ways on the same weights.

Training takes PyTorch's fused modules. A trace unrolls cell by cell, which costs more but leaves every state and
every gate in the graph of autograd. Both give the same numbers; a test holds them together.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int64, Shaped
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from seqviz.cells import Cell, State, Weights
from seqviz.core.config import RunConfig
from seqviz.core.records import Stream
from seqviz.networks.sums import of_input, of_state, step


@dataclass(frozen=True)
class Chain:
    """What one stream's unrolled steps left in the graph, in the order of time.

    states: h_t and c_t. gates: by name. from_state: W_hh h_{t-1} + b_hh.
    """

    stream: Stream
    states: list[State]
    gates: list[dict[str, Float[Tensor, "batch hidden"]]]
    from_state: list[Float[Tensor, "batch rows"]]


@dataclass(frozen=True)
class StackPass:
    """outputs: the top layer's states, forward then backward units. finals: each layer's last forward state.

    chains: one a stream when unrolled, otherwise none.
    """

    outputs: Float[Tensor, "batch time features"]
    finals: list[State]
    chains: list[Chain]


class Stack(nn.Module):
    """Layers × directions of one cell, with layer normalisation and dropout between layers where asked for.

    hands_on: whether the final states are wanted, each at its own sequence's end; without it a cell with a cell state
    runs faster, and its finals mean nothing where sequences are padded.
    """

    def __init__(self, cell: Cell, inputs: int, config: RunConfig, bidirectional: bool, hands_on: bool = True) -> None:
        super().__init__()
        self.cell = cell
        self.hidden = config.hidden
        self._packs = hands_on and cell.has_cell_state
        self.dropout = nn.Dropout(config.dropout)
        directions = (False, True) if bidirectional else (False,)
        self.streams = tuple(Stream(layer, back) for layer in range(config.layers) for back in directions)
        width = config.hidden * len(directions)
        kind, activation = cell.fused or ("RNN", "tanh")
        options = {"nonlinearity": activation} if kind == "RNN" else {}
        self.cores = nn.ModuleList(
            getattr(nn, kind)(inputs if stream.layer == 0 else width, config.hidden, batch_first=True, **options)
            for stream in self.streams
        )
        self.norms = nn.ModuleList(
            nn.LayerNorm(width) if config.layer_norm else nn.Identity() for _ in range(config.layers - 1)
        )

    def weights(self, row: int) -> Weights:
        """The parameters of stream `row`."""
        core = self._core(row)
        return Weights(*core.all_weights[0])

    def forward(
        self,
        x: Float[Tensor, "batch time inputs"],
        lengths: Int64[Tensor, " batch"] | None,
        initial: list[State] | None = None,
        window: int = 0,
        unrolled: bool = False,
    ) -> StackPass:
        """Runs all layers over padded sequences; `lengths` None means that none is padded.

        initial: each layer's forward state at the start, zeros if not given. window: the graph is cut before every
        step whose position is a multiple of it (Williams & Peng 1990); 0 leaves it whole.
        """
        step_by_step = unrolled or window > 0 or self.cell.fused is None
        finals: list[State] = []
        chains: list[Chain] = []
        layers = self.streams[-1].layer + 1
        for layer in range(layers):
            if layer:
                x = self.dropout(self.norms[layer - 1](x))
            sides = []
            for row, stream in enumerate(self.streams):
                if stream.layer != layer:
                    continue
                start = initial[layer] if initial and not stream.backward else self._zeros(x)
                towards = flipped(x, lengths) if stream.backward else x
                outputs, final, chain = (
                    self._unroll(row, towards, lengths, start, window)
                    if step_by_step
                    else (*self._fuse(row, towards, lengths, start), None)
                )
                if stream.backward:
                    outputs = flipped(outputs, lengths)
                    chain = chain and _in_time(chain)
                else:
                    finals.append(final)
                sides.append(outputs)
                if chain:
                    chains.append(chain)
            x = beside(sides)
        return StackPass(x, finals, chains if unrolled else [])

    def step(self, x: Float[Tensor, "batch inputs"], states: list[State]) -> tuple[Tensor, list[State]]:
        """One step of all layers of a stack that runs forward only: its output and the new states."""
        after = []
        for row, state in enumerate(states):
            if row:
                x = self.norms[row - 1](x)
            new, _ = step(self.cell, self.weights(row), x, state)
            after.append(new)
            x = new.hidden
        return x, after

    def zeros(self, batch: int) -> list[State]:
        """The state before the first step, for each layer's forward stream."""
        like = self.weights(0).input.new_zeros(batch, 1)
        return [self._zeros(like) for stream in self.streams if not stream.backward]

    def _zeros(self, like: Tensor) -> State:
        zero = like.new_zeros(like.shape[0], self.hidden)
        return State(zero, zero if self.cell.has_cell_state else None)

    def _core(self, row: int) -> nn.RNNBase:
        core = self.cores[row]
        assert isinstance(core, nn.RNNBase)
        return core

    def _fuse(self, row: int, x: Tensor, lengths: Tensor | None, start: State) -> tuple[Tensor, State]:
        core = self._core(row)
        first = start.hidden[None].contiguous()
        given = (first, start.cell[None].contiguous()) if start.cell is not None else first
        if lengths is None or bool((lengths == x.shape[1]).all()) or not self._packs:
            # What runs through the padding behind a sequence is read by nothing; packing would cost half as much again.
            outputs, last = core(x, given)
            if lengths is not None and start.cell is None:
                return outputs, State(outputs[torch.arange(len(outputs)), lengths - 1])
        else:
            # Packed, so that a short sequence's final c_t is the one at its own end.
            packed, last = core(pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False), given)
            outputs, _ = pad_packed_sequence(packed, batch_first=True, total_length=x.shape[1])
        return outputs, State(last[0][0], last[1][0]) if start.cell is not None else State(last[0])

    def _unroll(
        self, row: int, x: Tensor, lengths: Tensor | None, start: State, window: int
    ) -> tuple[Tensor, State, Chain]:
        weights = self.weights(row)
        chain = Chain(self.streams[row], [], [], [])
        state = start
        outputs = []
        padded = lengths is not None and bool((lengths < x.shape[1]).any())
        for time, from_input in enumerate(of_input(weights, x).unbind(1)):
            before = _detached(state) if window and time and time % window == 0 else state
            from_state = of_state(weights, before.hidden)
            new, gates = self.cell.step(from_input, from_state, before)
            if padded and lengths is not None:
                # A sequence that has ended keeps its last state, with its gradient: a cut in the padding is none.
                here = (time < lengths)[:, None]
                outputs.append(new.hidden * here)
                cell = None if new.cell is None or state.cell is None else torch.where(here, new.cell, state.cell)
                new = State(torch.where(here, new.hidden, state.hidden), cell)
            else:
                outputs.append(new.hidden)
            state = new
            chain.states.append(state)
            chain.gates.append(gates)
            chain.from_state.append(from_state)
        return torch.stack(outputs, dim=1), state, chain


def _detached(state: State) -> State:
    return State(state.hidden.detach(), None if state.cell is None else state.cell.detach())


def beside(directions: list[Float[Tensor, "*batch hidden"]]) -> Float[Tensor, "*batch features"]:
    """What each direction says of the same steps, put side by side."""
    return torch.cat(directions, dim=-1) if len(directions) > 1 else directions[0]


def flipped(
    x: Shaped[Tensor, "batch time *features"], lengths: Int64[Tensor, " batch"] | None
) -> Shaped[Tensor, "batch time *features"]:
    """Each sequence from its last element to its first; padding, none where `lengths` is None, stays at the end."""
    if lengths is None:
        return x.flip(1)
    time = torch.arange(x.shape[1])
    back = lengths[:, None] - 1 - time
    return x[torch.arange(len(x))[:, None], torch.where(back >= 0, back, time)]


def _in_time(chain: Chain) -> Chain:
    """A backward chain's records, put from its own order into that of time."""
    return Chain(chain.stream, chain.states[::-1], chain.gates[::-1], chain.from_state[::-1])
