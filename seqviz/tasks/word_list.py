"""A dictionary of single words, found by seeing which words of sentence pairs go together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seqviz.tasks.tokenise import Pair

ROUNDS = 8
MOST_LINKS = 2_000_000
"""Pairs of one word and one possible translation that are counted; sentence pairs beyond are not looked at."""


def word_list(pairs: Sequence[Pair]) -> dict[str, str]:
    """For each source word its most probable translation into one word.

    IBM Model 1 (Brown et al. 1993, sec. 4.1): t(target | source), found by expectation maximisation over all ways of
    linking each target word to one source word of its sentence or, where it answers to none, to an empty one.
    """
    sources, targets, links = _links(pairs)
    source, target, place = links
    linked, pair_of = np.unique(source * len(targets) + target, return_inverse=True)
    of_source = linked // len(targets)
    probability = np.ones(len(linked))
    for _ in range(ROUNDS):
        weight = probability[pair_of]
        weight /= np.bincount(place, weight)[place]
        counts = np.bincount(pair_of, weight)
        probability = counts / np.bincount(of_source, counts)[of_source]
    best = np.lexsort((-probability, of_source))  # by source word, the most probable first
    first = best[np.unique(of_source[best], return_index=True)[1]]
    return {sources[of_source[at]]: targets[linked[at] % len(targets)] for at in first if sources[of_source[at]]}


def _links(pairs: Sequence[Pair]) -> tuple[list[str], list[str], tuple[np.ndarray, ...]]:
    """The source words (the empty one first), the target words, and every possible link between two of them.

    A link is a source word, a target word (as indices) and the place of the target word among all target words.
    """
    source_index: dict[str, int] = {"": 0}
    target_index: dict[str, int] = {}
    from_words, to_words, places = [], [], []
    place = links = 0
    for source, target in pairs:
        said = [0, *(source_index.setdefault(word, len(source_index)) for word in source)]
        for word in target:
            from_words += said
            to_words += [target_index.setdefault(word, len(target_index))] * len(said)
            places += [place] * len(said)
            place += 1
        links += len(said) * len(target)
        if links > MOST_LINKS:
            break
    return list(source_index), list(target_index), (np.array(from_words), np.array(to_words), np.array(places))
