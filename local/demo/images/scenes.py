"""Scenes drawn from sprites: the demo's images, unless you bring your own.

A seed set in one style (Noto), the holdout and the night in another (Fluent): the first model has seen the classes but
not the look, so it is unsure of most of the night, and the reviewers' boxes help it.
"""

from __future__ import annotations

import functools
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageEnhance

from local.demo.images.backgrounds import draw_background
from local.demo.images.dataset import CLASSES, Dataset, Example, TrueBox

if TYPE_CHECKING:
    from collections.abc import Sequence

SPRITES = Path(__file__).parents[1] / "sprites"
DISTRACTORS = "_distractor"
SIZE = 256
SEED_COUNT, HOLDOUT_COUNT, NIGHT_COUNT = 60, 70, 80
LEAST_VISIBLE = 0.8
SOLID = 64  # of 255: a pixel fainter than this is a sprite's soft edge or shadow
TRIES = 40


@dataclass(frozen=True)
class Layer:
    """A sprite laid on the scene; `solid` [SIZE, SIZE] says which pixels it covers."""

    class_name: str
    picture: Image.Image
    left: int
    top: int
    solid: np.ndarray[tuple[int, int], np.dtype[np.bool_]]


def make_dataset(seed: int = 7, night_number: int = 0) -> Dataset:
    """Return the demo's images; equal seeds give equal bytes, another number another night."""
    return Dataset(
        name="sprites",
        seed=make_scenes("noto", SEED_COUNT, [seed, 0], "seed"),
        holdout=make_scenes("fluent", HOLDOUT_COUNT, [seed, 1], "holdout"),
        night=make_scenes("fluent", NIGHT_COUNT, [seed, 2, night_number], "camera"),
    )


def make_scenes(
    style: str, count: int, seed: list[int], name: str, shares: Sequence[float] | None = None
) -> tuple[Example, ...]:
    """Return `count` scenes of one style; each has a random stream of its own.

    `shares` says how often each class is drawn and adds up to 1; without it all classes are equally frequent.
    """
    return tuple(
        _make_scene(style, np.random.default_rng([*seed, number]), f"{name}-{number:04}.jpg", shares)
        for number in range(count)
    )


def _make_scene(style: str, random: np.random.Generator, name: str, shares: Sequence[float] | None) -> Example:
    background = draw_background(random, SIZE)
    layers: list[Layer] = []
    wanted = [DISTRACTORS] * int(random.integers(0, 4))
    wanted += [_pick_class(random, shares) for _ in range(random.integers(1, 5))]
    for class_name in wanted:
        layer = _place(style, class_name, random, layers)
        if layer is not None:
            layers.append(layer)
    for layer in layers:
        background.paste(layer.picture, (layer.left, layer.top), layer.picture)
    jpeg = io.BytesIO()
    background.save(jpeg, "JPEG", quality=88)
    return Example(name, jpeg.getvalue(), SIZE, SIZE, _true_boxes(layers))


def _pick_class(random: np.random.Generator, shares: Sequence[float] | None) -> str:
    return CLASSES[int(random.integers(len(CLASSES)) if shares is None else random.choice(len(CLASSES), p=shares))]


def _place(style: str, class_name: str, random: np.random.Generator, below: list[Layer]) -> Layer | None:
    """Lay a sprite where it hides little of the others; None if there is no such place."""
    for _ in range(TRIES):
        picture = _vary(_load(style, class_name, random), random)
        width, height = picture.size
        left, top = (int(random.integers(0, SIZE - side + 1)) for side in (width, height))
        solid = np.zeros((SIZE, SIZE), dtype=np.bool_)
        solid[top : top + height, left : left + width] = np.asarray(picture.getchannel("A")) >= SOLID
        layer = Layer(class_name, picture, left, top, solid)
        if all(share >= LEAST_VISIBLE for share in _visible_shares([*below, layer])):
            return layer
    return None


def _load(style: str, class_name: str, random: np.random.Generator) -> Image.Image:
    paths = _sprite_paths(style, class_name)
    return _open(paths[int(random.integers(len(paths)))])


@functools.cache
def _sprite_paths(style: str, class_name: str) -> tuple[Path, ...]:
    return tuple(sorted((SPRITES / style / class_name).glob("*.png"), key=lambda path: int(path.stem)))


@functools.cache
def _open(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return image.convert("RGBA")


def _vary(sprite: Image.Image, random: np.random.Generator) -> Image.Image:
    """Return a sprite with another size, rotation, colour and brightness."""
    if random.random() < 0.5:
        sprite = sprite.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    scale = random.uniform(56, 128) / max(sprite.size)
    sprite = sprite.resize([max(round(side * scale), 8) for side in sprite.size], Image.Resampling.LANCZOS)
    sprite = sprite.rotate(random.uniform(-18, 18), Image.Resampling.BICUBIC, expand=True)
    alpha = sprite.getchannel("A")
    coloured = ImageEnhance.Color(sprite.convert("RGB")).enhance(random.uniform(0.6, 1.4))
    coloured = ImageEnhance.Brightness(coloured).enhance(random.uniform(0.75, 1.25))
    coloured.putalpha(alpha)
    return coloured


def _visible(layers: list[Layer]) -> list[np.ndarray[tuple[int, int], np.dtype[np.bool_]]]:
    """Return for each layer which of its pixels no later layer covers."""
    covered = np.zeros((SIZE, SIZE), dtype=np.bool_)
    visible = []
    for layer in reversed(layers):
        visible.append(layer.solid & ~covered)
        covered = covered | layer.solid
    return visible[::-1]


def _visible_shares(layers: list[Layer]) -> list[float]:
    return [float(seen.sum() / layer.solid.sum()) for layer, seen in zip(layers, _visible(layers), strict=True)]


def _true_boxes(layers: list[Layer]) -> tuple[TrueBox, ...]:
    boxes = []
    for layer, seen in zip(layers, _visible(layers), strict=True):
        if layer.class_name == DISTRACTORS:
            continue
        rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
        left, top = int(columns[0]), int(rows[0])
        width, height = int(columns[-1]) - left + 1, int(rows[-1]) - top + 1
        boxes.append(TrueBox(CLASSES.index(layer.class_name), left, top, width, height))
    return tuple(boxes)
