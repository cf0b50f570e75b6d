import pickle
from dataclasses import replace

import pytest

from seqviz.core.records import Look
from seqviz.figures import Picture
from seqviz.figures.parts import Drawing
from seqviz.serving.messages import Attach, Check, Do, Drawn, Kept, Kind, LookAt, LookBack, Show, Speed, Unseen
from seqviz.serving.seldom import COSTLY, SELDOM
from seqviz.serving.session import LONGEST_RUN, SLOW, Session


@pytest.fixture
def live(session, setting):
    """A session whose screen is there and shows the untrained network."""
    session.obey(Show(setting()))
    session.obey(Attach())
    session.turn(0.09)
    return session


def test_the_untrained_network_is_drawn_first(live, eye):
    assert eye.look(live) == 1
    assert eye.kind is Kind.RESTING
    assert eye.status["state"] == "new"
    assert eye.numbers[:2] == [0, 0]
    assert eye.figures["numbers"]["layout"]["title"]["text"] == "first"
    assert live.due(5.0) is None


def test_training_goes_on_in_slices_that_fill_their_time(live, eye, workshop):
    eye.look(live)
    live.obey(Do("train"))
    for _ in range(20):
        live.turn(0.09)
        assert eye.look(live) == 1
        assert eye.numbers[0] == eye.numbers[1] == eye.status["update"]
    assert (eye.kind, eye.status["state"]) == (Kind.MOVING, "training")
    # The first slice is one update and each may double the largest before it, until nine take 0.09 s.
    assert [steps for _, steps in workshop.advanced][:5] == [1, 2, 4, 8, 9]
    assert eye.status["rate"] == pytest.approx(100)


def test_a_slow_screen_costs_no_training(live, eye):
    eye.look(live)
    live.obey(Do("train"))
    for _ in range(10):
        live.turn(0.09)
    assert len(eye.waiting) == 1
    eye.look(live)
    assert eye.numbers[0] == 1
    live.turn(0.09)
    eye.look(live)
    assert eye.numbers[0] > 50


def test_a_lost_frame_leaves_nothing_to_repair(live, eye):
    eye.look(live)
    live.obey(Do("train"))
    live.turn(0.09)
    eye.waiting.clear()
    live.obey(Drawn(lost=True))
    live.turn(0.09)
    eye.look(live)
    assert eye.numbers[0] == eye.numbers[1] == 3


def test_a_new_screen_gets_everything(live, eye):
    eye.look(live)
    eye.figures = None
    live.obey(Attach())
    live.turn(0.09)
    eye.look(live)
    assert eye.figures["numbers"]["data"][0]["type"] == "scatter"


def test_pausing_stops_and_says_so(live, eye, workshop):
    live.obey(Do("train"))
    live.turn(0.09)
    eye.look(live)
    live.obey(Do("pause"))
    live.turn(0.09)
    eye.look(live)
    assert (eye.kind, eye.status["state"], eye.status["update"]) == (Kind.RESTING, "paused", 1)
    assert len(workshop.advanced) == 1
    assert not live.training


def test_an_order_is_obeyed_before_the_next_picture(live, eye):
    eye.look(live)
    live.obey(Do("train"))
    live.turn(0.09, called=lambda: True)
    assert not eye.waiting
    live.obey(Do("pause"))
    live.turn(0.09)
    assert eye.look(live) == 1
    assert (eye.kind, eye.status["state"], eye.status["update"]) == (Kind.RESTING, "paused", 1)


def test_orders_without_end_do_not_keep_pictures_back(live, eye):
    eye.look(live)
    live.obey(Do("train"))
    for _ in range(4):
        live.turn(0.09, called=lambda: True)
    assert eye.look(live) == 1
    assert eye.status["state"] == "training"


@pytest.mark.parametrize(("verb", "after_first", "after_second"), [("step", 1, 2), ("epoch", 5, 10)])
def test_a_step_is_one_update_and_an_epoch_sees_every_example_once(
    live, eye, workshop, verb, after_first, after_second
):
    eye.look(live)
    for expected in (after_first, after_second):
        live.obey(Do(verb))
        while live.training:
            live.turn(0.09)
            eye.look(live)
        live.turn(0.09)
        eye.look(live)
        assert eye.status["update"] == expected
        assert eye.status["epoch"] == expected * 2 / 10
        assert eye.status["state"] == "paused"


def test_an_epoch_begun_in_its_middle_ends_where_the_epoch_does(live, eye):
    eye.look(live)
    live.obey(Do("step"))
    live.turn(0.09)
    live.obey(Do("epoch"))
    while live.due(0.0) is not None:
        live.turn(0.09)
        eye.look(live)
    assert eye.status["update"] == 5


