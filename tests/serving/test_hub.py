import asyncio
import json
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from seqviz.core.config import RunConfig
from seqviz.serving.hub import MOST_SEATS, Full, Hub
from seqviz.serving.messages import Attach, Comparison, Drawn, Kind
from tests.serving.workshop import applied, read_frame

STAND_IN = (sys.executable, "-m", "tests.serving.stand_in")


class Browser:
    """Hears what is sent to it and says "drawn" after each frame, until what it waits for has come."""

    def __init__(self, hub, token):
        self.hub, self.token, self.connection = hub, token, hub.attach(token)
        self.figures, self.notices, self.status = None, [], {}
        self.frames = 0

    def say(self, **order):
        self.hub.hear(self.token, self.connection, json.dumps(order))

    async def until(self, arrived):
        while not arrived():
            message = await asyncio.wait_for(self.connection.outbox.get(), 20)
            if isinstance(message, str):
                self.notices.append(json.loads(message))
                continue
            frame = read_frame(message)
            self.figures = applied(self.figures, frame["changes"])
            self.status = frame["status"]
            self.frames += 1
            self.say(do="drawn")

    async def until_state(self, state):
        await self.until(lambda: self.status.get("state") == state)

    def noticed(self, kind):
        return lambda: any(notice["notice"] == kind for notice in self.notices)


async def until(happened):
    for _ in range(2000):
        if happened():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


@pytest.fixture
def scene():
    """Runs a coroutine function with a hub that has one stand-in for a worker."""

    def play(act, **options):
        async def whole():
            hub = Hub(command=STAND_IN, **options)
            await hub.start(1)
            try:
                await asyncio.wait_for(act(hub), 60)
            finally:
                await hub.stop()

        with ThreadPoolExecutor(1) as aside:  # this thread may have a loop already: Playwright keeps one in it
            aside.submit(asyncio.run, whole()).result()

    return play


def test_a_seat_shows_trains_and_pauses(scene, setting):
    async def act(hub):
        token = hub.open()
        hub.show(token, setting())
        browser = Browser(hub, token)
        await browser.until_state("new")
        browser.say(do="train")
        await browser.until(lambda: browser.frames > 4)
        assert hub.census() == {"workers": 1, "seats": 1, "connected": 1, "training": 1}
        browser.say(do="pause")
        await browser.until_state("paused")
        assert browser.status["update"] == browser.figures["numbers"]["data"][0]["y"][0] > 0
        await until(lambda: hub.census()["training"] == 0)

    scene(act)


def test_what_is_shown_before_the_browser_comes_or_after_is_the_same(scene, setting):
    async def act(hub):
        token = hub.open()
        browser = Browser(hub, token)
        hub.show(token, setting(example=1))
        await browser.until_state("new")
        assert browser.figures["numbers"]["layout"]["title"]["text"] == "second"

    scene(act)


def test_after_a_pause_no_moving_frame_is_passed_on(scene, setting):
    async def act(hub):
        token = hub.open()
        hub.show(token, setting())
        browser = Browser(hub, token)
        await browser.until_state("new")
        for _ in range(5):
            browser.say(do="train")
            await browser.until_state("training")
            browser.say(do="pause")
            while not browser.connection.outbox.empty():  # sent before the pause was heard
                await browser.until(browser.connection.outbox.empty)
            browser.status = {}
            await browser.until(lambda: browser.status)
            assert browser.status["state"] == "paused"

    scene(act)


def test_settings_from_another_thread_come_in_order_and_none_is_lost(scene, setting):
    async def act(hub):
        token = hub.open()
        hub.show(token, setting())
        browser = Browser(hub, token)
        await browser.until_state("new")
        browser.say(do="train")
        rates = [round(0.001 * number, 3) for number in range(1, 201)]

        def move_slider():
            for rate in rates:
                hub.show(token, setting(learning_rate=rate))

        moving = asyncio.get_running_loop().run_in_executor(None, move_slider)
        seen = []

        def arrived():
            if browser.figures:
                seen.append(round(float(browser.figures["numbers"]["data"][0]["y"][2]), 3))
            return bool(seen) and seen[-1] == rates[-1]

        await browser.until(arrived)
        await moving
        assert sorted(seen[1:]) == seen[1:], "no earlier value after a later one"
        assert browser.status["state"] == "training"

    scene(act)


