"""Reads one chunk of what a transform job saw; a small night's chunk goes to the endpoint."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from nightloop.aws.clients.ordered_pool import map_in_order
from nightloop.aws.datasets.model_classes import ModelClasses
from nightloop.aws.errors import NightIncompleteError
from nightloop.aws.images.job_answers import JobAnswers
from nightloop.aws.images.job_lists import prepared_images
from nightloop.aws.images.scoring_choice import ENDPOINT, ScoringChoice
from nightloop.aws.operators.night.score_images import ScoreImagesOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.results.night import NightJobs
    from nightloop.domain.images.image import Image


class ScoreLargeNightOperator(ScoreImagesOperator):
    """Score the images of one chunk as `ChooseScoringOperator` chose: by the endpoint, or from a job's results.

    Both ways write the same file of predictions. An image that a job gave no result for is recorded with its error; so
    is one that was replaced or deleted meanwhile, because nobody knows what the job saw.

    Returns counts of the chunk and where its file is.

    :param chunk: The chunk's name (templated; the argument to map over).
    :param concurrency: How many images are at the endpoint at once, or twice as many results are read.
    :raises NightIncompleteError: if no job has scored the night yet.
    :raises TransformOutputError: if a result is gone that was there.
    """

    def _score(self, uri: str, images: list[Image], context: Context) -> None:
        from nightloop.domain.rows.jsonl import dump_rows

        if ScoringChoice(self.store, self.files, self.scoring).read() == ENDPOINT:
            super()._score(uri, images, context)
            return
        night = self._jobs()
        ModelClasses(self.store).check(night["model"], self.sagemaker.artefact_of(night["model"]), self.classes)
        prepared = self.scoring.prepared(str(self.chunk))
        self.count(prepared, images)
        answers = JobAnswers(self.store, night, self.classes)
        rows = prepared_images(self.store, prepared)
        predictions = map_in_order(answers.read, rows, threads=2 * self.concurrency, name="read")
        self.store.write_lines_once(uri, dump_rows(predictions))

    def _jobs(self) -> NightJobs:
        stored = self.store.read_if_there(self.scoring.jobs)
        if stored is None:
            raise NightIncompleteError(
                f"{self.scoring.jobs} is not there: no job has scored this night. Clear transform_images and the "
                "tasks after it."
            )
        night: NightJobs = json.loads(stored)
        return night
