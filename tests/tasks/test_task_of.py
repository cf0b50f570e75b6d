"""Many sessions ask for the same task at the same moment."""

import gc
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep
from weakref import WeakValueDictionary

import pytest

from seqviz import tasks
from seqviz.core.config import RunConfig
from seqviz.core.task import BadInput
from seqviz.tasks.recall import build


@pytest.fixture
def registry(monkeypatch):
    built = dict[str, object]()
    monkeypatch.setattr(tasks, "TASKS", built)
    monkeypatch.setattr(tasks, "_held", WeakValueDictionary())
    tasks._built.cache_clear()
    yield built
    tasks._built.cache_clear()


def _ask_at_once(people: int):
    together = Barrier(people)

    def ask(_: int):
        together.wait()
        try:
            return tasks.task_of(RunConfig(task="slow"))
        except BadInput as wrong:
            return wrong

    with ThreadPoolExecutor(people) as class_of:
        return list(class_of.map(ask, range(people)))


def test_a_hundred_who_ask_at_once_have_it_built_once(registry):
    calls = []

    def slow(config):
        calls.append(config)
        sleep(0.05)
        return build(config)

    registry["slow"] = slow
    tasks_given = _ask_at_once(100)
    assert len(calls) == 1
    assert {id(task) for task in tasks_given} == {id(tasks_given[0])}


def test_everyone_hears_what_is_wrong_and_a_later_attempt_may_succeed(registry):
    def gone(config):
        raise BadInput("Gone.")

    registry["slow"] = gone
    assert {str(wrong) for wrong in _ask_at_once(8)} == {"Gone."}
    registry["slow"] = build
    assert tasks.task_of(RunConfig(task="slow")).key == "recall"


def _count_builds(registry):
    calls = []
    registry["counted"] = lambda config: calls.append(config.lag) or build(config)
    return calls


def test_what_somebody_holds_is_not_built_again_however_many_there_are(registry):
    calls = _count_builds(registry)
    held = [tasks.task_of(RunConfig(task="counted", lag=lag)) for lag in range(1, 41)]
    again = [tasks.task_of(RunConfig(task="counted", lag=lag)) for lag in range(1, 41)]
    assert len(calls) == 40
    assert all(one is other for one, other in zip(held, again, strict=True))


def test_of_what_nobody_holds_only_the_last_few_are_kept(registry):
    calls = _count_builds(registry)
    for lag in range(1, 41):
        tasks.task_of(RunConfig(task="counted", lag=lag))
    gc.collect()
    assert len(tasks._held) == 16
    tasks.task_of(RunConfig(task="counted", lag=40))
    assert len(calls) == 40
    tasks.task_of(RunConfig(task="counted", lag=1))
    assert len(calls) == 41
