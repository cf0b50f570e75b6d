import pytest

from seqviz.core.config import RunConfig
from seqviz.core.task import BadInput
from seqviz.tasks import own_names, store
from seqviz.tasks.own_names import FEWEST, LONGEST, prepare

LINES = [f"name {chr(97 + place % 26)}{chr(97 + place // 26)}" for place in range(40)]


@pytest.fixture(autouse=True)
def directory(tmp_path, monkeypatch):
    monkeypatch.setenv("SEQVIZ_DATA", str(tmp_path))


def file(lines):
    return "\n".join(lines).encode()


def task(content, **options):
    return own_names.build(RunConfig(task="own-names", data=prepare(content, **options).digest))


def test_a_list_becomes_a_task_of_one_kind():
    found = task(file(LINES))
    assert found.kinds == ("a name",)
    assert {name.letters for name in (*found.train, *found.held)} == set(LINES)
    assert len(found.held) == 4
    assert found.examples[-1].name == "a new name"


def test_kinds_may_stand_before_a_tab():
    found = task(file([f"{('cat', 'dog')[place % 2]}\t{line}" for place, line in enumerate(LINES)]))
    assert found.kinds == ("cat", "dog")
    assert {name.kind for name in found.held} == {"cat", "dog"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_any_usual_encoding_and_line_end_is_read(encoding):
    found = task("\r\n".join([*LINES, "Zoë ", "  "]).encode(encoding))
    assert "zoë" in {name.letters for name in (*found.train, *found.held)}


def test_letters_stay_large_where_that_is_wanted():
    found = task(file([line.title() for line in LINES]), small=False)
    assert "N" in found.writes


def test_what_was_left_out_is_told():
    rare = [f"{chr(0x4E00 + place)}" for place in range(120)]
    said = " ".join(prepare(file([*LINES, LINES[0], "x" * (LONGEST + 1), *rare])).notes)
    assert "Left out because the same stands further up: 1 line." in said
    assert f"Left out for having more than {LONGEST} letters: 1 line." in said
    assert "Left out for letters that are not among the 100 commonest" in said


def test_markup_is_taken_out_and_control_signs_of_spaces_do_no_harm():
    found = task(file(["<b>bold</b> name", "a␣blank", *LINES]))
    everything = {name.letters for name in (*found.train, *found.held)}
    assert {"bold name", "a blank"} <= everything


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "The file is empty."),
        (file(LINES[: FEWEST - 1]), "The file has 29 different names of at most 30 letters in 29 lines"),
        (file(["same"] * 500), "The file has 1 different names of at most 30 letters in 500 lines"),
        (file(["y" * 99] * 99), "The file has 0 different names"),
        (b"PK\x03\x04" + b"x" * 99, "a ZIP or Excel file. A plain text file is needed"),
        (b"\x00\x01\x02" * 999, "This file is not text"),
        ("\n".join(chr(0x4E00 + place) for place in range(60)).encode(), "No two names have a letter in common"),
        (file([f"{place}\t{line}" for place, line in enumerate(LINES)]), "The file has 40 kinds before the tabs"),
    ],
)
def test_a_file_that_cannot_be_used_is_answered_in_words(content, why):
    with pytest.raises(BadInput, match=why):
        prepare(content)


def test_a_list_that_is_gone_is_answered_in_words():
    with pytest.raises(BadInput, match="no longer here"):
        own_names.build(RunConfig(task="own-names", data="0" * 64))


def test_only_so_many_names_are_used(monkeypatch):
    monkeypatch.setattr(own_names, "MOST", 35)
    prepared = prepare(file(LINES))
    assert "Left out because only 35 are used: 5 lines." in prepared.notes
    assert len(store.get(prepared.digest, own_names.KIND)["names"]) == 35


@pytest.mark.parametrize(("heading", "kinds"), [("Name", False), ("kind\tname", True)])
def test_a_heading_is_no_name(heading, kinds):
    lines = [f"{('cat', 'dog')[place % 2]}\t{line}" if kinds else line for place, line in enumerate(LINES)]
    prepared = prepare(file([heading, *lines]))
    found = own_names.build(RunConfig(task="own-names", data=prepared.digest))
    assert found.kinds == (("cat", "dog") if kinds else ("a name",))
    assert {name.letters for name in (*found.train, *found.held)} == set(LINES)
    assert any("read as a heading" in note for note in prepared.notes)
