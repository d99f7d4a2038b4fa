"""Trains a model, once for one cohort, parent and settings, even if the task is tried several times."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.clients.capacity_errors import had_no_machine
from nightloop.aws.datasets.cohorts import Cohorts, DataSettings
from nightloop.aws.datasets.holdout_check import check_holdout
from nightloop.aws.datasets.manifest_check import ManifestCheck
from nightloop.aws.datasets.manifest_evidence import cohort_evidence
from nightloop.aws.datasets.model_classes import ModelClasses
from nightloop.aws.errors import CapacityError, JobFailedError, JobVanishedError
from nightloop.aws.links.training_job import TrainingJobLink
from nightloop.aws.operators.sagemaker.job import JobOperator
from nightloop.aws.results.training import ParentModel, Trained, TrainingFiles
from nightloop.aws.storage.night_files import read_lines
from nightloop.aws.triggers.base import ended
from nightloop.aws.triggers.training_job import TrainingJobTrigger

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.resources.training_job import TrainingSettings
    from nightloop.aws.results.given import Given


class TrainOperator(JobOperator):
    """Start a training job or adopt the one of the same name, and wait until it has ended.

    The job's name follows from the cohort, the parent model and the settings: a retry, a clear or a second run finds
    the running or finished job and pays for no other. A job that AWS had no machine for cost nothing: the next try
    starts a job of the next ordinal by itself.

    Returns the job's name, its artefact, final metrics and billable seconds.

    :param settings: How models of this loop are trained.
    :param cohort: What `BuildCohortOperator` returned, or `TrainingFiles`, with a `ParentModel` or none (templated).
    :param ordinal: A number above 0 trains again what was trained before (templated).
    :raises ClassesChangedError: if the parent was trained on another class list than the loop's file names.
    :raises CapacityError: if AWS had no machine for the job.
    :raises JobFailedError: if the job failed, or was stopped by somebody else.
    :raises JobVanishedError: if the job no longer exists.

    .. seealso::
        https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
    """

    template_fields = aws_template_fields("cohort", "ordinal")
    operator_extra_links = (TrainingJobLink(),)
    trigger_class = TrainingJobTrigger
    job_kind = "training"

    def __init__(
        self,
        *,
        settings: TrainingSettings,
        cohort: Given[TrainingFiles] | None = None,
        ordinal: int | str = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.settings = settings
        self.cohort = cohort
        self.ordinal = ordinal

    def execute(self, context: Context) -> Trained:
        """Start or adopt the job and wait for it."""
        self.check_classes()
        cohort = self.training_set()

        def start(name: str) -> None:
            self._start(name, cohort)

        # A job that was given up, or never had a machine, leaves its name; the next ordinal is the next name.
        ordinals = count(int(self.ordinal))
        parent = self.parent().get("parent_model")
        names = (self.settings.job_name(cohort["cohort"], parent, number) for number in ordinals)
        return self._result(self.run_job(context, names, start))

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Trained:
        """Take over from the trigger."""
        return self._result(ended(event)[0])

    def check_classes(self) -> None:
        """Make sure that the model to go on from was trained on this loop's class list, before anything is paid for."""
        parent = self.parent()
        model, artefact = parent.get("parent_model"), parent.get("parent_artefact")
        if model and artefact:
            ModelClasses(self.store).check(model, artefact, self.settings.classes)

    def training_set(self) -> TrainingFiles:
        """Return the cohort to learn from."""
        return self.read(TrainingFiles, cohort=self.cohort)

    def parent(self) -> ParentModel:
        """Return the model to go on from."""
        return self.read(ParentModel, cohort=self.cohort)

    def _start(self, name: str, cohort: TrainingFiles) -> None:
        parent = self.parent()
        lines = read_lines(self.store, cohort["train"])
        validation = read_lines(self.store, cohort["validation"])
        request = self.settings.request(
            name=name,
            train=cohort["train"],
            validation=cohort["validation"],
            lines=lines,
            label_width=self.settings.label_width([*lines, *validation]),
            parent=parent.get("parent_artefact"),
            cohort=cohort["cohort"],
            parent_model=parent.get("parent_model"),
        )
        created = self.sagemaker.create_training_job(request)
        self.log.info("Training job %s %s, %s lines", name, "started" if created else "adopted", len(lines))

    def job_owners(self, name: str) -> str:
        """Return the S3 folder with the log of a job's owners."""
        return self.settings.owners(name)

    def link(self, context: Context, name: str) -> None:
        """Remember the link to the job in the AWS console."""
        TrainingJobLink.remember(context, self, self.sagemaker, job_name=name)

    def longest_seconds(self) -> int:
        """Return how long to wait at most: waiting for a machine takes time too."""
        return 2 * self.settings.max_runtime_seconds + 1800

    def _result(self, name: str) -> Trained:
        job = self.sagemaker.describe_job(self.job_kind, name)
        if job is None:
            raise JobVanishedError(f"Training job {name} is not there any more. Clear this task to train again.")
        status = job["status"]
        if had_no_machine(job):
            raise CapacityError(
                f"AWS had no machine for training job {name}: {job['FailureReason']} It cost nothing. The task tries "
                "again later with a job of the next name; if it never succeeds, choose another training.instance_type."
            )
        if status != "Completed":
            raise JobFailedError(
                f"Training job {name} is {status}: {job.get('FailureReason') or job.get('SecondaryStatus')}. Its name "
                "is used up: to train the same again, start this DAG with the parameter `ordinal` one higher."
            )
        metrics = {metric["MetricName"]: metric["Value"] for metric in job.get("FinalMetricDataList", [])}
        self.log.info("Training job %s: %s", name, metrics)
        artefact = job["ModelArtifacts"]["S3ModelArtifacts"]
        ModelClasses(self.store).keep(artefact, self.settings.classes)
        return {
            "training_job": name,
            "artefact": artefact,
            "metrics": metrics,
            "billable_seconds": job.get("BillableTimeInSeconds"),
        }


