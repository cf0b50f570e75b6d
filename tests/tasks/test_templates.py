from itertools import islice

import numpy as np

from seqviz.tasks.templates import LONGEST, SHORTEST, Grammar, kept_back

RULES = """# plain
it is {good} | it is {bad}
# negation
it is not {bad} | it is not {good}
# sentence
*3 <plain> here now | <plain> here now
<opposite>, but <negation> | <opposite>, but <negation>
the [film|cast|{good} cast] is {good2} and {good3} | the [film|cast|{bad} cast] is {bad2} and {bad3}
an example is a good one for all | a example is a honest one
"""
WORDS = "good: good | great | fine\nbad: bad | dull | awful"
GOOD, BAD = {"good", "great", "fine"}, {"bad", "dull", "awful"}


def made(count, seed=0):
    return list(islice(Grammar.read(RULES, WORDS).sentences(np.random.default_rng(seed)), count))


def test_the_last_clause_says_what_is_meant():
    for sentence in made(40):
        if "example" in sentence.text:
            continue
        last = set(sentence.text.rstrip(".").split(", but ")[-1].split())
        assert (bool(last & GOOD) != ("not" in last)) is sentence.positive, sentence
        assert bool(last & GOOD) != bool(last & BAD)


def test_sentences_differ_take_turns_and_have_the_right_length():
    sentences = made(40)
    assert len({sentence.text for sentence in sentences}) == 40
    assert [sentence.positive for sentence in sentences] == [False, True] * 20
    assert all(SHORTEST <= len(sentence.text.split()) <= LONGEST for sentence in sentences)
    assert sentences == made(40) != made(40, seed=1)


def test_a_sentence_uses_no_word_of_a_slot_twice():
    for sentence in made(40):
        words = [word for word in sentence.text.rstrip(".").split() if word in GOOD | BAD]
        assert "example" in sentence.text or len(words) == len(set(words))


def test_spelling_is_put_right():
    texts = {sentence.text for sentence in made(40)}
    assert "An example is an honest one." in texts
    assert all(text[0].isupper() and text.endswith(".") for text in texts)


def test_the_template_names_the_rules_that_made_the_sentence():
    for sentence in made(40):
        rules = sentence.template.split(" > ")
        assert rules[0].startswith("sentence ")
        assert [rule.split()[0] for rule in rules[1:]] == (
            ["plain", "negation"] if ", but " in sentence.text else ["plain"] if "here" in sentence.text else []
        )


def test_templates_are_kept_back_by_name_in_about_the_share_asked_for():
    names = [f"sentence {a} > plain {b} > plain {c}" for a in range(10) for b in range(10) for c in range(10)]
    assert 0.15 < np.mean([kept_back(name, 0.2) for name in names]) < 0.25
    assert not any(kept_back(f"sentence {a} > plain {b}", 1.0) for a in range(5) for b in range(5))
