"""The tasks between a night's list and its predictions: at the endpoint, in its queue, or by a transform job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nightloop.aws.dag_factory.loop_files import loop_files
from nightloop.aws.images.scoring_choice import ASYNC_INFERENCE, ENDPOINT
from nightloop.aws.operators.night.choose_scoring import ChooseScoringOperator
from nightloop.aws.operators.night.prepare_images import PrepareImagesOperator
from nightloop.aws.operators.night.score_images import ScoreImagesOperator
from nightloop.aws.operators.night.score_large_night import ScoreLargeNightOperator
from nightloop.aws.operators.night.score_queued_images import ScoreQueuedImagesOperator
from nightloop.aws.operators.night.transform_images import TransformImagesOperator
from nightloop.aws.resources.night_transform import NightTransformSettings

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator, XComArg
    from airflow.sdk.definitions.mappedoperator import MappedOperator

    from nightloop.aws.dag_factory.night_run import NightRun
    from nightloop.aws.results.given import Given
    from nightloop.config import LoopConfig


def score_night(loop: LoopConfig, night: NightRun, chunks: XComArg) -> list[BaseOperator | MappedOperator]:
    """Return the tasks that score a night, in their order; `score_images` is the last."""
    if loop.scoring.by in {ENDPOINT, ASYNC_INFERENCE}:
        return [score_images(loop, night, chunks)]
    chosen = choose_scoring(loop, night, chunks)
    prepared = prepare_images(loop, night, chosen.output)
    transformed = transform_images(loop, night, chosen.output)
    return [chosen, prepared, transformed, score_images(loop, night, chunks)]


def choose_scoring(loop: LoopConfig, night: NightRun, chunks: Given[list[str]]) -> ChooseScoringOperator:
    """Choose between the endpoint and a transform job."""
    return ChooseScoringOperator(
        task_id="choose_scoring",
        night=night.files.folder,
        chunks=chunks,
        by=loop.scoring.by,
        batch_from_images=loop.scoring.batch_from_images,
    )


def prepare_images(loop: LoopConfig, night: NightRun, chunks: XComArg | list[str]) -> MappedOperator:
    """Look at the images that a transform job will score, a chunk a task; none if the endpoint scores the night."""
    return PrepareImagesOperator.partial(
        task_id="prepare_images",
        night=night.files.folder,
        normalised=loop_files(loop).normalised,
        concurrency=loop.scoring.concurrency,
        **_places(loop),
    ).expand(chunk=chunks)


def transform_images(loop: LoopConfig, night: NightRun, chunks: Given[list[str]]) -> TransformImagesOperator:
    """Run the live model over the prepared images; skipped with `prepare_images`."""
    return TransformImagesOperator(
        task_id="transform_images",
        night=night.files.folder,
        chunks=chunks,
        settings=NightTransformSettings.of(loop),
        poll_seconds=30,
    )


def score_images(loop: LoopConfig, night: NightRun, chunks: XComArg | list[str]) -> MappedOperator:
    """Score the images with the live model, a chunk a task."""
    scoring = loop.scoring
    arguments: dict[str, Any] = {
        "task_id": "score_images",
        "night": night.files.folder,
        "endpoint_name": loop.endpoint.name,
        "classes": loop.classes,
        "normalised": loop_files(loop).normalised,
        "concurrency": scoring.concurrency,
        "read_timeout_seconds": scoring.read_timeout_seconds,
        **_places(loop),
    }
    if scoring.by == ENDPOINT:
        return ScoreImagesOperator.partial(**arguments).expand(chunk=chunks)
    if scoring.by == ASYNC_INFERENCE:
        return ScoreQueuedImagesOperator.partial(**arguments).expand(chunk=chunks)
    # The tasks before it are skipped in a night of the endpoint.
    return ScoreLargeNightOperator.partial(**arguments, trigger_rule="none_failed").expand(chunk=chunks)


def _places(loop: LoopConfig) -> dict[str, str]:
    """Return where the tasks that handle images run: a queue for Celery, and a pool."""
    queue = {} if loop.scoring.queue is None else {"queue": loop.scoring.queue}
    return {"pool": loop.scoring.pool, **queue}