def test_a_browser_that_goes_pauses_its_run_and_finds_it_again(scene, setting):
    async def act(hub):
        token = hub.open()
        hub.show(token, setting())
        browser = Browser(hub, token)
        await browser.until_state("new")
        browser.say(do="train")
        await browser.until_state("training")
        await until(lambda: hub.census()["training"] == 1)
        hub.detach(token, browser.connection)
        await until(lambda: hub.census()["training"] == 0)
        again = Browser(hub, token)
        await again.until_state("paused")
        assert again.status["update"] >= browser.status["update"]
        assert again.figures["numbers"]["data"][0]["type"] == "scatter", "everything is sent to a new screen"

    scene(act)


def test_a_seat_without_a_browser_is_dropped_after_a_while(scene, setting):
    async def act(hub):
        token, never_used = hub.open(), hub.open()
        hub.show(token, setting())
        browser = Browser(hub, token)
        await browser.until_state("new")
        await until(lambda: not hub.alive(never_used))
        assert hub.alive(token)
        hub.detach(token, browser.connection)
        await until(lambda: not hub.alive(token))
        hub.show(token, setting())
        assert hub.census()["seats"] == 0

    scene(act, grace=0.2)


def test_a_second_window_takes_the_seat_and_the_first_is_told(scene, setting):
    async def act(hub):
        token = hub.open()
        hub.show(token, setting())
        first = Browser(hub, token)
        second = Browser(hub, token)
        await second.until_state("new")
        messages = []
        while not first.connection.outbox.empty():
            messages.append(first.connection.outbox.get_nowait())
        assert messages[-1] is None
        first.say(do="train")
        hub.detach(token, first.connection)
        assert hub.census()["connected"] == 1
        second.say(do="step")
        await second.until_state("paused")
        assert second.status["update"] == 1, "the first window's order was not obeyed"

    scene(act)


def test_a_lost_worker_is_replaced_and_the_run_goes_on_from_where_it_was_kept(scene, setting):
    async def act(hub):
        token = hub.open()
        hub.show(token, setting())
        browser = Browser(hub, token)
        await browser.until_state("new")
        for _ in range(3):
            browser.say(do="step")
            await browser.until_state("paused")
            browser.status = {}
        await until(lambda: hub._seats[token].kept is not None and hub._seats[token].kept.update == 3)
        browser.say(do="pause")
        await browser.until_state("paused")
        hub._workers[0]._process.kill()
        await browser.until(browser.noticed("stopped"))
        assert browser.notices[-1]["text"].endswith("Press Train to go on from update 3.")
        await until(lambda: hub.census()["workers"] == 1)
        browser.say(do="step")
        await browser.until(lambda: browser.status["update"] == 4)

    scene(act)


def test_what_was_kept_of_another_network_is_not_promised(scene, setting):
    async def act(hub):
        token = hub.open()
        hub.show(token, setting())
        browser = Browser(hub, token)
        await browser.until_state("new")
        browser.say(do="step")
        await browser.until_state("paused")
        hub.show(token, setting(hidden=3))
        await browser.until_state("new")
        hub._workers[0]._process.kill()
        await browser.until(browser.noticed("stopped"))
        assert browser.notices[-1]["text"].endswith("Press Train to start again.")

    scene(act)


def test_a_comparison_goes_on_from_where_it_was_kept_whatever_was_changed_in_it(scene):
    def comparison(*cells):
        runs = tuple((cell, RunConfig(task="words", batch=2, cell=cell)) for cell in cells)
        return Comparison(runs, 0, ("sides",), 100)

    async def act(hub):
        token = hub.open()
        hub.show(token, comparison("gru", "lstm"))
        browser = Browser(hub, token)
        await browser.until_state("new")
        for _ in range(2):
            browser.say(do="step")
            await browser.until_state("paused")
            browser.status = {}
        await until(lambda: hub._seats[token].kept is not None and hub._seats[token].kept.update == 2)
        hub.show(token, comparison("gru", "elman"))
        await browser.until(lambda: [side["name"] for side in browser.status.get("sides", [])] == ["gru", "elman"])
        hub._workers[0]._process.kill()
        await browser.until(browser.noticed("stopped"))
        await until(lambda: hub.census()["workers"] == 1)
        browser.say(do="step")
        await browser.until(lambda: browser.status["sides"][1]["update"] == 1)
        assert browser.status["sides"][0]["update"] == 2

    scene(act)


