import json

import pytest

from seqviz.serving.messages import Check, Do, Drawn, LookAt, LookBack, Room, Speed, Unseen
from seqviz.serving.orders import LONGEST, NARROWEST, WIDEST, read_order


@pytest.mark.parametrize(
    ("order", "command"),
    [
        ({"do": "train"}, Do("train")),
        ({"do": "sweep"}, Do("sweep")),
        ({"do": "drawn"}, Drawn()),
        ({"do": "speed", "pace": "slow"}, Speed("slow")),
        ({"do": "look", "stream": 1, "quantity": "reset"}, LookAt(1, "reset")),
        ({"do": "look", "loss": -1, "state": 4}, LookAt(loss=-1, state=4)),
        ({"do": "look", "stream": 0, "unit": 3, "opened": True}, LookAt(0, unit=3, opened=True)),
        ({"do": "back", "update": -1}, LookBack(-1)),
        ({"do": "room", "room": 1333}, Room(1320)),
        ({"do": "room", "room": -5}, Room(NARROWEST)),
        ({"do": "room", "room": 10**30}, Room(WIDEST)),
        ({"do": "unseen", "figures": []}, Unseen()),
        ({"do": "unseen", "figures": ["hidden", "graph"]}, Unseen(frozenset({"graph", "hidden"}))),
        ({"do": "check", "weights": []}, Check()),
        ({"do": "check", "weights": [["head.weight", 0, 3]]}, Check((("head.weight", 0, 3),))),
    ],
)
def test_orders_are_read(order, command):
    assert read_order(json.dumps(order)) == command


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '"train"',
        '{"do": "format the disk"}',
        '{"do": "speed", "pace": "warp"}',
        '{"do": "look", "stream": "0", "quantity": "hidden"}',
        '{"do": "look", "stream": -1, "quantity": "hidden"}',
        '{"do": "look"}',
        '{"do": "look", "unit": -1}',
        '{"do": "look", "state": -2}',
        '{"do": "look", "state": 1.0}',
        '{"do": "look", "state": true}',
        '{"do": "look", "opened": 1}',
        '{"do": "look", "beam": 3}',
        '{"do": "room", "room": "900"}',
        '{"do": "room"}',
        '{"do": "room", "room": true}',
        '{"do": "back", "update": false}',
        '{"do": "check", "weights": [["head.weight", true, 0]]}',
        '{"do": "check", "weights": [["head.weight", 0, false]]}',
        '{"do": "unseen", "figures": "graph"}',
        '{"do": "unseen", "figures": ["graph", 1]}',
        '{"do": "unseen"}',
        '{"do": "check"}',
        '{"do": "check", "weights": [["head.weight", 0]]}',
        '{"do": "check", "weights": [["head.weight", 0, "1"]]}',
        json.dumps({"do": "check", "weights": [["w", 0, 0]] * 9}),
        json.dumps({"do": "train", "and": "x" * LONGEST}),
        "[" * LONGEST,
    ],
)
def test_nonsense_is_refused(text):
    with pytest.raises(ValueError):
        read_order(text)
