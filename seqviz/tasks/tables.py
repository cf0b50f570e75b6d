"""Reading the tables that people have: CSV or TSV, in the encodings and shapes that programs write."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from math import ceil
from typing import Final, Literal

from seqviz.core.task import BadInput

LARGEST_FILE: Final = 25_000_000
"""Bytes."""
MOST_ROWS: Final = 50_000
LONGEST_FIELD: Final = 100_000
"""Characters; a longer field is a quotation mark that was never closed, or no text for a small network."""
DELIMITERS: Final = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar"}
OTHER_FILES: Final = {
    b"PK\x03\x04": "a ZIP or Excel file",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\x1f\x8b": "compressed; unpack it first",
}
OTHER_TEXTS: Final = {
    "<!doctype": "a web page",
    "<html": "a web page",
    '{"': "JSON",
    "[{": "JSON",
}
TABLE: Final = "A table is needed, saved as CSV or TSV."
"""What a file should have been, if it is another."""
TEXT_NAMES: Final = ("text", "review", "sentence", "comment", "content", "message", "tweet", "phrase", "body")
LABEL_NAMES: Final = ("label", "sentiment", "class", "category", "target", "rating", "polarity", "stars", "tag")


_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1f]")

Row = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """columns: their names. rows: each with one field a column. notes: what was done to the file, in sentences."""

    columns: Row
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


def read_text(content: bytes, wanted: str = TABLE) -> tuple[str, tuple[str, ...]]:
    """A file's text, and notes on how it was read.

    wanted: the sentence that says what should have been uploaded. Raises BadInput where the file is empty, too large,
    no text or of another kind.
    """
    if len(content) > LARGEST_FILE:
        raise BadInput(f"The file has {ceil(len(content) / 1e6)} MB; at most 25 MB can be read. Upload a part of it.")
    for start, what in OTHER_FILES.items():
        if content.startswith(start):
            raise BadInput(f"This file is {what}. {wanted}")
    text, notes = _decoded(content)
    if "\0" in text or len(_CONTROL.findall(text[:10_000])) > len(text[:10_000]) / 100:
        raise BadInput(f"This file is not text: it holds bytes that no text has. {wanted}")
    if not text.strip():
        raise BadInput("The file is empty.")
    beginning = text[:100].lstrip().lower()
    for sign, what in OTHER_TEXTS.items():
        if beginning.startswith(sign):
            raise BadInput(f"This file is {what}. {wanted}")
    return text, notes


def read_table(content: bytes, wanted: str = "a text and its label") -> Table:
    """The table in a CSV or TSV file, with or without a header.

    wanted: the two columns it needs, as a message names them. Raises BadInput, in a sentence for people, where the file
    is empty, too large, no text or no table.
    """
    text, notes = read_text(content)
    rows, how = _rows(re.sub(r"\A\s*sep=.\s*?\n", "", text, flags=re.IGNORECASE))  # Excel's word to itself
    notes += how
    if not rows:
        raise BadInput("The file is empty.")
    width, _ = _shape(rows)
    fitting = [row for row in rows if len(row) == width]
    if width < 2:
        raise BadInput(
            f"Only one column was found. Two are needed, {wanted}, with a comma, a tab or a semicolon "
            "between them; a text that holds that sign itself must stand in quotation marks."
        )
    if len(fitting) < len(rows):
        notes += (f"Left out for not having {width} columns: {len(rows) - len(fitting):,} of {len(rows):,} rows.",)
    columns, fitting = _header(fitting)
    if len(fitting) > MOST_ROWS:
        notes += (f"Only the first {MOST_ROWS:,} of {len(fitting):,} rows are used.",)
    return Table(columns, tuple(fitting[:MOST_ROWS]), notes)


def guess_columns(table: Table) -> tuple[int, int]:
    """Which column holds the texts and which the labels: by their names, otherwise by their contents."""
    text = _named(table, TEXT_NAMES)
    label = _named(table, LABEL_NAMES)
    places = range(len(table.columns))
    if text is None:
        text = max((place for place in places if place != label), key=lambda place: _mean_length(table, place))
    if label is None:
        label = min((place for place in places if place != text), key=lambda place: _variety(table, place))
    return text, label


def plain(text: str) -> tuple[str, bool]:
    """A text without markup (HTML tags, scripts, styles), and whether it had any."""
    if "<" not in text and "&" not in text:
        return text, False
    stripper = _Stripper()
    stripper.feed(text)
    stripper.close()
    return "".join(stripper.kept), stripper.found


class _Stripper(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.kept: list[str] = []
        self.found = False
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.found = True
        self._silent += tag in ("script", "style")
        self.kept.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in ("script", "style")))
        self.kept.append(" ")

    def handle_comment(self, data: str) -> None:
        self.found = True

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.kept.append(data)


def _decoded(content: bytes) -> tuple[str, tuple[str, ...]]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace"), ()
    # Without its mark at the start, UTF-16 shows in western letters: every other byte is 0.
    high, low = content[:1000:2], content[1:1000:2]
    for zeros, others, encoding in ((low, high, "utf-16-le"), (high, low, "utf-16-be")):
        if zeros.count(0) > len(zeros) / 2 and 0 not in others:
            return content.decode(encoding, errors="replace"), ()
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        # Every byte is a Latin-1 character; Windows adds quotation marks and dashes that Latin-1 lacks.
        text = content.decode("cp1252", errors="replace")
        return text, ("The file is not UTF-8 and was read as Latin-1; look whether letters with accents are right.",)


def _rows(text: str) -> tuple[list[Row], tuple[str, ...]]:
    """The rows, and notes on how they were split.

    The delimiter is the one that gives the most rows of one width, and wide rows rather than narrow. Some programs put
    no quotation marks around fields, and leave those in the texts alone: one that opens a text would then swallow the
    rows up to the next. Where one closes in the middle of a field, they are therefore read as part of the text if that
    gives more rows of one width. Raises BadInput where a field is too long.
    """
    sample = text[: 4 * LONGEST_FIELD]

    def consistency(delimiter: str) -> tuple[float, int]:
        rows = _split(sample, delimiter) or _split(sample, delimiter, csv.QUOTE_NONE) or []
        width, share = _shape(rows[:200])
        return (share if width > 1 else 0.0, width)

    delimiter = max(DELIMITERS, key=consistency)
    orderly = _split(text, delimiter, strict=True)
    if orderly is not None:
        return orderly, ()
    bare = _split(text, delimiter, csv.QUOTE_NONE) or []
    width, share = _shape(bare)
    rows = _split(text, delimiter)
    if width > 1 and share > 0.9 and (rows is None or len(bare) > len(rows)):
        return bare, ("Quotation marks do not enclose whole fields here: they were read as part of the text.",)
    if rows is None:
        raise BadInput(
            f"One field has more than {LONGEST_FIELD:,} characters. Make it shorter; or, if no text is that long, look "
            "for a quotation mark that is opened and not closed."
        )
    return rows, ()


def _split(
    text: str, delimiter: str, quoting: Literal[0, 3] = csv.QUOTE_MINIMAL, strict: bool = False
) -> list[Row] | None:
    """The rows that are not empty. None where a field is too long or, if strict, a quotation mark out of place."""
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting, strict=strict)
    try:
        rows = [tuple(field.strip() for field in row) for row in reader]
    except csv.Error:
        return None
    return [row for row in rows if any(row)]


def _shape(rows: Sequence[Row]) -> tuple[int, float]:
    """The commonest width, and the share of the rows that have it."""
    if not rows:
        return 0, 0.0
    width, count = Counter(map(len, rows)).most_common(1)[0]
    return width, count / len(rows)


def _header(rows: list[Row]) -> tuple[Row, list[Row]]:
    """The names of the columns and the rows below. Without a header the columns are numbered."""
    first, rest = rows[0], rows[1:]
    below = [{row[place] for row in rest} for place in range(len(first))]
    names = (*TEXT_NAMES, *LABEL_NAMES)
    known = any(name.lower() in names and name not in others for name, others in zip(first, below, strict=True))
    labels = [place for place, found in enumerate(below) if 1 < len(found) <= max(20, len(rest) // 10)]
    # A header names the labels; a first row of data repeats one of them.
    strange = bool(labels) and all(first[place] not in below[place] for place in labels)
    if known or (strange and len(rest) >= 10):
        return tuple(name or f"column {place + 1}" for place, name in enumerate(first)), rest
    return tuple(f"column {place + 1}" for place in range(len(first))), rows


def _named(table: Table, names: Sequence[str]) -> int | None:
    lower = [column.lower() for column in table.columns]
    return next((lower.index(name) for name in names if name in lower), None)


def _mean_length(table: Table, place: int) -> float:
    return sum(len(row[place]) for row in table.rows) / max(1, len(table.rows))


def _variety(table: Table, place: int) -> tuple[bool, int]:
    kinds = len({row[place] for row in table.rows})
    return kinds < 2, kinds
