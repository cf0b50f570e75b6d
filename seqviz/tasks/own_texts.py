"""A person's own texts with labels: any two to twenty classes, learned in the many-to-one wiring."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from seqviz.core.config import RunConfig
from seqviz.core.task import BadInput
from seqviz.tasks import store
from seqviz.tasks.labelled import Labelled, LabelledTexts, by_class_in_turn
from seqviz.tasks.tables import Table, plain
from seqviz.tasks.tokenise import lowered, words_of

KIND: Final = "own-texts"
MOST_CLASSES: Final = 20
FEWEST: Final = 20
"""Texts without which nothing can be kept back and nothing be learned."""
HELD_SHARE, MOST_HELD = 0.2, 1000
"""Of the texts, this share is kept back, yet no more than so many: they are all tried again and again."""
MENU: Final = 10
SHOWN: Final = 60
"""Characters of a text in a menu, and of a label in a message."""


def prepare(table: Table, text: int, label: int, vocabulary: int = 2000, longest: int = 40) -> store.Prepared:
    """Keeps the texts and labels of a table.

    text, label: their columns. vocabulary: at most so many words are told apart, the commonest. longest: words of a
    text that are read; the rest is cut off. Raises BadInput where nothing can be learned from them.
    """
    if text == label:
        raise BadInput("The text and its label are in one column. Choose a different column for each.")
    texts: dict[tuple[str, ...], Labelled] = {}
    found: set[str] = set()
    marked = cut = empty = again = 0
    for row in table.rows:
        said, had_markup = plain(row[text])
        kind = " ".join(plain(row[label])[0].split())
        # No word is longer than the blanks around it allow: what stands behind so many of them is cut off anyway.
        words = words_of(" ".join(said.split()[: longest + 1]))
        marked += had_markup
        if not words or not kind:
            empty += 1
            continue
        cut += len(words) > longest
        found.add(kind)
        # The network reads no capitals: texts that differ in nothing else are the same to it.
        read = lowered(words[:longest])
        again += read in texts
        texts.setdefault(read, _labelled(words[:longest], kind))
    counts = Counter(text.label for text in texts.values())
    _check(counts, table.columns[label], found, longest)
    record = {
        "kind": KIND,
        "texts": [[" ".join(text.words), _short(text.label)] for text in texts.values()],
        "vocabulary": vocabulary,
        "longest": longest,
    }
    notes = [
        f"{len(texts):,} texts in {len(counts)} classes: {', '.join(_short(kind) for kind in sorted(counts))}.",
        *table.notes,
    ]
    if empty:
        notes.append(f"Left out for want of a text or a label: {_rows(empty)}.")
    if again:
        notes.append(f"Left out because the same text stands further up: {_rows(again)}.")
    if marked:
        notes.append(f"Markup such as <br> was taken out of the text in {_rows(marked)}.")
    if cut:
        notes.append(f"Cut after {longest} words: the text in {_rows(cut)}.")
    return store.Prepared(store.put(record), tuple(notes))


def build(config: RunConfig) -> LabelledTexts:
    """The task of the texts that `config.data` names. Raises BadInput where they are gone."""
    record = store.get(config.data, KIND)
    texts = [_labelled(tuple(text.split(" ")), label) for text, label in record["texts"]]
    train, held = _split(texts, seed=int(config.data[:8], 16))
    return LabelledTexts(
        key=KIND,
        title="Your own texts",
        writes=tuple(sorted({text.label for text in texts})),
        # Larger than plain ones, and slower: real texts have more words.
        defaults={"hidden": 64, "embedding": 32, "learning_rate": 0.003},
        train=train,
        held=held,
        menu=by_class_in_turn(held, MENU),
        split=words_of,
        vocabulary=int(record["vocabulary"]),
        longest=int(record["longest"]),
    )


def _check(counts: Counter[str], column: str, found: set[str], longest: int) -> None:
    """Raises BadInput where the classes, with the number of their different texts, cannot be learned.

    found: the labels of all texts, also of those that stand further up with another. longest: as in `prepare`.
    """
    if not counts:
        raise BadInput(f"No row has both a text and a label in “{column}”. Are these the right columns?")
    if len(counts) < min(2, len(found)):
        raise BadInput(
            f"Every text with another label than “{_short(next(iter(counts)))}” stands further up with that label, as "
            f"only the first {longest} words of a text are read and capitals make no difference. Read more words, or "
            "give each text one label."
        )
    if len(counts) < 2:
        raise BadInput(
            f"All labels in “{column}” are the same, “{_short(next(iter(counts)))}”. At least two classes are needed, "
            "or there is nothing to tell apart. Is it the right column?"
        )
    if len(counts) > MOST_CLASSES:
        raise BadInput(
            f"The column “{column}” has {len(counts):,} different labels; at most {MOST_CLASSES} can be told apart. "
            "Is it the right column?"
        )
    shown, same = Counter(map(_short, counts)).most_common(1)[0]
    if same > 1:
        raise BadInput(
            f"{same} classes have labels that begin with the same {SHOWN - 1} characters: “{shown}”. No more of a "
            "label is shown, so they would look like one class. Give them shorter labels."
        )
    if counts.total() < FEWEST:
        raise BadInput(
            f"The file has {counts.total()} different texts with labels; at least {FEWEST} are needed. Add some more."
        )
    rare = [kind for kind, count in counts.items() if count < 2]
    if rare:
        raise BadInput(
            f"The class “{_short(rare[0])}” has only one text. Each class needs two, one to learn from and one to be "
            "tested on: add one, or take the class out."
        )


def _split(texts: Sequence[Labelled], seed: int) -> tuple[tuple[Labelled, ...], tuple[Labelled, ...]]:
    """What is learned from and what is kept back: of each class the same share, at least one text and never all."""
    share = min(HELD_SHARE, MOST_HELD / len(texts))
    counts = Counter(text.label for text in texts)
    wanted = {label: max(1, int(share * count)) for label, count in counts.items()}
    train: list[Labelled] = []
    held: list[Labelled] = []
    for place in np.random.default_rng(seed).permutation(len(texts)):
        text = texts[place]
        side = held if wanted[text.label] > 0 else train
        wanted[text.label] -= 1
        side.append(text)
    return tuple(train), tuple(held)


def _labelled(words: tuple[str, ...], label: str) -> Labelled:
    return Labelled(words, label, _short(" ".join(words)))


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
