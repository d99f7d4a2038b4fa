"""Trains a model, once for one training set, parent and settings, however often the task is tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.cohorts import Cohorts, DataSettings
from nightloop.aws.errors import JobFailedError, JobVanishedError
from nightloop.aws.links.training_job import TrainingJobLink
from nightloop.aws.operators.base import Given, LoopOperator
from nightloop.aws.operators.rows import read_lines
from nightloop.aws.triggers.base import ended
from nightloop.aws.triggers.training_job import TrainingJobTrigger

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.training import TrainingSettings


class TrainOperator(LoopOperator):
    """Start a training job or adopt the one of the same name, and wait for it without a worker.

    The job's name follows from the training set, the parent model and the settings: a retry, a clear or a second run
    finds the running or finished job and pays for no other.

    Returns the job's name, its artefact, final metrics and billable seconds.

    :param settings: How models of this loop are trained.
    :param cohort: What `BuildCohortOperator` returned (templated).
    :param ordinal: A number above 0 trains anew what was trained before (templated).
    :param poll_seconds: Pause between two looks at the job.
    :param cancel_on_kill: Stop the job when its task is ended by hand; clearing the task never stops it.

    .. seealso::
        https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
    """

    template_fields = aws_template_fields("cohort", "ordinal")
    operator_extra_links = (TrainingJobLink(),)

    def __init__(
        self,
        *,
        settings: TrainingSettings,
        cohort: Given = None,
        ordinal: int | str = 0,
        poll_seconds: int = 5,
        cancel_on_kill: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.settings = settings
        self.cohort = cohort
        self.ordinal = ordinal
        self.poll_seconds = poll_seconds
        self.cancel_on_kill = cancel_on_kill

    def execute(self, context: Context) -> dict[str, Any]:
        """Start or adopt the job; defer while it runs."""
        cohort = self.training_set()
        name = self.settings.job_name(cohort["cohort"], cohort.get("parent_model"), int(self.ordinal))
        job = self.sagemaker.describe_training_job(name)
        if job is None:
            self._start(name, cohort)
        else:
            self.log.info("Training job %s is there already (%s); adopted", name, job["TrainingJobStatus"])
        TrainingJobLink.remember(context, self, self.sagemaker, job_name=name)
        if job is None or job["TrainingJobStatus"] in {"InProgress", "Stopping"}:
            self._wait(name)
        return self._result(name)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> dict[str, Any]:
        """Take over from the trigger."""
        return self._result(ended(event)[0])

    def training_set(self) -> dict[str, Any]:
        """Return the training set to learn from."""
        return dict(self.cohort)

    def _start(self, name: str, cohort: dict[str, Any]) -> None:
        lines = read_lines(self.store, cohort["train"])
        validation = read_lines(self.store, cohort["validation"])
        request = self.settings.request(
            name=name,
            train=cohort["train"],
            validation=cohort["validation"],
            lines=lines,
            label_width=self.settings.label_width([*lines, *validation]),
            parent=cohort.get("parent_artefact"),
        )
        created = self.sagemaker.create_training_job(request)
        self.log.info("Training job %s %s, %s lines", name, "started" if created else "adopted", len(lines))

    def _wait(self, name: str) -> None:
        self.defer(
            trigger=TrainingJobTrigger(
                name=name,
                cancel_on_kill=self.cancel_on_kill,
                waiter_delay=self.poll_seconds,
                waiter_max_attempts=2 * self.settings.max_runtime_seconds // self.poll_seconds + 360,
                aws_conn_id=self.aws_conn_id,
                region_name=self.region_name,
                verify=self.verify,
                botocore_config=self.botocore_config,
            ),
            method_name="execute_complete",
        )

    def _result(self, name: str) -> dict[str, Any]:
        job = self.sagemaker.describe_training_job(name)
        if job is None:
            raise JobVanishedError(f"Training job {name} is not there any more. Clear this task to train again.")
        status = job["TrainingJobStatus"]
        if status != "Completed":
            raise JobFailedError(
                f"Training job {name} is {status}: {job.get('FailureReason') or job.get('SecondaryStatus')}. Its name "
                "is used up: to train the same again, start this DAG with the parameter `ordinal` one higher."
            )
        metrics = {metric["MetricName"]: metric["Value"] for metric in job.get("FinalMetricDataList", [])}
        self.log.info("Training job %s: %s", name, metrics)
        return {
            "training_job": name,
            "artefact": job["ModelArtifacts"]["S3ModelArtifacts"],
            "metrics": metrics,
            "billable_seconds": job.get("BillableTimeInSeconds"),
        }


class TrainSeedModelOperator(TrainOperator):
    """Train the first model, from the seed's manifest alone.

    :param data: What the loop learns from.
    """

    def __init__(self, *, data: DataSettings, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data = data

    def training_set(self) -> dict[str, Any]:
        """Write the seed's training set, without the holdout's images."""
        cohorts = Cohorts(self.store, self.data)
        return cohorts.write(cohorts.merge({}, None))
