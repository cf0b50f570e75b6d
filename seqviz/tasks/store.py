"""Data of a person's own, kept as files under the SHA-256 of their content.

The web process writes what was uploaded, a worker process reads it: both know it by its digest alone. The directory
is named by the environment variable SEQVIZ_DATA; without it, it is one of this user's own among the temporary files.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from seqviz.core.task import BadInput

LARGEST: Final = 1 << 30
"""Bytes that all data together may take; the data used longest ago goes first."""

Record = dict[str, Any]
"""What JSON can hold; "kind" says which task it is for."""


@dataclass(frozen=True)
class Prepared:
    """What an upload became: its digest for `RunConfig.data`, and notes on it in sentences."""

    digest: str
    notes: tuple[str, ...]


def put(record: Record) -> str:
    """Keeps `record` and returns its digest, 64 hexadecimal digits. The same record has the same digest."""
    content = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    digest = hashlib.sha256(content).hexdigest()
    path = _path(digest)
    if _content(path) == content:
        _use(path)
        return digest
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    # Whoever reads finds the whole file or none.
    Path(file.name).replace(path)
    _make_room(path)
    return digest


def has(digest: str) -> bool:
    """Whether what `put` named so is still there; if so it counts as used now."""
    path = _path(digest)
    _use(path)
    return path.exists()


def get(digest: str, kind: str) -> Record:
    """The record that `put` named `digest`. Raises BadInput where there is none of that kind, or no longer."""
    gone = BadInput("This link is to data that is no longer here. Upload your file again.")
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise gone
    path = _path(digest)
    content = _content(path)
    # A temporary directory is open to others: only what was put is read.
    if content is None or hashlib.sha256(content).hexdigest() != digest:
        raise gone
    _use(path)
    record: Record = json.loads(content)
    if record.get("kind") != kind:
        raise gone
    return record


def _path(digest: str) -> Path:
    named = os.environ.get("SEQVIZ_DATA")
    directory = Path(named) if named else Path(tempfile.gettempdir()) / f"seqviz-data-{os.getuid()}"
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return directory / f"{digest}.json"


def _content(path: Path) -> bytes | None:
    with suppress(FileNotFoundError):
        return path.read_bytes()
    return None


def _use(path: Path) -> None:
    """Marks a file as used now. Another session may have made room meanwhile; then it stays gone."""
    with suppress(FileNotFoundError):
        os.utime(path)


def _make_room(newest: Path) -> None:
    """Removes files used longest ago, a crash's half-written ones too, until the rest is small enough."""
    files = []
    for path in newest.parent.iterdir():
        with suppress(FileNotFoundError):
            files.append((path.stat().st_mtime, path.stat().st_size, path))
    total = 0
    for _, size, path in sorted(files, reverse=True):
        total += size
        if total > LARGEST and path != newest:
            path.unlink(missing_ok=True)
