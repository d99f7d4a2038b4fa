"""Scenes to review: made up, and the photos of a folder where one is named (`NIGHTLOOP_PHOTOS=folder`)."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from nightloop.domain.detection.boxes.predictions import Box
from nightloop.domain.images.image import Image
from tests.simulation.crew import MODEL, Scene, draw

CLASSES = [f"class-{number}" for number in range(20)]


@pytest.fixture(scope="session", params=["generated", "photos"])
def truths(request) -> list[tuple[int, int, tuple[Box, ...]]]:
    """Width, height and true boxes of images."""
    if request.param == "generated":
        return generated(150)
    folder = os.environ.get("NIGHTLOOP_PHOTOS")
    if not folder:
        pytest.skip("NIGHTLOOP_PHOTOS names no folder with pool.manifest and holdout.manifest")
    return photos(Path(folder))


@pytest.fixture(scope="session")
def scenes(truths):
    def scenes(random: np.random.Generator) -> list[Scene]:
        """Every image once, with what an unsure model shows of it."""
        made = []
        for number, (width, height, truth) in enumerate(truths):
            scene = Scene(Image(f"s3://b/{number}.jpg", str(number), 1), width, height, truth, ())
            shown = draw(scene, MODEL, CLASSES, random)
            made.append(Scene(scene.image, width, height, truth, shown))
        return made

    return scenes


def generated(count: int) -> list[tuple[int, int, tuple[Box, ...]]]:
    """Make images of 640 x 480 with 1 to 5 objects anywhere."""
    random = np.random.default_rng(7)
    images = []
    for _ in range(count):
        boxes = []
        for _ in range(random.integers(1, 6)):
            width, height = random.uniform(40, 260), random.uniform(40, 200)
            class_id = int(random.integers(len(CLASSES)))
            left, top = random.uniform(0, 640 - width), random.uniform(0, 480 - height)
            boxes.append(Box(class_id, CLASSES[class_id], None, float(left), float(top), float(width), float(height)))
        images.append((640, 480, tuple(boxes)))
    return images


def photos(folder: Path) -> list[tuple[int, int, tuple[Box, ...]]]:
    """Read the true boxes of the photos that show anything."""
    lines = [
        json.loads(line)["bounding-box"]
        for name in ("pool.manifest", "holdout.manifest")
        for line in (folder / name).read_text().splitlines()
    ]
    return [
        (
            line["image_size"][0]["width"],
            line["image_size"][0]["height"],
            tuple(
                Box(
                    box["class_id"],
                    CLASSES[box["class_id"]],
                    None,
                    *(float(box[key]) for key in ("left", "top", "width", "height")),
                )
                for box in line["annotations"]
            ),
        )
        for line in lines
        if line["annotations"]
    ]
