"""Topologies: which steps of an unrolled network read, which emit, and where a loss enters.

A `Topology` is the rule; `Topology.unroll` applies it to one example and gives one `Step` per time step.
The networks obey these values and the figures draw them, so a picture and its program cannot disagree.

Sources: Raschka, Liu & Mirjalili, *Machine Learning with PyTorch and Scikit-Learn* (2022), ch. 15, fig. 2;
Sutskever, Vinyals & Le (2014) for the delayed case with a separate decoder; Vinyals et al. (2015) for the picture
that is shown once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Reads(Enum):
    """What a step takes in besides the hidden state before it."""

    INPUT = "input"
    """The next element of the input sequence."""
    PREVIOUS = "previous"
    """The output word before it: the true one while training, the network's own when it runs freely."""


class Emits(Enum):
    """Which steps of a segment feed the output layer."""

    NEVER = "never"
    LAST = "last"
    EACH = "each"


@dataclass(frozen=True)
class Segment:
    """Consecutive steps that share one set of recurrent weights.

    `reads` is what its steps take in; with `input_first` the first step reads the input instead.
    """

    name: str
    reads: Reads
    emits: Emits
    input_first: bool = False


@dataclass(frozen=True)
class Step:
    """One time step of one unrolled example.

    segment: position in `Topology.segments`, so which set of weights the step uses.
    position: the step's place within its segment, from 0.
    reads: what the step takes in.
    emits: whether the output layer reads this step's hidden state; a loss enters only where a step emits, and there
    only if the example has a target.
    """

    segment: int
    position: int
    reads: Reads
    emits: bool


@dataclass(frozen=True)
class Topology:
    """A wiring of one recurrent cell.

    key: name used in links and registries. title: what people read. segments: in the order of time.
    """

    key: str
    title: str
    segments: tuple[Segment, ...]

    def unroll(self, inputs: int, outputs: int) -> tuple[Step, ...]:
        """One `Step` per time step for an example with `inputs` elements read and `outputs` emitted.

        Raises ValueError where the lengths do not fit the wiring (a direct wiring emits as often as it reads).
        """
        if inputs < 1 or outputs < 1:
            raise ValueError("an example needs at least one input and one output")
        steps: list[Step] = []
        for number, segment in enumerate(self.segments):
            length = inputs if segment.reads is Reads.INPUT else outputs
            for position in range(length):
                reads = Reads.INPUT if segment.input_first and position == 0 else segment.reads
                emits = segment.emits is Emits.EACH or (segment.emits is Emits.LAST and position == length - 1)
                steps.append(Step(number, position, reads, emits))
        emitted = sum(step.emits for step in steps)
        read = sum(step.reads is Reads.INPUT for step in steps)
        if (emitted, read) != (outputs, inputs):
            raise ValueError(
                f"{self.title} with {inputs} inputs would read {read} and emit {emitted}, not {outputs} outputs"
            )
        return tuple(steps)

    @property
    def writes_words(self) -> bool:
        """Whether the network writes a sequence that feeds back: each word is read by the step after it."""
        return any(segment.reads is Reads.PREVIOUS for segment in self.segments)


ONE_TO_ONE = Topology("one-to-one", "One to one", (Segment("network", Reads.INPUT, Emits.LAST),))
MANY_TO_ONE = Topology("many-to-one", "Many to one", (Segment("reader", Reads.INPUT, Emits.LAST),))
ONE_TO_MANY = Topology("one-to-many", "One to many", (Segment("writer", Reads.PREVIOUS, Emits.EACH, input_first=True),))
DIRECT = Topology("direct", "Many to many, direct", (Segment("reader", Reads.INPUT, Emits.EACH),))
DELAYED = Topology(
    "delayed",
    "Many to many, delayed",
    (Segment("encoder", Reads.INPUT, Emits.NEVER), Segment("decoder", Reads.PREVIOUS, Emits.EACH)),
)

TOPOLOGIES = {topology.key: topology for topology in (ONE_TO_ONE, MANY_TO_ONE, ONE_TO_MANY, DIRECT, DELAYED)}
