"""Many people on one run, against each of them alone."""

import gc
from dataclasses import replace

import numpy as np
import pytest

from seqviz.core.config import RunConfig
from seqviz.core.records import Look
from seqviz.serving.messages import Attach, Do, Drawn, Kind, Setting, Show
from seqviz.serving.rota import Rota
from seqviz.serving.session import Session
from seqviz.serving.shared import Shared
from seqviz.serving.sights import Sights
from seqviz.serving.worker import TOOLS
from seqviz.training import advance, start
from tests.serving.workshop import Eye

SMALL = RunConfig(task="words", batch=2)


@pytest.fixture
def shared(workshop, clock):
    return Shared(workshop.tools, clock)


@pytest.fixture
def sights(workshop, clock):
    return Sights(workshop.tools, clock)


@pytest.fixture
def room(workshop, clock, setting):
    """Seats people who share, each with an eye; the screens are always free."""
    shared = Shared(workshop.tools, clock)

    def seat(**settings):
        eye = Eye()
        session = Session(workshop.tools, eye.receive, clock, shared)
        session.obey(Show(setting(**settings)))
        session.obey(Attach())
        session.turn(0.1)
        eye.look(session)
        return session, eye

    return seat


def take_turns(clock, people, turns):
    for _ in range(turns):
        for session, eye in people:
            if session.due(clock()) is not None and session.due(clock()) <= clock():
                session.turn(0.09)
                eye.look(session)
        waits = [session.due(clock()) for session, _ in people]
        clock.now = max(clock.now, min((wait for wait in waits if wait is not None), default=clock.now))


def test_who_comes_first_has_it_computed_and_the_others_see_the_same(room, clock, workshop):
    people = [room() for _ in range(5)]
    for session, _ in people:
        session.obey(Do("train"))
    take_turns(clock, people, 12)
    computed = sum(steps for _, steps in workshop.advanced)
    updates = [eye.numbers[0] for _, eye in people]
    assert set(updates) == {computed}
    assert computed > 30
    assert [session.leads for session, _ in people] == [True, False, False, False, False]


def test_who_comes_later_goes_the_same_way_at_the_same_pace(room, clock, workshop):
    (first, eye), (second, late) = room(), room()
    first.obey(Do("train"))
    take_turns(clock, [(first, eye)], 10)
    first.obey(Do("pause"))
    begun, made = clock(), sum(steps for _, steps in workshop.advanced)
    second.obey(Do("train"))
    seen = []
    while late.numbers[0] < made:
        take_turns(clock, [(second, late)], 1)
        seen.append((late.numbers[0], round(clock() - begun, 6)))
    assert sum(steps for _, steps in workshop.advanced) == made, "nothing was computed again"
    assert len(seen) == 10
    # The picture after a stretch comes at its start, the next one when as much time has passed as it had taken.
    assert [time for _, time in seen[1:]] == pytest.approx([update * workshop.seconds for update, _ in seen[1:]])


def test_one_step_is_one_step_also_where_somebody_has_gone_further(room, clock, workshop):
    (first, eye), (second, other) = room(), room()
    for session, screen in ((first, eye), (second, other)):
        session.obey(Do("step"))
        take_turns(clock, [(session, screen)], 1)
    first.obey(Do("train"))
    take_turns(clock, [(first, eye)], 3)
    second.obey(Do("step"))
    take_turns(clock, [(second, other)], 1)
    assert other.numbers[0] == 2
    assert eye.numbers[0] > 5


def test_another_learning_rate_is_another_way(room, clock, workshop):
    (first, eye), (second, other) = room(), room()
    for session in (first, second):
        session.obey(Do("train"))
    take_turns(clock, [(first, eye), (second, other)], 4)
    second.obey(Show(Setting(replace(SMALL, learning_rate=0.5), 0, ("numbers",))))
    take_turns(clock, [(first, eye), (second, other)], 4)
    assert eye.numbers[2] == SMALL.learning_rate
    assert other.numbers[2] == 0.5
    assert {rate for rate, _ in workshop.advanced} == {SMALL.learning_rate, 0.5}


def test_nothing_is_kept_for_later(shared, sights):
    run = shared.start(SMALL)
    first = run
    for _ in range(3):
        run = shared.advance(run, 1, 10).run
        sights.sight(run, "first", Look(), ("numbers",), None)
    assert len(shared._next._things) == 3, "somebody is still at the beginning"
    assert shared.advance(first, 1, 10).computed is False
    del first
    gc.collect()
    assert len(shared._next._things) == 0
    assert len(sights._seen._things) == 1
    del run
    gc.collect()
    assert len(sights._seen._things) == 0
    assert shared._next._size == sights._seen._size == 0
    assert shared.advance(shared.start(SMALL), 1, 10).computed is True


def test_a_long_way_is_forgotten_without_going_deep(shared):
    run = first = shared.start(SMALL)
    for _ in range(2000):
        run = shared.advance(run, 1, 10).run
    assert len(shared._next._things) > 1000
    del first, run
    gc.collect()
    assert len(shared._next._things) == 0


def test_who_is_too_far_behind_computes_again(workshop, clock, monkeypatch):
    monkeypatch.setattr("seqviz.serving.shared.MOST_BYTES", 1000)
    shared = Shared(workshop.tools, clock)
    run = first = shared.start(SMALL)
    for _ in range(100):
        run = shared.advance(run, 1, 10).run
    assert shared.advance(first, 1, 10).computed is True
    assert shared._next._size <= 1000


def test_real_networks_that_are_trained_together_have_the_bits_of_one_alone():
    sent = []
    rota = Rota(TOOLS, lambda *message: sent.append(message))
    config = RunConfig(task="recall", lag=3, hidden=6, batch=8)
    people = (1, 2, 3)
    for number in people:
        rota.obey(number, Show(Setting(config, 0, ("graph", "learning"))))
        rota.obey(number, Attach())
        rota.turn()
        rota.obey(number, Drawn())
    for number in people:
        rota.obey(number, Do("epoch"))
    while any(session.training for session in rota._sessions.values()):
        if not rota.idle_for():
            rota.turn()
        for number in people:
            rota.obey(number, Drawn())
    runs = [session._play.run for session in rota._sessions.values()]
    alone = advance(start(config), runs[0].step)
    for run in runs:
        assert run.step == alone.step
        for name, weight in run.weights.items():
            assert np.array_equal(weight, alone.weights[name]), name
    assert {number for number, kind, _ in sent if kind is Kind.RESTING} == {1, 2, 3}