def test_of_many_settings_the_last_is_used_and_none_is_needed(live, eye, setting, workshop):
    eye.look(live)
    live.obey(Do("train"))
    live.turn(0.09)
    rates = [0.001 * number for number in range(1, 201)]
    for rate in rates:
        live.obey(Show(setting(learning_rate=rate)))
    live.turn(0.09)
    eye.look(live)
    live.turn(0.09)
    eye.look(live)
    assert workshop.advanced[1][0] == rates[-1]
    assert eye.numbers[2] == pytest.approx(rates[-1])
    assert eye.status["state"] == "training", "a setting that may change while a run goes on does not stop it"


def test_another_network_starts_at_rest_and_the_way_back_loses_nothing(live, eye, setting):
    eye.look(live)
    live.obey(Do("train"))
    live.turn(0.09)
    eye.look(live)
    live.obey(Show(setting(cell="lstm")))
    live.turn(0.09)
    eye.look(live)
    assert (eye.status["state"], eye.status["update"]) == ("new", 0)
    live.obey(Show(setting(learning_rate=0.5)))
    live.turn(0.09)
    eye.look(live)
    assert (eye.status["state"], eye.status["update"]) == ("paused", 1)
    assert eye.numbers[2] == 0.5


def test_reset_goes_back_to_the_first_weights(live, eye):
    eye.look(live)
    live.obey(Do("train"))
    live.turn(0.09)
    eye.look(live)
    live.obey(Do("reset"))
    live.turn(0.09)
    eye.look(live)
    assert (eye.status["state"], eye.status["past"]) == ("new", [0])


def test_slow_motion_shows_every_update_and_waits(live, eye, clock, workshop):
    eye.look(live)
    live.obey(Speed("slow"))
    live.obey(Do("train"))
    live.turn(0.09)
    assert eye.look(live) == 1
    begun = clock.now - workshop.seconds
    assert live.due(clock.now) == pytest.approx(begun + SLOW)
    live.turn(0.09)
    assert [steps for _, steps in workshop.advanced] == [1]
    clock.now = begun + SLOW
    live.turn(0.09)
    assert len(eye.waiting) == 1
    clock.now += SLOW
    assert live.due(clock.now) is None, "nobody would see the next update"
    eye.look(live)
    assert eye.numbers[0] == 2


def test_a_diverged_run_stops_and_gives_its_reason(live, eye, workshop):
    eye.look(live)
    workshop.diverges_at = 2
    live.obey(Do("train"))
    for _ in range(3):
        live.turn(0.09)
        eye.look(live)
    assert (eye.status["state"], eye.status["reason"]) == ("diverged", "The loss is no longer a number.")
    live.obey(Do("train"))
    assert not live.training


def test_a_run_ends_where_its_history_would_grow_without_end(live, eye, workshop):
    eye.look(live)
    workshop.seconds = 1e-9
    live.obey(Do("train"))
    while live.training:
        live.turn(0.09)
        eye.look(live)
    assert (eye.status["state"], eye.status["update"]) == ("finished", LONGEST_RUN)


def test_looking_back_shows_an_earlier_moment_with_its_own_history(live, eye):
    eye.look(live)
    live.obey(Do("train"))
    for _ in range(8):
        live.turn(0.09)
        eye.look(live)
    live.obey(Do("pause"))
    live.turn(0.09)
    eye.look(live)
    assert eye.status["past"][:4] == [0, 1, 3, 7]
    live.obey(LookBack(3))
    live.turn(0.09)
    eye.look(live)
    assert eye.numbers[:2] == [3, 3]
    assert eye.status["past"][-1] > 7, "nothing of the run is lost"
    newest = eye.status["past"][-1]
    live.obey(LookBack(-1))
    live.turn(0.09)
    eye.look(live)
    assert eye.numbers[:2] == [newest, newest]


def test_an_experiment_that_is_set_up_whole_is_not_gone_on_with_by_a_run_of_other_settings(live, eye, setting):
    def shown(**settings):
        whole = replace(setting(**settings), whole=True)
        live.obey(Show(whole))
        live.obey(Show(replace(whole, whole=False)))  # the page says it once
        live.turn(0.09)
        eye.look(live)
        return eye.status["state"], eye.status["update"]

    for clip in (0.0, 1.0):
        assert shown(clip=clip) == ("new", 0)
        live.obey(Do("train"))
        for _ in range(3):
            live.turn(0.09)
            eye.look(live)
        live.obey(Do("pause"))
        live.turn(0.09)
        eye.look(live)
    state, update = shown(clip=1.0)
    assert (state, update > 0) == ("paused", True), "the same once more is what it was"
    live.obey(Show(setting(clip=0.5)))
    live.turn(0.09)
    eye.look(live)
    assert eye.status["update"] == update, "a person's own move goes on"
    assert shown(clip=1.0, hidden=8) == ("new", 0)
    assert shown(clip=1.0) == ("new", 0), "the one that was left had another limit"


