import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqviz.core.task import BadInput
from seqviz.tasks import store

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@pytest.fixture(autouse=True)
def directory(tmp_path, monkeypatch):
    monkeypatch.setenv("SEQVIZ_DATA", str(tmp_path))
    return tmp_path


def test_what_is_put_is_got(directory):
    @given(st.dictionaries(st.text(), values, max_size=4))
    def round_trip(record):
        record = {**record, "kind": "test"}
        digest = store.put(record)
        assert store.get(digest, "test") == record
        assert store.put(dict(reversed(record.items()))) == digest

    round_trip()
    assert not [path for path in directory.iterdir() if path.suffix != ".json"]


@pytest.mark.parametrize("digest", ["", "0" * 64, "../" + "0" * 61, "/etc/passwd", "0" * 63 + "/", "A" * 64])
def test_what_is_not_there_is_said(digest):
    with pytest.raises(BadInput, match="Upload"):
        store.get(digest, "test")


def test_another_kind_is_not_there():
    with pytest.raises(BadInput):
        store.get(store.put({"kind": "one"}), "two")


def test_the_oldest_makes_room(directory, monkeypatch):
    monkeypatch.setattr(store, "LARGEST", 250)
    digests = []
    for number in range(4):
        digests.append(store.put({"kind": "test", "text": str(number) * 80}))
        os.utime(directory / f"{digests[-1]}.json", (number, number))
    with pytest.raises(BadInput):
        store.get(digests[0], "test")
    assert store.get(digests[3], "test")["text"] == "3" * 80


def test_a_file_that_was_changed_is_not_read_and_can_be_put_again(directory):
    record = {"kind": "test", "text": "as it was"}
    digest = store.put(record)
    file = directory / f"{digest}.json"
    file.write_text(file.read_text().replace("was", "isn"))
    with pytest.raises(BadInput):
        store.get(digest, "test")
    assert store.put(record) == digest
    assert store.get(digest, "test") == record


def test_what_is_used_stays_longer(directory, monkeypatch):
    first, second = (store.put({"kind": "test", "text": letter * 80}) for letter in "ab")
    for number, digest in enumerate((first, second)):
        os.utime(directory / f"{digest}.json", (number, number))
    store.get(first, "test")
    monkeypatch.setattr(store, "LARGEST", 250)
    third = store.put({"kind": "test", "text": "c" * 80})
    assert store.get(first, "test") and store.get(third, "test")
    with pytest.raises(BadInput):
        store.get(second, "test")


def test_without_a_named_directory_it_is_ones_own_among_the_temporary_files(directory, monkeypatch):
    monkeypatch.delenv("SEQVIZ_DATA")
    monkeypatch.setattr(store.tempfile, "gettempdir", lambda: str(directory))
    digest = store.put({"kind": "test"})
    (kept,) = directory.iterdir()
    assert str(os.getuid()) in kept.name
    assert kept.stat().st_mode & 0o777 == 0o700
    assert (kept / f"{digest}.json").exists()
