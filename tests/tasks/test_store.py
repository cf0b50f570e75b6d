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
