import base64
import io

import numpy as np
import pytest
from PIL import Image

from seqviz.figures.thumbnails import data_uri


@pytest.mark.parametrize("channels", [1, 3])
def test_another_reader_finds_the_same_pixels(channels: int) -> None:
    picture = np.random.default_rng(0).random((channels, 5, 7)).astype(np.float32)
    kind, _, body = data_uri(picture).partition(",")
    assert kind == "data:image/png;base64"
    read = np.asarray(Image.open(io.BytesIO(base64.b64decode(body)))).reshape(5, 7, channels)
    np.testing.assert_array_equal(read, np.rint(picture * 255).astype(np.uint8).transpose(1, 2, 0))


def test_values_outside_0_to_1_are_black_or_white() -> None:
    body = data_uri(np.array([[[-1.0, 2.0]]], np.float32)).partition(",")[2]
    assert np.asarray(Image.open(io.BytesIO(base64.b64decode(body)))).tolist() == [[0, 255]]
