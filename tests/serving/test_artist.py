"""The process that draws, against a painter in the process that trains."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqviz.core.config import RunConfig
from seqviz.core.records import History, Look, Run
from seqviz.serving.artist import Artist, Canvas
from seqviz.serving.easel import Easel
from seqviz.serving.messages import Attach, Do, Drawn, Failed, Forget, Kind, Show
from seqviz.serving.scene import Scene
from seqviz.serving.session import Session
from seqviz.serving.studio import Expect, Studio
from tests.serving.workshop import Clock, Eye, Workshop, read_frame

RESTING = Scene("paused", "", "full", 0.0, (0,), ("numbers",), Look())
MOVING = replace(RESTING, state="training")


def run_at(step):
    moments = {"w": {"mean": np.zeros(1000, np.float32)}}
    return Run(RunConfig(task="words", batch=2), step, {"w": np.zeros(1, np.float32)}, moments, History())


def shown(content):
    frame = read_frame(content)
    return frame["status"]["update"], frame["changes"]


class Atelier:
    """Both processes in one, with everything between them pickled as it is on the pipe."""

    def __init__(self, tools):
        self.answers, self.bytes = [], []
        self.studio = Studio(tools, self.answers.append)
        self.artist = Artist(self.hand_over)

    def hand_over(self, message):
        order = pickle.dumps(message)
        self.bytes.append(len(order))
        self.studio.obey(*pickle.loads(order))

    def work(self):
        while self.studio.busy:
            self.studio.turn()


@pytest.fixture
def atelier(workshop):
    return Atelier(workshop.tools)


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 4), st.integers(0, 2), st.booleans(), st.booleans())))
def test_what_is_lent_once_is_known_until_the_last_session_has_turned_to_something_else(orders):
    atelier = Atelier(Workshop(Clock()).tools)
    runs, examples, eyes = [run_at(step) for step in range(5)], ["first", "second", "third"], {}
    for session, step, place, moving, gone in orders:
        if gone:
            atelier.artist.tell(session, Forget())
        if gone or session not in eyes:
            atelier.artist.tell(session, Attach())
            eyes[session] = Eye()
        atelier.answers.clear()
        atelier.artist.paint(session, (runs[step],), examples[place], MOVING if moving else RESTING)
        atelier.work()
        ((number, kind, content),) = atelier.answers
        assert (number, kind) == (session, Kind.MOVING if moving else Kind.RESTING)
        eyes[session].draw(kind, content)
        assert eyes[session].numbers[0] == eyes[session].status["update"] == step
        assert eyes[session].figures["numbers"]["layout"]["title"]["text"] == examples[place]
        atelier.artist.tell(session, Drawn())
    assert set(atelier.studio._lent) == set(atelier.artist._lent)


def test_the_picture_is_of_the_example_that_was_lent(atelier):
    atelier.artist.tell(1, Attach())
    example, run = ["a", "longer", "example"], run_at(2)
    for _ in range(2):
        atelier.artist.paint(1, (run,), example, RESTING)
        atelier.work()
        ((_, _, content),) = (answer for answer in atelier.answers if answer[1] is Kind.RESTING)
        assert str(example) in str(shown(content)[1])
        atelier.answers.clear()
        atelier.artist.tell(1, Attach())
    assert atelier.bytes[-2] < 1000 < atelier.bytes[1], "not lent twice"


def test_a_class_that_sees_the_same_run_has_it_lent_once(atelier):
    run = run_at(0)
    for session in range(1, 101):
        atelier.artist.tell(session, Attach())
        atelier.artist.paint(session, (run,), "first", RESTING)
    sizes = atelier.bytes[1::2]
    assert sizes[0] > 4000
    assert max(sizes[1:]) < 1000
    atelier.work()
    assert {answer[0] for answer in atelier.answers if answer[1] is Kind.RESTING} == set(range(1, 101))


def test_the_optimisers_numbers_travel_only_where_a_step_is_told(atelier):
    run = run_at(3)
    atelier.artist.tell(1, Attach())
    for scene in (MOVING, RESTING, replace(MOVING, pace="slow")):
        atelier.artist.paint(1, (run,), "first", scene)
    moving, resting, slow = atelier.bytes[1:]
    assert moving < 2000
    assert resting > 4000
    assert slow < 2000, "known, as it has just been lent whole"
    assert next(iter(atelier.studio._lent[1][0].values())).optimiser["w"]["mean"].shape == (1000,)


def test_what_a_person_asked_for_is_drawn_first_but_not_for_ever(atelier):
    for session in range(1, 6):
        atelier.artist.tell(session, Attach())
    for session in (1, 2, 3):
        atelier.artist.paint(session, (run_at(0),), "first", MOVING)
    for session in (4, 5):
        atelier.artist.paint(session, (run_at(0),), "first", RESTING)
    atelier.answers.clear()
    atelier.work()
    assert [answer[0] for answer in atelier.answers] == [4, 1, 5, 2, 3]


def test_a_new_screen_is_not_sent_what_was_meant_for_the_one_before(atelier):
    atelier.artist.tell(1, Attach())
    atelier.artist.paint(1, (run_at(1),), "first", RESTING)
    atelier.artist.tell(1, Attach())
    atelier.artist.paint(1, (run_at(2),), "first", RESTING)
    atelier.work()
    assert [answer[1] for answer in atelier.answers] == [Kind.ATTACHED, Kind.ATTACHED, Kind.RESTING]
    update, ((path, _),) = shown(atelier.answers[-1][2])
    assert (update, path) == (2, [])


def test_a_picture_waits_for_its_screen_and_gives_way_to_a_later_one(atelier):
    atelier.artist.tell(1, Attach())
    for step in range(4):
        atelier.artist.paint(1, (run_at(step),), "first", RESTING)
        if step == 0:
            atelier.work()  # the other three come while it is on its way
    assert not atelier.studio.busy
    atelier.artist.tell(1, Drawn())
    atelier.work()
    assert [shown(answer[2])[0] for answer in atelier.answers[1:]] == [0, 3]


def test_nothing_is_drawn_before_there_is_a_screen(workshop, clock, setting, eye, atelier):
    session = Session(workshop.tools, eye.receive, clock, painter=Canvas(atelier.artist, 1))
    session.obey(Show(setting()))
    session.turn(0.1)
    session.obey(Attach())
    atelier.work()
    session.turn(0.1)
    atelier.work()
    session.obey(Drawn())
    atelier.work()
    assert [answer[1] for answer in atelier.answers] == [Kind.ATTACHED, Kind.RESTING]


def test_a_pause_is_shown_before_pictures_that_nobody_has_seen_yet(workshop, clock, setting, eye, atelier):
    sessions = [Session(workshop.tools, eye.receive, clock, painter=Canvas(atelier.artist, n)) for n in (1, 2, 3)]
    for session in sessions:
        session.obey(Show(setting()))
        session.obey(Attach())
        session.turn(0.1)
        atelier.work()
        session.obey(Drawn())
    for session in sessions:
        session.obey(Do("train"))
        session.turn(0.1)
    atelier.answers.clear()
    sessions[2].obey(Do("pause"))
    assert sessions[2].due(clock()) is not None
    sessions[2].turn(0.1)
    atelier.work()
    assert [answer[:2] for answer in atelier.answers] == [(3, Kind.RESTING), (1, Kind.MOVING), (2, Kind.MOVING)]


def test_what_is_dear_is_drawn_although_the_scene_that_asked_for_it_gave_way(atelier):
    dear = replace(MOVING, figures=("extras",))
    atelier.artist.tell(1, Attach())
    for step, anew in ((0, True), (1, False), (2, False), (3, True), (4, False)):
        atelier.artist.paint(1, (run_at(step),), "first", replace(dear, anew=anew))
        if step != 3:
            atelier.work()
            atelier.artist.tell(1, Drawn())
    frames = [shown(answer[2]) for answer in atelier.answers if answer[1] is Kind.MOVING]
    assert [(update, "answers" in str(changes)) for update, changes in frames] == [
        (0, True),
        (1, False),
        (2, False),
        (4, True),
    ]


def test_a_task_that_cannot_be_made_ready_is_reported_by_who_has_to_show_it(atelier):
    atelier.artist.tell(1, Expect(RunConfig(data="gone")))
    assert atelier.answers == []
    assert not atelier.studio.busy


def test_what_cannot_be_drawn_ends_this_run_and_the_next_setting_goes_on(workshop, clock, setting, eye):
    failing = [True]

    def trace(run, example, well=workshop.trace):
        if failing[0]:
            raise ValueError("no such shape")
        return well(run, example)

    workshop.trace = trace
    atelier = Atelier(workshop.tools)
    session = Session(workshop.tools, eye.receive, clock, painter=Canvas(atelier.artist, 1))

    def deliver():
        atelier.work()
        while atelier.answers:
            _, *answer = atelier.answers.pop(0)
            if isinstance(answer[0], Failed):
                session.obey(answer[0])
            else:
                eye.receive(*answer)

    session.obey(Show(setting()))
    session.obey(Attach())
    session.obey(Do("train"))
    session.turn(0.1)
    deliver()
    assert eye.notices[-1] == {"notice": "stopped", "text": "This network could not go on: no such shape"}
    assert not session.training
    failing[0] = False
    session.obey(Show(setting(hidden=3)))
    session.turn(0.1)
    deliver()
    assert eye.look(session) == 1
    assert eye.status["update"] == 0


def test_training_does_not_pay_for_what_another_process_draws(atelier):
    canvas = Canvas(atelier.artist, 1)
    assert not canvas.free
    canvas.attach()
    assert canvas.free
    canvas.draw((run_at(0),), "first", MOVING)
    assert not canvas.free, "nothing has been drawn yet"
    assert canvas.drawing == 0
    canvas.drawn(lost=True)
    assert canvas.free


def test_a_painter_here_and_one_elsewhere_send_the_same_frames(workshop, eye):
    here, atelier = Easel(workshop.tools, eye.receive), Atelier(workshop.tools)
    there = Canvas(atelier.artist, 1)
    for painter in (here, there):
        painter.attach()
    for step, scene in ((0, RESTING), (3, MOVING), (9, MOVING), (9, RESTING)):
        for painter in (here, there):
            painter.draw((run_at(step),), "first", scene)
        atelier.work()
        assert eye.waiting[-1] == atelier.answers[-1][1:]
        for painter in (here, there):
            painter.drawn(lost=False)
