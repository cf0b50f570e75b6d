"""Tasks: one a file. Adding one is that file and one line here."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from seqviz.core.config import RunConfig
from seqviz.core.registry import Registry
from seqviz.core.task import Task

TASKS: Registry[Callable[[RunConfig], Task]] = Registry(
    {
        "reviews": "seqviz.tasks.reviews:build",
    }
)


@lru_cache(maxsize=16)
def task_of(config: RunConfig) -> Task:
    """The task that a configuration names, built once. Raises KeyError for an unknown key."""
    return TASKS[config.task](config)
