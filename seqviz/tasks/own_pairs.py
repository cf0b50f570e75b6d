"""A person's own sentence pairs, in any two languages, learned in the delayed wiring.

The file is a pair a line with a tab between the two sentences: as spreadsheets save it, as the pair lists made from
Tatoeba come (a third column names the authors), and as Tatoeba exports pairs (each sentence after its number).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from seqviz.core.config import RunConfig
from seqviz.core.task import BadInput
from seqviz.tasks import store
from seqviz.tasks.sentence_pairs import SentencePairs, by_length, commonest
from seqviz.tasks.tables import DELIMITERS, read_text
from seqviz.tasks.tokenise import Pair, Words, with_sentence_case, words_of

KIND: Final = "own-pairs"
MOST_PAIRS: Final = 50_000
FEWEST: Final = 20
"""Pairs without which nothing can be kept back and nothing be learned."""
HELD_SHARE: Final = 0.1
MOST_HELD: Final = 300
MENU: Final = 12
MENU_WORDS: Final = 10
"""Words of a sentence in the menu, if there are such short ones: its unrolled network is to fit a screen."""
WANTED: Final = "A text file is needed, with a sentence, a tab and its translation in each line."
SHOWN: Final = 60
"""Characters of a sentence in a menu."""

HEADER_NAMES: Final = """
    arabic chinese czech danish dutch english esperanto finnish french german greek hebrew hindi hungarian italian
    japanese korean latin norwegian polish portuguese russian spanish swedish turkish ukrainian
    deutsch englisch französisch spanisch italienisch français anglais allemand español inglés alemán
    en de fr es it eng deu ger fra spa ita source target src tgt trg sentence sentences translation original text
    input output language lang satz übersetzung attribution id
"""
"""What columns are called: a first line of nothing else is no pair."""

_Row = tuple[str, str]


def prepare(content: bytes, vocabulary: int = 5000, longest: int = 20, swap: bool = False) -> store.Prepared:
    """Keeps the pairs of a file.

    vocabulary: words at most that are told apart in each language, the commonest. longest: words, punctuation
    counted, that either sentence of a pair may have; longer pairs are left out. swap: the second column is read and
    the first one written. Raises BadInput where nothing can be learned from the file.
    """
    text, decoding = read_text(content, WANTED)
    rows, notes = read_rows(text)
    if swap:
        rows = [(second, first) for first, second in rows]
    pairs, more = _usable(rows, longest)
    notes += more
    if len(pairs) < FEWEST:
        raise BadInput(" ".join((f"{_pairs(len(pairs))} can be used; at least {FEWEST} are needed.", *notes)))
    held = _held_places(pairs, vocabulary)
    if not held:
        raise BadInput(
            "Hardly a word of the translations occurs in more than one of them, so nothing can be learned from these "
            "pairs that would help with another sentence. Upload more of them, or simpler ones."
        )
    words = [len({word for pair in pairs for word in pair[side]}) for side in (0, 1)]
    notes.insert(0, f"{_pairs(len(pairs))} of {words[0]:,} and {words[1]:,} different words.")
    if max(words) > vocabulary:
        notes.append(f"The {vocabulary:,} commonest words of each language are told apart; others are all one word.")
    record = {
        "kind": KIND,
        "pairs": [[" ".join(source), " ".join(target)] for source, target in pairs],
        "vocabulary": vocabulary,
        "longest": longest,
    }
    return store.Prepared(store.put(record), (*decoding, *notes))


def build(config: RunConfig) -> SentencePairs:
    """The task of the pairs that `config.data` names. Raises BadInput where they are gone."""
    record = store.get(config.data, KIND)
    pairs = [(tuple(source.split(" ")), tuple(target.split(" "))) for source, target in record["pairs"]]
    vocabulary, longest = int(record["vocabulary"]), int(record["longest"])
    places = _held_places(pairs, vocabulary)
    kept_back = set(places)
    held = tuple(pairs[place] for place in places)
    short = [pair for pair in held if max(len(words) for words in pair) <= MENU_WORDS]
    return SentencePairs(
        key=KIND,
        title="Your own sentence pairs",
        train=tuple(pair for place, pair in enumerate(pairs) if place not in kept_back),
        held=held,
        menu=tuple((_named(pair), pair) for pair in (short or held)[:MENU]),
        defaults={"cell": "gru", "hidden": 160, "embedding": 64, "learning_rate": 0.003, "batch": 64},
        split=words_of,
        longest=longest,
        vocabulary_size=vocabulary,
        groups=by_length(held),
    )


def read_rows(text: str) -> tuple[list[_Row], list[str]]:
    """The two sentences of each line, and notes on lines that are left out. Raises BadInput for another format."""
    lines = [line for line in re.split("\r\n|\r|\n", text) if line.strip()]
    cells = [[" ".join(cell.split()) for cell in line.split("\t")] for line in lines]
    width = Counter(len(row) for row in cells).most_common(1)[0][0]
    _check_columns(lines, width)
    first, second = _columns(cells, width)
    fitting = [row for row in cells if len(row) > second and row[first] and row[second]]
    quoted = sum(_in_quotes(row[first]) and _in_quotes(row[second]) for row in fitting) > 0.9 * len(fitting)
    rows = [(_unquoted(row[first], quoted), _unquoted(row[second], quoted)) for row in fitting]
    notes: list[str] = []
    if len(fitting) < len(cells):
        notes.append(f"Lines left out because they do not hold two sentences: {len(cells) - len(fitting):,}.")
    if width > 2:
        notes.append(f"Columns used: {first + 1} and {second + 1}, of {width}.")
    names = HEADER_NAMES.split()
    if rows and all(word in names for cell in rows[0] for word in re.split(r"\W+", cell.lower())):
        notes.append(f"The first line, “{rows[0][0]} – {rows[0][1]}”, was read as the names of the columns.")
        rows = rows[1:]
    return rows, notes


def _columns(cells: Sequence[Sequence[str]], width: int) -> tuple[int, int]:
    """Where the two sentences stand: 0 and 1, 1 and 2 behind a row's number, 1 and 3 each behind its own in Tatoeba."""
    full = [row for row in cells if len(row) == width]
    numbers = [sum(row[place].isdecimal() for row in full) > 0.9 * len(full) for place in range(width)]
    if width == 4 and numbers[0] and numbers[2]:
        return 1, 3
    return (1, 2) if width > 2 and numbers[0] else (0, 1)


