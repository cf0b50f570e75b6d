from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from seqviz.tasks.word_list import ROUNDS, word_list


def test_the_textbook_corpus():
    pairs = [("the house", "das Haus"), ("the book", "das Buch"), ("a book", "ein Buch")]
    found = word_list([(tuple(source.split()), tuple(target.split())) for source, target in pairs])
    assert found == {"the": "das", "house": "Haus", "book": "Buch", "a": "ein"}


def translation_table(pairs):
    """IBM Model 1 word by word, as in fig. 4.3 of Koehn's Statistical Machine Translation (2010)."""
    table = defaultdict(lambda: 1.0)
    for _ in range(ROUNDS):
        count, total = defaultdict(float), defaultdict(float)
        for source, target in pairs:
            for said in target:
                normal = sum(table[said, word] for word in ("", *source))
                for word in ("", *source):
                    count[said, word] += table[said, word] / normal
                    total[word] += table[said, word] / normal
        table = defaultdict(float, {(said, word): share / total[word] for (said, word), share in count.items()})
    return table


words = st.lists(st.sampled_from("abcd"), min_size=1, max_size=4).map(tuple)


@given(st.lists(st.tuples(words, words), min_size=1, max_size=6))
def test_each_word_gets_its_most_probable_translation(pairs):
    table = translation_table(pairs)
    found = word_list(pairs)
    assert set(found) == {word for source, _ in pairs for word in source}
    for word, said in found.items():
        best = max(share for (_, source), share in table.items() if source == word)
        assert table[said, word] > best - 1e-9
