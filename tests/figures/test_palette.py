from itertools import combinations

import numpy as np
import pytest

from seqviz.figures import palette

LIGHT, DARK = "#ffffff", "#0e1117"
# Machado, Oliveira & Fernandes (2009), "A physiologically-based model for simulation of color vision deficiency",
# severity 1.0; they apply to linear RGB.
EYES = {
    "all cones": np.eye(3),
    "no red cones": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "no green cones": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "no blue cones": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def rgb(colour: str) -> np.ndarray:
    """(red, green, blue, opacity), each 0 to 1."""
    if colour.startswith("#"):
        return np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)] + [1.0])
    numbers = [float(number) for number in colour.removeprefix("rgba(").removesuffix(")").split(",")]
    return np.array([*(number / 255 for number in numbers[:3]), numbers[3]])


def over(colour: np.ndarray, ground: str) -> np.ndarray:
    """A colour with opacity on an opaque ground, linear RGB."""
    mixed = colour[3] * colour[:3] + (1 - colour[3]) * rgb(ground)[:3]
    return np.where(mixed <= 0.04045, mixed / 12.92, ((mixed + 0.055) / 1.055) ** 2.4)


def contrast(colour: str, ground: str) -> float:
    """WCAG 2.2's contrast ratio."""
    weights = np.array([0.2126, 0.7152, 0.0722])
    bright = sorted(float(over(rgb(c), ground) @ weights) for c in (colour, ground))
    return (bright[1] + 0.05) / (bright[0] + 0.05)


def lab(linear: np.ndarray) -> np.ndarray:
    """CIE L*a*b* under D65: Euclidean distance is roughly what eyes see."""
    to_xyz = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    )
    x, y, z = (
        np.cbrt(v) if v > 0.008856 else 7.787 * v + 16 / 116 for v in to_xyz @ linear / np.array([0.95047, 1, 1.08883])
    )
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def seen(colour: np.ndarray, ground: str, eyes: str) -> np.ndarray:
    return lab(np.clip(EYES[eyes] @ over(colour, ground), 0, 1))


def at(scale: palette.Scale, place: float) -> np.ndarray:
    """The scale's colour at `place`, mixed as Plotly does: every channel by itself, opacity too."""
    places = [stop for stop, _ in scale]
    channels = np.array([rgb(colour) for _, colour in scale])
    return np.array([np.interp(place, places, channels[:, channel]) for channel in range(4)])


ROLES = [palette.INPUT, palette.HIDDEN, palette.OUTPUT, palette.TARGET, palette.GRADIENT]
RUNS = [style.colour for style in palette.RUNS]


@pytest.mark.parametrize("ground", [LIGHT, DARK])
@pytest.mark.parametrize("colour", [*ROLES, *RUNS, palette.WIRE, palette.AMOUNT, palette.NEGATIVE])
def test_every_colour_stands_out_on_either_theme(colour: str, ground: str) -> None:
    assert contrast(colour, ground) >= 3


@pytest.mark.parametrize(
    ("letters", "box"),
    [
        (palette.ON_DARK, palette.INPUT),
        (palette.ON_LIGHT, palette.OUTPUT),
        (palette.ON_LIGHT, palette.FED_BACK),
    ],
)
def test_letters_on_filled_boxes_can_be_read(letters: str, box: str) -> None:
    assert contrast(letters, box) >= 4.5


@pytest.mark.parametrize(("eyes", "least"), [("all cones", 50), *((eyes, 20) for eyes in list(EYES)[1:])])
def test_roles_stay_apart_for_every_kind_of_eyes(eyes: str, least: float) -> None:
    for one, other in combinations(ROLES, 2):
        assert np.linalg.norm(seen(rgb(one), LIGHT, eyes) - seen(rgb(other), LIGHT, eyes)) >= least


@pytest.mark.parametrize("eyes", EYES)
def test_runs_stay_apart_for_every_kind_of_eyes_and_without_colours(eyes: str) -> None:
    for one, other in combinations(palette.RUNS, 2):
        assert np.linalg.norm(seen(rgb(one.colour), LIGHT, eyes) - seen(rgb(other.colour), LIGHT, eyes)) >= 30
        assert {one.dash, one.symbol, one.character}.isdisjoint({other.dash, other.symbol, other.character})


@pytest.mark.parametrize("ground", [LIGHT, DARK])
@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("scale", [palette.SEQUENTIAL, palette.GRADIENTS])
def test_a_larger_number_is_always_further_from_the_background(scale: palette.Scale, eyes: str, ground: str) -> None:
    background = seen(np.array([0, 0, 0, 0.0]), ground, eyes)
    distances = [np.linalg.norm(seen(at(scale, place), ground, eyes) - background) for place in np.linspace(0, 1, 21)]
    assert np.all(np.diff(distances) > 0)
    assert distances[-1] - distances[0] > 30


@pytest.mark.parametrize("ground", [LIGHT, DARK])
@pytest.mark.parametrize("eyes", EYES)
def test_activations_below_and_above_zero_look_different(eyes: str, ground: str) -> None:
    for size in (0.2, 0.5, 1.0):
        low, high = (seen(at(palette.DIVERGING, 0.5 + sign * size / 2), ground, eyes) for sign in (-1, 1))
        assert np.linalg.norm(low - high) >= 40 * size
    zero = seen(at(palette.DIVERGING, 0.5), ground, eyes)
    np.testing.assert_allclose(zero, seen(np.array([0, 0, 0, 0.0]), ground, eyes), atol=0.5)


@pytest.mark.parametrize("eyes", EYES)
def test_activations_are_not_taken_for_gradients(eyes: str) -> None:
    gradient = seen(rgb(palette.GRADIENT), LIGHT, eyes)
    for colour in (palette.NEGATIVE, palette.HIDDEN):
        assert np.linalg.norm(seen(rgb(colour), LIGHT, eyes) - gradient) >= 18


def test_the_smallest_gradient_is_not_taken_for_none() -> None:
    for ground in (LIGHT, DARK):
        nothing = seen(np.array([0, 0, 0, 0.0]), ground, "all cones")
        assert np.linalg.norm(seen(at(palette.GRADIENTS, 0), ground, "all cones") - nothing) >= 10
