import base64
import csv
import io
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from seqviz.core.config import RunConfig
from seqviz.core.task import END, IGNORE, UNKNOWN, BadInput
from seqviz.tasks import own_captions
from seqviz.tasks.own_captions import FEWEST, LONGEST, MENU, PREFIX, SIDE, OwnCaptions, build, prepare, typed_picture


@pytest.fixture(autouse=True)
def data_directory(tmp_path, monkeypatch):
    monkeypatch.setenv("SEQVIZ_DATA", str(tmp_path))


def picture(number: int) -> bytes:
    """A picture like no other: its colour is its number."""
    file = io.BytesIO()
    Image.new("RGB", (SIDE, SIDE), (number % 256, number // 256, 77)).save(file, "PNG")
    return file.getvalue()


def number_of(inputs: np.ndarray) -> int:
    red, green, _ = np.rint(inputs[0, :, 0, 0] * 255).astype(int)
    return int(red + 256 * green)


def packed(rows: list[list[str]], files: dict[str, bytes], table: str = "captions.csv") -> bytes:
    text, file = io.StringIO(newline=""), io.BytesIO()
    csv.writer(text, delimiter="\t" if table.endswith("tsv") else ",").writerows(rows)
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(table, text.getvalue())
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def numbered(count: int) -> tuple[list[list[str]], dict[str, bytes]]:
    rows = [["file", "caption"]] + [[f"{place}.png", f"A picture with number{place}."] for place in range(count)]
    return rows, {f"{place}.png": picture(place) for place in range(count)}


def task_of(content: bytes) -> OwnCaptions:
    return build(RunConfig(task="own-captions", data=prepare(content).digest))


def said(task: OwnCaptions, targets: np.ndarray) -> str:
    words = [task.writes[word] for word in targets if word != IGNORE]
    assert words[-1] == END
    assert END not in words[:-1]
    return " ".join(words[:-1])


def everything(task: OwnCaptions) -> list[tuple[int, str]]:
    batches = [task.held_out, task.batch(seed=2, step=0, size=task.train_size)]
    return sorted(
        (number_of(inputs), said(task, targets))
        for batch in batches
        for inputs, targets in zip(batch.inputs, batch.targets, strict=True)
    )


def test_every_picture_keeps_its_caption():
    task = task_of(packed(*numbered(60)))
    found = everything(task)
    assert [number for number, _ in found] == list(range(60))
    trained = {word for _, words in task.train for word in words}
    for number, text in found:
        name = f"number{number}"
        assert text == f"a picture with {name if name in trained else UNKNOWN} ."
    assert len(task.held_out.inputs) == 9
    assert task.train_size == 51


def test_nothing_kept_back_is_trained_on():
    rows, files = numbered(30)
    files |= {f"copy{place}.png": picture(place) for place in range(30)}
    rows += [[f"copy{place}.png", "the same again"] for place in range(30)]
    rows += [[f"{place}.png", "once more"] for place in range(30)]
    task = task_of(packed(rows, files))
    held = [number_of(inputs) for inputs in task.held_out.inputs]
    trained = [number_of(inputs) for inputs in task.batch(0, 0, task.train_size).inputs]
    assert set(held).isdisjoint(trained)
    assert set(held) | set(trained) == set(range(30))
    assert len(held) == len(set(held))
    assert sorted(trained) == sorted([*set(trained)] * 3)
    assert all(said(task, targets).startswith("a picture") for targets in task.held_out.targets)


@pytest.mark.parametrize(
    "rows",
    [
        [["image", "caption"], ["{}", "word{}"]],
        [["caption", "image"], ["word{}", "{}"]],
        [["{}", "word{}"]],
        [["word{}", "{}"]],
        [["id", "file", "caption"], ["7", "{}", "word{}"]],
        [["file", "caption", "remark"], ["{}", "word{}", "a much longer remark that is no caption"]],
        [["Bild", "Beschreibung"], ["{}", "word{}"]],
    ],
)
@pytest.mark.parametrize("table", ["captions.csv", "set/captions.tsv", "captions.txt"])
def test_columns_are_found_by_what_they_hold(rows, table):
    *header, pattern = rows
    filled = [[cell.format(f"{n}.png" if cell == "{}" else n) for cell in pattern] for n in range(20)]
    content = packed([*header, *filled], {f"set/{n}.png": picture(n) for n in range(20)}, table)
    task = task_of(content)
    words = {word for _, caption in task.train + task.held for word in caption}
    assert words == {f"word{n}" for n in range(20)}
    assert [number for number, _ in everything(task)] == list(range(20))


def test_what_cannot_be_used_is_listed_by_name():
    rows, files = numbered(20)
    rows += [["lost.png", "gone"], ["gone.jpg", "gone"], ["5.png", ""], ["6.png", "very " * LONGEST + "long"]]
    rows += [["broken.png", "a broken one"]]
    files |= {"broken.png": b"hello", "extra.png": picture(99), "notes.doc": b"x", "photo.webp": b"x"}
    notes = "\n".join(prepare(packed(rows, files)).notes)
    for expected in (
        "20 captions of 20 pictures.",
        "Not in the ZIP file: lost.png, gone.jpg.",
        "Pictures that cannot be used: broken.png cannot be read as PNG, JPEG or GIF.",
        "Rows without a caption: 5.png.",
        f"Captions of more than {LONGEST} words: 6.png.",
        "Pictures without a caption: extra.png.",
        "neither PNG, JPEG, GIF nor the table: notes.doc, photo.webp.",
    ):
        assert expected in notes


def test_long_lists_of_names_say_how_many_more():
    rows, files = numbered(20)
    rows += [[f"lost{place}.png", "gone"] for place in range(25)]
    (note,) = (note for note in prepare(packed(rows, files)).notes if note.startswith("Not in the ZIP file"))
    assert note.endswith("lost9.png and 15 more.")


def test_a_clean_upload_needs_no_notes_but_what_was_done():
    notes = prepare(packed(*numbered(20))).notes
    assert len(notes) == 1
    assert "20 captions of 20 pictures" in notes[0]
    assert "24 × 24" in notes[0]


def test_only_so_many_pictures_are_used(monkeypatch):
    monkeypatch.setattr(own_captions, "MOST_PICTURES", 15)
    prepared = prepare(packed(*numbered(18)))
    assert "Pictures beyond the first 15: 15.png, 16.png, 17.png." in prepared.notes
    assert len(build(RunConfig(data=prepared.digest)).pictures) == 15


def test_too_little_says_how_much_and_what_was_wrong():
    rows, files = numbered(FEWEST)
    prepare(packed(rows, files))
    with pytest.raises(BadInput) as raised:
        prepare(packed(rows, files | {"3.png": b"hello"}))
    assert f"used: {FEWEST - 1}; at least {FEWEST}" in str(raised.value)
    assert "3.png cannot be read" in str(raised.value)
    same = dict.fromkeys(files, picture(1))
    with pytest.raises(BadInput, match="used: 1;"):
        prepare(packed(rows, same))


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (b"hello", "not a ZIP file"),
        (packed([["a", "b"]], {}), "no pictures"),
        (
            packed([["file", "caption"], ["x", "y"]], {"a.png": picture(0)}),
            "No column of “captions.csv” names pictures",
        ),
        (
            packed([["0.png"], ["1.png"]], {"0.png": picture(0)}),
            "The table “captions.csv”: Only one column was found. Two are needed, the picture's file name and its "
            "caption, with a comma",
        ),
        (packed([], {"0.png": picture(0)}), "The table “captions.csv”: The file is empty"),
        (packed([["text", "label"]], {"0.png": picture(0)}), "no rows below"),
    ],
)
def test_what_cannot_be_learned_from_is_answered_with_a_reason(content, hint):
    with pytest.raises(BadInput) as raised:
        prepare(content)
    assert hint in str(raised.value)