def test_looking_back_at_a_run_that_diverged_shows_no_end_where_there_was_none(live, eye, workshop):
    ended = []
    workshop.diverges_at = 5
    live.obey(Do("train"))
    while live.training:
        live.turn(0.09)
        eye.look(live)
    for update in (3, -1):
        live.obey(LookBack(update))
        live.turn(0.09)
        eye.look(live)
        assert (eye.status["state"], eye.status["reason"]) == ("diverged", "The loss is no longer a number.")
        ended.append((eye.numbers[0], eye.figures["numbers"]["layout"]["diverged"]))
    assert [diverged for _, diverged in ended] == ["", "The loss is no longer a number."]
    assert ended[0][0] < 5 <= ended[1][0]


def test_where_the_first_network_cannot_be_built_nobody_is_kept_busy(session, eye, setting):
    session.obey(Show(setting(layers=3)))
    session.obey(Attach())
    with pytest.raises(ValueError):
        session.turn(0.09)
    session.give_up("no")
    for command in (Attach(), Speed("full"), LookBack(0), LookAt(stream=1), Check(()), Do("train")):
        session.obey(command)
        assert session.due(0.0) is None
        session.turn(0.09)
    assert eye.look(session) == 0


def test_typed_text_is_read_and_what_cannot_be_is_answered_in_words(live, eye, setting):
    eye.look(live)
    for typed in ("good", "böse"):
        live.obey(Show(setting(example=typed)))
        live.turn(0.09)
        eye.look(live)
        assert eye.figures["numbers"]["layout"]["title"]["text"] == "typed good"
    assert eye.notices[-1] == {"notice": "problem", "text": "Only plain letters, please."}


def title(live, eye):
    live.turn(0.09)
    eye.look(live)
    (figure,) = eye.figures.values()
    return figure["layout"]["title"]["text"]


def test_a_look_that_the_network_does_not_have_falls_back(live, eye, setting):
    live.obey(Show(setting(figures=("look",))))
    eye.look(live)
    live.obey(LookAt(1, "reset"))
    assert title(live, eye) == "reset 1"
    live.obey(LookAt(7, "cell_state"))
    assert title(live, eye) == "hidden 1"
    assert eye.status["streams"] == ["layer 1, forwards", "layer 1, backwards"]
    assert eye.status["quantities"] == [["hidden", "hidden state"], ["reset", "reset gate"], ["candidate"] * 2]


def test_what_is_chosen_beside_the_picture_holds_until_the_page_chooses_otherwise(live, eye, setting):
    eye.look(live)
    live.obey(Show(setting(figures=("look",), look=Look(1))))
    assert title(live, eye) == "hidden 1"
    live.obey(LookAt(0, "reset"))
    live.obey(Show(setting(figures=("look",), look=Look(1, beam=5))))
    assert title(live, eye) == "reset 0"
    live.obey(Show(setting(figures=("look",), look=Look(1, "candidate"))))
    assert title(live, eye) == "candidate 1"


def test_a_choice_leaves_the_others_as_they_are(live, eye, setting):
    eye.look(live)
    live.obey(Show(setting(figures=("way",))))
    live.obey(LookAt(1, "reset"))
    live.obey(LookAt(state=4))
    live.obey(LookAt(loss=6))
    assert title(live, eye) == "reset 1, 6 to 4"
    live.obey(Show(setting(figures=("look",))))
    assert title(live, eye) == "hidden 0"
    live.obey(Show(setting(figures=("way",))))
    assert title(live, eye) == "hidden 0, -1 to -1"


def test_a_cell_opens_in_the_picture_of_the_network_and_closes_again(live, eye, setting):
    eye.look(live)
    live.obey(Show(setting(figures=("graph", "numbers"))))
    live.turn(0.09)
    eye.look(live)
    assert eye.figures["cell"] is None
    graph, story = eye.figures["graph"], eye.figures["player"]
    live.obey(LookAt(state=2, unit=1, opened=True))
    live.turn(0.09)
    eye.look(live)
    assert eye.figures["cell"]["layout"]["title"]["text"] == "step 2, unit 1"
    assert eye.status["cell"] == {"step": 2, "unit": 1, "steps": [[0, "step 1: a"], [2, "step 3: c"]], "units": 5}
    # Neither the network's picture nor the player's story was sent again: the player keeps its place.
    assert eye.figures["graph"] is graph and eye.figures["player"] is story
    live.obey(LookAt(opened=False))
    live.turn(0.09)
    eye.look(live)
    assert eye.figures["cell"] is None
    assert eye.status["cell"] is None
    assert eye.figures["graph"] is graph and eye.figures["player"] is story


