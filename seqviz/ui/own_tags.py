"""Uploading tagged sentences."""

from __future__ import annotations

from seqviz.tasks.own_tags import Prepared, prepare

WANTED = (
    "A CoNLL-U file, as treebanks come (universaldependencies.org): a word a line, its tag in the fourth column, "
    "an empty line after each sentence. Up to 50,000 sentences and 25 MB."
)
ENDINGS = ("conllu", "conll", "txt")


def upload(content: bytes) -> Prepared:
    """Keeps the sentences. Raises BadInput."""
    return prepare(content)
