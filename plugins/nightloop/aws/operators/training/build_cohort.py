"""Builds the cohort that the next model learns from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields
from airflow.sdk.exceptions import AirflowSkipException

from nightloop.aws.datasets.cohorts import Cohorts, DataSettings
from nightloop.aws.datasets.model_classes import ModelClasses
from nightloop.aws.datasets.quarantine import Quarantines
from nightloop.aws.errors import LiveModelRejectedError
from nightloop.aws.hooks.registry import RegistryHook
from nightloop.aws.links.s3_output import S3OutputLink
from nightloop.aws.operators.base import LoopOperator
from nightloop.aws.storage.layout import ModelFiles
from nightloop.aws.storage.night_files import read_lines

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.hooks.sagemaker import LiveModel
    from nightloop.aws.results.training import BuiltCohort

_NAMED: Final = 20


class BuildCohortOperator(LoopOperator):
    """Merge the seed and every checked night into a cohort; skipped while there is too little new in it.

    A line is new if the live model was not trained on it.

    Returns the cohort's name, addresses and counts, and the live model to improve.

    :param data: What the loop learns from.
    :param endpoint_name: The live endpoint.
    :param loop: The loop's name, to ask the registry about the live model; empty not to ask.
    :param minimum_new_lines: With fewer new lines than this there is no training (templated).
    :param release: A rolled-back model whose lines may be learned from again; empty for none (templated).
    :raises ClassesChangedError: if the live model was trained on another class list than the loop's file names.
    :raises QuarantineError: if no line is in quarantine because of that model.
    :raises LiveModelRejectedError: if the live model is Rejected in the registry: no model that goes on from it goes
        live.
    """

    template_fields = aws_template_fields("minimum_new_lines", "release")
    operator_extra_links = (S3OutputLink(),)

    def __init__(
        self,
        *,
        data: DataSettings,
        endpoint_name: str,
        loop: str = "",
        minimum_new_lines: int | str = 10,
        release: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.release = release
        self.data = data
        self.endpoint_name = endpoint_name
        self.loop = loop
        self.minimum_new_lines = minimum_new_lines

    def execute(self, context: Context) -> BuiltCohort:
        """Build the cohort, or find it."""
        cohorts = Cohorts(self.store, self.data)
        if self.release:
            Quarantines(self.store, cohorts.files).release(self.release, str(context.get("run_id", "")))
        live = self.sagemaker.live_model(self.endpoint_name)
        ModelClasses(self.store).check(live.model, live.artefact, self.data.classes)
        cohort = cohorts.merge(cohorts.nights(), self._trained_on(live))
        self.log.info("Cohort: %s; %s lines are in quarantine", cohort.counts(), cohorts.quarantined)
        if cohort.new_lines < int(self.minimum_new_lines):
            raise AirflowSkipException(
                f"{cohort.new_lines} reviewed images are new to model {live.model}; "
                f"training begins at {self.minimum_new_lines}."
            )
        self._check_approved(live)
        for copy in list(cohorts.copies.values())[:_NAMED]:
            self.log.warning("Left out: %s is a copy of %s of the holdout: %s", copy.uri, copy.original, copy.how)
        if cohorts.learned_before:
            self.log.warning(
                "%s has learned %s images of the holdout or copies of them, such as %s: the comparison favours it.",
                live.model,
                len(cohorts.learned_before),
                cohorts.learned_before[0],
            )
        written = cohorts.write(cohort)
        S3OutputLink.persist_for(context, self, written["train"])
        return {
            **written,
            "lines": len(cohort.lines),
            "new_lines": cohort.new_lines,
            "replaced": cohort.replaced,
            "excluded": cohort.excluded,
            "negatives_left_out": cohort.negatives_left_out,
            "unlabelled": cohort.unlabelled,
            "quarantined": cohorts.quarantined,
            "copies_left_out": len(cohorts.copies),
            "learned_before": len(cohorts.learned_before),
            "parent_model": live.model,
            "parent_artefact": live.artefact,
        }

    def _check_approved(self, live: LiveModel) -> None:
        registry = RegistryHook(self.aws_conn_id, **self.client_arguments)
        for version in registry.versions(self.loop, status="Rejected") if self.loop else ():
            if version.model == live.model:
                raise LiveModelRejectedError(
                    f"The live model {live.model} is version {version.number}, which is Rejected: {version.why} What "
                    "goes on from it would not be promoted. Start this loop's rollback_endpoint DAG to put a version "
                    "that was live back, or approve this one in the model registry; then clear this task."
                )

    def _trained_on(self, live: LiveModel) -> list[dict[str, Any]] | None:
        """Return the lines the live model learned from; None if it came from elsewhere: then the seed's count."""
        files = ModelFiles.of_artefact(live.artefact)
        job = self.sagemaker.describe_job("training", files.training_job) if files else None
        channels = {channel["ChannelName"]: channel for channel in (job or {}).get("InputDataConfig", [])}
        if {"train", "validation"} <= channels.keys():
            uris = [channels[name]["DataSource"]["S3DataSource"]["S3Uri"] for name in ("train", "validation")]
            return [line for uri in uris for line in read_lines(self.store, uri)]
        self.log.warning("Model %s was not trained by this loop: everything but the seed counts as new.", live.model)
        return None
