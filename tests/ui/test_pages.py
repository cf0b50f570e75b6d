"""Every page, run as Streamlit runs it, down to what it asks the hub to show."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from seqviz.core.config import RunConfig
from seqviz.serving.hub import Hub
from seqviz.tasks import task_of
from seqviz.ui import stage as stage_module
from seqviz.ui.navigation import LESSONS
from seqviz.ui.settings import defaults

PAGES = Path(__file__).parents[2] / "pages"
LIVE = ["many_to_one", "one_to_many", "direct", "delayed", "bptt", "gated", "generated"]
WAIT = 60
"""Seconds after which a page is given up; the first one builds its task."""


@pytest.fixture
def hub(monkeypatch):
    hub = Hub()
    monkeypatch.setattr(stage_module, "hub", hub)
    return hub


def opened(stem, **query):
    # The overview links to the other pages, which only the app's menu knows; it is the page that opens first.
    script = PAGES.parent / "app.py" if stem == "overview" else PAGES / f"{stem}.py"
    page = AppTest.from_file(str(script), default_timeout=WAIT)
    for name, value in query.items():
        page.query_params[name] = value
    return page.run()


def shown(hub, key="stage"):
    """What the hub was asked to show; the stage named `stage` is opened first."""
    seats = sorted(hub._seats.values(), key=lambda seat: seat.number)
    return seats[0 if key == "stage" else 1].setting


def widget(page, kind, label):
    (found,) = [item for item in getattr(page, kind) if item.label == label]
    return found


def query(page):
    return {name: values[0] if isinstance(values, list) else values for name, values in page.query_params.items()}


def test_the_menu_lists_every_page():
    assert {path.stem for path in PAGES.glob("*.py")} == {stem for lessons in LESSONS.values() for stem in lessons}


@pytest.mark.parametrize("stem", sorted(path.stem for path in PAGES.glob("*.py")))
def test_a_page_opens_with_a_title_and_a_sentence(hub, stem):
    page = opened(stem)
    assert not page.exception
    assert len(page.title) == 1
    assert page.markdown[0].value.endswith((".", "?", "*"))
    assert len((PAGES / f"{stem}.py").read_text().splitlines()) < 100


@pytest.mark.parametrize("stem", sorted(path.stem for path in PAGES.glob("*.py")))
def test_lecture_mode_enlarges_the_page_and_every_stage(hub, stem):
    page = opened(stem)
    widget(page, "toggle", "Lecture mode").set_value(True).run()
    assert not page.exception
    told = [json.loads(mounted.proto.bytes) for mounted in page.get("bidi_component")]
    assert told and all(stage["big"] for stage in told)
    assert any("font-size: 23px" in html.proto.body for html in page.get("html"))
    widget(page, "toggle", "Lecture mode").set_value(False).run()
    assert not any("font-size: 23px" in html.proto.body for html in page.get("html"))


@pytest.mark.parametrize("stem", LIVE)
def test_a_page_starts_with_its_tasks_own_settings(hub, stem):
    page = opened(stem)
    config = shown(hub).config
    assert config == defaults(task_of(RunConfig(task=config.task)))
    assert query(page) == {}


@pytest.mark.parametrize("stem", LIVE)
def test_every_control_says_what_it_does(hub, stem):
    page = opened(stem)
    for kind in ("selectbox", "select_slider", "toggle", "text_input"):
        for item in getattr(page, kind):
            assert item.help and item.help.endswith("."), item.label


@pytest.mark.parametrize("stem", LIVE)
def test_a_control_changes_the_run_and_the_link(hub, stem):
    page = opened(stem)
    before = shown(hub).config
    widget(page, "selectbox", "Cell").set_value("lstm")
    page.run()
    assert shown(hub).config.cell == "lstm"
    wanted = {} if before.cell == "lstm" else {"cell": "lstm"}
    assert query(page) == wanted


def test_a_link_sets_the_controls(hub):
    page = opened("many_to_one", cell="lstm", hidden="50", learning_rate="0.07", bidirectional="true", example="2")
    setting = shown(hub)
    assert (setting.config.cell, setting.config.hidden, setting.config.learning_rate) == ("lstm", 50, 0.07)
    assert setting.config.bidirectional is True
    assert setting.example == 2
    assert widget(page, "select_slider", "Hidden size").value == 50
    assert not page.warning


def test_a_link_is_followed_again_after_the_controls_were_used(hub):
    page = opened("many_to_one", hidden="50")
    widget(page, "select_slider", "Hidden size").set_value(8).run()
    assert shown(hub).config.hidden == 8
    assert query(page)["hidden"] == "8"
    page.query_params["hidden"] = "64"
    page.run()
    assert shown(hub).config.hidden == 64


@pytest.mark.parametrize(
    ("stem", "asked", "why"),
    [
        ("many_to_one", {"hidden": "many"}, "hidden must be a whole number"),
        ("many_to_one", {"cell": "gru", "learning_rate": "-1"}, "learning_rate must lie between"),
        ("many_to_one", {"dropout": "nan"}, "dropout must lie between"),
        ("many_to_one", {"cell": "transformer"}, "cell must be one of elman"),
        ("many_to_one", {"attention": "true"}, "Attention needs an encoder and a decoder"),
        ("one_to_many", {"bidirectional": "true"}, "cannot read its own words from the end"),
        ("direct", {"reverse": "true"}, "cannot be given the last one first"),
        ("delayed", {"bidirectional": "true"}, "cannot read its own words from the end"),
        ("many_to_one", {"task": "translation"}, "data “translation”, which this page does not have"),
        ("many_to_one", {"example": "9" * 5000}, "which there is not"),
        ("direct", {"example": "-1"}, "which there is not"),
        ("bptt", {"experiment": "magic"}, "which there is not"),
    ],
)
def test_a_link_that_cannot_be_is_answered_in_words(hub, stem, asked, why):
    page = opened(stem, **asked)
    assert not page.exception
    (warning,) = page.warning
    assert why in warning.value.replace("\\", "")
    setting = shown(hub)
    assert setting.config == defaults(task_of(RunConfig(task=setting.config.task)))
    assert setting.example == 0
    assert query(page) == {}


def test_what_a_link_says_is_shown_letter_for_letter(hub):
    page = opened("many_to_one", task="![look](http://elsewhere/x.png) *here*")
    assert "“\\!\\[look\\]\\(http\\:\\/\\/elsewhere\\/x\\.png\\) \\*here\\*”" in page.warning[0].value


def test_a_scene_can_be_composed_and_linked(hub):
    page = opened("one_to_many", typed="a large green cross left of a red circle")
    assert [widget(page, "selectbox", name).value for name in ("Size", "Where", "Other shape")] == [
        "large",
        "left of",
        "circle",
    ]
    assert shown(hub).example == "large green cross left of red circle"
    widget(page, "selectbox", "Where").set_value("").run()
    assert shown(hub).example == "large green cross"
    assert not [item for item in page.selectbox if item.label.startswith("Other")]
    assert not page.warning


def test_ones_own_sentence_is_shown_and_linked(hub):
    page = opened("many_to_one")
    widget(page, "selectbox", "Example").set_value(-1).run()
    widget(page, "text_input", "Write your own").set_value("not bad at all").run()
    assert shown(hub).example == "not bad at all"
    assert query(page) == {"typed": "not bad at all"}
    assert any("gradient are of the network" in said.value for said in page.caption)


def test_ones_own_sentence_stays_with_the_task_that_it_was_written_for(hub):
    page = opened("direct", task="tags", typed="they run")
    assert shown(hub).example == "they run"
    widget(page, "selectbox", "Data").set_value("clips").run()
    assert (shown(hub).config.task, shown(hub).example) == ("clips", 0)
    assert not page.warning
    widget(page, "selectbox", "Data").set_value("tags").run()
    assert (shown(hub).config.task, shown(hub).example) == ("tags", "they run")


def test_a_sentence_that_cannot_be_read_leaves_the_one_before(hub):
    page = opened("many_to_one", typed="not bad at all")
    assert shown(hub).example == "not bad at all"
    widget(page, "text_input", "Write your own").set_value("word " * 500).run()
    assert page.warning and "500" in page.warning[0].value
    assert shown(hub).example == "not bad at all"


def test_data_can_be_chosen_by_a_link_and_by_the_menu(hub):
    page = opened("direct", task="tags")
    assert shown(hub).config.task == "tags"
    widget(page, "selectbox", "Data").set_value("clips").run()
    assert shown(hub).config.task == "clips"
    assert query(page) == {}


def test_data_of_ones_own_that_is_gone_is_said_and_something_is_shown(hub):
    page = opened("many_to_one", task="own-texts", data="0" * 64)
    assert not page.exception
    assert page.warning
    assert shown(hub).config.task == "reviews"


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("SEQVIZ_DATA", str(tmp_path))


def upload(page, content):
    widget(page, "selectbox", "Data").set_value("own-texts").run()
    page.file_uploader[0].set_value(("mine.csv", content, "text/csv")).run()
    return page


def test_ones_own_texts_are_learned_from(hub, store):
    rows = "\n".join(
        f"{'good' if place % 2 else 'bad'} film {place},{'pos' if place % 2 else 'neg'}" for place in range(40)
    )
    page = upload(opened("many_to_one"), f"review,sentiment\n{rows}\n".encode())
    assert not page.exception
    config = shown(hub).config
    assert config.task == "own-texts"
    assert task_of(config).writes == ("neg", "pos")
    assert query(page) == {"task": "own-texts", "data": config.data}


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"only one column\n" * 30, b"text,label\n" + b"a b,same\n" * 30])
def test_a_bad_file_is_explained_and_the_running_model_stays(hub, store, content):
    page = opened("many_to_one", hidden="50")
    before = shown(hub)
    page = upload(page, content)
    assert not page.exception
    assert page.warning and len(page.warning[0].value) > 30
    assert shown(hub) == before


def test_ones_own_list_is_learned_from(hub, store):
    page = opened("generated")
    widget(page, "selectbox", "Data").set_value("own-names").run()
    names = "\n".join(f"Name {'abcdefgh'[place % 8]}{'ijklmnop'[place // 8]}" for place in range(60))
    page.file_uploader[0].set_value(("mine.txt", names.encode(), "text/plain")).run()
    assert not page.exception
    assert task_of(shown(hub).config).kinds == ("a name",)
    widget(page, "selectbox", "Example").set_value(-1).run()
    widget(page, "text_input", "Write your own").set_value("name of me").run()
    assert shown(hub).example == "name of me"


@pytest.mark.parametrize("experiment", ["source", "vanish", "sharing", "truncation", "check", "clipping"])
def test_every_experiment_opens_by_its_link(hub, experiment):
    page = opened("bptt", experiment=experiment, cell="elman", hidden="8")
    assert not page.exception
    setting = shown(hub)
    assert (setting.config.cell, setting.config.hidden) == ("elman", 8)
    assert setting.figures[0] == "graph"
    assert query(page) == ({} if experiment == "source" else {"experiment": experiment}) | {
        "cell": "elman",
        "hidden": "8",
    }


@pytest.mark.parametrize("bias", ["0", "1", "3"])
def test_a_button_sets_an_experiment_up_whole(hub, bias):
    page = opened("gated", experiment="forget", hidden="8")
    widget(page, "button", f"LSTM, forget bias {bias}").click().run()
    assert not page.exception
    config = shown(hub).config
    assert (config.task, config.cell, config.lag, config.forget_bias) == ("recall", "lstm", 30, float(bias))
    assert config.hidden == defaults(task_of(RunConfig(task="recall"))).hidden
    assert query(page)["experiment"] == "forget"
    assert query(page).get("forget_bias") == (None if bias == "0" else f"{bias}.0")


@pytest.mark.parametrize(("task", "allowed"), [("recall", True), ("clips", True), ("translation", False)])
def test_a_switch_is_offered_where_the_wiring_can_have_what_it_switches_on(hub, task, allowed):
    page = opened("bptt", task=task)
    labels = [item.label for item in page.toggle]
    assert ("Read in both directions" in labels) == allowed
    assert "Normalise between layers" in labels


def test_a_setting_that_the_cell_has_not_is_idle(hub):
    page = opened("gated", experiment="forget")
    assert widget(page, "select_slider", "Forget-gate bias").disabled
    widget(page, "selectbox", "Cell").set_value("lstm").run()
    assert not widget(page, "select_slider", "Forget-gate bias").disabled


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({}, r"W_{ho}\,h^{(t)}"),
        ({"bidirectional": "true"}, r"\overleftarrow{h}"),
        ({"attention": "true"}, r"\alpha^{(t,s)}"),
    ],
)
def test_the_output_layers_equation_says_all_that_it_reads(hub, settings, says):
    page = opened("delayed" if "attention" in settings else "direct", **settings)
    assert sum(says in line.value for line in page.latex) == 1


def test_the_cell_is_opened_on_its_page(hub):
    opened("gated")
    assert shown(hub).figures[:2] == ("graph", "cell")


def sides(hub):
    return [(name, config.cell, config.hidden) for name, config in shown(hub).sides]


def test_the_comparison_starts_with_three_cells_at_the_tasks_own_settings(hub):
    page = opened("side_by_side")
    own = defaults(task_of(RunConfig(task="recall")))
    assert [config for _, config in shown(hub).sides] == [replace(own, cell=cell) for cell in ("elman", "gru", "lstm")]
    assert shown(hub).budget == 1000
    assert query(page) == {}


def test_a_link_sets_up_a_whole_comparison(hub):
    link = {"task": "copying", "lag": "20", "seed": "4", "budget": "2000", "example": "3"}
    link["runs"] = "elman:layers=2,lstm:hidden=8:forget_bias=1.0"
    page = opened("side_by_side", **link)
    assert not page.warning
    (_, elman), (_, lstm) = shown(hub).sides
    for config in (elman, lstm):
        assert (config.task, config.lag, config.seed) == ("copying", 20, 4)
    assert (elman.cell, elman.layers, lstm.cell, lstm.hidden, lstm.forget_bias) == ("elman", 2, "lstm", 8, 1.0)
    assert (shown(hub).example, shown(hub).budget) == (3, 2000)
    assert query(page) == link
    assert [slider.value for slider in page.select_slider if slider.label == "Hidden size"] == [48, 8]


def hidden_size(page, run):
    return [item for item in page.select_slider if item.label == "Hidden size"][run]


def test_one_runs_control_changes_that_run_and_the_link(hub):
    page = opened("side_by_side")
    hidden_size(page, run=1).set_value(64).run()
    assert sides(hub) == [("Elman, tanh", "elman", 16), ("GRU, hidden size 64", "gru", 64), ("LSTM", "lstm", 16)]
    assert query(page) == {"runs": "elman,gru:hidden=64,lstm"}
    hidden_size(page, run=1).set_value(16).run()
    assert query(page) == {}


def test_runs_can_be_added_and_are_there_again_when_taken_back(hub):
    page = opened("side_by_side", runs="gru,gru")
    assert [name for name, *_ in sides(hub)] == ["GRU (1)", "GRU (2)"]
    for wanted in (4, 3):
        widget(page, "button_group", "Runs").set_value(wanted).run()
        assert len(sides(hub)) == wanted
    assert query(page) == {"runs": "gru,gru,lstm"}


def test_what_all_runs_share_is_changed_for_all(hub):
    page = opened("side_by_side")
    widget(page, "select_slider", "Lag").set_value(80)
    page.run()
    assert {config.lag for _, config in shown(hub).sides} == {80}
    assert query(page) == {"lag": "80"}


@pytest.mark.parametrize("runs", ["gru", "gru,lstm:lag=3", "gru,grue", "gru,lstm:hidden=-1", ",,,,"])
def test_a_comparison_that_cannot_be_is_answered_in_words(hub, runs):
    page = opened("side_by_side", runs=runs)
    assert not page.exception
    (warning,) = page.warning
    assert "usual runs" in warning.value
    assert [cell for _, cell, _ in sides(hub)] == ["elman", "gru", "lstm"]


def test_updates_that_cannot_be_allowed_are_answered_in_words(hub):
    page = opened("side_by_side", budget="many")
    assert "many" in page.warning[0].value
    assert shown(hub).budget == 1000


@pytest.mark.parametrize("task", ["copying", "parity", "adding"])
def test_every_memory_task_can_be_compared_on(hub, task):
    page = opened("side_by_side")
    widget(page, "selectbox", "Data").set_value(task)
    page.run()
    assert not page.exception
    own = defaults(task_of(RunConfig(task=task)))
    assert [config for _, config in shown(hub).sides] == [replace(own, cell=cell) for cell in ("elman", "gru", "lstm")]


def test_every_control_of_a_comparison_says_what_it_does(hub):
    page = opened("side_by_side")
    for kind in ("selectbox", "select_slider", "toggle", "text_input", "button_group"):
        for item in getattr(page, kind):
            assert item.help and item.help.endswith("."), item.label


def test_the_direct_wiring_stands_beside_the_delayed_one(hub):
    opened("delayed", cell="lstm", seed="3")
    beside = shown(hub, "direct").config
    assert (beside.task, beside.cell, beside.seed) == ("translation-direct", "lstm", 3)


def test_a_file_is_prepared_once_and_again_where_it_is_gone(hub, tmp_path, monkeypatch):
    from seqviz.tasks.store import Prepared, put
    from seqviz.ui.once import once

    monkeypatch.setenv("SEQVIZ_DATA", str(tmp_path))
    done = []

    @once
    def prepare(content: bytes, size: int) -> Prepared:
        done.append(size)
        return Prepared(put({"kind": "some", "content": content.decode(), "size": size}), ())

    assert prepare(b"a", 1) == prepare(b"a", 1) != prepare(b"a", 2)
    assert done == [1, 2]
    for file in tmp_path.iterdir():
        file.unlink()
    prepare(b"a", 1)
    assert done == [1, 2, 1]
    assert list(tmp_path.iterdir())


def test_one_more_picture_can_be_captioned(hub, store):
    from seqviz.tasks.own_captions import PREFIX, prepare
    from tests.tasks.test_own_captions import numbered, packed, picture

    page = opened("one_to_many", task="own-captions", data=prepare(packed(*numbered(20))).digest)
    assert not page.warning
    widget(page, "selectbox", "Example").set_value(-1).run()
    widget(page, "file_uploader", "One more picture").set_value(("mine.png", b"no picture", "image/png")).run()
    assert page.warning and not page.exception
    assert shown(hub).example == 0
    widget(page, "file_uploader", "One more picture").set_value(("mine.png", picture(77), "image/png")).run()
    assert not page.exception
    assert str(shown(hub).example).startswith(PREFIX)
    assert query(page)["typed"] == shown(hub).example
