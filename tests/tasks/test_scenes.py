import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from scipy import ndimage
from sklearn.neighbors import NearestNeighbors

from seqviz.core.config import RunConfig
from seqviz.core.task import END, IGNORE, BadInput, Example
from seqviz.core.topology import Reads
from seqviz.tasks import scenes
from seqviz.tasks.scenes import (
    COLOURS,
    EXAMPLES,
    MENUS,
    RELATIONS,
    SHAPES,
    SIDE,
    SIZES,
    TRAIN,
    WRITES,
    Scenes,
    all_scenes,
    build,
    caption,
)


@pytest.fixture(scope="module")
def task() -> Scenes:
    return build(RunConfig(task="scenes"))


def said(targets: np.ndarray) -> str:
    words = [WRITES[word] for word in targets if word != IGNORE]
    assert words[-1] == END
    return " ".join(words[:-1])


def pairs_in(text: str) -> frozenset[tuple[str, str]]:
    """The coloured shapes that a caption names; with its size where there is one alone."""
    words = text.split()
    things = [(words[place - 1], word) for place, word in enumerate(words) if word in SHAPES]
    return frozenset(things) if len(things) == 2 else frozenset({(words[1], *things[0])})


FINE = 8
"""Dots to a pixel's side."""
BAR = 0.34
OUTLINES = {
    "circle": [(np.cos(turn), np.sin(turn)) for turn in np.linspace(0, 2 * np.pi, 64)],
    "square": [(-0.95, -0.95), (0.95, -0.95), (0.95, 0.95), (-0.95, 0.95)],
    "triangle": [(0, -1.2), (1, 0.6), (-1, 0.6)],
    "cross": [
        (x * a, y * b)
        for x, y, a, b in zip(
            (1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1),
            (-1, -1, -1, 1, 1, 1, 1, 1, 1, -1, -1, -1),
            (BAR, BAR, 1, 1, BAR, BAR, BAR, BAR, 1, 1, BAR, BAR),
            (1, BAR, BAR, BAR, BAR, 1, 1, BAR, BAR, BAR, BAR, 1),
            strict=True,
        )
    ],
}
"""Around the middle of their areas."""
AREAS = {"circle": np.pi, "square": 1.9**2, "triangle": 1.8, "cross": 4 * (2 * BAR - BAR**2)}


def painted(shape: str, radius: float, right: float, down: float) -> np.ndarray:
    """The share of each pixel that a shape covers, by Pillow's polygons."""
    fine = Image.new("1", (SIDE * FINE, SIDE * FINE))
    corners = [((right + x * radius) * FINE - 0.5, (down + y * radius) * FINE - 0.5) for x, y in OUTLINES[shape]]
    ImageDraw.Draw(fine).polygon(corners, fill=1)
    return np.asarray(fine).reshape(SIDE, FINE, SIDE, FINE).mean(axis=(1, 3))


def seen(picture: np.ndarray) -> str:
    """The caption told from the pixels alone: each patch of colour is what it looks most like when painted anew."""
    away = np.abs(picture - np.median(picture, axis=(1, 2))[:, None, None]).sum(axis=0)
    cores, count = ndimage.label(away > 0.6 * away.max())
    # What lies between two objects belongs to the nearer one.
    nearest = ndimage.distance_transform_edt(cores == 0, return_distances=False, return_indices=True)
    things = []
    for number in range(1, count + 1):
        ink = np.where(cores[tuple(nearest)] == number, away, 0)
        full = ink > 0.9 * ink.max()
        ink = ink / np.median(ink[full])
        paint = np.median(picture[:, full], axis=1)
        hues = {name: np.array(colour) / np.linalg.norm(colour) for name, colour in COLOURS.items()}
        colour = max(hues, key=lambda name: float(hues[name] @ paint))
        down, right = ((ink.sum(axis=1 - axis) @ (np.arange(SIDE) + 0.5)) / ink.sum() for axis in (0, 1))
        radii = {shape: float(np.sqrt(ink.sum() / area)) for shape, area in AREAS.items()}
        faults = {shape: np.abs(painted(shape, radius, right, down) - ink).sum() for shape, radius in radii.items()}
        shape = min(faults, key=lambda name: float(faults[name]))
        things.append((colour, shape, radii[shape], np.array([down, right]) - SIDE / 2))
    things.sort(key=lambda thing: -float(np.abs(thing[3]).max()))
    (colour, shape, radius, place), *others = things
    text = f"a {'small' if radius < 3.7 else 'large'} {colour} {shape}"
    if others:
        ((other_colour, other_shape, _, middle),) = others
        down, right = place - middle
        across = ("left of" if right < 0 else "right of") if abs(right) > abs(down) else ""
        text += f" {across or ('above' if down < 0 else 'below')} a {other_colour} {other_shape}"
    return text


