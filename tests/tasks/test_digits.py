import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image, ImageDraw
from sklearn.datasets import load_digits
from sklearn.dummy import DummyClassifier
from sklearn.neighbors import KNeighborsClassifier

from seqviz.core.config import RunConfig
from seqviz.core.task import END, IGNORE, BadInput
from seqviz.tasks.digits import HELD_OUT, NAMES, WRITES, Digits, build, downsample

# How people draw them, in a box one wide and one high: each digit twice, each a list of lines through points.
CIRCLE = [(0.5 + 0.5 * np.sin(turn), 0.5 - 0.5 * np.cos(turn)) for turn in np.linspace(0, 2 * np.pi, 30)]
UPPER = [(0.15 + 0.7 * x, 0.48 * y) for x, y in CIRCLE]
LOWER = [(x, 0.48 + 0.52 * y) for x, y in CIRCLE]
BELLY = [(x, 0.4 + 0.6 * y) for x, y in CIRCLE[2:23]]
DRAWN = {
    0: ([CIRCLE], [[(0.05 + 0.9 * x, y) for x, y in CIRCLE[2:]] + [(0.6, 0.05)]]),
    1: ([[(0.5, 0), (0.5, 1)]], [[(0.2, 0.25), (0.5, 0), (0.5, 1)]]),
    2: (
        [[(0.05, 0.25), (0.25, 0.03), (0.6, 0), (0.85, 0.2), (0.75, 0.5), (0.05, 1), (0.95, 1)]],
        [[(0.1, 0.15), (0.5, 0), (0.9, 0.25), (0.5, 0.6), (0, 0.95), (0.3, 0.9), (1, 1)]],
    ),
    3: (
        [[(0.1, 0.1), (0.5, 0), (0.85, 0.2), (0.4, 0.45), (0.9, 0.7), (0.6, 1), (0.05, 0.92)]],
        [[(0.1, 0), (0.85, 0), (0.4, 0.4), (0.85, 0.6), (0.8, 0.9), (0.4, 1), (0.05, 0.9)]],
    ),
    4: (
        [[(0.5, 0), (0, 0.65), (1, 0.65)], [(0.7, 0.3), (0.7, 1)]],
        [[(0.15, 0), (0.1, 0.5), (0.9, 0.5)], [(0.75, 0), (0.7, 1)]],
    ),
    5: (
        [[(0.9, 0), (0.2, 0), (0.15, 0.45), *BELLY]],
        [[(0.2, 0), (0.15, 0.42), (0.6, 0.38), (0.9, 0.65), (0.7, 0.95), (0.05, 1)], [(0.2, 0), (0.9, 0)]],
    ),
    6: (
        [[(0.7, 0), (0.3, 0.25), (0.05, 0.65), *((x, 0.5 + 0.5 * y) for x, y in CIRCLE[22:] + CIRCLE[:22])]],
        [[(0.6, 0), (0.2, 0.35), (0.1, 0.8), (0.45, 1), (0.85, 0.8), (0.6, 0.55), (0.15, 0.7)]],
    ),
    7: ([[(0, 0), (0.95, 0), (0.4, 1)]], [[(0, 0.02), (0.95, 0), (0.45, 1)], [(0.3, 0.5), (0.9, 0.5)]]),
    8: ([UPPER, LOWER], [[*UPPER[15:], *UPPER[:15], *LOWER]]),
    9: (
        [[(0.1 + 0.8 * x, 0.5 * y) for x, y in CIRCLE[7:] + CIRCLE[:8]] + [(0.8, 1)]],
        [[(0.9, 0.2), (0.5, 0), (0.1, 0.25), (0.4, 0.5), (0.9, 0.25), (0.85, 0.7), (0.5, 1)]],
    ),
}


@pytest.fixture(scope="module")
def task() -> Digits:
    return build(RunConfig(task="digits"))


def said(targets: np.ndarray) -> str:
    words = [WRITES[word] for word in targets if word != IGNORE]
    assert words[-1] == END
    return "".join(words[:-1])


