import json

import pytest
from streamlit.testing.v1 import AppTest

from seqviz.core.config import RunConfig
from seqviz.core.records import Look
from seqviz.figures import FIGURES
from seqviz.serving import hub as hub_module
from seqviz.serving.hub import Hub
from seqviz.serving.messages import Setting
from seqviz.ui import stage as stage_module


@pytest.fixture
def hub(monkeypatch):
    """A hub of its own for each test."""
    hub = Hub()
    monkeypatch.setattr(stage_module, "hub", hub)
    return hub


def script():
    import streamlit as st

    from seqviz.core.config import RunConfig
    from seqviz.core.records import Look
    from seqviz.ui.stage import stage

    hidden = st.number_input("hidden", value=8)
    stage(RunConfig(hidden=hidden), 1, ("graph", "hidden"), look=Look(beam=5))


def said(page):
    (mounted,) = page.get("bidi_component")
    return json.loads(mounted.proto.bytes)


def test_a_page_says_what_is_to_be_shown(hub):
    page = AppTest.from_function(script).run()
    assert not page.exception
    assert said(page)["big"] is False
    token = said(page)["token"]
    assert hub.alive(token)
    assert hub._seats[token].setting == Setting(RunConfig(hidden=8), 1, ("graph", "hidden"), Look(beam=5))


def test_the_browser_is_told_titles_and_what_to_look_for(hub):
    told = said(AppTest.from_function(script).run())
    assert [(figure["key"], figure["folded"]) for figure in told["figures"]] == [
        *(("graph", False), ("cell", True), ("hidden", False))
    ]
    assert [figure["opens"] for figure in told["figures"]] == [True, False, False]
    for figure in told["figures"]:
        assert figure["title"] == FIGURES[figure["key"]].title
        assert figure["look_for"] == FIGURES[figure["key"]].look_for


def test_a_page_keeps_its_seat_when_a_setting_changes(hub):
    page = AppTest.from_function(script).run()
    token = said(page)["token"]
    page.number_input[0].set_value(9).run()
    assert said(page)["token"] == token
    assert hub._seats[token].setting.config.hidden == 9


def test_a_page_whose_seat_was_dropped_gets_another(hub):
    page = AppTest.from_function(script).run()
    token = said(page)["token"]
    hub._drop(token)
    page.run()
    assert said(page)["token"] != token
    assert hub.alive(said(page)["token"])


def test_a_page_without_a_seat_says_so(hub, monkeypatch):
    monkeypatch.setattr(hub_module, "MOST_SEATS", 0)
    page = AppTest.from_function(script).run()
    assert "places are taken" in page.warning[0].value
    assert not page.exception
