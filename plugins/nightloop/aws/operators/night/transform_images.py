"""Scores a large night with the live model, by Batch Transform: once, even if the task runs again."""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.clients.capacity_errors import had_no_machine
from nightloop.aws.clients.tags import tag_list
from nightloop.aws.datasets.model_classes import ModelClasses
from nightloop.aws.errors import CapacityError, JobFailedError, JobVanishedError
from nightloop.aws.images.job_lists import JobList, JobLists
from nightloop.aws.links.model_origin import ModelOriginLink
from nightloop.aws.operators.sagemaker.job import JobOperator
from nightloop.aws.operators.sagemaker.transform import CONTENT_TYPE
from nightloop.aws.results.given import value_of
from nightloop.aws.storage.layout import ScoringFiles
from nightloop.aws.storage.object_store import JSON
from nightloop.aws.triggers.base import ended
from nightloop.aws.triggers.transform_job import TransformJobTrigger
from nightloop.domain.identity import naming

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.resources.night_transform import NightTransformSettings
    from nightloop.aws.results.given import Given
    from nightloop.aws.results.night import NightJob, NightJobs

_SOME_IMAGES: Final = "See job logs for more information"
"""How SageMaker says that a job went through all its images, and that some of them failed."""


class TransformImagesOperator(JobOperator):
    """Score a night's prepared images with the live model by one transform job for each bucket they lie in.

    The job runs the model that is live when it starts; the night's predictions name that one, even if another is
    live later. A rerun finds the job by the night and its images. Where the model refuses some images, SageMaker calls
    the whole job failed; the results of the others count, and those that have none are given to one more job. What has
    none even then is left out by name.

    Returns the model and the jobs, as they are in the night's `scoring/jobs.json`.

    :param night: The night's folder, `s3://{bucket}/{prefix}/{loop}/nights/{date}` (templated).
    :param chunks: The names of the prepared chunks (templated).
    :param settings: The model, the machines, and how many images may stay without a result.
    :raises ClassesChangedError: if the live model was trained on another class list than the loop's file names.
    :raises CapacityError: if AWS had no machine for a job: the next try starts a job of the next name.
    :raises JobFailedError: if a job failed, was stopped by somebody else, or has no result for too many images.
    :raises JobVanishedError: if a job no longer exists.

    .. seealso::
        https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html
    """

    template_fields = aws_template_fields("chunks", "night")
    operator_extra_links = (ModelOriginLink(),)
    trigger_class = TransformJobTrigger
    job_kind = "transform"

    def __init__(
        self, *, night: str, chunks: Given[list[str]], settings: NightTransformSettings, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.night = night
        self.chunks = chunks
        self.settings = settings

    def execute(self, context: Context) -> NightJobs:
        """Start or adopt the jobs and wait for them, one after the other, or find the night scored."""
        stored = self.store.read_if_there(self.files.jobs)
        if stored is None:
            night = self._run(context)
            stored = self.store.write_once(self.files.jobs, json.dumps(night, sort_keys=True).encode(), JSON)
        scored: NightJobs = json.loads(stored)
        for job in scored["jobs"]:
            self.log.info("%(name)s: %(images)s images, %(without_result)s without a result", job)
        return scored

    def execute_complete(self, context: Context, event: dict[str, Any]) -> NightJobs:
        """Take over from the trigger."""
        name, _ = ended(event)
        self._check_end(context, name)  # before a job of the next name would be started at once
        return self.execute(context)

    @property
    def files(self) -> ScoringFiles:
        """What is noted about the scoring of this night."""
        return ScoringFiles(self.night)

    def job_owners(self, name: str) -> str:
        """Return the S3 folder with the log of a job's owners."""
        return self.files.job_owners(name)

    def _run(self, context: Context) -> NightJobs:
        lists = JobLists(self.store, self.files, value_of(self.chunks))
        jobs: list[NightJob] = []
        model: str | None = None
        first = lists.of_night()
        for listed in first:
            job, model = self._score(context, listed, model)
            jobs.append(job)
        self._check_enough(context, jobs)
        for listed, results in [(listed, job["results"]) for listed, job in zip(first, jobs, strict=True)]:
            rest = lists.without_result(listed, results)
            if rest is not None:
                job, model = self._score(context, rest, model)
                jobs.append(job)
        return {"model": model or self.sagemaker.live_model(self.settings.endpoint_name).model, "jobs": jobs}

    def _score(self, context: Context, listed: JobList, model: str | None) -> tuple[NightJob, str]:
        """Run the job of one list, or find it; return it and its model.

        :param model: What scored other images of this night; None: the live model.
        """

        def start(name: str) -> None:
            created = self.sagemaker.create_transform_job(self._request(name, listed, model or self._live(context)))
            self.log.info("Transform job %s %s", name, "started" if created else "adopted")

        first = naming.night_job_name(self.settings.loop, self.night, listed.digest)
        names = (first if number == 1 else f"{first}-{number}" for number in count(1))
        name = self.run_job(context, names, start)
        return self._described(self._check_end(context, name), listed)

    def _live(self, context: Context) -> str:
        live = self.sagemaker.live_model(self.settings.endpoint_name)
        ModelClasses(self.store).check(live.model, live.artefact, self.settings.classes)
        ModelOriginLink.remember(context, self.store, live)
        return live.model

    def _request(self, name: str, listed: JobList, model: str) -> dict[str, Any]:
        settings = self.settings
        return {
            "TransformJobName": name,
            "ModelName": model,
            "MaxConcurrentTransforms": settings.max_concurrent_transforms,
            "MaxPayloadInMB": 6,
            "BatchStrategy": "SingleRecord",
            "TransformInput": {
                "DataSource": {"S3DataSource": {"S3DataType": "ManifestFile", "S3Uri": listed.uri}},
                "ContentType": CONTENT_TYPE,
                "SplitType": "None",
            },
            "TransformOutput": {
                "S3OutputPath": self.files.job_results(name),
                "Accept": "application/json",
                "AssembleWith": "None",
            },
            "TransformResources": {
                "InstanceType": settings.instance_type,
                "InstanceCount": settings.instance_count,
            },
            "Tags": tag_list(settings.tags, model=model),
        }

    def _check_end(self, context: Context, name: str) -> dict[str, Any]:
        """Return the description of a job that went through its images, whether or not each has a result."""
        job = self.sagemaker.describe_job(self.job_kind, name)
        if job is None:
            raise JobVanishedError(f"Transform job {name} is not there any more. Clear this task to run it again.")
        if had_no_machine(job):
            raise CapacityError(
                f"AWS had no machine for transform job {name}: {job['FailureReason']} It cost nothing. The task tries "
                "again later with a job of the next name; if it never succeeds, choose another "
                "scoring.transform.instance_type."
            )
        reason = job.get("FailureReason") or "no reason"
        if job["status"] != "Completed" and not (job["status"] == "Failed" and _SOME_IMAGES in reason):
            self.leave(context, name)
            raise JobFailedError(
                f"Transform job {name} is {job['status']}: {reason}. Correct what its log says and clear this task: "
                "it runs again under another name."
            )
        return job

    def _described(self, job: dict[str, Any], listed: JobList) -> tuple[NightJob, str]:
        """Return what is noted of a job that has ended, and its model."""
        results, machines = job["TransformOutput"]["S3OutputPath"], job["TransformResources"]
        failed = job["status"] != "Completed"
        written = sum(1 for _ in self.store.list(results)) if failed else listed.images
        started, until = (job.get(key) for key in ("TransformStartTime", "TransformEndTime"))
        seconds = round((until - started).total_seconds()) if started and until else 0
        noted: NightJob = {
            "name": job["TransformJobName"],
            "status": job["status"],
            "reason": job.get("FailureReason"),
            "folder": listed.folder,
            "results": results,
            "images": listed.images,
            "without_result": listed.images - written,
            "instance_type": machines["InstanceType"],
            "machine_seconds": seconds * machines["InstanceCount"],
        }
        return noted, job["ModelName"]

    def _check_enough(self, context: Context, jobs: list[NightJob]) -> None:
        """Make sure that the images were at fault, and not the model: most have a result."""
        images, missing = (sum(job[key] for job in jobs) for key in ("images", "without_result"))
        if missing < self.settings.few or missing <= self.settings.max_unscored_share * images:
            return
        failed = [job for job in jobs if job["without_result"]]
        for job in failed:
            self.leave(context, job["name"])
        raise JobFailedError(
            f"{missing} of {images} images have no result: more than limits.max_unscored_share of the loop's file "
            f"allows ({self.settings.max_unscored_share:g}). {failed[0]['name']}: {failed[0]['reason']}. Correct what "
            "its log says and clear this task: it runs again under another name."
        )
