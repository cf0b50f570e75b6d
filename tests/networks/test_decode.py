"""Writing by itself: against teacher forcing, exhaustive search and exact probabilities."""

from collections import Counter
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from seqviz.core.task import END, collate
from seqviz.networks.decode import beam, greedy, mixed, sample
from seqviz.tasks import task_of
from tests.toy import EVERY_NETWORK, build, described, small

WRITERS = [config for config in EVERY_NETWORK if config.task.startswith(("toy-one-to-many", "toy-delayed"))]
EVERY_WRITER = pytest.mark.parametrize("config", WRITERS, ids=described)
STOP = 3


def decided(config, seed=0):
    """A network with opinions: no two words are about as probable."""
    network = build(config, seed)
    with torch.no_grad():
        network.head.weight.mul_(6)
    assert task_of(config).writes.index(END) == STOP
    return network


def feed_of(network, config, rows=4):
    return network.feed(collate(task_of(config).train[:rows]), config.reverse)


def repeated(feed, times):
    """The feed's one example many times over."""
    return replace(
        feed,
        inputs=feed.inputs.expand(times, *feed.inputs.shape[1:]),
        lengths=feed.lengths.expand(times),
        targets=feed.targets.expand(times, -1),
        previous=feed.previous.expand(times, -1),
    )


@torch.no_grad()
def forced(network, feed, words):
    """ln p of every next word, in one pass over `words` as if they were the truth."""
    return network(replace(feed, previous=network.shifted(words))).logits.log_softmax(dim=-1)


def of_sentences(network, feed, sentences):
    """ln p of each word of sentences of one length that the one example may have."""
    words = torch.tensor(sentences)
    return forced(network, repeated(feed, len(sentences)), words).gather(2, words[:, :, None])[:, :, 0].numpy()


def until_the_end(row):
    row = list(row)
    return tuple(row[: row.index(STOP) + 1] if STOP in row else row)


@EVERY_WRITER
def test_greedy_writes_what_teacher_forcing_on_its_own_words_finds_most_probable(config):
    network = decided(config)
    feed = feed_of(network, config)
    written = greedy(network, feed, STOP, longest=7)
    best = forced(network, feed, written).argmax(dim=-1)
    for row, wanted in zip(written.tolist(), best.tolist(), strict=True):
        length = len(until_the_end(row))
        assert row[:length] == wanted[:length]
        assert set(row[length:]) <= {STOP}
    assert written.shape[1] == min(7, max(len(until_the_end(row)) for row in written.tolist()))


def test_greedy_stops_when_every_row_has_ended_and_at_the_latest_when_told():
    config = small("delayed")
    network = build(config)
    feed = feed_of(network, config)
    with torch.no_grad():
        network.head.bias[STOP] = 1e4
    assert greedy(network, feed, STOP, longest=7).tolist() == [[STOP]] * 4
    with torch.no_grad():
        network.head.bias[STOP] = -1e4
    assert greedy(network, feed, STOP, longest=7).shape == (4, 7)


def spelled(path, branches):
    return tuple(branches[place].word for place in path)


@EVERY_WRITER
def test_a_beam_of_one_is_greedy(config):
    network = decided(config)
    for example in task_of(config).train[:3]:
        feed = network.feed(collate([example]), config.reverse)
        assert spelled(*beam(network, feed, STOP, longest=6, width=1)) == until_the_end(
            greedy(network, feed, STOP, longest=6)[0].tolist()
        )


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("config", [small("delayed", attention=True), small("one-to-many", cell="lstm")], ids=described)
def test_a_wide_beam_finds_the_best_of_all_sentences(config, seed):
    longest = 4
    network = decided(config, seed)
    feed = feed_of(network, config, rows=1)
    per_word = {}
    for length in range(1, longest + 1):
        sentences = [(*words, STOP) for words in product(range(STOP), repeat=length - 1)]
        for sentence, found in zip(sentences, of_sentences(network, feed, sentences), strict=True):
            per_word[sentence] = found.sum() / length
    path, branches = beam(network, feed, STOP, longest, width=200)
    assert spelled(path, branches) == max(per_word, key=per_word.get)
    ended = [branch for branch in branches if branch.kept and branch.word == STOP]
    assert len(ended) == len(per_word)


@pytest.mark.parametrize("width", [1, 2, 3, 50])
@pytest.mark.parametrize("config", [small("delayed", attention=True), small("one-to-many", cell="lstm")], ids=described)
def test_the_branches_are_a_tree_that_says_how_probable_each_beginning_is(config, width):
    network = build(config, seed=1)
    with torch.no_grad():
        network.head.bias[STOP] -= 2  # so that sentences grow long, and their branches cross
    feed = feed_of(network, config, rows=1)
    path, branches = beam(network, feed, STOP, longest=5, width=width)
    beginnings = []
    for branch in branches:
        parent = branches[branch.parent] if branch.parent >= 0 else None
        assert branch.time == (parent.time + 1 if parent else 0)
        assert parent is None or (parent.kept and parent.word != STOP)
        beginnings.append((*(beginnings[branch.parent] if parent else ()), branch.word))
        found = of_sentences(network, feed, [beginnings[-1]]).sum()
        assert branch.log_probability == pytest.approx(found, abs=1e-4)
    assert len(set(beginnings)) == len(beginnings)
    assert branches[path[-1]].kept
    assert spelled(path, branches) == beginnings[path[-1]]
    assert [branches[place].parent for place in path] == [-1, *path[:-1]]
    for time in range(5):
        here = [branch for branch in branches if branch.time == time]
        assert sum(branch.kept and branch.word != STOP for branch in here) <= width
        # Branches come best first, and every one gone on from is at least as good as any that was not.
        scores = [branch.log_probability for branch in here]
        assert scores == sorted(scores, reverse=True)
        assert [branch.kept for branch in here] == sorted((branch.kept for branch in here), reverse=True)


