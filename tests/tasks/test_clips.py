import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import KNeighborsClassifier

from seqviz.core.config import RunConfig
from seqviz.core.task import BadInput
from seqviz.tasks import clips
from seqviz.tasks.clips import FRAMES, MOVES, SIDE, TRAIN, WRITES, Clips, build, compose, words_of


@pytest.fixture(scope="module")
def task() -> Clips:
    return build(RunConfig(task="clips"))


def seen_word(frames: np.ndarray, frame: int) -> str:
    """The word told from the pictures alone: from where the brightness lies in this frame and the two before."""
    rows, columns = np.mgrid[:SIDE, :SIDE]
    places = [
        ((picture * columns).sum() / picture.sum(), (picture * rows).sum() / picture.sum())
        for picture in frames[max(0, frame - 2) : frame + 1, 0].astype(np.float64)
    ]
    if len(places) == 1:
        return "appearing"
    right, down = places[-1][0] - places[-2][0], places[-1][1] - places[-2][1]
    was_right, was_down = 0.0, 0.0
    if len(places) == 3:
        was_right, was_down = places[-2][0] - places[-3][0], places[-2][1] - places[-3][1]
    if max(abs(right), abs(down)) < 0.3:
        return "standing still"
    names = ("left", "right") if abs(right) > abs(down) else ("up", "down")
    now, before = (right, was_right) if abs(right) > abs(down) else (down, was_down)
    if abs(before) > 0.3 and now * before < 0:
        return "bouncing"
    if abs(before) > 0.3 and abs(now) - abs(before) > 0.3:
        return "speeding up"
    return f"moving {names[int(now > 0)]}"


def test_every_word_can_be_seen_in_the_pictures(task):
    held = task.held_out
    for frames, words in zip(held.inputs, held.targets, strict=True):
        assert [seen_word(frames, frame) for frame in range(FRAMES)] == [WRITES[word] for word in words]


def test_all_of_a_shape_is_always_in_the_picture(task):
    light = task.held_out.inputs.sum(axis=(2, 3, 4))
    assert (np.ptp(light, axis=1) < 0.2 * light.min(axis=1)).all()


def test_words_are_spread_evenly_enough_to_be_learned(task):
    share = np.bincount(task.held_out.targets.ravel(), minlength=len(WRITES)) / task.held_out.targets.size
    assert share.min() > 0.05
    assert share.max() < 0.25


def test_held_out_clips_are_not_trained_on(task):
    trained = {
        clip.tobytes() for step in range(TRAIN // 100) for clip in task.batch(seed=0, step=step, size=100).inputs
    }
    assert len(trained) == TRAIN
    assert trained.isdisjoint(clip.tobytes() for clip in task.held_out.inputs)
    lengths = {len(example.inputs) for example in task.examples}
    assert trained.isdisjoint(example.inputs.tobytes() for example in task.examples)
    assert len(lengths) > 1


def test_a_batch_depends_on_its_arguments_alone(task):
    again = Clips()
    for seed, step in ((0, 0), (3, 70)):
        one, other = task.batch(seed, step, 16), again.batch(seed, step, 16)
        np.testing.assert_array_equal(one.inputs, other.inputs)
        np.testing.assert_array_equal(one.targets, other.targets)
    assert not np.array_equal(task.batch(0, 0, 16).targets, task.batch(1, 0, 16).targets)


def test_baseline_is_what_nearest_neighbours_reach(task):
    known = task.batch(0, 0, TRAIN // 4)
    pixels, words = known.inputs.reshape(-1, SIDE * SIDE), known.targets.ravel()
    oracle = KNeighborsClassifier(200, algorithm="brute").fit(pixels, words)
    score = oracle.score(task.held_out.inputs.reshape(-1, SIDE * SIDE), task.held_out.targets.ravel())
    # Another quarter of the training clips may differ by chance.
    assert task.baseline.score == pytest.approx(score, abs=0.03)
    assert task.baseline.score < 0.75


def test_the_same_pictures_get_other_words_in_another_order(task):
    forth, back = task.examples[:2]
    np.testing.assert_allclose(forth.inputs, back.inputs[::-1], atol=1e-6)
    assert {WRITES[word] for word in forth.targets} == {"appearing", "moving right"}
    assert {WRITES[word] for word in back.targets} == {"appearing", "moving left"}


def test_examples_show_every_word(task):
    assert {WRITES[word] for example in task.examples for word in example.targets} == set(WRITES)
    assert len({example.name for example in task.examples}) == len(task.examples)


def test_a_composed_clip_gets_the_words_of_its_moves(task):
    example = task.read("left, LEFT stop right faster right bounce up")
    assert [WRITES[word] for word in example.targets] == [
        "appearing",
        "moving left",
        "moving left",
        "standing still",
        "moving right",
        "speeding up",
        "moving right",
        "bouncing",
        "moving up",
    ]
    assert [seen_word(example.inputs, frame) for frame in range(9)] == [WRITES[word] for word in example.targets]
    assert example.words == tuple(f"frame {number}" for number in range(1, 10))


@given(st.lists(st.sampled_from(MOVES), min_size=1, max_size=30))
def test_moves_are_shown_or_refused_in_words(moves):
    try:
        example = compose(" ".join(moves), "")
    except BadInput as refusal:
        assert len(str(refusal)) > 20
        return
    assert example.inputs.shape == (len(moves) + 1, 1, SIDE, SIDE)
    assert example.inputs.dtype == np.float32
    assert example.inputs.min() >= 0
    assert example.inputs.max() <= 1
    assert example.targets.shape == (len(moves) + 1,)


@given(st.lists(st.tuples(st.integers(-2, 2), st.integers(-2, 2)), min_size=2, max_size=15))
def test_a_word_never_depends_on_later_frames(steps):
    path = np.cumsum(np.array(steps, dtype=float), axis=0)
    words = words_of(path)
    for frames in range(1, len(path)):
        np.testing.assert_array_equal(words_of(path[:frames]), words[:frames])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Moves typed: 0"),
        ("left " * 24, "Moves typed: 24"),
        ("left sideways", "“sideways” is not a move"),
        ("stop bounce", "“bounce”, move 2, needs a moving shape"),
        ("left stop faster", "“faster”, move 3"),
        ("left " * 12, "out of the picture"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_the_reason(task, typed, said):
    with pytest.raises(BadInput, match=said):
        task.read(typed)


def test_a_disc_covers_its_area():
    positions = np.full((1, 1, 2), SIDE / 2)
    picture = clips.drawn(positions, np.array([4.0]), np.array([0]))
    assert picture.sum() == pytest.approx(np.pi * 4.0**2, rel=0.02)