def pen(lines: list[list[tuple[float, float]]], high: int = 110, wide: int = 75, left: int = 60, top: int = 40):
    """What the pad hands over: 40 × 40 numbers from a canvas of 200 × 200 with a pen 18 wide."""
    canvas = Image.new("L", (200, 200))
    brush = ImageDraw.Draw(canvas)
    for line in lines:
        points = [(left + wide * x, top + high * y) for x, y in line]
        brush.line(points, fill=255, width=18, joint="curve")
        for x, y in points:
            brush.ellipse((x - 9, y - 9, x + 9, y + 9), fill=255)
    return np.asarray(canvas).reshape(40, 5, 40, 5).mean(axis=(1, 3)) / 255


def test_pictures_and_names_are_those_of_the_data_set(task):
    original = load_digits()
    expected = sorted((image.tobytes(), NAMES[digit]) for image, digit in zip(*original_parts(original), strict=True))
    batches = [task.held_out, task.batch(seed=3, step=0, size=task.train_size)]
    found = [
        ((picture * 16).astype(np.float64).tobytes(), said(targets))
        for batch in batches
        for picture, targets in zip(batch.inputs, batch.targets, strict=True)
    ]
    assert sorted(found) == expected
    assert len(task.held_out.inputs) == HELD_OUT


def original_parts(original) -> tuple[np.ndarray, np.ndarray]:
    return original.images, original.target


def test_all_digits_are_held_out_and_trained_on(task):
    for batch in (task.held_out, task.batch(0, 0, task.train_size)):
        shares = np.array([sum(said(targets) == name for targets in batch.targets) for name in NAMES]) / len(
            batch.targets
        )
        assert shares.min() > 0.06


def test_a_batch_depends_on_its_arguments_alone(task):
    again = Digits(task.pictures, task.digits)
    for seed, step in ((0, 0), (3, 90)):
        one, other = task.batch(seed, step, 16), again.batch(seed, step, 16)
        np.testing.assert_array_equal(one.inputs, other.inputs)
        np.testing.assert_array_equal(one.targets, other.targets)
    assert not np.array_equal(task.batch(0, 0, 16).targets, task.batch(1, 0, 16).targets)


def test_baseline_is_the_most_frequent_digit(task):
    trained, held = task.batch(0, 0, task.train_size), task.held_out
    dummy = DummyClassifier(strategy="most_frequent")
    dummy.fit(trained.inputs.reshape(len(trained.inputs), -1), [said(targets) for targets in trained.targets])
    names = [said(targets) for targets in held.targets]
    assert task.baseline.score == pytest.approx(dummy.score(held.inputs.reshape(HELD_OUT, -1), names))
    assert "".join(task.by_baseline(task.examples[0])) == dummy.predict(held.inputs[:1].reshape(1, -1))[0]


def test_examples_are_held_out_and_what_their_names_say(task):
    held = {picture.tobytes(): said(targets) for picture, targets in zip(*held_parts(task), strict=True)}
    trained = task.batch(0, 0, task.train_size)
    names = [said(targets) for targets in trained.targets]
    by_likeness = KNeighborsClassifier(1).fit(trained.inputs.reshape(len(names), -1), names)
    likeness = []
    for example in task.examples:
        digit = said(example.targets)
        assert held[example.inputs.tobytes()] == digit
        assert example.name.lower().startswith(digit)
        if "much like" in example.name:
            other = example.name.split()[-1]
            away = [
                np.linalg.norm(trained.inputs[[name == wanted for name in names]] - example.inputs, axis=(3, 4)).min()
                for wanted in (digit, other)
            ]
            likeness.append(away[0] / away[1])
        else:
            assert by_likeness.predict(example.inputs.reshape(1, -1))[0] == digit
    assert len(task.examples) == len({example.name for example in task.examples}) == 10
    assert len(likeness) == 4
    assert likeness[0] > 1  # nearer to another digit than to any of its own
    assert min(likeness) > 0.8


def held_parts(task: Digits) -> tuple[np.ndarray, np.ndarray]:
    return task.held_out.inputs, task.held_out.targets


