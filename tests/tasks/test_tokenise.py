import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqviz.tasks.tokenise import with_sentence_case, words_of

CASES = {
    "Don't go, Tom!": "Don't|go|,|Tom|!",
    "«L'homme» a 3.5 €.": "«|L'homme|»|a|3.5|€|.",
    "Was?! – Nein…": "Was|?|!|–|Nein|…",
    "我爱你。": "我|爱|你|。",
    "你好，世界": "你|好|，|世|界",
    "日本のカメラ": "日|本|の|カ|メ|ラ",
    "ฉันกิน": "ฉั|น|กิ|น",
    "मैं हिन्दी हूँ।": "मैं|हिन्दी|हूँ|।",
    "¿Qué tal?": "¿|Qué|tal|?",
    "Cafe\u0301": "Café",
    "...": ".|.|.",
    "": "",
}


@pytest.mark.parametrize("text", CASES)
def test_words_of_many_languages(text):
    assert "|".join(words_of(text)) == CASES[text]


@given(st.text())
def test_no_character_is_lost_but_spaces(text):
    words = words_of(text)
    composed = unicodedata.normalize("NFC", text)
    assert "".join(words) == "".join(composed.split())
    assert all(words)
    assert words_of(" ".join(words)) == words


def test_first_words_lose_the_capital_that_only_the_start_gave_them():
    sentences = [
        tuple(text.split()) for text in ("Der Hund schläft", "Hunde schlafen", "Da liebt der Mann Hunde", "Ja")
    ]
    assert [" ".join(words) for words in with_sentence_case(sentences)] == [
        "der Hund schläft",
        "Hunde schlafen",
        "Da liebt der Mann Hunde",
        "Ja",
    ]


@given(st.lists(st.lists(st.sampled_from(["a", "A", "b", "B", "c"]), max_size=4).map(tuple), max_size=6))
def test_only_the_case_of_first_words_changes(sentences):
    for before, after in zip(sentences, with_sentence_case(sentences), strict=True):
        assert before[1:] == after[1:]
        assert [word.lower() for word in before] == [word.lower() for word in after]
