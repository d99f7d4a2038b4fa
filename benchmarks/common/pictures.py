"""Images of a benchmark: JPEGs of 320 x 240 pixels with something in them."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw

SIZE = (320, 240)


def jpegs(count: int, seed: int = 1) -> list[bytes]:
    """Draw images; the same ones for the same seed."""
    draw = random.Random(seed)
    return [_jpeg(draw) for _ in range(count)]


def _jpeg(draw: random.Random) -> bytes:
    noise = Image.frombytes("RGB", (SIZE[0] // 2, SIZE[1] // 2), draw.randbytes(SIZE[0] * SIZE[1] * 3 // 4))
    picture = noise.resize(SIZE, Image.Resampling.BILINEAR)
    pen = ImageDraw.Draw(picture)
    for _ in range(12):
        left, top = draw.randrange(SIZE[0]), draw.randrange(SIZE[1])
        colour = (draw.randrange(256), draw.randrange(256), draw.randrange(256))
        pen.ellipse((left, top, left + draw.randrange(20, 120), top + draw.randrange(20, 90)), fill=colour)
    body = io.BytesIO()
    picture.save(body, "JPEG", quality=85)
    return body.getvalue()
