import json
from collections import Counter

import pytest

from seqviz.serving.messages import Attach, Do, Drawn, Forget, Kind, Show, Speed
from seqviz.serving.rota import Rota
from seqviz.serving.slices import PERIOD


@pytest.fixture
def sent():
    return []


@pytest.fixture
def rota(workshop, clock, sent):
    return Rota(workshop.tools, lambda *message: sent.append(message), clock)


def seat(rota, setting, *numbers, apart=False):
    """Everybody's run begun and drawn; `apart`: each is another one."""
    for number in numbers:
        rota.obey(number, Show(setting(seed=number) if apart else setting()))
        rota.obey(number, Attach())
        rota.turn()
        rota.obey(number, Drawn())


def take_turns(rota, people, count):
    """So many turns, after each of which everybody's picture has been drawn."""
    for _ in range(count):
        rota.turn()
        for number in people:
            rota.obey(number, Drawn())


def test_nobody_is_served_when_nobody_wants_anything(rota, setting):
    assert rota.idle_for() is None
    seat(rota, setting, 1)
    assert rota.idle_for() is None
    rota.obey(1, Do("train"))
    assert rota.idle_for() == 0


def test_everybody_who_trains_has_the_same_number_of_turns(rota, setting, sent, workshop):
    seat(rota, setting, 1, 2, 3)
    for number in (1, 2, 3):
        rota.obey(number, Do("train"))
    sent.clear()
    take_turns(rota, (1, 2, 3), 12)
    frames = Counter(number for number, kind, _ in sent if kind is Kind.MOVING)
    assert frames == {1: 4, 2: 4, 3: 4}


def test_a_turn_ends_early_for_an_order_of_its_own_session(workshop, clock, setting):
    called = set()
    rota = Rota(workshop.tools, lambda *_: None, clock, called.__contains__)
    seat(rota, setting, 1, 2, apart=True)
    for number in (1, 2):
        rota.obey(number, Do("train"))
    for _ in range(20):
        rota.turn()
    usual = workshop.advanced[-1][1]
    called.add(2)
    ends = []
    for _ in range(2):
        rota.turn()
        ends.append(workshop.advanced[-1][1])
    assert sorted(ends) == [1, usual]
    assert usual > 1


def test_turns_are_shorter_when_many_share_them(rota, setting, workshop):
    def longest(count):
        seat(rota, setting, *range(1, count + 1), apart=True)
        for number in range(1, count + 1):
            rota.obey(number, Do("train"))
        workshop.advanced.clear()
        for _ in range(10 * count):
            rota.turn()
        return max(steps for _, steps in workshop.advanced)

    assert longest(1) == round(PERIOD / workshop.seconds)
    assert longest(20) == 2


def test_one_failure_ends_one_run_and_is_told_to_its_person_alone(rota, setting, sent, workshop):
    seat(rota, setting, 1, 2)
    for number in (1, 2):
        rota.obey(number, Do("train"))
    workshop.fail = RuntimeError("out of numbers")
    sent.clear()
    rota.turn()
    workshop.fail = None
    for _ in range(4):
        rota.turn()
    told = [(number, content) for number, kind, content in sent if kind is Kind.NOTICE]
    assert [number for number, _ in told] == [1]
    assert b"out of numbers" in told[0][1]
    assert {number for number, kind, _ in sent if kind is Kind.MOVING} == {2}


def test_a_setting_that_cannot_be_run_is_answered_in_words(rota, setting, sent):
    rota.obey(1, Show(setting(layers=3)))
    rota.obey(1, Attach())
    rota.turn()
    assert b"three layers are not built here" in sent[-1][2]
    assert rota.idle_for() is None, "it is not tried again and again"


def test_data_that_is_gone_is_answered_in_its_own_words(rota, setting, sent):
    rota.obey(1, Show(setting(data="0" * 64)))
    rota.turn()
    assert json.loads(sent[-1][2]) == {"notice": "stopped", "text": "The data is gone."}


def test_a_fault_of_the_program_is_not_hidden(rota, setting, workshop):
    seat(rota, setting, 1)
    rota.obey(1, Do("train"))
    workshop.fail = TypeError("a mistake")
    with pytest.raises(TypeError):
        rota.turn()


def test_the_load_is_reported_whenever_it_changes(rota, setting, sent):
    seat(rota, setting, 1, 2)

    def loads():
        return [int.from_bytes(content, "little") for number, kind, content in sent if kind is Kind.LOAD]

    rota.obey(1, Do("train"))
    rota.turn()
    rota.obey(2, Do("train"))
    rota.turn()
    rota.obey(1, Do("pause"))
    rota.turn()
    rota.obey(2, Forget())
    rota.turn()
    assert loads() == [1, 2, 1, 0]
    assert rota.idle_for() is None


def test_a_class_on_one_run_is_trained_as_one(rota, setting, sent, workshop):
    people = range(1, 31)
    seat(rota, setting, *people)
    for number in people:
        rota.obey(number, Do("train"))
    take_turns(rota, people, 600)
    assert max(steps for _, steps in workshop.advanced) == round(PERIOD / workshop.seconds)
    assert sum(steps for _, steps in workshop.advanced) > 100


def test_who_has_just_asked_for_something_is_served_next(rota, setting, sent):
    people = range(1, 11)
    seat(rota, setting, *people, apart=True)
    for number in people:
        rota.obey(number, Do("train"))
    for _ in range(10):
        rota.turn()
    for number in people:
        rota.obey(number, Drawn())
    rota.turn()
    sent.clear()
    rota.obey(9, Do("pause"))
    rota.obey(4, Do("pause"))
    rota.turn()
    rota.turn()
    assert [number for number, kind, _ in sent if kind is Kind.RESTING] == [9, 4]


def test_who_keeps_asking_does_not_keep_the_others_waiting(rota, setting, sent):
    people = range(1, 5)
    seat(rota, setting, *people, apart=True)
    for number in people:
        rota.obey(number, Do("train"))
    take_turns(rota, people, 4)
    sent.clear()
    for _ in range(24):
        for number in (1, 2):
            rota.obey(number, Speed("full"))
        take_turns(rota, people, 1)
    frames = Counter(number for number, kind, _ in sent if kind is Kind.MOVING)
    assert min(frames[number] for number in people) >= 3
