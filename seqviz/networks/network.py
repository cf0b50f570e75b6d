"""The network: one cell, unrolled as a topology says. All four topologies run through `Network.forward`."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from seqviz.cells import CELLS, State
from seqviz.core.config import RunConfig
from seqviz.core.fitting import check_fits
from seqviz.core.task import IGNORE, Batch, Images, Reading
from seqviz.core.topology import Emits, Reads, Segment, Topology
from seqviz.networks.attention import Attention
from seqviz.networks.initialise import initialise
from seqviz.networks.readers import FeatureMaps, reader_of
from seqviz.networks.stack import Chain, Stack, StackPass, beside, flipped


@dataclass(frozen=True)
class Feed:
    """A batch as tensors.

    inputs: as in `Batch`. lengths: (batch,). targets: (batch, outputs).
    previous: (batch, outputs) the word that each writing step reads; the first is `Network.begin`.
    """

    inputs: Tensor
    lengths: Int64[Tensor, " batch"]
    targets: Int64[Tensor, "batch outputs"]
    previous: Int64[Tensor, "batch outputs"]

    @classmethod
    def of(cls, batch: Batch, begin: int, reverse: bool) -> Feed:
        """A batch as tensors, its inputs turned round where `reverse` says so; writing steps read the true words."""
        inputs = torch.tensor(batch.inputs)
        lengths = torch.tensor(batch.input_lengths)
        targets = torch.tensor(batch.targets)
        return cls(flipped(inputs, lengths) if reverse else inputs, lengths, targets, shifted(targets, begin))


def shifted(words: Int64[Tensor, "batch outputs"], begin: int) -> Int64[Tensor, "batch outputs"]:
    """What writing steps read if `words` are written: the word before each, `begin` before the first."""
    before = torch.full_like(words, begin)
    before[:, 1:] = words[:, :-1].clamp(min=0)
    return before


@dataclass(frozen=True)
class Pass:
    """What a forward pass gives. The lists have one entry a segment; chains are there only when unrolled.

    logits: o_t at the emitting steps. vectors: what the cells read. attention: writer × reader weights, or None.
    feature_maps: of the image encoder, one row a picture.
    """

    logits: Float[Tensor, "batch outputs classes"]
    vectors: list[Float[Tensor, "batch time embedding"]]
    chains: list[list[Chain]]
    attention: Float[Tensor, "batch outputs inputs"] | None
    feature_maps: FeatureMaps


@dataclass(frozen=True)
class Writing:
    """A sequence that is being written: the state so far, what the reader left behind, and the first input if any."""

    states: list[State]
    memory: Tensor | None
    valid: Tensor | None
    first: Tensor | None

    def rows(self, chosen: Int64[Tensor, " rows"]) -> Writing:
        """The writings of the chosen batch rows, in that order; a row may be chosen more than once."""
        return Writing(
            [State(s.hidden[chosen], None if s.cell is None else s.cell[chosen]) for s in self.states],
            None if self.memory is None else self.memory[chosen],
            None if self.valid is None else self.valid[chosen],
            None if self.first is None else self.first[chosen],
        )


class Network(nn.Module):
    """One recurrent network for one topology, input and set of outputs.

    reader: makes vectors of the inputs. words: makes vectors of the words that the network writes; row `begin`
    stands for "nothing written yet". stacks: one a segment. head: the output layer, o_t = W_ho h_t + b_o.
    Raises ValueError where the topology does not allow what the configuration asks for.
    """

    def __init__(self, config: RunConfig, topology: Topology, reads: Reading, classes: int) -> None:
        super().__init__()
        check_fits(config, topology)
        self.topology = topology
        self.begin = classes
        self.reader = reader_of(reads, config.embedding)
        self.reads_images = isinstance(reads, Images)
        self.words = nn.Embedding(classes + 1, config.embedding) if topology.writes_words else None
        cell = CELLS[config.cell]
        self.stacks = nn.ModuleList(
            Stack(cell, config.embedding, config, config.bidirectional, segment is not topology.segments[-1])
            for segment in topology.segments
        )
        width = config.hidden * (2 if config.bidirectional else 1)
        self.attention = Attention(width, width) if config.attention else None
        self.head = nn.Linear(width * (2 if config.attention else 1), classes)
        initialise(self, config)

    @property
    def parts(self) -> list[Stack]:
        """The stack of each segment."""
        return [stack for stack in self.stacks if isinstance(stack, Stack)]

    def feed(self, batch: Batch, reverse: bool = False) -> Feed:
        """A batch as this network reads it."""
        return Feed.of(batch, self.begin, reverse)

    def shifted(self, words: Int64[Tensor, "batch outputs"]) -> Int64[Tensor, "batch outputs"]:
        """What this network's writing steps read if `words` are written."""
        return shifted(words, self.begin)

    def forward(self, feed: Feed, window: int = 0, unrolled: bool = False) -> Pass:
        """One forward pass along the topology; with `unrolled` cell by cell, every state left in the graph.

        A feed of one input and many lengths runs that input so many times over, read only once.
        """
        read, feature_maps = self.reader(feed.inputs)
        read = read.expand(len(feed.lengths), -1, -1)
        finals: list[State] | None = None
        memory: Tensor | None = None
        attention: Tensor | None = None
        vectors: list[Tensor] = []
        chains: list[list[Chain]] = []
        logits = read.new_zeros(())
        for segment, stack in zip(self.topology.segments, self.parts, strict=True):
            x, lengths = self._taken_in(segment, read, feed)
            passed: StackPass = stack(x, lengths, finals, window, unrolled)
            if segment.emits is not Emits.NEVER:
                features = _features(segment, passed, lengths, stack.hidden)
                if self.attention is not None and memory is not None:
                    features, attention = self.attention(features, memory, _valid(feed))
                logits = self.head(features)
            finals, memory = passed.finals, passed.outputs
            vectors.append(x)
            chains.append(passed.chains)
        return Pass(logits, vectors, chains, attention, feature_maps)

    def begin_writing(self, feed: Feed) -> Writing:
        """Reads the inputs and stands ready to write the first word. Raises ValueError where nothing is written."""
        if not self.topology.writes_words:
            raise ValueError(f"{self.topology.title} does not write by itself")
        read, _ = self.reader(feed.inputs)
        if len(self.stacks) == 1:
            return Writing(self.parts[0].zeros(len(read)), None, None, read[:, 0])
        passed: StackPass = self.parts[0](read, feed.lengths)
        return Writing(passed.finals, passed.outputs, _valid(feed), None)

    def write(
        self, writing: Writing, previous: Int64[Tensor, " batch"]
    ) -> tuple[Float[Tensor, "batch classes"], Writing]:
        """One writing step after the word `previous`: logits of the next word, and the writing with its new state."""
        if self.words is None:
            raise ValueError(f"{self.topology.title} does not write by itself")
        x = writing.first if writing.first is not None else self.words(previous)
        features, states = self.parts[-1].step(x, writing.states)
        if self.attention is not None and writing.memory is not None:
            features, _ = self.attention(features[:, None], writing.memory, writing.valid)
            features = features[:, 0]
        return self.head(features), replace(writing, states=states, first=None)

    def _taken_in(self, segment: Segment, read: Tensor, feed: Feed) -> tuple[Tensor, Tensor | None]:
        if segment.reads is Reads.INPUT or self.words is None:
            return read, feed.lengths
        x = self.words(feed.previous)
        # The padding behind a shorter output is run through too: nothing later reads it and no loss sees it.
        return (torch.cat([read[:, :1], x[:, 1:]], dim=1) if segment.input_first else x), None


def _features(segment: Segment, passed: StackPass, lengths: Tensor | None, hidden: int) -> Tensor:
    """What the output layer reads: every step, or the step at which each direction has read everything."""
    outputs = passed.outputs
    if segment.emits is Emits.EACH:
        return outputs
    if passed.chains:
        # The states themselves: by way of `outputs`, autograd would bring a gradient of 0 to every other step.
        top = [chain for chain in passed.chains if chain.stream.layer == passed.chains[-1].stream.layer]
        return beside([chain.states[0 if chain.stream.backward else -1].hidden for chain in top])[:, None]
    rows = torch.arange(len(outputs))
    ends = lengths - 1 if lengths is not None else torch.full((len(outputs),), outputs.shape[1] - 1)
    return torch.cat([outputs[rows, ends, :hidden], outputs[:, 0, hidden:]], dim=-1)[:, None]


def _valid(feed: Feed) -> Tensor:
    return torch.arange(feed.inputs.shape[1]) < feed.lengths[:, None]


def mean_loss(
    logits: Float[Tensor, "batch outputs classes"], targets: Int64[Tensor, "batch outputs"]
) -> Float[Tensor, ""]:
    """Cross-entropy in nats, averaged over every output of the batch that has a target."""
    return nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=IGNORE)