def test_a_damaged_table_is_said_to_be_damaged_and_how_that_is_mended():
    content = packed(*numbered(20)).replace(b"A picture with number3.", b"A picture with number4.")
    with pytest.raises(BadInput) as raised:
        prepare(content)
    assert str(raised.value) == "The table “captions.csv” is damaged in the ZIP file. Pack it again."


def test_a_batch_depends_on_its_arguments_alone():
    content = packed(*numbered(40))
    task, again = task_of(content), task_of(content)
    for seed, step in ((0, 0), (3, 9)):
        one, other = task.batch(seed, step, 8), again.batch(seed, step, 8)
        np.testing.assert_array_equal(one.inputs, other.inputs)
        np.testing.assert_array_equal(one.targets, other.targets)
    assert not np.array_equal(task.batch(0, 0, 8).inputs, task.batch(1, 0, 8).inputs)


def test_baseline_is_the_commonest_caption():
    rows, files = numbered(40)
    rows = [[name, "A cat." if place % 3 else text] for place, (name, text) in enumerate(rows)]
    rows[0] = ["file", "caption"]
    task = task_of(packed(rows, files))
    assert task.by_baseline(task.examples[0]) == ("a", "cat", ".")
    held = [said(task, targets) for targets in task.held_out.targets]
    assert task.baseline.score == held.count("a cat .") / len(held)
    assert 0 < task.baseline.score < 1


