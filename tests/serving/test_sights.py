"""What people see of runs, drawn once for all of them."""

import gc
from dataclasses import replace

import pytest

from seqviz.core.config import RunConfig
from seqviz.core.records import Look
from seqviz.figures.storyboard import Storyboard
from seqviz.serving.sights import MOST_SEEN, Sights

SMALL = RunConfig(task="words", batch=2)


@pytest.fixture
def sights(workshop, clock):
    return Sights(workshop.tools, clock)


def test_a_picture_that_all_look_at_is_drawn_once(workshop):
    drawn, trace = [], workshop.trace
    workshop.trace = lambda run, example: drawn.append(example) or trace(run, example)
    sights = Sights(workshop.tools, workshop.clock)
    run = workshop.start(SMALL)
    seen = [sights.sight(run, "first", Look(), ("numbers",), None) for _ in range(3)]
    assert len(drawn) == 1
    assert seen[0] is seen[1] is seen[2]
    other = sights.sight(run, "second", Look(), ("numbers",), None)
    titles = [sight.figures["numbers"]["layout"]["title"]["text"] for sight in (seen[0], other)]
    assert titles == ["first", "second"]
    assert len(drawn) == 2


def test_what_costs_much_is_shown_to_all_once_one_has_had_it_drawn(sights, workshop):
    run = workshop.start(SMALL)
    all_, some = ("numbers", "extras"), ("numbers",)
    assert set(sights.sight(run, "first", Look(), some, None).figures) == {"numbers"}
    assert set(sights.sight(run, "first", Look(), all_, None).figures) == {"numbers", "extras"}
    assert set(sights.sight(run, "first", Look(), some, None).figures) == {"numbers", "extras"}


def test_what_is_missing_is_drawn_and_what_is_known_is_not_drawn_again(workshop, clock):
    traced, told = [], []
    workshop.trace = lambda run, example, trace=workshop.trace: traced.append(example) or trace(run, example)
    tools = replace(workshop.tools, tell=lambda run, trace: told.append(run.step) or Storyboard((), ()))
    sights = Sights(tools, clock)
    run = workshop.start(SMALL)

    def sight(*wanted):
        return sights.sight(run, "first", Look(), wanted, None)

    plain = sight("numbers", "graph")
    sights.story(run, plain)
    whole = sight("numbers", "extras")
    both = sight("numbers", "check", "graph")
    assert set(both.figures) == {"numbers", "graph", "extras", "check"}
    assert all(both.figures[key] is plain.figures[key] for key in plain.figures)
    assert both.figures["extras"] is whole.figures["extras"]
    assert both.moment.answers == ("answers at 0",)
    assert both.moment.weights == {"w": (1, 1)}
    assert sights.story(run, both) is plain.story
    assert (traced, told) == (["first"], [0])


def test_what_each_kind_of_figure_took_is_known(workshop, clock):
    def slow(run):
        clock.now += 0.25
        return ()

    sights = Sights(replace(workshop.tools, answers=slow), clock)
    sight = sights.sight(workshop.start(SMALL), "first", Look(), ("numbers", "extras", "check"), None)
    assert sight.seconds == {
        frozenset(): 0.0,
        sights._tools.figures["extras"].needs: 0.25,
        sights._tools.figures["check"].needs: 0.0,
    }


def test_many_looks_at_one_run_do_not_pile_up(sights, workshop):
    run = workshop.start(SMALL)
    for room in range(100):
        sights.sight(run, "first", Look(room=room), ("numbers",), None)
    assert len(sights._seen._things) == sights._seen._size == MOST_SEEN
    newest = sights.sight(run, "first", Look(room=99), ("numbers",), None)
    assert sights.sight(run, "first", Look(room=99), ("numbers",), None) is newest
    del run
    gc.collect()
    assert sights._seen._size == len(sights._seen._things) == len(sights._seen._keys) == 0


def test_somebodys_own_gradient_check_is_shown_to_nobody_else(sights, workshop):
    run = workshop.start(SMALL)
    look = ("first", Look(), ("check",))
    mine = sights.sight(run, *look, workshop.check(run, None, [("w", 0, 0)]))
    theirs = sights.sight(run, *look, None)
    assert mine.figures != theirs.figures
