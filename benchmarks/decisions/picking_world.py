"""A night to pick from: labelled images to begin with, a pool without labels, a holdout; and a detector to teach."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from local.demo.images.dataset import CLASSES, Example
from local.demo.images.scenes import make_scenes
from nightloop.config import load_loops
from nightloop.domain.detection.boxes.predictions import Prediction, from_endpoint
from nightloop.domain.images.image import Image
from services.detector.boxes.precision import mean_average_precision
from services.detector.contract.hyperparameters import Hyperparameters, parse_hyperparameters, with_defaults
from services.detector.contract.stopping import Stopping
from services.detector.inputs.channels import Example as Labelled
from services.detector.network.head import Parameters, initial_parameters
from services.detector.network.inference import detect_cells
from services.detector.network.trunk import FEATURES, Trunk
from services.detector.training.dataset import DatasetReader, ValidationImage, View
from services.detector.training.trainer import SEED, Trainer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from services.detector.boxes.nms import Detections
    from services.detector.training.features import FeatureFile

EPOCHS = "10"
"""Half of what a loop trains a model further: the repetitions are many."""

SECONDS, SECONDS_PER_OBJECT = 10.0, 8.0
"""What a review takes a reviewer, in truth: to look at an image, and to draw each object."""


@dataclass(frozen=True)
class Night:
    """The images of one repetition."""

    seed: tuple[Example, ...]
    pool: tuple[Example, ...]
    holdout: tuple[Example, ...]


def sprite_night(number: int, shares: list[float] | None = None) -> Night:
    """Draw scenes that no other repetition has: the seed in one style, the night and the holdout in another."""
    return Night(
        make_scenes("noto", 60, [100, number, 0], "seed", shares),
        make_scenes("fluent", 150, [100, number, 1], "camera", shares),
        make_scenes("fluent", 100, [100, number, 2], "holdout", shares),
    )


def long_tailed_night(number: int) -> Night:
    """Draw scenes whose classes are as unevenly seen as in life: the nth of them 1/n as often (Zipf), in any order."""
    shares = 1 / np.arange(1, len(CLASSES) + 1)
    order = np.random.default_rng([400, number]).permutation(len(CLASSES))
    return sprite_night(number, list((shares / shares.sum())[order]))


def photo_night(folder: Path, number: int) -> Night:
    """Deal the photos of a folder anew: a sixth to begin with, half to pick from, a third to measure on."""
    from local.demo.images.photos import load_photos

    dataset = load_photos(folder)
    photos = sorted([*dataset.seed, *dataset.night, *dataset.holdout], key=lambda photo: photo.name)
    order = np.random.default_rng([200, number]).permutation(len(photos))
    dealt = [photos[index] for index in order]
    first, second = len(dealt) // 6, len(dealt) * 2 // 3
    return Night(tuple(dealt[:first]), tuple(dealt[first:second]), tuple(dealt[second:]))


def true_seconds(example: Example) -> float:
    """Return what reviewing an image costs, whoever picked it."""
    return SECONDS + SECONDS_PER_OBJECT * len(example.boxes)


@dataclass
class Classroom:
    """The detector's own trunk, head and trainer over a night; the trunk looks at each image once."""

    features: FeatureFile
    trunk: Trunk = field(default_factory=lambda: Trunk(2))
    _views: dict[int, tuple[View, View]] = field(default_factory=dict)
    _cells: dict[int, ValidationImage] = field(default_factory=dict)

    def first_model(self, examples: Sequence[Example]) -> Parameters:
        """Train a head from nothing."""
        parameters = initial_parameters(FEATURES, len(CLASSES), np.random.default_rng(SEED))
        return self._train(parameters, examples, incremental=False)

    def next_model(self, parent: Parameters, examples: Sequence[Example]) -> Parameters:
        """Train a head further."""
        return self._train({name: values.copy() for name, values in parent.items()}, examples, incremental=True)

    def predictions(self, model: Parameters, examples: Sequence[Example]) -> list[Prediction]:
        """Return what a model sees, as the loop reads it from an endpoint."""
        return [
            from_endpoint(
                {"prediction": _rows(self._detect(model, example))},
                example.width,
                example.height,
                CLASSES,
                Image(f"s3://night/{example.name}", example.name, len(example.jpeg)),
                "model",
            )
            for example in examples
        ]

    def quality(self, model: Parameters, holdout: Sequence[Example]) -> float:
        """Return mAP at IoU 0.5."""
        found = [self._detect(model, example) for example in holdout]
        return mean_average_precision(found, [self._seen(example).truth for example in holdout], 0.5)

    def _train(self, parameters: Parameters, examples: Sequence[Example], *, incremental: bool) -> Parameters:
        given = _hyperparameters(len(examples), incremental=incremental)
        trainer = Trainer(given, parameters, self.features, Stopping())
        views = [self._view(example) for example in examples]
        for epoch in range(given.epochs):
            trainer.epoch(views, epoch)
        return trainer.parameters

    def _detect(self, model: Parameters, example: Example) -> Detections:
        seen = self._seen(example)
        return detect_cells(model, self.features.rows(seen.features), seen.priors, 0.45)

    def _seen(self, example: Example) -> ValidationImage:
        if id(example) not in self._cells:
            self._cells[id(example)] = self._reader().validation_images([_labelled(example)])[0]
        return self._cells[id(example)]

    def _view(self, example: Example) -> tuple[View, View]:
        if id(example) not in self._views:
            self._views[id(example)] = self._reader().training_views([_labelled(example)])[0]
        return self._views[id(example)]

    def _reader(self) -> DatasetReader:
        return DatasetReader(self.trunk, self.features, _hyperparameters(1, incremental=False), Stopping())


def _hyperparameters(samples: int, *, incremental: bool) -> Hyperparameters:
    loops, _ = load_loops()
    training = next(loop.training for loop in loops if loop.name == "voc")
    texts = training.incremental if incremental else training.first
    batch = str(min(samples, int(texts["mini_batch_size"])))
    if incremental:
        texts = {**texts, "epochs": EPOCHS}
    counts = {"num_classes": str(len(CLASSES)), "num_training_samples": str(samples), "label_width": "700"}
    return parse_hyperparameters(
        with_defaults({**texts, **counts, "mini_batch_size": batch, "use_pretrained_model": "1"})
    )


def _labelled(example: Example) -> Labelled:
    line = example.manifest_line(example.name, "bench")
    return Labelled(example.name, example.jpeg, line["bounding-box"])


def _rows(detections: Detections) -> list[list[float]]:
    return [
        [float(class_id), round(float(score), 4), *map(float, box)]
        for class_id, score, box in zip(detections.classes, detections.scores, detections.boxes, strict=True)
    ]