def test_examples_are_kept_back_and_say_different_things_first():
    rows, files = numbered(80)
    rows = [[name, "a cat" if int(name[:-4]) % 4 else "a dog"] for name, _ in rows[1:]]
    task = task_of(packed(rows, files))
    held = [number_of(inputs) for inputs in task.held_out.inputs]
    assert len(task.examples) == MENU
    assert {said(task, example.targets) for example in task.examples[:2]} == {"a cat", "a dog"}
    assert len({example.name for example in task.examples}) == MENU
    for example in task.examples:
        assert example.name == f"{number_of(example.inputs)}.png"
        assert number_of(example.inputs) in held
        assert example.words == ("picture",)


def test_pictures_of_the_upload_can_be_asked_for_by_name():
    rows, files = numbered(20)
    task = task_of(packed(rows, {f"Set/{name}": content for name, content in files.items()}))
    for typed in ("7.png", "Set/7.png", " SET/7.PNG "):
        example = task.read(typed)
        assert number_of(example.inputs) == 7
        assert said(task, example.targets).startswith("a picture with")
    for typed in ("", "77.png"):
        with pytest.raises(BadInput, match="no picture"):
            task.read(typed)


def test_another_picture_can_be_shown():
    task = task_of(packed(*numbered(20)))
    typed = typed_picture(picture(300))
    example = task.read(typed)
    assert number_of(example.inputs) == 300
    assert example.inputs.shape == (1, 3, SIDE, SIDE)
    assert example.targets.shape == (0,)
    with pytest.raises(BadInput, match="This file cannot be read as PNG, JPEG or GIF"):
        typed_picture(b"hello")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text() | st.text().map(PREFIX.__add__) | st.binary().map(lambda raw: PREFIX + base64.b64encode(raw).decode()))
def test_any_text_is_a_picture_or_bad_input(typed):
    task = task_of(packed(*numbered(FEWEST)))
    try:
        example = task.read(typed)
    except BadInput:
        return
    assert example.inputs.shape == (1, 3, SIDE, SIDE)


def test_words_that_mean_something_to_a_network_are_words_like_others():
    rows, files = numbered(20)
    rows += [["3.png", f"{END} and {UNKNOWN}"]]
    task = task_of(packed(rows, files))
    assert [text for _, text in everything(task) if "and" in text] == ["< eos > and < unk >"]


def test_data_that_is_gone_is_answered_with_what_to_do():
    for digest in ("", "0" * 64, "../../etc/passwd"):
        with pytest.raises(BadInput, match="Upload your file again"):
            build(RunConfig(task="own-captions", data=digest))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from([*(f"{place}.png" for place in range(14)), "lost.png", "", "caption"]),
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
            | st.sampled_from(["caption", "a cat", "a dog"]),
        ).map(list),
        min_size=15,
        max_size=60,
    )
)
def test_whatever_a_table_holds_is_learned_from_or_answered(rows):
    _, files = numbered(14)
    try:
        task = task_of(packed(rows, files))
    except BadInput as problem:
        assert str(problem)
        return
    assert 2 <= len(task.held_out.inputs) < len(task.pictures)
    used = {row[0] for row in rows}
    assert {name for name, _ in task.train + task.held} <= used & set(files)
    assert task.batch(0, 0, 4).targets.max() < len(task.writes)
