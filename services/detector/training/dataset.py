"""Turns labelled images into what training and validation read: features by cell, with class and residuals to learn."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from services.detector.boxes.codec import encode
from services.detector.boxes.matching import BACKGROUND, Indices, match
from services.detector.boxes.precision import Truth
from services.detector.boxes.priors import Array
from services.detector.contract.hyperparameters import Hyperparameters
from services.detector.contract.stopping import Stopping
from services.detector.errors import CustomerError, ImageError
from services.detector.inputs.channels import Example
from services.detector.inputs.images import Picture, decode, mirror
from services.detector.inputs.labels import truth_of
from services.detector.network.trunk import Cells, Trunk, trunk_side
from services.detector.training.features import FeatureFile
from services.detector.training.loss import Labels

OBJECT_LIKE = 400  # unmatched cells kept for training: those in which the trunk sees an object
EVERY = 20  # ... and each 20th of all cells, so that plain background is included


@dataclass(frozen=True)
class View:
    """One image, or its mirror image, to train on: where its features are, labels [A], targets [A, 4]."""

    features: slice
    labels: Labels
    targets: Array


@dataclass(frozen=True)
class ValidationImage:
    """One image to score: where its features are, its priors [A, 4] and its true objects."""

    features: slice
    priors: Array
    truth: Truth


class DatasetReader:
    """Runs the trunk over a channel's images, one pass, and keeps the features in `file`."""

    def __init__(self, trunk: Trunk, file: FeatureFile, hyperparameters: Hyperparameters, stopping: Stopping) -> None:
        self._trunk = trunk
        self._file = file
        self._hyperparameters = hyperparameters
        self._stopping = stopping

    def training_views(self, examples: Iterable[Example]) -> list[tuple[View, View]]:
        """Return each image unchanged and mirrored.

        :raises CustomerError: if the number of images is not `num_training_samples`, or an image or label is wrong.
        """
        views = []
        for picture, truth in self._pictures(examples):
            plain = self._view(picture, truth)
            views.append((plain, self._view(mirror(picture), mirrored(truth))))
        expected = self._hyperparameters.num_training_samples
        if len(views) != expected:
            raise CustomerError(
                f"The value '{expected}' of the hyperparameter 'num_training_samples' is not the number of images in "
                f"the channel 'train', which is {len(views)}."
            )
        return views

    def validation_images(self, examples: Iterable[Example]) -> list[ValidationImage]:
        """Return each image with all of its cells.

        :raises CustomerError: if an image or label is wrong.
        """
        images = []
        for picture, truth in self._pictures(examples):
            cells = self._trunk(picture)
            images.append(ValidationImage(self._file.append(cells.features), cells.priors, truth))
        return images

    def _pictures(self, examples: Iterable[Example]) -> Iterator[tuple[Picture, Truth]]:
        given = self._hyperparameters
        side = trunk_side(given.image_shape)
        for example in examples:
            self._stopping.check()
            try:
                picture = decode(example.image, side)
            except ImageError as error:
                raise CustomerError(f"The image of {example.source} cannot be used. {error}") from error
            yield (
                picture,
                truth_of(
                    example.label,
                    picture,
                    example.source,
                    num_classes=given.num_classes,
                    label_width=given.label_width,
                ),
            )

    def _view(self, picture: Picture, truth: Truth) -> View:
        cells = self._trunk(picture)
        matched = match(cells.priors, truth.boxes)
        chosen = training_cells(cells, matched)
        labels, targets = learned(cells.priors[chosen], matched[chosen], truth)
        return View(self._file.append(cells.features[chosen]), labels, targets)


def mirrored(truth: Truth) -> Truth:
    """Return the boxes of the mirror image."""
    left, top, right, bottom = truth.boxes.T
    return Truth(truth.classes, np.stack([1 - right, top, 1 - left, bottom], axis=1))


def training_cells(cells: Cells, matched: Indices) -> Indices:
    """Choose the cells to keep: the matched ones, the most object-like others, and a thin grid over all."""
    chosen = matched != BACKGROUND
    chosen[np.argsort(-cells.objectness, kind="stable")[:OBJECT_LIKE]] = True
    chosen[::EVERY] = True
    return np.flatnonzero(chosen)


def learned(priors: Array, matched: Indices, truth: Truth) -> tuple[Labels, Array]:
    """Return each prior's targets: class + 1 or 0 for background [A], residuals [A, 4] (0 if unmatched)."""
    labels = np.zeros(len(priors), dtype=np.int64)
    targets = np.zeros((len(priors), 4), dtype=np.float32)
    positive = np.flatnonzero(matched != BACKGROUND)
    labels[positive] = truth.classes[matched[positive]] + 1
    targets[positive] = encode(truth.boxes[matched[positive]], priors[positive])
    return labels, targets
