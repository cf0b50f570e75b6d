"""Reading a ZIP archive of pictures with a table, from anyone: nothing is unpacked to disk, nothing is trusted.

What zip archives and pictures can do to a program that trusts them: unpack to a thousand times their size, name places
outside the folder they are unpacked in, be links to other files, hold archives in archives, be cut off or broken.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Final

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageOps

from seqviz.core.task import BadInput

SIDE: Final = 24
LARGEST_ARCHIVE: Final = 100_000_000
LARGEST_FILE: Final = 25_000_000
LARGEST_UNPACKED: Final = 400_000_000
"""Bytes: of the archive, of each file in it and of all its files together."""
MOST_FILES: Final = 10_000
MOST_EXPANDED: Final = 100
"""So many times its packed size a file of a megabyte or more may have; pictures hardly shrink when packed."""
MOST_PIXELS: Final = 25_000_000
MOST_PIXELS_TOGETHER: Final = 2_000_000_000

PICTURES: Final = frozenset({".png", ".jpg", ".jpeg", ".gif"})
TABLES: Final = frozenset({".csv", ".tsv"})
_ARCHIVES: Final = frozenset({".zip", ".jar", ".7z", ".rar", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".zst"})
_LEFT_BY_SYSTEMS: Final = re.compile(r"(^|/)(__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_BROKEN_ARCHIVE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
    struct.error,
)
_BROKEN_PICTURE: Final = (OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError)
"""What Python's zipfile and Pillow raise for files that are cut off, damaged or of a kind they do not know."""
_UNREADABLE: Final = "cannot be read as PNG, JPEG or GIF"

Picture = UInt8[np.ndarray, "24 24 3"]
"""Red, green and blue from 0 to 255."""


@dataclass(frozen=True)
class Archive:
    """A ZIP archive whose list of files has been checked.

    pictures, others: names of files with their folders. table: that of the one table.
    """

    packed: zipfile.ZipFile
    pictures: tuple[str, ...]
    table: str
    others: tuple[str, ...]

    def read(self, name: str) -> bytes:
        """The bytes of a file. Raises BadInput, with the reason, where they are damaged."""
        try:
            return self.packed.read(name)
        except _BROKEN_ARCHIVE:
            raise BadInput("is damaged in the ZIP file") from None

    def named(self, written: str) -> str:
        """The picture that a table means by `written`: its name, with or without folders; "" where there is none."""
        path = written.strip().replace("\\", "/").removeprefix("./")
        beside = str(PurePosixPath(self.table).parent / path)
        ways = (path, beside, path.lower(), beside.lower(), _last(path))
        return next((self._by_name[way] for way in ways if way in self._by_name), "")

    @cached_property
    def _by_name(self) -> Mapping[str, str]:
        """Pictures by their path, and by its last part where no other has the same."""
        counts = Counter(_last(name) for name in self.pictures)
        by_last = {_last(name): name for name in self.pictures if counts[_last(name)] == 1}
        return by_last | {name.lower(): name for name in self.pictures} | {name: name for name in self.pictures}


def open_archive(content: bytes) -> Archive:
    """Checks what a ZIP file says it holds. Raises BadInput, in a sentence for people, where it cannot be used."""
    if len(content) > LARGEST_ARCHIVE:
        raise BadInput(f"The file has {len(content) / 1e6:.0f} MB; at most {LARGEST_ARCHIVE / 1e6:.0f} MB can be read.")
    try:
        packed = zipfile.ZipFile(io.BytesIO(content))
    except _BROKEN_ARCHIVE:
        raise BadInput("This is not a ZIP file, or it is damaged. Pack the pictures and the table again.") from None
    members = packed.infolist()
    if len(members) > MOST_FILES:
        raise BadInput(f"The ZIP file holds {len(members):,} files; at most {MOST_FILES:,} can be read.")
    for member in members:
        _check(member)
    if sum(member.file_size for member in members) > LARGEST_UNPACKED:
        raise BadInput(
            f"Unpacked, the files have more than {LARGEST_UNPACKED / 1e6:.0f} MB. Make the pictures smaller."
        )
    names = [member.filename for member in members if not member.is_dir()]
    if len(set(names)) < len(names):
        raise BadInput("Two files in the ZIP file have the same name. Pack the pictures and the table again.")
    names = [name for name in names if not _LEFT_BY_SYSTEMS.search(name)]
    pictures = tuple(name for name in names if _ending(name) in PICTURES)
    table = _only_table(names)
    known = {*pictures, table}
    return Archive(packed, pictures, table, tuple(name for name in names if name not in known))