def test_a_run_that_kills_its_worker_does_not_take_the_others_with_it(scene, setting):
    async def act(hub):
        tokens = hub.open(), hub.open()
        hub.show(tokens[0], setting(seed=13))
        hub.show(tokens[1], setting())
        bad, good = (Browser(hub, token) for token in tokens)
        await bad.until_state("new")
        await good.until_state("new")
        bad.say(do="train")
        await bad.until(bad.noticed("stopped"))
        await good.until(good.noticed("stopped"))
        await until(lambda: hub.census()["workers"] == 1)
        good.say(do="train")
        await good.until_state("training")

    scene(act)


def test_an_order_while_the_worker_is_away_is_answered(scene, setting):
    async def act(hub):
        token = hub.open()
        hub.show(token, setting(seed=13))
        browser = Browser(hub, token)
        await browser.until_state("new")
        browser.say(do="train")
        await browser.until(browser.noticed("stopped"))
        browser.notices.clear()
        browser.say(do="train")
        await browser.until(browser.noticed("starting"))

    scene(act)


def test_nobody_can_take_all_places_there_are():
    hub = Hub()
    tokens = [hub.open() for _ in range(MOST_SEATS)]
    assert len(set(tokens)) == MOST_SEATS
    assert min(map(len, tokens)) >= 32
    with pytest.raises(Full, match="places are taken"):
        hub.open()


def test_without_a_server_a_page_can_still_be_run(setting):
    hub = Hub()
    token = hub.open()
    hub.show(token, setting())
    assert hub.alive(token)
    assert not hub.alive("guessed")


def test_who_comes_while_the_worker_is_away_is_served_when_it_is_back(scene, setting):
    async def act(hub):
        token = hub.open()
        hub.show(token, setting())
        worker = hub._workers[0]
        worker._process.kill()
        await until(lambda: not worker.running)
        browser = Browser(hub, token)
        await browser.until_state("new")

    scene(act)


def test_a_setting_that_failed_is_tried_again_when_it_is_asked_for_again(scene, setting):
    async def act(hub):
        token = hub.open()
        hub.show(token, setting(layers=3))
        browser = Browser(hub, token)
        for ask in (lambda: None, lambda: hub.show(token, setting(layers=3)), lambda: browser.say(do="train")):
            browser.notices.clear()
            ask()
            await browser.until(browser.noticed("stopped"))
            assert "three layers are not built here" in browser.notices[-1]["text"]
        again = Browser(hub, token)
        await again.until(again.noticed("stopped"))  # else nothing at all would be there, and no reason

    scene(act)


class Still:
    """A worker that answers nothing by itself."""

    running = ready = True

    def __init__(self):
        self.told = []

    def send(self, number, command):
        self.told.append(command)


def seated(setting):
    """A hub with a still worker, and one seat whose browser is attached: hub, worker, token, number, outbox."""
    hub, worker = Hub(), Still()
    hub._workers = [worker]
    token = hub.open()
    number = hub._seats[token].number
    hub.show(token, setting())
    outbox = hub.attach(token).outbox
    for _ in range(sum(isinstance(command, Attach) for command in worker.told)):
        hub._receive(worker, number, Kind.ATTACHED, b"")
    return hub, worker, token, number, outbox


def test_a_frame_that_was_made_for_an_earlier_screen_does_not_reach_the_new_one(setting):
    hub, worker, token, number, _ = seated(setting)
    second = hub.attach(token)
    hub._receive(worker, number, Kind.MOVING, b"for the first")
    hub._receive(worker, number, Kind.RESTING, b"for the first")
    assert second.outbox.empty()
    third = hub.attach(token)
    hub._receive(worker, number, Kind.ATTACHED, b"")
    hub._receive(worker, number, Kind.MOVING, b"for the second")
    assert third.outbox.empty()
    hub._receive(worker, number, Kind.ATTACHED, b"")
    hub._receive(worker, number, Kind.MOVING, b"for the third")
    assert third.outbox.get_nowait() == b"for the third"
    assert not any(isinstance(command, Drawn) for command in worker.told)


def test_a_picture_of_training_that_has_failed_meanwhile_does_not_say_that_it_goes_on(setting):
    hub, worker, _, number, outbox = seated(setting)
    hub._receive(worker, number, Kind.NOTICE, b'{"notice": "stopped", "text": "No memory is left."}')
    hub._receive(worker, number, Kind.MOVING, b"drawn before")
    assert outbox.get_nowait().endswith('"No memory is left."}')
    assert outbox.empty()
    assert worker.told[-1] == Drawn(lost=True), "so that another picture may be drawn"
    hub._receive(worker, number, Kind.RESTING, b"of what was begun anew")
    assert outbox.get_nowait() == b"of what was begun anew"
