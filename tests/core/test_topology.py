import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqviz.core.topology import DELAYED, DIRECT, MANY_TO_ONE, ONE_TO_MANY, ONE_TO_ONE, TOPOLOGIES, Reads

LENGTHS = st.integers(1, 12)


def wiring(topology, inputs, outputs):
    """Each step as two letters: x or y for what is read (an input, a word written), o where an output is."""
    return " ".join(
        ("x" if step.reads is Reads.INPUT else "y") + ("o" if step.emits else "-")
        for step in topology.unroll(inputs, outputs)
    )


@pytest.mark.parametrize(
    ("topology", "inputs", "outputs", "wanted"),
    [
        (ONE_TO_ONE, 1, 1, "xo"),
        (MANY_TO_ONE, 4, 1, "x- x- x- xo"),
        (ONE_TO_MANY, 1, 4, "xo yo yo yo"),
        (DIRECT, 3, 3, "xo xo xo"),
        (DELAYED, 3, 2, "x- x- x- yo yo"),
        (DELAYED, 1, 1, "x- yo"),
    ],
)
def test_the_lectures_wirings(topology, inputs, outputs, wanted):
    assert wiring(topology, inputs, outputs) == wanted


@given(st.sampled_from(list(TOPOLOGIES.values())), LENGTHS, LENGTHS)
def test_unroll_gives_the_lengths_asked_for_or_says_that_it_cannot(topology, inputs, outputs):
    fits = {
        # One to one is many to one with a single input: what makes it so is the data, not the wiring.
        "one-to-one": outputs == 1,
        "many-to-one": outputs == 1,
        "one-to-many": inputs == 1,
        "direct": inputs == outputs,
        "delayed": True,
    }[topology.key]
    if not fits:
        with pytest.raises(ValueError, match=topology.title):
            topology.unroll(inputs, outputs)
        return
    steps = topology.unroll(inputs, outputs)
    assert sum(step.reads is Reads.INPUT for step in steps) == inputs
    assert sum(step.emits for step in steps) == outputs
    for number in range(len(topology.segments)):
        positions = [step.position for step in steps if step.segment == number]
        assert positions == list(range(len(positions)))
    assert [step.segment for step in steps] == sorted(step.segment for step in steps)


@pytest.mark.parametrize("topology", TOPOLOGIES.values(), ids=TOPOLOGIES)
@pytest.mark.parametrize(("inputs", "outputs"), [(0, 1), (1, 0), (0, 0), (-1, 1)])
def test_nothing_to_read_or_to_emit_is_refused(topology, inputs, outputs):
    with pytest.raises(ValueError, match="at least one"):
        topology.unroll(inputs, outputs)


def test_only_networks_that_write_read_their_own_words():
    assert [key for key, topology in TOPOLOGIES.items() if topology.writes_words] == ["one-to-many", "delayed"]
