"""Uploading pictures with captions."""

from __future__ import annotations

from seqviz.tasks.own_captions import prepare
from seqviz.tasks.store import Prepared
from seqviz.ui.once import once

WANTED = (
    "A ZIP file with pictures (PNG, JPEG or GIF) and one CSV file that names each picture and its caption, "
    "in columns such as file,caption. From 10 different pictures to 2,000, up to 100 MB, 20 words a caption."
)
ENDINGS = ("zip",)
LARGEST = 100

_prepared = once(prepare)


def upload(content: bytes) -> Prepared:
    """Keeps the pictures and captions. Raises BadInput."""
    return _prepared(content)
