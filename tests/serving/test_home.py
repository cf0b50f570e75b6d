"""The address of the server, written into the pages that it hands out and into nothing else."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient

from seqviz.serving.home import Home

PAGE = "<html><head><title>x</title></head><body>" + "long " * 500 + "</body></html>"
OPENING = {"accept": "text/html,application/xhtml+xml"}


async def page(_):
    return HTMLResponse(PAGE)


async def pieces(_):
    return StreamingResponse(iter([PAGE[:9], PAGE[9:]]), media_type="text/html")


async def words(_):
    return PlainTextResponse("<head> stands here too")


async def echo(socket):
    await socket.accept()
    await socket.send_text(await socket.receive_text())
    await socket.close()


@pytest.fixture
def client():
    app = Starlette(
        routes=[
            Route("/", page),
            Route("/pieces", pieces),
            Route("/words", words),
            WebSocketRoute("/echo", echo),
        ],
        middleware=[Middleware(Home, base='/a"b'), Middleware(GZipMiddleware)],
    )
    return TestClient(app)


@pytest.mark.parametrize("path", ["/", "/pieces"])
def test_a_page_that_somebody_opens_says_where_its_server_is(client, path):
    answer = client.get(path, headers=OPENING)
    assert answer.text.startswith("<html><head><script>window.__streamlit = ")
    assert '"/a\\"b"' in answer.text
    assert answer.text.endswith(PAGE[len("<html><head>") :])
    if "content-length" in answer.headers:
        assert int(answer.headers["content-length"]) == len(answer.content)


def test_asked_for_the_headers_alone_it_sends_no_body(client):
    assert client.head("/", headers=OPENING).content == b""


def test_all_else_passes_as_it_is(client):
    assert client.get("/words", headers=OPENING).text == "<head> stands here too"
    scripted = client.get("/", headers={"accept": "*/*"})
    assert scripted.text == PAGE
    assert scripted.headers["content-encoding"] == "gzip"
    with client.websocket_connect("/echo") as socket:
        socket.send_text("hello")
        assert socket.receive_text() == "hello"
