"""Each group of kept-back sentences against the same sentences written one by one."""

from itertools import takewhile

import pytest

from seqviz.core.config import RunConfig
from seqviz.core.task import END
from seqviz.networks.decode import greedy
from seqviz.tasks import task_of
from seqviz.tasks.grammar.corpus import corpus
from seqviz.training import advance, start
from seqviz.training.answers import groups
from seqviz.training.check import bleu
from seqviz.training.model import loaded


def test_known_patterns_and_new_ones_are_tried_apart():
    run = advance(start(RunConfig(task="translation", hidden=24, learning_rate=0.02)), 60)
    known, new, short, middle, long = groups(run)
    assert (known.sentences, new.sentences) == (250, 200)
    assert (short.sentences, middle.sentences, long.sentences) == (206, 197, 47)
    assert sum(group.exact * group.sentences for group in (short, middle, long)) == pytest.approx(
        known.exact * 250 + new.exact * 200
    )
    assert known.bleu != new.bleu
    task, network = task_of(run.config), loaded(run)
    end = task.writes.index(END)
    said, wanted = [], []
    for pair in corpus().patterns:
        feed = network.feed(task.as_batch([pair]))
        for rows, found in ((greedy(network, feed, end, 40), said), (feed.targets, wanted)):
            found.append(list(takewhile(lambda word: word != end, rows[0].tolist())))
    longest = max(len(german) for _, pairs in task.groups for _, german in pairs) + 6  # with the end
    said = [row[:longest] for row in said]
    assert new.bleu == pytest.approx(bleu(said, wanted, task.writes))
    assert new.exact == sum(a == b for a, b in zip(said, wanted, strict=True)) / 200


def test_a_task_without_groups_has_none():
    assert groups(start(RunConfig(task="reviews", hidden=4))) == ()