def test_a_gradient_check_is_made_when_it_is_asked_for_and_says_of_which_update(live, eye, setting):
    eye.look(live)
    live.obey(Show(setting(figures=("check",))))
    assert title(live, eye) == "nothing"
    assert eye.status["weights"] == [["w", 1, 1]]
    live.obey(Do("step"))
    live.turn(0.09)
    eye.look(live)
    live.obey(Check((("w", 0, 0),)))
    assert title(live, eye) == "['w'] at 1"
    live.obey(Do("step"))
    assert title(live, eye) == "['w'] at 1", "it stays what it was while the network goes on"
    live.obey(LookBack(0))
    live.obey(Check())
    assert title(live, eye) == "[] at 0"
    live.obey(Check((("v", 0, 0),)))
    assert title(live, eye) == "[] at 0"
    assert eye.notices[-1] == {"notice": "problem", "text": "There is no v."}
    live.obey(Show(setting(example=1, figures=("check",))))
    assert title(live, eye) == "nothing"


def test_of_many_gradient_checks_the_last_is_made_in_the_next_turn(workshop, clock, eye, setting):
    made = []
    tools = replace(workshop.tools, check=lambda *asked: made.append(asked[2]) or workshop.check(*asked))
    session = Session(tools, eye.receive, clock)
    session.obey(Show(setting(figures=("check",))))
    session.obey(Attach())
    assert title(session, eye) == "nothing"
    for name in ("u", "v", "w"):
        session.obey(Check(((name, 0, 0),)))
    assert not made
    assert session.due(clock()) is not None
    assert title(session, eye) == "['w'] at 0"
    assert made == [(("w", 0, 0),)]
    assert session.due(clock()) is None


def test_without_a_network_there_is_nothing_to_check(session, clock):
    session.obey(Check())
    session.turn(0.09)
    assert session.due(clock()) is None


def test_a_past_network_is_seen_under_the_present_live_settings(live, eye, setting):
    eye.look(live)
    live.obey(Do("step"))
    live.turn(0.09)
    eye.look(live)
    live.obey(LookBack(0))
    live.turn(0.09)
    eye.look(live)
    live.obey(Show(setting(learning_rate=0.5)))
    live.turn(0.09)
    eye.look(live)
    assert eye.numbers == [0, 0, 0.5]


def test_what_costs_extra_is_found_out_only_for_a_figure_that_needs_it(live, eye, setting):
    eye.look(live)
    live.obey(Show(setting(figures=("nothing",))))
    assert title(live, eye) == "() None () None"
    live.obey(Show(setting(figures=("extras",), look=Look(7, temperature=0.5, beam=4, loss=2, state=1))))
    assert title(live, eye) == "('answers at 0',) first at 0.5 by 4 ('drawn at 0.5',) 2 to 1"
    assert eye.status["way"]["losses"] == [[2, "loss 3"]]


def test_a_run_is_taken_up_where_it_was_kept(live, eye, session, setting, workshop, clock):
    eye.look(live)
    live.obey(Do("train"))
    for _ in range(3):
        live.turn(0.09)
        eye.look(live)
    live.obey(Do("pause"))
    kept = pickle.loads(eye.kept[-1])
    assert isinstance(kept, Kept)
    assert kept.update == 7
    heir = type(session)(workshop.tools, eye.receive, clock)
    heir.obey(Show(setting(learning_rate=0.25), kept))
    heir.obey(Attach())
    eye.figures = None
    heir.turn(0.09)
    eye.look(heir)
    assert (eye.status["state"], eye.numbers) == ("paused", [7, 7, 0.25])


def test_a_run_that_was_reset_is_kept_as_it_is_now(live, eye):
    live.obey(Do("step"))
    live.turn(0.09)
    assert pickle.loads(eye.kept[-1]).update == 1
    live.obey(Do("reset"))
    live.turn(0.09)
    assert pickle.loads(eye.kept[-1]).update == 0


def test_what_is_kept_of_another_network_is_not_used(session, setting, eye, workshop):
    other = workshop.start(setting(hidden=3).config)
    session.obey(Show(setting(), Kept(0, pickle.dumps(other))))
    session.obey(Attach())
    session.turn(0.09)
    eye.look(session)
    assert eye.notices == [{"notice": "busy", "text": "Building the network …"}]


