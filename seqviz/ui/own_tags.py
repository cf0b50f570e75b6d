"""Uploading tagged sentences."""

from __future__ import annotations

from seqviz.tasks.own_tags import prepare
from seqviz.tasks.store import Prepared
from seqviz.ui.once import once

WANTED = (
    "A CoNLL-U file, as treebanks come (universaldependencies.org): a word a line, its tag in the fourth column, "
    "an empty line after each sentence. Up to 50,000 sentences and 25 MB."
)
ENDINGS = ("conllu", "conll", "txt")
LARGEST = 25

_prepared = once(prepare)


def upload(content: bytes) -> Prepared:
    """Keeps the sentences. Raises BadInput."""
    return _prepared(content)