@given(arrays.arrays(np.int64, (8, 8), elements=st.integers(0, 16)), st.sampled_from([", ", " ", "\n", ";"]))
def test_numbers_can_be_typed_from_0_to_16_or_from_0_to_1(values, between):
    assume(values.any() and values.max() > 1)
    task = build(RunConfig(task="digits"))
    for typed in (values.ravel(), (values / 16).ravel()):
        example = task.read(between.join(str(value) for value in typed.tolist()))
        np.testing.assert_array_equal(example.inputs[0, 0], (values / 16).astype(np.float32))
        assert example.targets.shape == (0,)


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("", "these are 0"),
        ("1 2 3", "these are 3"),
        ("x " * 64, "no number"),
        ("nan " * 64, "outside"),
        ("-1 " * 64, "outside"),
        ("17 " * 64, "outside"),
        ("0 " * 64, "Nothing is drawn"),
    ],
)
def test_what_is_no_digit_is_answered_with_a_reason(task, typed, hint):
    with pytest.raises(BadInput, match=hint):
        task.read(typed)


@given(st.text() | st.lists(st.floats(), min_size=63, max_size=65).map(lambda numbers: " ".join(map(str, numbers))))
def test_any_text_is_a_digit_or_bad_input(typed):
    try:
        example = build(RunConfig(task="digits")).read(typed)
    except BadInput:
        return
    assert 0 <= example.inputs.min() <= example.inputs.max() <= 1


def test_drawn_digits_are_like_the_original_ones():
    """Most are recognised by their nearest neighbours among the originals, which no one drew with this pen."""
    original = load_digits()
    judge = KNeighborsClassifier(3).fit(original.data / 16, original.target)
    sizes = ({}, {"high": 80, "wide": 50, "left": 20}, {"high": 140, "wide": 95, "left": 50, "top": 20})
    right = [
        judge.predict(downsample(pen(lines, **size)).reshape(1, -1))[0] == digit
        for digit, ways in DRAWN.items()
        for lines in ways
        for size in sizes
    ]
    assert np.mean(right) >= 0.85


@pytest.mark.parametrize("digit", DRAWN)
def test_where_and_how_darkly_a_digit_is_drawn_makes_no_difference(digit):
    drawing = pen(DRAWN[digit][0], left=40, top=20)
    for other in (pen(DRAWN[digit][0], left=70, top=55), drawing / 2, np.pad(drawing, ((0, 20), (10, 0)))):
        np.testing.assert_allclose(downsample(other), downsample(drawing), atol=0.07)


def test_a_stroke_keeps_its_height_and_is_as_wide_as_an_original_one():
    one = downsample(pen(DRAWN[1][0]))
    original = load_digits()
    ones = original.images[original.target == 1] / 16
    assert one.any(axis=1).all()
    assert abs(one.sum() - ones.sum(axis=(1, 2)).mean()) < 3 * ones.sum(axis=(1, 2)).std()
    assert abs(one.sum(axis=0) @ (np.arange(8) - 3.5)) / one.sum() < 0.3


@given(
    arrays.arrays(
        np.float64,
        arrays.array_shapes(min_dims=2, max_dims=2, max_side=60),
        elements=st.floats(0, 1) | st.just(0.0),
        fill=st.just(0.0),
    )
)
def test_any_drawing_becomes_counts_of_dots_or_bad_input(drawing):
    try:
        found = downsample(drawing)
    except BadInput:
        return
    assert found.shape == (8, 8)
    assert found.dtype == np.float32
    counts = found * 16
    np.testing.assert_array_equal(counts, np.rint(counts))
    assert counts.min() >= 0
    assert counts.max() <= 16
    assert counts.sum() >= 300  # about the originals' mean


def test_an_empty_drawing_is_answered_with_what_to_do():
    with pytest.raises(BadInput, match="Draw a digit"):
        downsample(np.zeros((40, 40)))
    specks = np.zeros((400, 400))
    specks[[3, 390], [7, 391]] = 1
    with pytest.raises(BadInput, match="broader pen"):
        downsample(specks)
