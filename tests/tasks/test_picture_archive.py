import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from seqviz.core.task import BadInput
from seqviz.tasks import picture_archive
from seqviz.tasks.picture_archive import SIDE, open_archive, pixels_in, shown, shrink, shrink_all

TABLE = b"file,caption\na.png,a cat\n"


def encoded(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def plain(colour: str = "red", size: tuple[int, int] = (30, 20), kind: str = "PNG") -> bytes:
    return encoded(Image.new("RGB", size, colour), kind)


def packed(files: Mapping[str | zipfile.ZipInfo, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def entry(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def vast_png(width: int, height: int) -> bytes:
    """A PNG file that says it is this large and has no pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_pictures_and_the_table_are_told_apart_from_the_rest():
    archive = open_archive(
        packed(
            {
                "set/a.PNG": plain(),
                "set/deep/b.jpeg": plain(kind="JPEG"),
                "set/captions.csv": TABLE,
                "set/readme.txt": b"hello",
                "__MACOSX/set/._a.PNG": b"x",
                "set/.DS_Store": b"x",
                "set/Thumbs.db": b"x",
            }
        )
    )
    assert archive.pictures == ("set/a.PNG", "set/deep/b.jpeg")
    assert archive.table == "set/captions.csv"
    assert archive.others == ("set/readme.txt",)
    assert archive.read(archive.table) == TABLE


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("set/a.png", "set/a.png"),
        ("a.png", "set/a.png"),
        (" A.PNG ", "set/a.png"),
        ("./a.png", "set/a.png"),
        ("deep\\b.gif", "set/deep/b.gif"),
        ("C:\\Users\\me\\b.gif", "set/deep/b.gif"),
        ("twice.png", "set/twice.png"),
        ("other/twice.png", "other/twice.png"),
        ("B/twice.png", ""),
        ("c.png", ""),
        ("", ""),
        ("../a.png", "set/a.png"),
    ],
)
def test_tables_name_pictures_with_folders_or_without(written, found):
    names = ("set/a.png", "set/deep/b.gif", "set/twice.png", "other/twice.png")
    archive = open_archive(packed({"set/t.csv": TABLE, **dict.fromkeys(names, plain())}))
    assert archive.named(written) == found


@pytest.mark.parametrize(
    "name", ["../a.png", "set/../../a.png", "/etc/a.png", "C:/a.png", "c:a.png", "..\\a.png", "\\\\host\\a.png", "a/.."]
)
def test_places_outside_of_the_archive_are_refused(name):
    with pytest.raises(BadInput, match="place outside"):
        open_archive(packed({"t.csv": TABLE, name: plain()}))


def test_files_without_a_name_are_refused():
    content = packed({"t.csv": TABLE, "a.png": plain()})
    listed = content.rindex(b"a.png")  # in the table of contents; a name ends at its first zero byte
    with pytest.raises(BadInput, match="has no name"):
        open_archive(content[:listed] + b"\0" + content[listed + 1 :])


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_refused(kind):
    with pytest.raises(BadInput, match="link"):
        open_archive(packed({"t.csv": TABLE, entry("a.png", kind | 0o777): b"/etc/passwd"}))


@pytest.mark.parametrize("mode", [stat.S_IFREG | 0o644, 0])
def test_files_are_no_links(mode):
    assert open_archive(packed({"t.csv": TABLE, entry("a.png", mode): plain()})).pictures == ("a.png",)


def test_archives_in_archives_are_refused():
    for name in ("more.zip", "more.tar.gz", "more.7z"):
        with pytest.raises(BadInput, match="archive in the archive"):
            open_archive(packed({"t.csv": TABLE, name: packed({})}))


def test_bombs_are_refused_before_they_are_unpacked(monkeypatch):
    monkeypatch.setattr(zipfile.ZipFile, "read", None)
    with pytest.raises(BadInput, match="100 times"):
        open_archive(packed({"t.csv": TABLE, "a.png": bytes(2_000_000)}))
    with pytest.raises(BadInput, match="25 MB"):
        open_archive(packed({"t.csv": TABLE, "a.png": bytes(25_000_001)}))
    monkeypatch.setattr(picture_archive, "LARGEST_UNPACKED", 3_000_000)
    with pytest.raises(BadInput, match="more than 3 MB"):
        open_archive(packed({"t.csv": TABLE, **{f"{number}.png": bytes(900_000) for number in range(4)}}))


def test_a_file_that_lies_about_its_size_is_damaged():
    content = bytearray(packed({"t.csv": TABLE, "a.png": bytes(900_000)}))
    place = content.rfind(b"PK\x01\x02")  # the list's entry of a.png; its unpacked size stands 24 bytes further
    content[place + 24 : place + 28] = struct.pack("<I", 10)
    archive = open_archive(bytes(content))
    with pytest.raises(BadInput, match="damaged"):
        archive.read("a.png")


def test_files_said_to_lie_before_the_archive_are_damaged():
    content = bytearray(packed({"t.csv": TABLE, "a.png": plain()}))
    end = content.rfind(b"PK\x05\x06")
    (start,) = struct.unpack("<I", content[end + 16 : end + 20])
    content[end + 16 : end + 20] = struct.pack("<I", start + 1000)
    archive = open_archive(bytes(content))
    with pytest.raises(BadInput, match="damaged"):
        archive.read("a.png")


def test_too_many_files_are_refused(monkeypatch):
    monkeypatch.setattr(picture_archive, "MOST_FILES", 3)
    files = {"t.csv": TABLE, "a.png": plain(), "b.png": plain()}
    open_archive(packed(files))
    with pytest.raises(BadInput, match="4 files"):
        open_archive(packed(files | {"c.png": plain()}))


def test_too_large_a_file_is_refused(monkeypatch):
    monkeypatch.setattr(picture_archive, "LARGEST_ARCHIVE", 1_000_000)
    with pytest.raises(BadInput, match="at most 1 MB"):
        open_archive(bytes(2_000_000))


def test_a_password_is_answered_with_what_to_do():
    content = bytearray(packed({"t.csv": TABLE, "a.png": plain()}))
    for start, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(start) + flags] |= 1
    with pytest.raises(BadInput, match="password"):
        open_archive(bytes(content))


def test_two_files_of_one_name_are_refused():
    with pytest.warns(UserWarning, match="Duplicate"):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for content in (TABLE, plain(), plain("blue")):
                archive.writestr("t.csv" if content is TABLE else "a.png", content)
    with pytest.raises(BadInput, match="same name"):
        open_archive(file.getvalue())


def test_exactly_one_table_is_wanted():
    with pytest.raises(BadInput, match="no table"):
        open_archive(packed({"a.png": plain()}))
    with pytest.raises(BadInput, match="2 tables"):
        open_archive(packed({"a.csv": TABLE, "b.tsv": TABLE}))
    assert open_archive(packed({"a.csv": TABLE, "b.txt": TABLE})).table == "a.csv"
    assert open_archive(packed({"captions.txt": TABLE})).table == "captions.txt"


@pytest.mark.parametrize("content", [b"", b"hello", plain(), b"PK\x03\x04", packed({"t.csv": TABLE})[:-30]])
def test_what_is_no_zip_file_is_answered_with_a_sentence(content):
    with pytest.raises(BadInput, match="not a ZIP file"):
        open_archive(content)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF"])
@pytest.mark.parametrize("size", [(120, 60), (60, 120), (24, 24), (7, 5), (1, 300)])
def test_pictures_are_shrunk_whole_onto_white(kind, size):
    picture = shrink(plain("blue", size, kind))
    assert picture.shape == (SIDE, SIDE, 3)
    assert picture.dtype == np.uint8
    blue = (picture[..., 2].astype(int) - picture[..., 0]) > 128
    scale = SIDE / max(size)
    assert blue.any(axis=0).sum() == max(1, round(size[0] * scale))
    assert blue.any(axis=1).sum() == max(1, round(size[1] * scale))
    np.testing.assert_array_equal(picture[~blue], 255)
    edges = np.flatnonzero(blue.any(axis=0)), np.flatnonzero(blue.any(axis=1))
    assert all(abs(edge[0] - (SIDE - 1 - edge[-1])) <= 1 for edge in edges)


def test_what_is_transparent_is_white():
    for mode, clear in (("RGBA", (0, 0, 0, 0)), ("LA", (0, 0))):
        np.testing.assert_array_equal(shrink(encoded(Image.new(mode, (24, 24), clear))), 255)
    indexed = Image.new("P", (24, 24), 0)
    np.testing.assert_array_equal(shrink(encoded(indexed, "GIF", transparency=0)), 255)


def test_pictures_of_65536_shades_keep_their_greys():
    shades = np.repeat(np.linspace(0, 65535, SIDE).astype(np.uint16)[None], SIDE, axis=0)
    found = shrink(encoded(Image.fromarray(shades)))
    np.testing.assert_allclose(found[..., 0], shades / 257, atol=1.1)


def test_a_photo_is_turned_as_the_camera_says():
    upper, lower = Image.new("RGB", (24, 12), "white"), Image.new("RGB", (24, 12), "black")
    image = Image.new("RGB", (24, 24))
    image.paste(upper, (0, 0))
    image.paste(lower, (0, 12))
    turned = Image.Exif()
    turned[0x0112] = 3  # upside down
    found = shrink(encoded(image, exif=turned))
    assert found[:10].max() < 20
    assert found[14:].min() > 235


def test_an_animation_is_its_first_picture():
    frames = [Image.new("RGB", (24, 24), colour) for colour in ("red", "blue")]
    np.testing.assert_array_equal(
        shrink(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])), shrink(plain("red", (24, 24)))
    )


@pytest.mark.parametrize(("width", "height"), [(6000, 5000), (20_000, 20_000), (2**31 - 1, 2**31 - 1)])
def test_vast_pictures_are_refused_unseen(width, height):
    for read in (shrink, pixels_in):
        with pytest.raises(BadInput, match="25 million pixels"):
            read(vast_png(width, height))


@pytest.mark.parametrize(
    "content", [b"", b"hello", vast_png(5, 5), plain()[:60], plain(kind="BMP"), plain(kind="TIFF")]
)
def test_what_is_no_picture_is_answered_with_a_reason(content):
    with pytest.raises(BadInput, match="cannot be read as PNG, JPEG or GIF"):
        shrink(content)


def test_pictures_that_cannot_be_read_are_named_with_the_reason(monkeypatch):
    content = packed({"t.csv": TABLE, "a.png": plain(), "b.png": b"hello", "c.png": vast_png(9000, 9000)})
    pictures, broken = shrink_all(open_archive(content), ["a.png", "b.png", "c.png"])
    assert list(pictures) == ["a.png"]
    np.testing.assert_array_equal(pictures["a.png"], shrink(plain()))
    assert list(broken) == ["b.png", "c.png"]
    assert "cannot be read" in broken["b.png"]
    assert "million pixels" in broken["c.png"]
    monkeypatch.setattr(picture_archive, "MOST_PIXELS_TOGETHER", 1199)
    with pytest.raises(BadInput, match="Together"):
        shrink_all(open_archive(packed({"t.csv": TABLE, "a.png": plain(), "b.png": plain()})), ["a.png", "b.png"])


def test_a_damaged_picture_does_not_spoil_the_others():
    content = bytearray(packed({"t.csv": TABLE, "a.png": plain(), "b.png": plain("blue")}, zipfile.ZIP_STORED))
    content[content.find(b"IDAT") + 8] ^= 0xFF
    pictures, broken = shrink_all(open_archive(bytes(content)), ["a.png", "b.png"])
    assert list(pictures) == ["b.png"]
    assert broken == {"a.png": "is damaged in the ZIP file"}


NOISE = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
SAMPLES = [
    encoded(Image.fromarray(NOISE)),
    encoded(Image.fromarray(NOISE), "JPEG"),
    encoded(Image.fromarray(NOISE), "JPEG", progressive=True),
    encoded(Image.fromarray(NOISE), "GIF"),
    encoded(Image.fromarray(NOISE).convert("P"), "PNG", transparency=3),
    encoded(Image.fromarray(NOISE).convert("I;16")),
]
CHANGES = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=6)


def spoilt(content: bytes, changes: list[tuple[float, int]], kept: float) -> bytes:
    spoiling = bytearray(content)
    for place, value in changes:
        spoiling[int(place * len(spoiling))] = value
    return bytes(spoiling[: int(kept * len(spoiling))])


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning", "ignore::UserWarning")
@given(st.sampled_from(SAMPLES), CHANGES, st.just(1.0) | st.floats(0, 1))
def test_a_spoilt_picture_is_a_picture_or_bad_input(content, changes, kept):
    try:
        picture = shrink(spoilt(content, changes, kept))
    except BadInput:
        return
    assert picture.shape == (SIDE, SIDE, 3)


SMALL = packed({"set/t.csv": TABLE, "set/a.png": plain(), "b.gif": plain(kind="GIF")})


@given(CHANGES, st.just(1.0) | st.floats(0, 1))
def test_a_spoilt_archive_is_an_archive_or_bad_input(changes, kept):
    try:
        archive = open_archive(spoilt(SMALL, changes, kept))
        shrink_all(archive, archive.pictures)
        archive.read(archive.table)
    except BadInput as problem:
        assert str(problem)


@given(st.text(), st.integers(1, 60))
def test_names_can_be_shown_whatever_they_hold(name, most):
    said = shown(name, most)
    assert len(said) <= most
    assert said.isprintable()
    if name.isprintable() and len(name) <= most:
        assert said == name
