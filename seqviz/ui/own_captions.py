"""Uploading pictures with captions."""

from __future__ import annotations

from seqviz.tasks.own_captions import Prepared, prepare

WANTED = (
    "A ZIP file with pictures (PNG, JPEG or GIF) and one CSV file that names each picture and its caption, "
    "in columns such as file,caption. From 10 different pictures to 2,000, up to 100 MB, 20 words a caption."
)
ENDINGS = ("zip",)


def upload(content: bytes) -> Prepared:
    """Keeps the pictures and captions. Raises BadInput."""
    return prepare(content)
