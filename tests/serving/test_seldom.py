from itertools import pairwise

import pytest

from seqviz.serving.seldom import COSTLY, SELDOM, Seldom

CHEAP, *DEAR = (frozenset({name}) for name in ("answers", "groups", "analysis", "written"))


@pytest.mark.parametrize("kinds", [1, 2, 3])
def test_all_kinds_together_take_less_than_a_tenth_of_the_time(kinds):
    seldom, now, spent = Seldom(), 0.0, 0.0
    while now < 200.0:
        turn = seldom.turn(DEAR[:kinds], now)
        seldom.took(dict.fromkeys(turn, 0.3), now)
        spent += 0.3 * len(turn)
        now += 0.3 * len(turn) + 0.1
    assert 0.05 * now < spent < 0.1 * now + 0.3 * kinds


def test_what_is_cheap_comes_about_every_second_beside_what_is_dear():
    seldom, now, times = Seldom(), 0.0, []
    while now < 200.0:
        turn = seldom.turn([CHEAP, *DEAR], now)
        seconds = {kind: 0.02 if kind == CHEAP else 0.5 for kind in turn}
        seldom.took(seconds, now)
        times += [now] * (CHEAP in turn)
        now += sum(seconds.values()) + 0.1
    assert max(after - before for before, after in pairwise(times)) < 2 * SELDOM + 1.5
    assert len(times) > 200.0 / (1.5 * SELDOM)


def test_what_took_long_among_several_rests_long():
    seldom = Seldom()
    seldom.took({CHEAP: 0.01, DEAR[0]: 1.0}, 0.0)
    assert seldom.turn([CHEAP, DEAR[0]], SELDOM) == [CHEAP]
    seldom.took({CHEAP: 0.01}, SELDOM)
    assert seldom.turn([DEAR[0]], 2 * COSTLY - 0.01) == []
    assert seldom.turn([DEAR[0]], 2 * COSTLY) == [DEAR[0]]
