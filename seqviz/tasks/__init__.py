"""Tasks: one a file. Adding one is that file and one line here."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from threading import Lock
from weakref import WeakValueDictionary

from seqviz.core.config import RunConfig
from seqviz.core.registry import Registry
from seqviz.core.task import Task

TASKS: Registry[Callable[[RunConfig], Task]] = Registry(
    {
        "reviews": "seqviz.tasks.reviews:build",
        "own-texts": "seqviz.tasks.own_texts:build",
        "scenes": "seqviz.tasks.scenes:build",
        "digits": "seqviz.tasks.digits:build",
        "own-captions": "seqviz.tasks.own_captions:build",
        "towns": "seqviz.tasks.towns:build",
        "own-names": "seqviz.tasks.own_names:build",
        "clips": "seqviz.tasks.clips:build",
        "tags": "seqviz.tasks.tags:build",
        "own-tags": "seqviz.tasks.own_tags:build",
        "recall": "seqviz.tasks.recall:build",
        "copying": "seqviz.tasks.copying:build",
        "parity": "seqviz.tasks.parity:build",
        "adding": "seqviz.tasks.adding:build",
        "translation": "seqviz.tasks.translation:build",
        "translation-direct": "seqviz.tasks.translation:build_direct",
        "own-pairs": "seqviz.tasks.own_pairs:build",
    }
)


def task_of(config: RunConfig) -> Task:
    """The task that a configuration names, built once for each `task`, `data` and `lag`: it may look at no more.

    It is kept as long as somebody holds it, and the last few are kept longer. Many threads may ask for the same one at
    once: one builds it and the others wait for it. Raises KeyError for an unknown key, BadInput where a person's own
    data is gone.
    """
    wanted = config.task, config.data, config.lag
    with _building.setdefault(wanted, Lock()):
        try:
            return _built(*wanted)
        finally:
            _building.pop(wanted, None)


_building: dict[tuple[str, str, int], Lock] = {}
_held = WeakValueDictionary[tuple[str, str, int], Task]()


@lru_cache(maxsize=16)
def _built(task: str, data: str, lag: int) -> Task:
    found = _held.get((task, data, lag))
    if found is None:
        found = _held[task, data, lag] = TASKS[task](RunConfig(task=task, data=data, lag=lag))
    return found
