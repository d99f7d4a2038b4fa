"""Procedural backgrounds: all different, none with an edge as sharp as a sprite's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageFilter

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Pixels = NDArray[np.float64]  # [size, size, 3], 0..255


def draw_background(random: np.random.Generator, size: int) -> Image.Image:
    """Return an RGB background of `size` x `size` pixels."""
    paint = PAINTERS[int(random.integers(len(PAINTERS)))]
    grain = random.normal(0, random.uniform(2, 9), (size, size, 1))
    pixels = np.clip(paint(random, size) + grain, 0, 255).astype(np.uint8)
    return Image.fromarray(pixels, "RGB").filter(ImageFilter.GaussianBlur(0.6))


def _colour(random: np.random.Generator) -> NDArray[np.float64]:
    return random.uniform(40, 225, 3)


def _gradient(random: np.random.Generator, size: int) -> Pixels:
    """Draw one colour that turns into another along a random direction."""
    rows, columns = np.mgrid[0:size, 0:size] / size
    angle = random.uniform(0, 2 * np.pi)
    along = rows * np.sin(angle) + columns * np.cos(angle)
    share = ((along - along.min()) / np.ptp(along))[..., None]  # [size, size, 1]
    return np.asarray(_colour(random) * (1 - share) + _colour(random) * share)


def _horizon(random: np.random.Generator, size: int) -> Pixels:
    """Draw a sky above a ground."""
    height = int(size * random.uniform(0.3, 0.7))
    pixels = np.empty((size, size, 3))
    shade = np.linspace(0.8, 1.15, size)[:, None, None]
    pixels[:height], pixels[height:] = _colour(random), _colour(random)
    return pixels * shade


def _clouds(random: np.random.Generator, size: int) -> Pixels:
    """Mix two colours by smooth noise of three scales."""
    mix = np.zeros((size, size))
    for cells, weight in ((3, 0.6), (7, 0.3), (15, 0.1)):
        noise = Image.fromarray((random.random((cells, cells)) * 255).astype(np.uint8), "L")
        mix += weight * np.asarray(noise.resize((size, size), Image.Resampling.BICUBIC)) / 255
    share = mix[..., None]
    return np.asarray(_colour(random) * (1 - share) + _colour(random) * share)


def _stripes(random: np.random.Generator, size: int) -> Pixels:
    """Draw soft stripes of two similar colours."""
    rows, columns = np.mgrid[0:size, 0:size] / size
    angle, count = random.uniform(0, np.pi), random.uniform(2, 7)
    wave = np.sin(2 * np.pi * count * (rows * np.sin(angle) + columns * np.cos(angle)))[..., None]
    return np.asarray(_colour(random) + wave * random.uniform(8, 28, 3))


PAINTERS: tuple[Callable[[np.random.Generator, int], Pixels], ...] = (_gradient, _horizon, _clouds, _stripes)
