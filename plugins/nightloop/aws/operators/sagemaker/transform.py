"""Runs a model over the holdout, once for one model and holdout."""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.clients.capacity_errors import had_no_machine
from nightloop.aws.clients.tags import tag_list
from nightloop.aws.datasets.cohorts import Cohorts, DataSettings
from nightloop.aws.datasets.holdout_check import readable_copies, write_copies
from nightloop.aws.datasets.holdout_results import check_images
from nightloop.aws.datasets.model_classes import ModelClasses
from nightloop.aws.errors import CapacityError, CohortError, HoldoutChangedError, JobFailedError, JobVanishedError
from nightloop.aws.operators.sagemaker.job import JobOperator
from nightloop.aws.results.reading import read_result
from nightloop.aws.results.training import Transformed
from nightloop.aws.storage import uris
from nightloop.aws.storage.object_store import JSON
from nightloop.aws.triggers.base import ended
from nightloop.aws.triggers.transform_job import TransformJobTrigger
from nightloop.domain.identity import naming

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.results.given import Given

CONTENT_TYPE: Final = "application/x-image"


def common_folder(refs: list[str]) -> str:
    """Return the folder all images share: a transform job takes images below one prefix only.

    :raises CohortError: if they lie in different buckets.
    """
    buckets = {uris.split(ref)[0] for ref in refs}
    if len(buckets) != 1:
        raise CohortError(
            f"The holdout's images lie in {len(buckets)} buckets ({', '.join(sorted(buckets))}); a transform job reads "
            "from one. Copy them together."
        )
    first, last = min(refs), max(refs)
    same = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    return first[: first[:same].rindex("/") + 1]


class TransformOperator(JobOperator):
    """Score the holdout with a model by Batch Transform; a job of the same model and images is adopted.

    An image that not every program reads alike is scored as its upright RGB copy, as a night's images are. A replaced
    image makes another holdout and another job; a corrected label does not.

    Returns the folder of the results, the folder that their names are relative to, the digest of the images, and the
    list of those that have a copy.

    :param loop: The loop's name.
    :param model: The model's name (templated).
    :param data: What the loop learns from: the holdout.
    :param instance_type: The machine.
    :param instance_count: How many machines.
    :param tags: The job's tags.
    :raises HoldoutError: naming each image of the holdout that is gone or cannot be read.
    :raises CohortError: if the holdout's images lie in different buckets.
    :raises ClassesChangedError: if the model was trained on another class list than the loop's file names.
    :raises HoldoutChangedError: if an image was replaced while the job ran.
    :raises CapacityError: if AWS had no machine for the job: the next try starts a job of the next name.
    :raises JobFailedError: if the job failed, or was stopped by somebody else.
    :raises JobVanishedError: if the job no longer exists.

    .. seealso::
        https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html
    """

    template_fields = aws_template_fields("model")
    trigger_class = TransformJobTrigger
    job_kind = "transform"

    def __init__(
        self,
        *,
        loop: str,
        model: Given[str],
        data: DataSettings,
        instance_type: str = "ml.m5.large",
        instance_count: int = 1,
        tags: dict[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.tags = tags or {}
        self.loop = loop
        self.model = model
        self.data = data
        self.instance_type = instance_type
        self.instance_count = instance_count

    def execute(self, context: Context) -> Transformed:
        """Start or adopt the job and wait for it."""
        cohorts = Cohorts(self.store, self.data)
        model = self.read_text(model=self.model)
        ModelClasses(self.store).check(model, self.sagemaker.artefact_of(model), self.data.classes)
        copies = readable_copies(cohorts)
        folder, body = self._list(sorted(copies.get(ref, ref) for ref in cohorts.holdout_refs))
        images, digest = naming.images_digest(cohorts.holdout_versions), naming.content_digest(body)
        listed = write_copies(cohorts, digest, copies) if copies else None

        def result(name: str) -> Transformed:
            output = cohorts.files.transform(name)
            found: Transformed = {"output": output, "folder": folder, "model": model, "images": images}
            return found if listed is None else {**found, "copies": listed}

        def start(name: str) -> None:
            manifest = cohorts.files.holdout(naming.content_digest(body))
            self.store.write_once(manifest, body, JSON)
            created = self.sagemaker.create_transform_job(self._request(name, manifest, result(name)))
            self.log.info("Transform job %s %s", name, "started" if created else "adopted")

        first = naming.transform_job_name(self.loop, model, images)
        # A job that was given up, never had a machine, or whose images were replaced while it ran leaves its name.
        numbered = (first if number == 1 else f"{first}-{number}" for number in count(1))
        names = (name for name in numbered if self.store.describe(cohorts.files.spoiled_transform(name)) is None)
        name = self.run_job(context, names, start, result)
        return self._ended(context, name, result(name))

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Transformed:
        """Take over from the trigger."""
        name, result = ended(event)
        return self._ended(context, name, read_result(Transformed, result, "event"))

    def job_owners(self, name: str) -> str:
        """Return the S3 folder with the log of a job's owners."""
        return Cohorts(self.store, self.data).files.transform_owners(name)

    @staticmethod
    def _list(refs: list[str]) -> tuple[str, bytes]:
        folder = common_folder(refs)
        entries = [{"prefix": folder}, *(ref.removeprefix(folder) for ref in refs)]
        return folder, json.dumps(entries, ensure_ascii=False).encode()

    def _request(self, name: str, manifest: str, result: Transformed) -> dict[str, Any]:
        return {
            "TransformJobName": name,
            "ModelName": result["model"],
            "MaxPayloadInMB": 6,
            "BatchStrategy": "SingleRecord",
            "TransformInput": {
                "DataSource": {"S3DataSource": {"S3DataType": "ManifestFile", "S3Uri": manifest}},
                "ContentType": CONTENT_TYPE,
                "SplitType": "None",
            },
            "TransformOutput": {"S3OutputPath": result["output"], "Accept": "application/json", "AssembleWith": "None"},
            "TransformResources": {"InstanceType": self.instance_type, "InstanceCount": self.instance_count},
            "Tags": tag_list(self.tags, model=result["model"]),
        }

    def _ended(self, context: Context, name: str, result: Transformed) -> Transformed:
        job = self.sagemaker.describe_job(self.job_kind, name)
        if job is None:
            raise JobVanishedError(f"Transform job {name} is not there any more. Clear this task to run it again.")
        if had_no_machine(job):
            raise CapacityError(
                f"AWS had no machine for transform job {name}: {job['FailureReason']} It cost nothing. The task tries "
                "again later with a job of the next name; if it never succeeds, choose another transform.instance_type."
            )
        if job["status"] != "Completed":
            self.leave(context, name)
            raise JobFailedError(
                f"Transform job {name} is {job['TransformJobStatus']}: {job.get('FailureReason') or 'no reason'}. "
                "If an image is at fault, its log says which: correct the holdout. Then, or if the machine was, clear "
                "this task: it runs again under another name."
            )
        self._check_images(name, result)
        return result

    def _check_images(self, name: str, result: Transformed) -> None:
        cohorts = Cohorts(self.store, self.data)
        try:
            check_images(cohorts, result)
        except HoldoutChangedError as error:
            self.store.write_once(cohorts.files.spoiled_transform(name), json.dumps({"why": str(error)}).encode(), JSON)
            raise
