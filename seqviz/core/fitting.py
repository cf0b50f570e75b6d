"""Which settings go with which wiring."""

from __future__ import annotations

from seqviz.core.config import RunConfig
from seqviz.core.topology import Emits, Reads, Topology


def check_fits(config: RunConfig, topology: Topology) -> None:
    """Raises ValueError, in a sentence for people, where a wiring cannot have what the settings ask for."""
    if config.bidirectional and topology.writes_words:
        raise ValueError("A network that writes word by word cannot read its own words from the end.")
    if config.attention and len(topology.segments) == 1:
        raise ValueError("Attention needs an encoder and a decoder: only the delayed wiring has both.")
    answers_each = any(segment.reads is Reads.INPUT and segment.emits is Emits.EACH for segment in topology.segments)
    if config.reverse and answers_each:
        raise ValueError(
            "A network that answers each input as it arrives cannot be given the last one first: its answers would "
            "then belong to other inputs."
        )
