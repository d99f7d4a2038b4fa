"""The drawn scenes: equal seeds give equal bytes, boxes are tight, the styles differ as the demo's story needs."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from local.demo.images import scenes
from local.demo.images.dataset import CLASSES


@pytest.fixture(scope="module")
def made():
    return scenes.make_scenes("fluent", 15, [3, 1], "camera")


def test_equal_seeds_give_equal_bytes(made):
    assert scenes.make_scenes("fluent", 15, [3, 1], "camera") == made


def test_a_scene_does_not_depend_on_how_many_there_are(made):
    assert scenes.make_scenes("fluent", 4, [3, 1], "camera") == made[:4]


def test_other_seeds_and_styles_give_other_images(made):
    assert scenes.make_scenes("fluent", 1, [3, 2], "camera")[0].jpeg != made[0].jpeg
    assert scenes.make_scenes("noto", 1, [3, 1], "camera")[0].jpeg != made[0].jpeg


def test_another_night_shows_other_images(monkeypatch):
    for name in ("SEED_COUNT", "HOLDOUT_COUNT", "NIGHT_COUNT"):
        monkeypatch.setattr(scenes, name, 2)
    one, two = scenes.make_dataset(night_number=1), scenes.make_dataset(night_number=2)
    assert (one.seed, one.holdout) == (two.seed, two.holdout)
    assert not {example.jpeg for example in one.night} & {example.jpeg for example in two.night}


def test_images_are_jpegs_of_256_pixels(made):
    for example in made:
        with Image.open(io.BytesIO(example.jpeg)) as image:
            assert (image.format, image.size) == ("JPEG", (256, 256))
        assert (example.width, example.height) == (256, 256)


def test_boxes_lie_in_the_image_and_are_not_tiny(made):
    boxes = [box for example in made for box in example.boxes]
    assert boxes
    for box in boxes:
        assert box.left >= 0
        assert box.top >= 0
        assert box.left + box.width <= 256
        assert box.top + box.height <= 256
        assert min(box.width, box.height) >= 8
        assert 0 <= box.class_id < len(CLASSES)


def test_each_scene_shows_one_to_four_objects(made):
    assert {len(example.boxes) for example in made} <= {1, 2, 3, 4}


def one_layer(random, class_name="car"):
    layer = scenes._place("noto", class_name, random, [])
    assert layer is not None
    return layer


@pytest.mark.parametrize("seed", range(6))
def test_a_box_is_tight_around_what_is_seen_of_a_turned_sprite(seed):
    random = np.random.default_rng(seed)
    below = one_layer(random)
    above = scenes._place("noto", "dog", random, [below])
    layers = [layer for layer in (below, above) if layer is not None]
    for layer, box in zip(layers, scenes._true_boxes(layers), strict=True):
        seen = layer.solid.copy()
        for later in layers[layers.index(layer) + 1 :]:
            seen &= ~later.solid
        inside = np.zeros_like(seen)
        inside[box.top : box.top + box.height, box.left : box.left + box.width] = True
        assert not (seen & ~inside).any(), "a visible pixel lies outside the box"
        edges = (seen[box.top], seen[box.top + box.height - 1], seen[:, box.left], seen[:, box.left + box.width - 1])
        assert all(edge.any() for edge in edges), "an edge of the box touches nothing"


def test_no_sprite_is_mostly_hidden():
    layers = []
    random = np.random.default_rng(11)
    for class_name in CLASSES:
        layer = scenes._place("fluent", class_name, random, layers)
        if layer is not None:
            layers.append(layer)
    assert len(layers) > 3
    assert min(scenes._visible_shares(layers)) >= scenes.LEAST_VISIBLE


def test_every_class_has_sprites_in_both_styles():
    for style in ("noto", "fluent"):
        for class_name in (*CLASSES, scenes.DISTRACTORS):
            assert scenes._sprite_paths(style, class_name), f"{style} has no {class_name}"
    assert not (scenes.SPRITES / "other").exists()
