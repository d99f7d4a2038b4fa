"""Images with true boxes, and the augmented manifest lines that describe them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

CLASSES = (
    "aeroplane",
    "bicycle",
    "bird",
    "boat",
    "bottle",
    "bus",
    "car",
    "cat",
    "chair",
    "cow",
    "diningtable",
    "dog",
    "horse",
    "motorbike",
    "person",
    "pottedplant",
    "sheep",
    "sofa",
    "train",
    "tvmonitor",
)
ATTRIBUTE = "bounding-box"


@dataclass(frozen=True)
class TrueBox:
    """A true box in whole pixels of the image."""

    class_id: int
    left: int
    top: int
    width: int
    height: int
    classes: tuple[str, ...] = CLASSES

    @property
    def label(self) -> str:
        """The name of the box's class."""
        return self.classes[self.class_id]


@dataclass(frozen=True)
class Example:
    """One JPEG and its true boxes."""

    name: str
    jpeg: bytes
    width: int
    height: int
    boxes: tuple[TrueBox, ...]
    classes: tuple[str, ...] = CLASSES

    def manifest_line(self, source: str, job: str) -> dict[str, Any]:
        """Return the example as a Ground Truth augmented manifest line; `source` is its URI."""
        annotations = [
            {"class_id": box.class_id, "left": box.left, "top": box.top, "width": box.width, "height": box.height}
            for box in self.boxes
        ]
        return {
            "source-ref": source,
            ATTRIBUTE: {
                "annotations": annotations,
                "image_size": [{"width": self.width, "height": self.height, "depth": 3}],
            },
            f"{ATTRIBUTE}-metadata": {
                "class-map": {str(number): label for number, label in enumerate(self.classes)},
                "objects": [{"confidence": 1} for _ in self.boxes],
                "type": "groundtruth/object-detection",
                "human-annotated": "yes",
                "creation-date": "2026-01-01T00:00:00",
                "job-name": job,
            },
        }


@dataclass(frozen=True)
class Dataset:
    """What a demo needs: labelled images for the seed, a holdout, and the unlabelled images of one night.

    The night's true boxes are for the scripted reviewer and the pictures; the loop cannot read them.
    """

    name: str
    seed: tuple[Example, ...]
    holdout: tuple[Example, ...]
    night: tuple[Example, ...]
    classes: tuple[str, ...] = CLASSES


def manifest(examples: tuple[Example, ...], prefix: str, job: str) -> bytes:
    """Return the manifest of examples that are stored below the URI `prefix`."""
    lines = [json.dumps(example.manifest_line(f"{prefix}{example.name}", job)) for example in examples]
    return "".join(line + "\n" for line in lines).encode()