def test_every_caption_can_be_told_from_its_picture(task):
    held, trained = task.held_out, task.batch(seed=1, step=0, size=500)
    for batch in (held, trained):
        for picture, targets in zip(batch.inputs[:, 0], batch.targets, strict=True):
            assert seen(picture) == said(targets)


def test_combinations_kept_back_are_never_trained_on(task):
    trained = [said(targets) for step in range(TRAIN // 500) for targets in task.batch(0, step, 500).targets]
    known = {pairs_in(text) for text in trained}
    kept_back = {pairs_in(said(targets)) for targets in task.held_out.targets}
    assert known.isdisjoint(kept_back)
    assert sum(len(pair) == 2 for pair in kept_back) == 16
    assert sum(len(pair) == 1 for pair in kept_back) == 4
    assert pairs_in("a small red circle above a blue square") in kept_back
    # Each coloured shape is missing from equally many pairs, and seen with every word besides.
    things = list(itertools.product(COLOURS, SHAPES))
    assert {sum(thing in pair for pair in kept_back if len(pair) == 2) for thing in things} == {2}
    for first, relation in itertools.product(things, RELATIONS):
        assert any(f"{' '.join(first)} {relation} " in text for text in trained)
        assert any(f" {relation} a {' '.join(first)}" in text for text in trained)


def test_all_scenes_that_are_not_kept_back_are_trained_on(task):
    trained = {said(targets) for step in range(TRAIN // 500) for targets in task.batch(0, step, 500).targets}
    held = {said(targets) for targets in task.held_out.targets}
    every = {" ".join(caption(scene)) for scene in all_scenes()}
    assert len(every) == len(all_scenes()) == 2 * 4 * 4 * (1 + 4 * 4 * 4)
    assert trained | held == every
    assert len(held) == len(task.held_out.targets) == 260


def test_pictures_of_one_scene_differ(task):
    pictures = {picture.tobytes() for step in range(TRAIN // 500) for picture in task.batch(0, step, 500).inputs}
    assert len(pictures) == TRAIN


def test_pictures_lie_between_black_and_white(task):
    pictures = task.held_out.inputs
    assert pictures.dtype == np.float32
    assert pictures.shape[1:] == (1, 3, SIDE, SIDE)
    assert pictures.min() >= 0
    assert pictures.max() <= 1


@given(st.integers(0, 2**32 - 1))
def test_objects_lie_in_the_picture_and_apart(seed):
    luck = np.random.default_rng(seed).choice([-1, 0, 1], (len(all_scenes()), 9))
    layout = scenes.arrange(all_scenes(), luck)
    low, high = layout.middles - layout.radii[..., None], layout.middles + layout.radii[..., None]
    two = layout.shapes[:, 1] >= 0
    assert min(low[:, 0].min(), low[two, 1].min()) > 0.3
    assert max(high[:, 0].max(), high[two, 1].max()) < SIDE - 0.3
    gap = np.maximum(low[two, 0] - high[two, 1], low[two, 1] - high[two, 0]).max(axis=1)
    assert gap.min() > 0.5
    # The object to which the other is related is nearer to the middle.
    off_centre = np.abs(layout.middles[two] - SIDE / 2).max(axis=2)
    assert (off_centre[:, 0] > off_centre[:, 1]).all()


def test_a_batch_depends_on_its_arguments_alone(task):
    again = Scenes()
    for seed, step in ((0, 0), (3, 700)):
        one, other = task.batch(seed, step, 16), again.batch(seed, step, 16)
        np.testing.assert_array_equal(one.inputs, other.inputs)
        np.testing.assert_array_equal(one.targets, other.targets)
    assert not np.array_equal(task.batch(0, 0, 16).targets, task.batch(1, 0, 16).targets)


def test_examples_were_kept_back_and_say_what_is_drawn(task):
    assert len(task.examples) == len(EXAMPLES) == len({example.name for example in task.examples})
    held = {said(targets) for targets in task.held_out.targets}
    for example in task.examples:
        assert said(example.targets) in held
        assert seen(example.inputs[0]) == said(example.targets)
        steps = task.topology.unroll(len(example.inputs), len(example.targets))
        assert [step.reads for step in steps].count(Reads.INPUT) == len(example.words) == 1


def test_baseline_repeats_what_nearest_neighbours_say(task):
    half = [
        pictures.reshape(-1, 3, SIDE // 2, 2, SIDE // 2, 2).sum(axis=(3, 5)).reshape(len(pictures), -1)
        for pictures in (
            np.concatenate([task.batch(0, step, 500).inputs[:, 0] for step in range(TRAIN // 500)]),
            np.concatenate([example.inputs for example in task.examples]),
        )
    ]
    trained = [said(targets) for step in range(TRAIN // 500) for targets in task.batch(0, step, 500).targets]
    nearest = NearestNeighbors(n_neighbors=1).fit(half[0]).kneighbors(half[1])[1][:, 0]
    for example, place in zip(task.examples, nearest, strict=True):
        assert " ".join(task.by_baseline(example)) == trained[place]
    assert task.baseline.score == 0  # a copy is of a combination that was trained on
    known = task.batch(0, 0, 1)
    copied = Example(known.inputs[0], known.targets[0], ("picture",), "")
    assert " ".join(task.by_baseline(copied)) == said(known.targets[0])


@given(st.sampled_from(all_scenes()))
def test_every_caption_can_be_typed(scene):
    task = build(RunConfig(task="scenes"))
    text = " ".join(caption(scene))
    full, short = task.read(text), task.read(text.replace("a ", "").replace("of ", "").upper())
    assert said(full.targets) == full.name == seen(full.inputs[0]) == text
    np.testing.assert_array_equal(full.inputs, short.inputs)
    np.testing.assert_array_equal(full.targets, short.targets)


@given(st.tuples(*(st.sampled_from(choices) for choices in MENUS.values())))
def test_menus_make_a_scene(chosen):
    task = build(RunConfig(task="scenes"))
    ended = list(itertools.takewhile(bool, chosen))
    assert len(ended) in (3, 6)
    text = said(task.read(" ".join(ended)).targets)
    assert all(word in text for word in ended)
    assert (" a " in text) == (len(ended) == 6)


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("", "small, large"),
        ("red circle", "small, large"),
        ("small purple circle", "red, yellow, green, blue"),
        ("small red hexagon", "circle, square, triangle, cross"),
        ("small red circle under a blue square", "above, below, left, right"),
        ("small red circle above a blue", "the description ends. Choose from: circle"),
        ("small red circle above a large blue square", "Leave out “large”"),
        ("small red circle above a blue square and a dog", "too much"),
    ],
)
def test_what_is_no_scene_is_answered_with_the_words_to_use(task, typed, hint):
    with pytest.raises(BadInput) as raised:
        task.read(typed)
    assert hint in str(raised.value)


@given(st.lists(st.sampled_from([*WRITES, "", "above a", "\0", "ﬁ", "ß"]), max_size=12).map(" ".join) | st.text())
def test_any_text_is_a_scene_or_bad_input(typed):
    try:
        example = build(RunConfig(task="scenes")).read(typed)
    except BadInput:
        return
    assert example.inputs.shape == (1, 3, SIDE, SIDE)
    assert said(example.targets).split()[1] in SIZES


def linear(colour: tuple[int, int, int]) -> np.ndarray:
    values = np.array(colour) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE 1976 L*a*b* of linear sRGB, white D65."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ np.clip(rgb, 0, 1)
    f = np.cbrt(xyz / [0.9505, 1.0, 1.089])
    f = np.where(f > 6 / 29, f, (xyz / [0.9505, 1.0, 1.089]) * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


SEEN_BY = {
    "everyone": np.eye(3),
    # Machado, Oliveira & Fernandes (2009), severity 1.
    "no red cones": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "no green cones": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "no blue cones": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}


@pytest.mark.parametrize("eyes", SEEN_BY)
def test_colours_differ_for_all_kinds_of_eyes(eyes):
    colours = [lab(np.array(SEEN_BY[eyes]) @ linear(colour)) for colour in [*COLOURS.values(), (238, 238, 238)]]
    for one, other in itertools.combinations(colours, 2):
        assert np.linalg.norm(one - other) > 20


def test_a_scene_is_drawn_as_its_outlines_say():
    """Against the share of 20 × 20 points in each pixel that lie inside."""
    layout = scenes.arrange([scenes.parse("large blue cross left of green triangle")], np.zeros((1, 9)))
    picture = scenes.drawn(layout)[0] / 255
    points = (np.arange(SIDE * 20) + 0.5) / 20
    expected = np.full((3, SIDE, SIDE), layout.papers[0])
    for place in (1, 0):
        inside = tuple(SHAPES.values())[layout.shapes[0, place]]
        right, down = layout.middles[0, place]
        distances = inside(points[None, :] - right, points[:, None] - down, layout.radii[0, place])
        share = (distances < 0).reshape(SIDE, 20, SIDE, 20).mean(axis=(1, 3))
        expected += share * (layout.paints[0, place][:, None, None] - expected)
    # Where an outline has a corner, the distance to it is only nearly the share of the pixel.
    assert np.abs(picture - expected).max() < 0.25
    assert np.abs(picture - expected).mean() < 0.01
