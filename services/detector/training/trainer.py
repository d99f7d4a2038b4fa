"""The head's parameters and their training."""

import numpy as np

from services.detector.boxes.precision import mean_average_precision
from services.detector.contract.hyperparameters import Hyperparameters
from services.detector.contract.stopping import Stopping
from services.detector.errors import CustomerError
from services.detector.network.head import HIDDEN, Parameters, backward, forward
from services.detector.network.inference import detect_cells
from services.detector.training.dataset import ValidationImage, View
from services.detector.training.features import FeatureFile
from services.detector.training.loss import Loss, hard_negatives, multibox_loss
from services.detector.training.optimizer import Optimizer, learning_rate_at, rule

SEED = 1  # the built-in algorithm has no hyperparameter for it; equal jobs give equal models
DROPOUT = 0.2


class Trainer:
    """Trains one head on views and scores it on validation images; `parameters` is changed in place."""

    def __init__(
        self, hyperparameters: Hyperparameters, parameters: Parameters, features: FeatureFile, stopping: Stopping
    ) -> None:
        self.hyperparameters = hyperparameters
        self.parameters = parameters
        self._features = features
        self._stopping = stopping
        self._generator = np.random.default_rng(SEED)
        chosen = rule(
            hyperparameters.optimizer,
            learning_rate=hyperparameters.learning_rate,
            momentum=hyperparameters.momentum,
            weight_decay=hyperparameters.weight_decay,
        )
        self._optimizer = Optimizer(chosen, frozen_parameters(parameters, hyperparameters))

    def epoch(self, views: list[tuple[View, View]], epoch: int) -> tuple[float, float]:
        """Train on every image once, each as it is or mirrored, in a new order: mean cross entropy and smooth L1."""
        size = self.hyperparameters.mini_batch_size
        order = self._generator.permutation(len(views))
        flips = self._generator.integers(2, size=len(views))
        losses = []
        for start in range(0, len(views), size):
            self._stopping.check()
            rate = self._learning_rate(epoch + start / len(views))
            batch = [views[index][flips[index]] for index in order[start : start + size]]
            loss = self._step(batch, rate)
            losses.append((loss.cross_entropy, loss.smooth_l1))
        cross_entropy, smooth_l1 = np.mean(losses, axis=0).tolist()
        return cross_entropy, smooth_l1

    def validate(self, images: list[ValidationImage]) -> float:
        """Return the mean average precision over the validation channel."""
        found = []
        for image in images:
            self._stopping.check()
            rows = self._features.rows(image.features)
            found.append(detect_cells(self.parameters, rows, image.priors, self.hyperparameters.nms_threshold))
        truths = [image.truth for image in images]
        return mean_average_precision(found, truths, self.hyperparameters.overlap_threshold)

    def _step(self, batch: list[View], rate: float) -> Loss:
        features = np.concatenate([self._features.rows(view.features) for view in batch])
        labels = np.concatenate([view.labels for view in batch])
        targets = np.concatenate([view.targets for view in batch])
        logits = forward(self.parameters, features).logits
        chosen = (labels > 0) | hard_negatives(logits, labels, at_least=len(batch))
        features, labels, targets = features[chosen], labels[chosen], targets[chosen]
        kept = (self._generator.random((len(labels), HIDDEN)) >= DROPOUT).astype(np.float32) / np.float32(1 - DROPOUT)
        activations = forward(self.parameters, features, kept)
        loss = multibox_loss(activations.logits, activations.residuals, labels, targets)
        gradients = backward(self.parameters, activations, loss.d_logits, loss.d_residuals, kept)
        self._optimizer.step(self.parameters, gradients, rate)
        return loss

    def _learning_rate(self, progress: float) -> float:
        return learning_rate_at(
            progress,
            epochs=self.hyperparameters.epochs,
            learning_rate=self.hyperparameters.learning_rate,
            steps=self.hyperparameters.lr_scheduler_step,
            factor=self.hyperparameters.lr_scheduler_factor,
        )


def frozen_parameters(parameters: Parameters, hyperparameters: Hyperparameters) -> frozenset[str]:
    """Return the names of the head's parameters that `freeze_layer_pattern` matches; the trunk is always frozen.

    :raises CustomerError: if the pattern matches all of them.
    """
    pattern = hyperparameters.freeze_layer_pattern
    frozen = frozenset(name for name in parameters if pattern and pattern.match(name))
    if len(frozen) == len(parameters):
        raise CustomerError(f"The hyperparameter 'freeze_layer_pattern' freezes every layer: {sorted(frozen)}.")
    return frozen
