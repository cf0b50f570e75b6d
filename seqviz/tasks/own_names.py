"""A person's own list of names, titles or short lines: the network learns to write more of them."""

from __future__ import annotations

from collections import Counter
from typing import Final

from seqviz.core.config import RunConfig
from seqviz.core.task import BadInput
from seqviz.tasks import store
from seqviz.tasks.names import BLANK, Name, Names, apart
from seqviz.tasks.tables import plain, read_text

KIND: Final = "own-names"
WANTED: Final = "A plain text file is needed, with a name in each line."
FEWEST, MOST = 30, 20_000
"""Names."""
LONGEST: Final = 30
"""Letters of a name; longer lines are left out."""
MOST_LETTERS: Final = 100
"""Different letters that can be told apart."""
MOST_KINDS: Final = 6
HELD_SHARE, MOST_HELD = 0.1, 500
MENU: Final = 10
HEADER_NAMES: Final = "name names title titles word words line lines kind category type language"
"""What a column is called: a first line of nothing else is a heading."""
PLAIN: Final = "a name"
"""The kind of all names where none is given."""


def prepare(content: bytes, small: bool = True) -> store.Prepared:
    """Keeps the names in a text file: one a line, before it, if wanted, its kind and a tab.

    small: whether to write all letters small. Raises BadInput where nothing can be learned from them.
    """
    text, notes = read_text(content, WANTED)
    lines = [line for line in text.splitlines() if line.strip()]
    kinds = sum("\t" in line for line in lines) > len(lines) / 2
    names: dict[Name, None] = {}
    long = again = odd = 0
    heading = _heading(lines[0], kinds)
    for line in lines[heading : 5 * MOST]:
        kind, tab, rest = line.partition("\t") if kinds else (PLAIN, "\t", line)
        said, _ = plain(rest)
        letters = " ".join(said.replace(BLANK, " ").split())
        name = Name(" ".join(kind.split())[:LONGEST], letters.lower() if small else letters)
        odd += not tab or not name.kind or not letters
        long += len(letters) > LONGEST
        if not tab or not name.kind or not letters or len(letters) > LONGEST:
            continue
        again += name in names
        names[name] = None
    kept, rare = _writable(list(names)[:MOST])
    _check(kept, kinds, len(lines))
    if not apart(kept, HELD_SHARE, MOST_HELD, seed=0)[1]:
        raise BadInput("No two names have a letter in common: nothing that is learned from one helps with another.")
    found = Counter(name.kind for name in kept)
    said_of_kinds = f" of {len(found)} kinds: {', '.join(sorted(found))}" if kinds else ""
    notes = (f"{len(kept):,} different lines{said_of_kinds}.", *notes)
    if heading:
        notes += (f"The first line, “{' '.join(lines[0].split())}”, was read as a heading.",)
    for count, why in (
        (odd, "Left out for want of a kind or a name"),
        (long, f"Left out for having more than {LONGEST} letters"),
        (again, "Left out because the same stands further up"),
        (rare, f"Left out for letters that are not among the {MOST_LETTERS} commonest"),
        (max(0, len(names) - MOST) + max(0, len(lines) - 5 * MOST), f"Left out because only {MOST:,} are used"),
    ):
        if count:
            notes += (f"{why}: {_lines(count)}.",)
    record = {"kind": KIND, "names": [[name.kind, name.letters] for name in kept]}
    return store.Prepared(store.put(record), notes)


def build(config: RunConfig) -> Names:
    """The task of the list that `config.data` names. Raises BadInput where it is gone."""
    names = [Name(kind, letters) for kind, letters in store.get(config.data, KIND)["names"]]
    train, held = apart(names, HELD_SHARE, MOST_HELD, seed=int(config.data[:8], 16))
    return Names(
        key=KIND,
        title="Your own list",
        kinds=tuple(sorted({name.kind for name in names})),
        defaults={"cell": "gru", "hidden": 128, "embedding": 32, "learning_rate": 0.003, "batch": 64},
        train=train,
        held=held,
        menu=held[:MENU],
        longest=LONGEST,
    )


def _heading(line: str, kinds: bool) -> bool:
    """Whether the list's first line says what stands below it."""
    words = [word.strip().lower() for word in line.split("\t")]
    return len(words) == 1 + kinds and all(word in HEADER_NAMES.split() for word in words)


def _writable(names: list[Name]) -> tuple[list[Name], int]:
    """Those that the commonest letters can write, and how many they cannot."""
    counts = Counter(letter for name in names for letter in name.letters)
    told_apart = {letter for letter, _ in counts.most_common(MOST_LETTERS)}
    kept = [name for name in names if told_apart.issuperset(name.letters)]
    return kept, len(names) - len(kept)


def _check(names: list[Name], kinds: bool, lines: int) -> None:
    """Raises BadInput where the names cannot be learned."""
    if len(names) < FEWEST:
        raise BadInput(
            f"The file has {len(names)} different names of at most {LONGEST} letters in {_lines(lines)}; at least "
            f"{FEWEST} are needed, one a line. Add some more."
        )
    if not kinds:
        return
    counts = Counter(name.kind for name in names)
    if len(counts) > MOST_KINDS:
        raise BadInput(
            f"The file has {len(counts):,} kinds before the tabs; at most {MOST_KINDS} can be told apart. Is the kind "
            "in front, and the name behind the tab?"
        )


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count:,} lines"