def _check_columns(lines: Sequence[str], width: int) -> None:
    if width == 1:
        message = "Only one column was found. Each line needs a sentence, a tab and its translation."
        for delimiter, name in DELIMITERS.items():
            if delimiter != "\t" and sum(delimiter in line for line in lines) > 0.9 * len(lines):
                message += f" Is there a {name} between the two? Save the table with tabs instead: commas and "
                message += "semicolons are part of many sentences."
                break
        raise BadInput(message)
    if width > 4:
        raise BadInput(f"Most lines have {width} columns. Two are needed, a sentence and its translation.")
    single = [line for line in lines if re.fullmatch(r"\d+\t[a-z]{3}\t[^\t]*", line)]
    if len(single) > len(lines) / 2:
        raise BadInput(
            "This is a list of single sentences with their numbers and languages. Pairs are needed: a sentence, a tab "
            "and its translation in each line."
        )


def _usable(rows: Iterable[_Row], longest: int) -> tuple[list[Pair], list[str]]:
    """The pairs to learn from, as words, and notes on those that are left out. Sources are in lower case."""
    found: dict[Words, Words] = {}
    again = others = long = wordless = over = 0
    for first, second in rows:
        if len(found) == MOST_PAIRS:
            over += 1
            continue
        source, target = words_of(first.lower()), words_of(second)
        if not (_has_word(source) and _has_word(target)):
            wordless += 1
        elif max(len(source), len(target)) > longest:
            long += 1
        elif source in found:
            again += found[source] == target
            others += found[source] != target
        else:
            found[source] = target
    counted = {
        "Pairs left out because one side has no word": wordless,
        f"Pairs left out because a sentence has more than {longest} words and marks": long,
        "Pairs left out because they occur twice": again,
        "Further translations of a sentence left out, as only its first can be the right answer": others,
        f"Pairs left out because only the first {MOST_PAIRS:,} are used": over,
    }
    notes = [f"{what}: {count:,}." for what, count in counted.items() if count]
    return list(zip(found, with_sentence_case(found.values()), strict=True)), notes


def _held_places(pairs: Sequence[Pair], vocabulary: int) -> list[int]:
    """Which pairs are kept back: with each all others of the same translation, so that none gives it away.

    Every word of the translation is among the commonest `vocabulary` and occurs in one that is learned from.
    """
    places: dict[Words, list[int]] = {}
    for place, (_, target) in enumerate(pairs):
        places.setdefault(target, []).append(place)
    occurs = Counter(word for target in places for word in set(target))
    common = set(commonest((target for _, target in pairs), vocabulary))
    wanted = min(MOST_HELD, int(HELD_SHARE * len(pairs)))
    targets = list(places)
    held: list[int] = []
    for number in np.random.default_rng(0).permutation(len(targets)).tolist():
        words = set(targets[number])
        together = places[targets[number]]
        fits = len(held) + len(together) <= wanted
        if fits and words <= common and all(occurs[word] > 1 for word in words):
            held += together
            occurs.subtract(words)
    return held


def _in_quotes(cell: str) -> bool:
    return len(cell) > 1 and cell[0] == cell[-1] == '"' and '"' not in cell[1:-1].replace('""', "")


def _unquoted(cell: str, always: bool) -> str:
    """A cell without the quotation marks that a spreadsheet puts around one that holds some, those being doubled.

    always: whether all cells of the file stand in such marks; else single ones belong to the sentence.
    """
    inner = cell[1:-1]
    return inner.replace('""', '"') if _in_quotes(cell) and (always or '""' in inner) else cell


def _has_word(words: Words) -> bool:
    return any(character.isalnum() for word in words for character in word)


def _named(pair: Pair) -> str:
    name = " ".join(pair[0])
    return name if len(name) <= SHOWN else name[: SHOWN - 1] + "…"


def _pairs(count: int) -> str:
    return f"{count:,} pair" if count == 1 else f"{count:,} pairs"
