"""Many sessions ask for the same task at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep

import pytest

from seqviz import tasks
from seqviz.core.config import RunConfig
from seqviz.core.task import BadInput
from seqviz.tasks.recall import build


@pytest.fixture
def registry(monkeypatch):
    built = dict[str, object]()
    monkeypatch.setattr(tasks, "TASKS", built)
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
