import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqviz.core.config import RunConfig
from seqviz.core.task import BadInput
from seqviz.tasks.parity import build


@pytest.fixture(scope="module")
def task():
    return build(RunConfig(task="parity", lag=9))


def turned_over(words: tuple[str, ...]) -> list[str]:
    """The right answers, by turning over at each one."""
    odd, answers = False, []
    for word in words:
        odd ^= word == "1"
        answers.append("odd" if odd else "even")
    return answers


def test_each_answer_counts_the_ones_so_far(task):
    for example in task.examples:
        assert len(example.words) == 10
        assert [task.writes[target] for target in example.targets] == turned_over(example.words)


@given(st.text(alphabet="01", min_size=1, max_size=200))
def test_typed_bits_get_their_answers(bits):
    task = build(RunConfig(task="parity"))
    example = task.read(bits)
    assert example.words == tuple(bits)
    assert example.name == bits
    assert [task.writes[target] for target in example.targets] == turned_over(example.words)


@pytest.mark.parametrize(
    ("typed", "said"), [("", "Symbols typed: 0"), ("0 1 2", "“2” at place 3"), ("1" * 201, "Symbols typed: 201")]
)
def test_other_symbols_are_refused(task, typed, said):
    with pytest.raises(BadInput, match=said):
        task.read(typed)
