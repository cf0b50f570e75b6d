from dataclasses import replace

import numpy as np
import pytest

from seqviz.core.config import RunConfig
from seqviz.core.records import Look
from seqviz.figures.storyboard import Beat, Matrix, Storyboard
from seqviz.serving.messages import Attach, Do, LookBack, Setting, Show
from seqviz.serving.player import player
from seqviz.serving.session import Session
from seqviz.serving.wire import pack
from seqviz.serving.worker import TOOLS
from tests.serving.workshop import read_frame


def board(steps):
    """A story as long as that of a network with so many steps."""
    beats = [Beat("backward", 7, "something is said", (7,), (7, 8), ((7, 8, 1),), 0, 7) for _ in range(5 * steps)]
    rows = np.ones((steps, 16), np.float32)
    square = np.ones((16, 16), np.float32)
    return Storyboard(tuple(beats), (Matrix("W_hh", (64, 64), (1.0, 2.0, 3.0), rows, rows, square, square),))


def test_a_story_arrives_as_it_was_sent():
    sent = board(3)
    got = read_frame(pack({"player": player(sent)}))["player"]
    assert got["beats"][0] == {
        "phase": "backward",
        "said": "something is said",
        "nodes": [7],
        "gradients": [7, 8],
        "edges": [[7, 8, 1]],
        "matrix": 0,
        "share": 7,
    }
    (matrix,) = got["matrices"]
    assert matrix["name"] == "W_hh"
    assert matrix["shape"] == [64, 64]
    assert matrix["limits"] == [1.0, 2.0, 3.0]
    for name in ("gradients", "states", "weights", "change"):
        np.testing.assert_array_equal(matrix[name], getattr(sent.matrices[0], name))
    assert [len(got[kind]["data"]) for kind in ("adding", "changing")] == [2, 3]


def test_what_is_sent_grows_linearly_with_the_steps():
    sizes = []
    for lag in (10, 20, 40):
        run = TOOLS.start(RunConfig(task="recall", lag=lag, hidden=4))
        traced = TOOLS.trace(run, TOOLS.task_of(run.config).examples[0])
        sizes.append(len(pack({"player": player(TOOLS.tell(run, traced))})))
    assert sizes[2] - sizes[1] == pytest.approx(2 * (sizes[1] - sizes[0]), rel=0.05)


@pytest.fixture
def watched(workshop, eye, clock, setting):
    """A session that shows the network's graph; every story's first caption names the update."""

    def tell(run, trace):
        return Storyboard((Beat("forward", 0, f"update {run.step}", (0,)),), ())

    tools = replace(workshop.tools, figures={"graph": workshop.tools.figures["numbers"]}, tell=tell)
    session = Session(tools, eye.receive, clock)
    session.obey(Show(setting(figures=("graph",))))
    session.obey(Attach())
    session.turn(0.09)
    eye.look(session)
    return session


def said(eye):
    return [beat["said"] for beat in eye.figures["player"]["beats"]]


def test_a_run_at_rest_has_its_story(watched, eye):
    assert said(eye) == ["update 0"]
    watched.obey(Do("step"))
    watched.turn(0.09)
    eye.look(watched)
    assert said(eye) == ["update 1"]


def test_while_training_there_is_none(watched, eye):
    watched.obey(Do("train"))
    watched.turn(0.09)
    eye.look(watched)
    assert eye.figures["player"] is None
    watched.obey(Do("pause"))
    watched.turn(0.09)
    eye.look(watched)
    assert said(eye) == [f"update {eye.status['update']}"]


def test_a_network_looked_back_at_has_its_own_story(watched, eye):
    for _ in range(2):
        watched.obey(Do("step"))
        watched.turn(0.09)
        eye.look(watched)
    watched.obey(LookBack(1))
    watched.turn(0.09)
    eye.look(watched)
    assert said(eye) == ["update 1"]


def test_the_update_that_is_told_of_a_past_network_is_the_one_that_was_told_then(eye, clock):
    """With what the optimiser remembered at that time: Adam would else begin anew, with a step of another size."""
    session = Session(TOOLS, eye.receive, clock)
    config = RunConfig(task="parity", cell="gru", hidden=6)
    session.obey(Show(Setting(config, 0, ("graph",), Look())))
    session.obey(Attach())

    def after(command):
        session.obey(command)
        while session.training or session.due(clock.now) is not None:
            session.turn(0.09)
            eye.look(session)
        return eye.figures["player"]["matrices"][0]["change"]

    first = [after(Do("step")) for _ in range(3)][1]
    np.testing.assert_array_equal(after(LookBack(2)), first)
    assert not np.allclose(after(LookBack(1)), first)
