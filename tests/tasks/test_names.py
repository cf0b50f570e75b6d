from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqviz.core.config import RunConfig
from seqviz.core.task import END, BadInput
from seqviz.tasks import task_of
from seqviz.tasks.names import BLANK, Name, Names, apart
from seqviz.tasks.towns import towns

KINDS = ("German", "English", "French", "Italian")


@pytest.fixture(scope="module")
def task():
    return task_of(RunConfig(task="towns"))


def listed(*letters, kind="a name"):
    train = tuple(Name(kind, each) for each in letters)
    return Names("own-names", "Your own list", (kind,), {}, train, train[:1], train[:1], longest=30)


def spelled(task, targets):
    return "".join(task.writes[target] for target in targets)


def test_every_country_has_many_towns_and_no_town_stands_twice():
    everything = towns()
    assert len(set(everything)) == len(everything)
    assert len({name.letters for name in everything}) == len(everything)
    assert set(Counter(name.kind for name in everything)) == set(KINDS)
    assert min(Counter(name.kind for name in everything).values()) > 300
    assert all(name.letters.isalpha() and name.letters == name.letters.lower() for name in everything)


def test_nothing_kept_back_is_learned(task):
    assert not set(task.train) & set(task.held)
    assert len(task.held) == pytest.approx(0.1 * len(towns()), rel=0.05)
    assert {name.kind for name in task.held} == set(KINDS)


def test_an_example_spells_its_name_and_ends(task):
    for example in task.examples[:4]:
        kind, name = example.name.split(": ")
        assert example.words == (kind,)
        assert spelled(task, example.targets) == name + END
        assert task.reads.vocabulary[example.inputs[0]] == kind
    assert [example.words for example in task.examples[-4:]] == [(kind,) for kind in KINDS]
    assert all(not len(example.targets) for example in task.examples[-4:])


def test_the_baseline_is_what_is_commonest_after_the_letter_before(task):
    after_q = Counter(
        letters[place + 1]
        for letters in (name.letters for name in task.train if name.kind == "French")
        for place in range(len(letters) - 1)
        if letters[place] == "q"
    )
    said = task.by_baseline(task.read("French: qqqq"))
    assert said[1:] == (after_q.most_common(1)[0][0],) * 4
    guessed = [
        guess == task.writes[target]
        for name in task.held
        for example in [task.read(f"{name.kind}: {name.letters}")]
        for guess, target in zip(task.by_baseline(example), example.targets, strict=True)
    ]
    assert task.baseline.score == pytest.approx(np.mean(guessed))
    assert task.by_baseline(task.read("French")) == ()


def test_origin_says_where_a_name_is_found(task):
    assert task.origin("German", tuple(task.train[0].letters)) == (
        "learned" if task.train[0].kind == "German" else "new"
    )
    kept = task.held[0]
    assert task.origin(kept.kind, tuple(kept.letters)) == "kept back"
    other = next(kind for kind in KINDS if kind != kept.kind)
    assert task.origin(other, tuple(kept.letters)) == "new"


@pytest.mark.parametrize("typed", ["German", " german ", "German:", "GERMAN: "])
def test_a_kind_alone_leaves_the_name_to_the_network(task, typed):
    example = task.read(typed)
    assert example.words == ("German",)
    assert not len(example.targets)


@pytest.mark.parametrize("typed", ["Italian: roma", "italian:ROMA", "Italian:  Roma "])
def test_a_typed_name_is_read_in_small_letters(task, typed):
    assert spelled(task, task.read(typed).targets) == "roma" + END


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "Write one of German, English, French, Italian"),
        ("Spanish: toledo", "Write one of German"),
        ("German: 北京", "never seen 京, 北"),
        ("German: new york", "never seen a space"),
        ("German: " + "a" * 21, "That is 21 letters; at most 20"),
    ],
)
def test_what_cannot_be_read_is_answered_in_words(task, typed, why):
    with pytest.raises(BadInput, match=why):
        task.read(typed)


def of_kinds(*kinds):
    train = tuple(Name(kind, letters) for kind in kinds for letters in ("one", "b: one"))
    return Names("own-names", "Your own list", kinds, {}, train, train[:1], train[:1], longest=30)


@pytest.mark.parametrize(
    ("typed", "kind", "letters"),
    [
        ("Lab: A", "Lab: A", ""),
        (" lab: b : one", "Lab: B", "one"),
        ("Lab: A: b: one", "Lab: A", "b: one"),
        ("Lab: one", "Lab", "one"),
        ("Lab", "Lab", ""),
        ("lab", "lab", ""),
        ("lab: one", "lab", "one"),
        ("f(x: one", "f(x", "one"),
    ],
)
def test_a_kind_may_hold_any_sign_and_be_the_beginning_of_another(typed, kind, letters):
    task = of_kinds("Lab", "lab", "Lab: A", "Lab: B", "f(x")
    example = task.read(typed)
    assert example.words == (kind,)
    assert spelled(task, example.targets).replace(BLANK, " ").removesuffix(END) == letters


def test_every_kind_can_be_typed_and_what_an_error_recommends_is_read():
    task = of_kinds("Lab: A", "Lab: B")
    assert [task.read(kind).words for kind in task.kinds] == [(kind,) for kind in task.kinds]
    with pytest.raises(BadInput) as refusal:
        task.read("Lab: C: one")
    recommended = str(refusal.value).split("“")[1].split("”")[0]
    assert task.read(recommended).name == recommended


def test_a_menu_offers_each_kind_for_a_new_name(task):
    assert [example.name for example in task.examples[-4:]] == [f"{kind}: a new name" for kind in KINDS]


def test_a_letter_that_is_never_learned_is_refused_and_not_taken_for_another():
    train = (Name("a name", "one"),)
    with pytest.raises(KeyError, match="q"):
        _ = Names("own-names", "", ("a name",), {}, train, (Name("a name", "q"),), train, longest=30).held_out


def test_of_one_kind_the_name_alone_is_typed_and_a_space_can_be_seen():
    task = listed("the end", "the sea", "a new sea")
    assert BLANK in task.writes and " " not in task.writes
    example = task.read("the new end")
    assert spelled(task, example.targets) == f"the{BLANK}new{BLANK}end{END}"
    assert task.origin("a name", tuple(f"the{BLANK}end")) == "learned"
    assert task.by_baseline(task.read("the sea"))[3] == BLANK


NAMES = st.lists(st.builds(Name, st.sampled_from("xyz"), st.text("abcdé ", min_size=1)), min_size=2, unique=True)


@given(NAMES, st.floats(0.05, 0.5), st.integers(0, 5))
def test_names_are_set_apart_without_loss_and_none_has_a_letter_of_its_own(names, share, seed):
    train, held = apart(names, share, 10, seed)
    assert sorted(train + held, key=str) == sorted(names, key=str)
    assert len(held) <= 10
    assert {letter for name in held for letter in name.letters} <= {letter for name in train for letter in name.letters}
    assert {name.kind for name in held} <= {name.kind for name in train}
    assert apart(list(reversed(names)), share, 10, seed) == (train, held)


def test_setting_names_apart_takes_twice_as_long_for_twice_as_many():
    looked_up = Counter()

    class Counted(Name):
        def __hash__(self):
            looked_up[count] += 1
            return super().__hash__()

    for count in (500, 1000):
        apart([Counted("a name", f"name {place}") for place in range(count)], 0.1, 1000, seed=0)
    assert looked_up[1000] == 2 * looked_up[500]
