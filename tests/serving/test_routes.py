import json
import sys
from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from seqviz.serving.hub import Hub
from seqviz.serving.routes import FOREIGN, NONSENSE, REPLACED, UNKNOWN, Files, routes
from tests.serving.workshop import read_frame

ORIGIN = {"origin": "http://testserver"}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    directory = tmp_path_factory.mktemp("static")
    (directory / "a.js").write_text("export const a = 1;\n")
    (directory / "a.css").write_text("p { margin: 0 }\n")
    (directory / "notes.txt").write_text("not for the browser")
    return Files.read(directory, "/below/seqviz")


@pytest.fixture(scope="module")
def hub():
    return Hub(command=(sys.executable, "-m", "tests.serving.stand_in"))


@pytest.fixture(scope="module")
def client(hub, files):
    @asynccontextmanager
    async def lifespan(_):
        await hub.start(1)
        yield
        await hub.stop()

    with TestClient(Starlette(routes=routes(hub, files), lifespan=lifespan)) as client:
        yield client


@pytest.fixture
def token(hub, setting):
    token = hub.open()
    hub.show(token, setting())
    return token


def first_frame(socket):
    while "bytes" not in (message := socket.receive()):
        pass
    return read_frame(message["bytes"])


def close_code(socket):
    while (message := socket.receive())["type"] != "websocket.close":
        pass
    return message["code"]


def test_a_live_socket_brings_frames_and_takes_orders(client, token):
    with client.websocket_connect(f"/below/seqviz/live/{token}", headers=ORIGIN) as socket:
        assert first_frame(socket)["status"]["state"] == "new"
        socket.send_text(json.dumps({"do": "drawn"}))
        socket.send_text(json.dumps({"do": "step"}))
        frame = first_frame(socket)
        assert frame["status"]["update"] == 1
        assert ["numbers", "data", 0, "y"] in [path for path, _ in frame["changes"]]


@pytest.mark.parametrize(
    "origin", [{}, {"origin": "http://elsewhere"}, {"origin": "http://testserver:81"}, {"origin": "null"}]
)
def test_pages_of_others_are_refused(client, token, origin):
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        client.websocket_connect(f"/below/seqviz/live/{token}", headers=origin),
    ):
        pass
    assert refused.value.code == FOREIGN


def test_an_unknown_seat_is_said_to_be_gone(client):
    with client.websocket_connect("/below/seqviz/live/guessed", headers=ORIGIN) as socket:
        assert close_code(socket) == UNKNOWN


@pytest.mark.parametrize("nonsense", ["{", '{"do": "dance"}', "x" * 2000])
def test_nonsense_ends_the_connection(client, token, nonsense):
    with client.websocket_connect(f"/below/seqviz/live/{token}", headers=ORIGIN) as socket:
        socket.send_text(nonsense)
        assert close_code(socket) == NONSENSE


def test_bytes_from_a_browser_are_nonsense(client, token):
    with client.websocket_connect(f"/below/seqviz/live/{token}", headers=ORIGIN) as socket:
        socket.send_bytes(b"{}")
        assert close_code(socket) == NONSENSE


def test_a_second_window_ends_the_first(client, token):
    with client.websocket_connect(f"/below/seqviz/live/{token}", headers=ORIGIN) as first:
        first_frame(first)
        with client.websocket_connect(f"/below/seqviz/live/{token}", headers=ORIGIN) as second:
            assert close_code(first) == REPLACED
            assert first_frame(second)["status"]["state"] == "new"


def test_files_are_zipped_once_and_kept_for_ever(client, files):
    answer = client.get(f"{files.address}/a.js", headers={"accept-encoding": "gzip"})
    assert answer.text == "export const a = 1;\n"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert client.get(f"{files.address}/a.css").headers["content-type"].startswith("text/css")


def test_a_browser_that_cannot_unzip_gets_the_plain_file(client, files):
    answer = client.get(f"{files.address}/a.js", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert answer.text == "export const a = 1;\n"


@pytest.mark.parametrize("path", ["{address}/notes.txt", "{address}/..%2Fa.js", "/below/seqviz/static/old/a.js"])
def test_nothing_else_is_served(client, files, path):
    assert client.get(path.format(address=files.address)).status_code == 404


def test_the_address_changes_with_the_content(tmp_path):
    (tmp_path / "a.js").write_text("1")
    before = Files.read(tmp_path, "/seqviz")
    assert Files.read(tmp_path, "/seqviz") == before
    (tmp_path / "a.js").write_text("2")
    assert Files.read(tmp_path, "/seqviz").address != before.address


def test_whoever_runs_the_app_can_see_what_is_going_on(client):
    assert set(client.get("/below/seqviz/census").json()) == {"workers", "seats", "connected", "training"}


def test_an_order_of_a_window_that_was_replaced_ends_quietly(client, token):
    with client.websocket_connect(f"/below/seqviz/live/{token}", headers=ORIGIN) as first:
        first_frame(first)
        with client.websocket_connect(f"/below/seqviz/live/{token}", headers=ORIGIN) as second:
            assert close_code(first) == REPLACED
            first.send_text(json.dumps({"do": "drawn"}))
            assert first_frame(second)["status"]["state"] == "new"
