"""Small pictures inside a figure, as PNG in a data URI."""

from __future__ import annotations

import base64
import struct
import zlib
from functools import lru_cache

import numpy as np
from jaxtyping import Float32


def data_uri(picture: Float32[np.ndarray, "channels height width"]) -> str:
    """The address of a picture with values from 0 to 1: grey with one channel, otherwise red, green and blue.

    Source: PNG (third edition, W3C 2023), sections 5 and 11; filter 0, one zlib stream.
    """
    channels, height, width = picture.shape
    pixels = np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8).transpose(1, 2, 0)
    return _uri(np.ascontiguousarray(pixels).tobytes(), height, width, channels)


@lru_cache(maxsize=256)
def _uri(pixels: bytes, height: int, width: int, channels: int) -> str:
    row = width * channels
    lines = b"".join(b"\0" + pixels[start : start + row] for start in range(0, len(pixels), row))
    header = struct.pack(">IIBBBBB", width, height, 8, 0 if channels == 1 else 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
    return "data:image/png;base64," + base64.b64encode(png).decode()
