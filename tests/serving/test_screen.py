from hypothesis import given
from hypothesis import strategies as st

from seqviz.serving.screen import Screen
from tests.serving.workshop import applied, read_frame

FIGURES = st.dictionaries(st.sampled_from("abc"), st.dictionaries(st.sampled_from("xy"), st.integers(0, 2)), min_size=1)
FATES = st.sampled_from(["drawn", "lost", "new window"])


@given(st.lists(st.tuples(FIGURES, FATES), min_size=1))
def test_whatever_becomes_of_frames_the_next_one_drawn_is_right(shown):
    screen = Screen()
    screen.attach()
    seen = None
    for figures, fate in shown:
        frame = read_frame(screen.frame("status", figures))
        assert not screen.free
        if fate == "new window":
            screen.attach()
            seen = None
        else:
            screen.drawn(lost=fate == "lost")
        if fate == "drawn":
            seen = applied(seen, frame["changes"])
            assert seen == figures
        assert screen.free


def test_only_what_has_changed_is_sent():
    screen = Screen()
    screen.attach()
    screen.frame("first", {"a": {"x": 1, "y": 1}})
    screen.drawn(lost=False)
    frame = read_frame(screen.frame("second", {"a": {"x": 1, "y": 2}}))
    assert frame == {"status": "second", "changes": [[["a", "y"], 2]]}
