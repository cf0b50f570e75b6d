"""Groups of pairs by length, against counting them."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from seqviz.tasks.sentence_pairs import by_length

LENGTHS = st.lists(st.integers(1, 12), min_size=1, max_size=60)


@given(LENGTHS)
def test_every_pair_is_in_one_group_and_longer_groups_hold_longer_sentences(lengths):
    pairs = [(("word",) * length, (str(place),)) for place, length in enumerate(lengths)]
    groups = by_length(pairs)
    assert len(groups) != 1
    found = [{len(source) for source, _ in group} for _, group in groups]
    assert all(max(shorter) < min(longer) for shorter, longer in pairwise(found))
    if groups:
        assert sorted(pair for _, group in groups for pair in group) == sorted(pairs)


def test_a_group_is_named_by_its_lengths():
    pairs = [(("a",) * length, ("b",)) for length in [3] * 5 + [4] * 2 + [5] * 2 + [9]]
    assert [(name, len(group)) for name, group in by_length(pairs)] == [
        ("sentences of up to 3 words", 5),
        ("sentences of 4 to 5 words", 4),
        ("sentences of more than 5 words", 1),
    ]
