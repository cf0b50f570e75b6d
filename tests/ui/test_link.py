"""What the link says, also where the browser's report of it is late."""

import pytest
from streamlit.runtime.state.query_params import QueryParams
from streamlit.testing.v1 import AppTest

from seqviz.ui import link


def script():
    """A slider whose value the link carries, and beside it another parameter and a button that follows a link."""
    import streamlit as st

    from seqviz.ui import link

    link.turn_to(st.session_state.get("page", "one"))
    asked = link.get("size")
    if asked and asked != str(st.session_state.get("shown", "")):
        st.session_state["size"] = int(asked)
    size = st.slider("Size", 0, 9, key="size")
    st.session_state["shown"] = size
    link.write({"size": str(size) if size else ""})
    if st.button("Other"):
        link.write({"other": "x"})
    if st.button("Follow"):
        link.follow({"size": "7"})


@pytest.fixture
def clock(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(link, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def page(clock):
    return AppTest.from_function(script).run()


def reported(page, **query):
    """From now on the browser says that its link is this."""
    page.query_params.clear()
    for name, value in query.items():
        page.query_params[name] = value
    return page


def said(page):
    return {name: values[-1] if isinstance(values, list) else values for name, values in page.query_params.items()}


def move(page, size):
    page.slider[0].set_value(size)
    return page


def test_a_choice_is_written_and_taken_back(page):
    assert said(page) == {}
    assert said(move(page, 4).run()) == {"size": "4"}
    assert said(move(page, 0).run()) == {}


def test_a_link_is_followed(page):
    assert reported(page, size="5").run().slider[0].value == 5


def test_a_late_report_does_not_set_a_slider_back(page):
    move(page, 4).run()
    move(reported(page), 6).run()  # the browser has not heard of the 4 yet
    assert page.slider[0].value == 6
    assert said(page) == {"size": "6"}
    reported(page, size="4").run()  # nor now of the 6
    assert page.slider[0].value == 6


def test_what_was_shown_long_ago_may_be_reported_late_too(page, clock):
    move(page, 4).run()
    clock[0] += 100
    move(page, 6).run()
    move(reported(page, size="4"), 7).run()
    assert page.slider[0].value == 7


def test_the_link_is_written_again_where_a_late_report_happens_to_say_the_same(page, monkeypatch):
    sent = []
    monkeypatch.setattr(QueryParams, "_send_query_param_msg", lambda params: sent.append(dict(params)))
    move(page, 4).run()
    move(page, 0).run()
    # The browser says 4 because it has not heard yet that nothing is said any more: once it has, it must hear of 4.
    move(reported(page, size="4"), 4).run()
    assert sent[-1] == {"size": "4"}
    heard = len(sent)
    page.run()
    assert len(sent) == heard


def test_an_old_value_is_a_link_again_after_a_while(page, clock):
    move(page, 4).run()
    move(page, 6).run()
    clock[0] += link.LATE + 1
    assert reported(page, size="4").run().slider[0].value == 4


def test_a_late_report_of_one_parameter_is_not_written_back_with_another(page):
    move(page, 4).run()
    move(page, 6).run()
    reported(page, size="4")
    page.button[0].click().run()
    assert said(page) == {"size": "6", "other": "x"}


def test_following_a_link_leaves_nothing_of_the_one_before(page):
    page.button[0].click().run()
    assert said(page) == {"other": "x"}
    page.button[1].click().run()
    assert said(page) == {"size": "7"}
    assert page.slider[0].value == 7


def test_following_a_link_leaves_nothing_of_what_the_browser_has_yet_to_report(page):
    page.button[0].click().run()
    assert said(page) == {"other": "x"}
    reported(page).button[1].click().run()
    assert said(page) == {"size": "7"}


def test_following_the_same_link_twice_at_once_works_both_times(page):
    page.button[1].click().run()
    move(page, 3).run()
    page.button[1].click().run()
    assert page.slider[0].value == 7


def test_another_page_does_not_inherit_the_link(page):
    move(page, 4).run()
    page.session_state["page"] = "two"
    page.session_state["size"] = 0
    page.session_state["shown"] = 0
    reported(page).run()
    assert page.slider[0].value == 0
    assert said(page) == {}
