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
from pathlib import Path
from typing import Any, Final

from seqviz.core.task import BadInput

LARGEST: Final = 1 << 30
"""Bytes that all data together may take; the data used longest ago goes first."""

Record = dict[str, Any]
"""What JSON can hold; "kind" says which task it is for."""


def put(record: Record) -> str:
    """Keeps `record` and returns its digest, 64 hexadecimal digits. The same record has the same digest."""
    content = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    digest = hashlib.sha256(content).hexdigest()
    path = _path(digest)
    if path.exists():
        path.touch()
        return digest
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    # Whoever reads finds the whole file or none.
    Path(file.name).replace(path)
    _make_room(path)
    return digest


def get(digest: str, kind: str) -> Record:
    """The record that `put` named `digest`. Raises BadInput where there is none of that kind, or no longer."""
    gone = BadInput("This link is to data that is no longer here. Upload your file again.")
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise gone
    path = _path(digest)
    try:
        content = path.read_bytes()
        path.touch()
    except FileNotFoundError:
        raise gone from None
    record: Record = json.loads(content)
    if record.get("kind") != kind:
        raise gone
    return record


def _path(digest: str) -> Path:
    named = os.environ.get("SEQVIZ_DATA")
    directory = Path(named) if named else Path(tempfile.gettempdir()) / f"seqviz-data-{os.getuid()}"
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return directory / f"{digest}.json"


def _make_room(newest: Path) -> None:
    files = sorted(newest.parent.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    total = 0
    for path in files:
        total += path.stat().st_size
        if total > LARGEST and path != newest:
            path.unlink(missing_ok=True)