class TrainSeedModelOperator(TrainOperator):
    """Train the first model, from the seed's manifest alone.

    :param data: What the loop learns from.
    :param endpoint_name: The live endpoint: if it already serves, its model's class list must be the loop's; empty not
        to look.
    :param suite_path: The suite that every later cohort is checked against, a JSON file; None: no check.
    :raises ManifestCheckError: naming what the seed does not meet, before anything is paid for.
    :raises HoldoutError: naming each image of the holdout that no model can be measured on.
    """

    def __init__(
        self, *, data: DataSettings, endpoint_name: str = "", suite_path: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.data = data
        self.endpoint_name = endpoint_name
        self.suite_path = suite_path

    def check_classes(self) -> None:
        """Make sure that no model of another class list serves: it would stay, and this training would be wasted."""
        model = self.sagemaker.model_of_endpoint(self.endpoint_name) if self.endpoint_name else None
        if model:
            ModelClasses(self.store).check(model, self.sagemaker.artefact_of(model), self.settings.classes)

    def parent(self) -> ParentModel:
        """Return nothing: a first model goes on from no other."""
        return {}

    def training_set(self) -> TrainingFiles:
        """Write the seed's cohort, without the holdout's images, and check it as later ones are checked."""
        cohorts = Cohorts(self.store, self.data)
        check_holdout(cohorts)
        merged = cohorts.merge({}, None)
        self.log.info("Seed: %s", merged.counts())
        cohort = cohorts.write(merged)
        if self.suite_path:
            check = ManifestCheck(self.store, self.suite_path, self.data, self.settings)
            for manifest in (cohort["train"], cohort["validation"]):
                lines = read_lines(self.store, manifest)
                check.run(manifest, lines, cohort_evidence(cohorts, lines, len(lines)))
        return cohort