@pytest.fixture
def costly(workshop, clock, eye, setting):
    """A session with pictures of two kinds that take 20 and 200 ms, training; the updates at which each was drawn."""
    asked = {"answers": [], "groups": []}

    def tool(name, seconds):
        def made(run):
            asked[name].append(run.step)
            clock.now += seconds
            return ()

        return made

    figures = {
        **workshop.tools.figures,
        **{name: Picture(name, "Look.", lambda moment, look: Drawing((), {}), frozenset({name})) for name in asked},
    }
    tools = replace(workshop.tools, answers=tool("answers", 0.02), groups=tool("groups", 0.2), figures=figures)
    session = Session(tools, eye.receive, clock)

    def begin(*shown):
        session.obey(Show(setting(figures=("numbers", *shown))))
        session.obey(Attach())
        session.turn(0.09)
        eye.look(session)
        session.obey(Do("train"))
        for updates in asked.values():
            updates.clear()
        return session

    return begin, asked


def test_what_costs_much_is_drawn_now_and_then_while_training(costly, eye, clock):
    (begin, asked), begun = costly, clock()
    session = begin("answers")
    for _ in range(100):
        session.turn(0.09)
        eye.look(session)
    assert 5 <= len(asked["answers"]) <= 1 + (clock() - begun) / SELDOM
    assert session.drawing == 0.0, "the others pay nothing for it"
    session.obey(Do("pause"))
    session.turn(0.09)
    eye.look(session)
    assert asked["answers"][-1] == eye.numbers[0]


def test_what_costs_little_does_not_wait_for_what_costs_much(costly, eye, clock):
    (begin, asked), begun = costly, clock()
    session = begin("answers", "groups")
    for _ in range(200):
        session.turn(0.09)
        eye.look(session)
    seconds = clock() - begun
    assert len(asked["answers"]) > seconds / (2 * SELDOM)
    assert 2 <= len(asked["groups"]) <= 2 + seconds / (2 * 0.2 * COSTLY)
    assert not set(asked["answers"]) & set(asked["groups"]), "no picture waits for both"
    session.obey(Do("pause"))
    session.turn(0.09)
    eye.look(session)
    assert asked["answers"][-1] == asked["groups"][-1] == eye.numbers[0]


def test_what_is_out_of_sight_is_made_when_it_comes_into_sight_or_training_stops(costly, eye):
    begin, asked = costly
    session = begin("look", "answers")
    session.obey(Unseen(frozenset({"numbers", "answers"})))
    for _ in range(50):
        session.turn(0.09)
        assert eye.look(session) == 1
    assert (eye.numbers[0], asked["answers"]) == (0, [])
    assert eye.status["update"] > 100

    session.obey(Unseen(frozenset({"answers"})))
    assert eye.look(session) == 0, "what is in sight is as new as it was"
    session.turn(0.09)
    eye.look(session)
    assert eye.numbers[0] == eye.status["update"]
    session.obey(Unseen())
    session.turn(0.09)
    eye.look(session)
    assert asked["answers"] == [eye.status["update"]], "the first that is seen of it is not an old one"

    session.obey(Unseen(frozenset({"numbers", "answers"})))
    session.obey(Do("step"))
    for _ in range(2):
        session.turn(0.09)
        eye.look(session)
    assert eye.kind is Kind.RESTING
    assert asked["answers"][-1] == eye.numbers[0] == eye.status["update"]


def test_a_new_screen_has_said_nothing_of_what_it_shows(live, eye):
    eye.look(live)
    live.obey(Unseen(frozenset({"numbers"})))
    live.obey(Attach())
    live.obey(Do("train"))
    for _ in range(3):
        live.turn(0.09)
        eye.look(live)
    assert eye.numbers[0] == eye.status["update"] > 1


def test_where_turns_are_rare_all_that_is_drawn_counts_as_drawing(costly, eye, clock):
    begin, asked = costly
    session = begin("answers")
    for _ in range(20):
        clock.now += 2 * SELDOM
        session.turn(0.09)
        eye.look(session)
    assert len(asked["answers"]) == 20
    assert session.drawing == pytest.approx(0.02, rel=0.1)


def test_full_speed_begins_at_once_after_slow_motion(live, eye, clock):
    eye.look(live)
    live.obey(Speed("slow"))
    live.obey(Do("train"))
    live.turn(0.09)
    eye.look(live)
    assert live.due(clock()) > clock()
    live.obey(Speed("full"))
    live.turn(0.09)
    eye.look(live)
    assert eye.numbers[0] > 1
