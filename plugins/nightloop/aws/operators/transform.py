"""Runs a model over the holdout, once for one model and holdout."""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.capacity import had_no_machine
from nightloop.aws.cohorts import Cohorts, DataSettings
from nightloop.aws.errors import CapacityError, CohortError, JobFailedError, JobVanishedError
from nightloop.aws.operators.job import JobOperator
from nightloop.aws.store import JSON
from nightloop.aws.tags import tag_list
from nightloop.aws.triggers.base import ended
from nightloop.aws.triggers.transform_job import TransformJobTrigger
from nightloop.loop import naming

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.operators.base import Given

CONTENT_TYPE: Final = "application/x-image"


def common_folder(refs: list[str]) -> str:
    """Return the folder all images share: a transform job takes images below one prefix only.

    :raises CohortError: if they lie in different buckets.
    """
    buckets = {ref.split("/", 3)[2] for ref in refs}
    if len(buckets) != 1:
        raise CohortError(
            f"The holdout's images lie in {len(buckets)} buckets ({', '.join(sorted(buckets))}); a transform job reads "
            "from one. Copy them together."
        )
    first, last = min(refs), max(refs)
    same = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    return first[: first[:same].rindex("/") + 1]


class TransformOperator(JobOperator):
    """Score the holdout with a model by Batch Transform; a job of the same model and holdout is adopted.

    Returns the folder of the results and the folder their names are relative to.

    :param loop: The loop's name.
    :param model: The model's name (templated).
    :param data: What the loop learns from: the holdout.
    :param instance_type: The machine.
    :param instance_count: How many machines.
    :param tags: What the job is tagged with.
    :raises CohortError: if the holdout's images lie in different buckets.
    :raises CapacityError: if AWS had no machine for the job: the next try starts one of the next name.
    :raises JobFailedError: if the job failed, or was stopped by somebody else.
    :raises JobVanishedError: if there is no such job any more.

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
        model: Given,
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

    def execute(self, context: Context) -> dict[str, str]:
        """Start or adopt the job and wait for it."""
        cohorts = Cohorts(self.store, self.data)
        folder, body = self._list(sorted(cohorts.holdout_refs))
        digest = naming.content_digest(body)

        def result(name: str) -> dict[str, str]:
            return {"output": cohorts.files.transform(name), "folder": folder, "model": self.model}

        def start(name: str) -> None:
            manifest = cohorts.files.holdout(digest)
            self.store.write_once(manifest, body, JSON)
            created = self.sagemaker.create_transform_job(self._request(name, manifest, result(name)["output"]))
            self.log.info("Transform job %s %s", name, "started" if created else "adopted")

        first = naming.transform_job_name(self.loop, self.model, digest)
        # A job that was given up, or never had a machine, leaves its name.
        names = (first if number == 1 else f"{first}-{number}" for number in count(1))
        name = self.run_job(context, names, start, result)
        return self._ended(context, name, result(name))

    def execute_complete(self, context: Context, event: dict[str, Any]) -> dict[str, str]:
        """Take over from the trigger."""
        return self._ended(context, *ended(event))

    def job_claims(self, name: str) -> str:
        """Return the S3 folder where a job's owners are written down."""
        return Cohorts(self.store, self.data).files.transform_claims(name)

    @staticmethod
    def _list(refs: list[str]) -> tuple[str, bytes]:
        folder = common_folder(refs)
        entries = [{"prefix": folder}, *(ref.removeprefix(folder) for ref in refs)]
        return folder, json.dumps(entries, ensure_ascii=False).encode()

    def _request(self, name: str, manifest: str, output: str) -> dict[str, Any]:
        return {
            "TransformJobName": name,
            "ModelName": self.model,
            "MaxPayloadInMB": 6,
            "BatchStrategy": "SingleRecord",
            "TransformInput": {
                "DataSource": {"S3DataSource": {"S3DataType": "ManifestFile", "S3Uri": manifest}},
                "ContentType": CONTENT_TYPE,
                "SplitType": "None",
            },
            "TransformOutput": {"S3OutputPath": output, "Accept": "application/json", "AssembleWith": "None"},
            "TransformResources": {"InstanceType": self.instance_type, "InstanceCount": self.instance_count},
            "Tags": tag_list(self.tags, model=self.model),
        }

    def _ended(self, context: Context, name: str, result: dict[str, str]) -> dict[str, str]:
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
                "this task: it runs anew under another name."
            )
        return result