@pytest.mark.parametrize("width", [2, 3])
def test_a_beam_does_not_stop_while_a_beginning_is_better_than_all_that_ended(width):
    """Else it could end with less than the best word each time would have given, though it was on that way."""
    config = small("one-to-many", cell="lstm")
    for seed in range(12):
        network = build(config, seed)
        with torch.no_grad():
            network.head.weight.mul_(2)
        path, branches = beam(network, feed_of(network, config, rows=1), STOP, longest=12, width=width)
        sentence = spelled(path, branches)
        best = of_sentences(network, feed_of(network, config, rows=1), [sentence]).sum() / len(sentence)
        parents = {branch.parent for branch in branches}
        left = [branch for place, branch in enumerate(branches) if branch.kept and place not in parents]
        if sentence[-1] == STOP:
            assert all(branch.log_probability / (branch.time + 1) <= best + 1e-5 for branch in left if branch.time < 11)


def test_a_beam_writes_for_one_example_only():
    config = small("delayed")
    network = build(config)
    with pytest.raises(ValueError, match="one example at a time"):
        beam(network, feed_of(network, config, rows=2), STOP, longest=3, width=2)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_drawn_sentences_come_as_often_as_the_softmax_says(temperature):
    """Pearson's chi-square over all sentences of at most two words, against their exact probabilities."""
    config = small("delayed", attention=True)
    network = build(config)
    feed = feed_of(network, config, rows=1)
    draws = 20_000
    written = sample(network, repeated(feed, draws), STOP, 2, temperature, torch.Generator().manual_seed(7))
    seen = Counter(until_the_end(row) for row in written.tolist())
    pairs = list(product(range(4), repeat=2))
    words = torch.tensor(pairs)
    logits = network(replace(repeated(feed, len(pairs)), previous=network.shifted(words))).logits.detach()
    chances = (logits / temperature).softmax(dim=-1).gather(2, words[:, :, None])[:, :, 0].double().numpy()
    expected: Counter[tuple[int, ...]] = Counter()
    for pair, (first, second) in zip(pairs, chances, strict=True):
        expected[until_the_end(pair)] += draws * first * second
    assert sum(expected.values()) == pytest.approx(draws)
    assert seen.keys() <= expected.keys()
    assert min(expected.values()) > 5
    statistic = sum((seen[words] - count) ** 2 / count for words, count in expected.items())
    # 13 sentences, 12 degrees of freedom: exceeded once in a thousand times, and the draws are seeded.
    assert len(expected) == 13
    assert statistic < 32.9


@EVERY_WRITER
def test_almost_no_temperature_is_greedy(config):
    network = decided(config)
    feed = feed_of(network, config)
    cold = sample(network, feed, STOP, 6, 1e-4, torch.Generator().manual_seed(0))
    assert torch.equal(cold, greedy(network, feed, STOP, 6))


@pytest.mark.parametrize("temperature", [0.0, -1.0])
def test_a_temperature_of_zero_is_refused(temperature):
    config = small("delayed")
    network = build(config)
    with pytest.raises(ValueError, match="above 0"):
        sample(network, feed_of(network, config), STOP, 3, temperature, torch.Generator())


def test_drawing_leaves_everyone_elses_random_numbers_alone():
    config = small("delayed")
    network = build(config)
    before = torch.random.get_rng_state()
    sample(network, feed_of(network, config), STOP, 3, 1.0, torch.Generator().manual_seed(0))
    assert torch.equal(torch.random.get_rng_state(), before)


@given(config=st.sampled_from(WRITERS), seed=st.integers(0, 99), share=st.floats(0, 1))
@settings(max_examples=60)
def test_scheduled_sampling_reads_the_true_word_or_the_networks_own(config, seed, share):
    """A pass over the mixed words must find the very words that were mixed in."""
    network = decided(config, seed)
    feed = feed_of(network, config)
    choice = np.random.default_rng(seed).random(feed.targets.shape) < share
    previous = mixed(network, feed, torch.from_numpy(choice.astype(np.int64)))
    own = network(replace(feed, previous=previous)).logits.argmax(dim=-1)
    true = feed.targets.clamp(min=0)
    assert torch.equal(previous, network.shifted(torch.where(torch.from_numpy(choice), true, own)))
    if choice.all():
        assert torch.equal(previous, feed.previous)