def shrink(content: bytes) -> Picture:
    """A PNG, JPEG or GIF file (its first picture) as red, green and blue from 0 to 255.

    All of it is shrunk to fit `SIDE` × `SIDE`; what stays empty, and what is transparent, becomes white.
    Raises BadInput, with the reason, where it cannot be read.
    """
    pixels_in(content)
    try:
        with _opened(content) as image:
            # A JPEG file can be read at a fraction of its size, in a fraction of the time.
            image.draft("RGB", (4 * SIDE, 4 * SIDE))
            whole = _with_eight_bits(ImageOps.exif_transpose(image)).convert("RGBA")
    except _BROKEN_PICTURE:
        raise BadInput(_UNREADABLE) from None
    scale = SIDE / max(whole.size)
    width, height = (max(1, round(length * scale)) for length in whole.size)
    small = whole.resize((width, height), Image.Resampling.LANCZOS)
    paper = Image.new("RGBA", (SIDE, SIDE), "white")
    paper.alpha_composite(small, ((SIDE - width) // 2, (SIDE - height) // 2))
    return np.array(paper.convert("RGB"))


def pixels_in(content: bytes) -> int:
    """How many pixels a picture says it has; it is not unpacked. Raises BadInput for too many or for no picture."""
    try:
        with _opened(content) as image:
            pixels = int(image.width * image.height)
    except Image.DecompressionBombError:
        pixels = MOST_PIXELS + 1
    except _BROKEN_PICTURE:
        raise BadInput(_UNREADABLE) from None
    if pixels > MOST_PIXELS:
        raise BadInput(f"has more than {MOST_PIXELS / 1e6:.0f} million pixels")
    return pixels


def shrink_all(archive: Archive, names: Iterable[str]) -> tuple[dict[str, Picture], dict[str, str]]:
    """The named pictures, and for those that cannot be read the reason.

    Raises BadInput where they have too many pixels together.
    """
    pictures: dict[str, Picture] = {}
    broken: dict[str, str] = {}
    pixels = 0
    for name in names:
        try:
            content = archive.read(name)
            pixels += pixels_in(content)
            pictures[name] = shrink(content)
        except BadInput as reason:
            broken[name] = str(reason)
        if pixels > MOST_PIXELS_TOGETHER:
            most = f"{MOST_PIXELS_TOGETHER / 1e6:,.0f} million"
            raise BadInput(
                f"Together the pictures have more than {most} pixels. Make them smaller and pack them again."
            )
    return pictures, broken


def shown(name: str, most: int = 40) -> str:
    """A file's name as it can be said: its end if it is long, without signs that do not print."""
    printable = "".join(sign if sign.isprintable() else "�" for sign in name)
    return printable if len(printable) <= most else "…" + printable[len(printable) - most + 1 :]


def _check(member: zipfile.ZipInfo) -> None:
    """Raises BadInput where an entry of a ZIP file is something that pictures and tables are not."""
    name = member.filename
    parts = re.split(r"[/\\]", name)
    kind = stat.S_IFMT(member.external_attr >> 16)
    said = f"“{shown(name)}” in the ZIP file"
    if not name:
        raise BadInput("A file in the ZIP file has no name. Pack the pictures and the table again.")
    if name.startswith(("/", "\\")) or ".." in parts or re.match("[A-Za-z]:", name):
        raise BadInput(f"{said} names a place outside of it. Pack the pictures and the table again, in one folder.")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise BadInput(f"{said} is a link to another file. Put the file itself there.")
    if member.flag_bits & 0x1:
        raise BadInput("The ZIP file is protected with a password. Pack it again without one.")
    if _ending(name) in _ARCHIVES:
        raise BadInput(f"{said} is an archive in the archive. Unpack it and pack its files directly.")
    if member.file_size > LARGEST_FILE:
        raise BadInput(f"{said} has more than {LARGEST_FILE / 1e6:.0f} MB.")
    if member.file_size > 1_000_000 and member.file_size > MOST_EXPANDED * member.compress_size:
        raise BadInput(f"{said} would unpack to more than {MOST_EXPANDED} times its size. Pictures do not do that.")


def _only_table(names: list[str]) -> str:
    """The table among the files; a .txt file counts where there is no other."""
    for endings in (TABLES, frozenset({".txt"})):
        tables = [name for name in names if _ending(name) in endings]
        if len(tables) > 1:
            said = ", ".join(f"“{shown(name)}”" for name in tables[:3])
            raise BadInput(f"The ZIP file holds {len(tables)} tables ({said}); leave only the one with the captions.")
        if tables:
            return tables[0]
    raise BadInput(
        "The ZIP file holds no table. Put in a CSV file with two columns: the name of each picture, and its caption."
    )


def _opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "GIF"))


def _with_eight_bits(image: Image.Image) -> Image.Image:
    """A grey picture of 65,536 shades with 256; Pillow by itself would make all but the darkest white."""
    if not image.mode.startswith("I"):
        return image
    return Image.fromarray((np.asarray(image) >> 8).clip(0, 255).astype(np.uint8))


def _last(path: str) -> str:
    return path.lower().rsplit("/", 1)[-1]


def _ending(name: str) -> str:
    return PurePosixPath(name.lower()).suffix
