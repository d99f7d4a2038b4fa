"""`python -m services.detector train`: one training job, from channels to artefact."""

import time
from collections.abc import Callable, Sequence

import numpy as np

from services.detector.contract.folders import Folders
from services.detector.contract.hyperparameters import (
    Hyperparameters,
    parse_hyperparameters,
    read_hyperparameters,
    with_defaults,
)
from services.detector.contract.metrics import Metrics, current_host, log
from services.detector.contract.stopping import Stopping
from services.detector.errors import CustomerError
from services.detector.inputs.channels import Channels
from services.detector.network.artefact import Artefact, check_parent, load_archive, save
from services.detector.network.head import Parameters, initial_parameters
from services.detector.network.trunk import FEATURES, Trunk
from services.detector.training.dataset import DatasetReader, ValidationImage, View
from services.detector.training.features import FeatureFile
from services.detector.training.trainer import SEED, Trainer

THREADS = 2


def train(folders: Folders, stopping: Stopping) -> None:
    """Run the job that the folders describe.

    :raises CustomerError: if the hyperparameters, the channels or the parent model are wrong.
    :raises StopRequested: if SIGTERM came; the best model so far, if any, has been saved.
    """
    texts = with_defaults(read_hyperparameters(folders.config / "hyperparameters.json"))
    hyperparameters = parse_hyperparameters(texts)
    log.info("Final configuration: %s", texts)
    channels = Channels(folders, stopping)
    parameters = _starting_point(channels, texts, hyperparameters)
    metrics = Metrics(current_host(folders.config / "resourceconfig.json"))
    with FeatureFile() as features:
        views, validation = _read(channels, DatasetReader(Trunk(THREADS), features, hyperparameters, stopping))
        trainer = Trainer(hyperparameters, parameters, features, stopping)
        artefact = Artefact(trainer.parameters, texts)
        _run_epochs(trainer, views, validation, metrics, save_best=lambda: save(artefact, folders.model))


def should_stop(scores: Sequence[float], hyperparameters: Hyperparameters) -> bool:
    """Tell whether validation mAP has stood still for `early_stopping_patience` epochs.

    It stands still if it rises by less than the tolerance, which is relative to the best so far.
    """
    if not hyperparameters.early_stopping or len(scores) < hyperparameters.early_stopping_min_epochs:
        return False
    best, since = 0.0, 0
    for score in scores:
        if score > best * (1 + hyperparameters.early_stopping_tolerance):
            best, since = score, 0
        else:
            since += 1
    return since >= hyperparameters.early_stopping_patience


def _starting_point(channels: Channels, texts: dict[str, str], hyperparameters: Hyperparameters) -> Parameters:
    archive = channels.model_archive()
    if archive is not None:
        parent = load_archive(archive)
        check_parent(parent, texts)
        log.info("Incremental training from %s", archive.name)
        return parent.parameters
    if not hyperparameters.use_pretrained_model:
        raise CustomerError(
            "The value '0' of the hyperparameter 'use_pretrained_model' needs a channel 'model': "
            "this algorithm container trains a head over a pretrained trunk, not a network from scratch."
        )
    return initial_parameters(FEATURES, hyperparameters.num_classes, np.random.default_rng(SEED))


def _read(channels: Channels, reader: DatasetReader) -> tuple[list[tuple[View, View]], list[ValidationImage]]:
    started = time.monotonic()
    views = reader.training_views(channels.examples("train"))
    validation = reader.validation_images(channels.examples("validation"))
    seconds = time.monotonic() - started
    log.info("Read %d training and %d validation images in %.1f seconds", len(views), len(validation), seconds)
    return views, validation


def _run_epochs(
    trainer: Trainer,
    views: list[tuple[View, View]],
    validation: list[ValidationImage],
    metrics: Metrics,
    save_best: Callable[[], None],
) -> None:
    epochs = trainer.hyperparameters.epochs
    scores: list[float] = []
    for epoch in range(epochs):
        started = time.monotonic()
        losses = trainer.epoch(views, epoch)
        metrics.throughput(len(views), time.monotonic() - started)
        metrics.losses(epoch, *losses)
        if not np.isfinite(losses).all():
            raise CustomerError(f"Training diverged in epoch {epoch}: lower the hyperparameter 'learning_rate'.")
        scores.append(trainer.validate(validation))
        metrics.validation(epoch, scores[-1])
        metrics.progress(epoch + 1, epochs)
        if scores[-1] >= max(scores):  # of two equally good models, the one trained longer
            log.info("Updating the best model with validation-mAP=%.6f", scores[-1])
            save_best()
        if should_stop(scores, trainer.hyperparameters):
            log.info("Early stopping after epoch %d", epoch)
            break
