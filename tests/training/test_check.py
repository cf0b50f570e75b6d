"""The held-out examples against the reference network, one by one, and BLEU against sacrebleu's own command."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from seqviz.core.config import RunConfig
from seqviz.core.task import ACCURACY, END, EXACT, IGNORE, Batch
from seqviz.core.topology import TOPOLOGIES
from seqviz.tasks import task_of
from seqviz.training.check import bleu, check, share_right
from tests.networks.reference import Reference, previous_words
from tests.toy import READINGS, build, small

WORDS = ("the", "dog", "a", "cat", "sees", "sleeps", "and", END)


def written_by(reference, inputs, begin, end, longest):
    """What the reference network writes by itself."""
    words = []
    while len(words) < longest and end not in words:
        logits = reference.run(inputs, [begin, *words]).logits
        words.append(int(logits[-1].argmax()))
    return words


@pytest.mark.parametrize("others", [{}, {"layers": 2, "layer_norm": True, "reverse": True}], ids=["plain", "layers"])
@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_the_held_out_examples_are_judged_as_one_by_one(topology, reading, others):
    if topology == "direct":
        others = {**others, "reverse": False}
    config = small(topology, reading, cell="gru", **others)
    task, network = task_of(config), build(config, seed=3)
    with torch.no_grad():
        network.head.weight.mul_(5)
        if task.topology.writes_words:
            network.head.bias[-1] -= 4  # so that some never end by themselves
    weights = {name: value.detach().numpy() for name, value in network.named_parameters()}
    reference = Reference(config, task.topology, weights)
    losses, right, said = [], [], []
    for example in task.held:
        outcome = reference.run(example.inputs, previous_words(example.targets, network.begin))
        losses += outcome.losses(example.targets).tolist()
        if task.topology.writes_words:
            end = task.writes.index(END)
            longest = task.held_out.targets.shape[1] + 5
            said.append(written_by(reference, example.inputs, network.begin, end, longest))
            right.append(said[-1] == example.targets.tolist())
        else:
            counted = example.targets != IGNORE
            right += (outcome.logits.argmax(axis=1) == example.targets)[counted].tolist()
    found = check(network.train(), task, config)
    assert found.loss == pytest.approx(np.mean(losses), rel=1e-5)
    assert found.score == pytest.approx(np.mean(right))
    if said and reading == "words":
        bare = [[word for word in row if word != end] for row in said]
        wanted = [example.targets[:-1].tolist() for example in task.held]
        assert found.bleu == pytest.approx(bleu(bare, wanted, task.writes))
        assert longest in map(len, said)
    else:
        assert np.isnan(found.bleu)


def test_a_direct_wirings_sentences_end_where_they_say_so():
    """Its BLEU is that of the words before the end, in the sentence's own steps and not in the padding behind them."""
    config = RunConfig(task="translation-direct", cell="elman", hidden=4, embedding=4)
    task, network = task_of(config), build(config, seed=2)
    end = task.writes.index(END)
    with torch.no_grad():
        network.head.bias[end] += 2  # so that some end, and not all at once
    said, wanted = [], []
    for row, length in enumerate(task.held_out.input_lengths.tolist()):
        alone = Batch(
            task.held_out.inputs[row : row + 1, :length],
            np.array([length]),
            task.held_out.targets[row : row + 1, :length],
        )
        with torch.no_grad():
            best = network(network.feed(alone)).logits[0].argmax(dim=-1).tolist()
        said.append(best[: [*best, end].index(end)])
        wanted.append([word for word in alone.targets[0].tolist() if word != end])
    assert len({len(row) for row in said}) > 2
    assert check(network, task, config).bleu == pytest.approx(bleu(said, wanted, task.writes))


def test_a_network_that_copies_the_truth_gets_everything():
    words = list(range(6))
    assert bleu([words], [words], WORDS) == pytest.approx(100)
    assert bleu([[]], [words], WORDS) == 0


SENTENCES = st.lists(st.integers(0, 6), min_size=1, max_size=9)


def by_command(said, wanted, folder):
    """What `sacrebleu` prints for two files."""
    for name, rows in (("said", said), ("wanted", wanted)):
        lines = [" ".join(WORDS[index] for index in row) for row in rows]
        (folder / name).write_text("".join(f"{line}\n" for line in lines))
    answer = subprocess.run(
        [sys.executable, "-m", "sacrebleu", "wanted", "-i", "said", "-tok", "none", "--force", "-b", "-w", "6"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(answer.stdout)


@pytest.mark.parametrize("kind", ["near", "far", "short"])
def test_bleu_is_what_sacrebleus_command_prints(kind, tmp_path):
    rng = np.random.default_rng(4)
    wanted = [rng.integers(0, 7, rng.integers(4, 10)).tolist() for _ in range(20)]
    if kind == "near":
        said = [[word if rng.random() < 0.8 else int(rng.integers(0, 7)) for word in row] for row in wanted]
    elif kind == "far":
        said = [rng.integers(0, 7, rng.integers(1, 10)).tolist() for _ in wanted]
    else:
        said = [row[: len(row) // 2] if place else [] for place, row in enumerate(wanted)]
    found = bleu(said, wanted, WORDS)
    assert 0 < found < 100
    assert found == pytest.approx(by_command(said, wanted, tmp_path), abs=1e-5)


@given(st.data())
def test_the_share_right_counts_outputs_or_whole_examples_and_never_padding(data):
    shape = data.draw(hnp.array_shapes(min_dims=2, max_dims=2, max_side=4))
    targets = data.draw(hnp.arrays(np.int64, shape, elements=st.integers(-1, 2)))
    targets[0, 0] = max(targets[0, 0], 0)
    written = data.draw(hnp.arrays(np.int64, shape, elements=st.integers(0, 2)))
    outputs, examples = [], []
    for said, wanted in zip(written.tolist(), targets.tolist(), strict=True):
        judged = [a == b for a, b in zip(said, wanted, strict=True) if b != IGNORE]
        outputs += judged
        examples.append(all(judged))
    both = torch.tensor(written), torch.tensor(targets)
    assert share_right(*both, ACCURACY) == pytest.approx(np.mean(outputs))
    assert share_right(*both, EXACT) == pytest.approx(np.mean(examples))
