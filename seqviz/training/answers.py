"""What a network says by itself: of the menu's examples, and of one example written in several ways."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import torch
from jaxtyping import Int64
from torch import Tensor

from seqviz.core.answers import Answer, Group, Sample, Sentence, Written
from seqviz.core.records import Run
from seqviz.core.task import END, IGNORE, Example, Task, collate
from seqviz.networks.decode import beam, greedy, sample
from seqviz.networks.network import Feed, Network
from seqviz.tasks import task_of
from seqviz.tasks.names import Names
from seqviz.tasks.sentence_pairs import SentencePairs
from seqviz.training.check import judge, said
from seqviz.training.model import loaded
from seqviz.training.tracing import LONGEST

DRAWS = 3
"""Sentences drawn at random beside the greedy one."""
NAMES = 10
"""Names of each kind that are drawn."""

_BY_BASELINE = WeakKeyDictionary[Example, tuple[str, ...]]()
"""What the baseline says of an example. No weight has a say in it, and some baselines take long."""


@torch.no_grad()
def answers(run: Run) -> tuple[Answer, ...]:
    """What the network makes of each example of the task's menu, writing freely where it writes."""
    task, network = task_of(run.config), loaded(run)
    feed = network.feed(collate(task.examples), run.config.reverse)
    if task.topology.writes_words:
        written = greedy(network, feed, task.writes.index(END), LONGEST)
    else:
        written = torch.where(feed.targets == IGNORE, IGNORE, network(feed).logits.argmax(dim=-1))
    return tuple(_answer(task, example, row.tolist()) for example, row in zip(task.examples, written, strict=True))


@torch.no_grad()
def groups(run: Run) -> tuple[Group, ...]:
    """How well the network does on each group of kept-back sentences; none where the task has no groups."""
    task, network = task_of(run.config), loaded(run)
    if not isinstance(task, SentencePairs) or not task.groups:
        return ()
    tried = list(dict.fromkeys(pair for _, pairs in task.groups for pair in pairs))  # a pair may be in two groups
    feed = network.feed(task.as_batch(tried), run.config.reverse)
    written = said(network, task, feed)
    row = {pair: place for place, pair in enumerate(tried)}
    found = []
    for name, pairs in task.groups:
        rows = [row[pair] for pair in pairs]
        found.append(Group(name, len(pairs), *judge(task, written[rows], feed.targets[rows])))
    return tuple(found)


@torch.no_grad()
def draw(run: Run, temperature: float) -> tuple[Sample, ...]:
    """`NAMES` names of each kind, drawn at `temperature`; none where the task is not one of names.

    Looking twice shows the same. Raises ValueError where the temperature is not above 0.
    """
    task, network = task_of(run.config), loaded(run)
    if not isinstance(task, Names):
        return ()
    asked = [task.read(kind) for kind in task.kinds for _ in range(NAMES)]
    feed = network.feed(collate(asked))
    drawn = sample(network, feed, task.writes.index(END), LONGEST, temperature, _dice(run))
    names = [_words(task, row) for row in drawn.tolist()]
    return tuple(
        Sample(example.words[0], words, task.origin(example.words[0], words))
        for example, words in zip(asked, names, strict=True)
    )


def write(run: Run, example: Example, temperature: float, width: int) -> Written:
    """`example`'s output written greedily, drawn `DRAWS` times at `temperature`, and by a beam of `width`.

    The draws depend on the run's seed and update, so that looking twice shows the same. Raises ValueError where the
    topology writes no words or the temperature is not above 0.
    """
    task, network = task_of(run.config), loaded(run)
    end = task.writes.index(END)
    feed = network.feed(collate([example]), run.config.reverse)
    generator = _dice(run)
    ways = [("best each time", greedy(network, feed, end, LONGEST))]
    ways += [
        (f"drawn, {place + 1}", sample(network, feed, end, LONGEST, temperature, generator)) for place in range(DRAWS)
    ]
    best, branches = beam(network, feed, end, LONGEST, width)
    ways.append((f"beam of {width}", torch.tensor([[branches[place].word for place in best]])))
    return Written(
        task.writes,
        tuple(_sentence(task, network, feed, way, words) for way, words in ways),
        branches,
        best,
        _words(task, example.targets.tolist()),
    )


def _dice(run: Run) -> torch.Generator:
    """Random numbers that depend on the run's seed and update alone."""
    return torch.Generator().manual_seed(run.config.seed * 1_000_003 + run.step)


@torch.no_grad()
def _sentence(task: Task, network: Network, feed: Feed, way: str, words: Int64[Tensor, "1 outputs"]) -> Sentence:
    forced = Feed(feed.inputs, feed.lengths, words, network.shifted(words))
    each = network(forced).logits[0].log_softmax(dim=-1).gather(1, words[0][:, None])
    return Sentence(way, _words(task, words[0].tolist()), float(each.sum()))


def _answer(task: Task, example: Example, written: list[int]) -> Answer:
    if example not in _BY_BASELINE:
        _BY_BASELINE[example] = task.by_baseline(example)
    return Answer(
        example.words,
        _words(task, example.targets.tolist()),
        _words(task, written),
        _BY_BASELINE[example],
        tuple(example.inputs) if example.inputs.ndim == 4 else (),
    )


def _words(task: Task, indices: list[int]) -> tuple[str, ...]:
    """The labels up to the end mark, outputs without a target left out."""
    words: list[str] = []
    for index in indices:
        if index != IGNORE and task.writes[index] == END:
            break
        if index != IGNORE:
            words.append(task.writes[index])
    return tuple(words)
