"""Lets no wrong line into a cohort."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.datasets.cohorts import Cohorts, DataSettings
from nightloop.aws.datasets.manifest_check import ManifestCheck, page_of
from nightloop.aws.links.data_docs import DataDocsLink
from nightloop.aws.operators.base import LoopOperator
from nightloop.aws.storage.layout import NightFiles
from nightloop.aws.storage.night_files import read_lines

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.resources.training_job import TrainingSettings
    from nightloop.aws.results.given import Given
    from nightloop.aws.results.night import CheckedManifest
    from nightloop.domain.detection.manifest.evidence import Evidence


class CheckManifestOperator(LoopOperator):
    """Check an augmented manifest against a Great Expectations suite.

    An empty manifest has nothing to check. Great Expectations' page lies beside the manifest. If the manifest is
    refused, so does `rejected.jsonl`: each line that an expectation names, whole, with the expectations it does not
    meet.

    Returns how many expectations were evaluated, and how many were not met (without being critical).

    :param manifest: The manifest, an S3 URI (templated).
    :param suite_path: The suite, a JSON file.
    :param data: What the loop learns from: classes, attribute, holdout.
    :param training: How the manifest will be trained on; None for a manifest that is not trained on as it is.
    :param num_training_samples: The hyperparameter that the training will get (templated); None if it is not known.
    :param validation: What the training validates on, checked in the same way, an S3 URI (templated); None: nothing.
    :param night: The folder of the night whose answers are checked with it (templated); None: no night's.
    :raises ManifestCheckError: naming each critical expectation that is not met, and the lines.
    """

    template_fields = aws_template_fields("manifest", "night", "num_training_samples", "validation")
    operator_extra_links = (DataDocsLink(),)

    def __init__(
        self,
        *,
        manifest: Given[str],
        suite_path: str,
        data: DataSettings,
        training: TrainingSettings | None = None,
        num_training_samples: Given[int | str] | None = None,
        validation: Given[str] | None = None,
        night: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.manifest = manifest
        self.suite_path = suite_path
        self.data = data
        self.training = training
        self.num_training_samples = num_training_samples
        self.validation = validation
        self.night = night

    def execute(self, context: Context) -> CheckedManifest:
        """Check the manifest."""
        manifest = str(self.manifest)
        lines = read_lines(self.store, manifest)
        if not lines:
            self.log.info("%s is empty: nothing to check", manifest)
            return {"evaluated": 0, "failed": 0}
        DataDocsLink.persist_for(context, self, page_of(manifest, lines))
        cohorts = Cohorts(self.store, self.data)
        check = ManifestCheck(self.store, self.suite_path, self.data, self.training)
        result = check.run(manifest, lines, self._evidence(cohorts, lines))
        failed = len(result.violations) + (self._check_validation(check, cohorts) if self.validation else 0)
        return {"evaluated": result.evaluated, "failed": failed}

    def _check_validation(self, check: ManifestCheck, cohorts: Cohorts) -> int:
        from nightloop.aws.datasets.manifest_evidence import cohort_evidence

        validation = str(self.validation)
        lines = read_lines(self.store, validation)
        result = check.run(validation, lines, cohort_evidence(cohorts, lines, None))
        return len(result.violations)

    def _evidence(self, cohorts: Cohorts, lines: list[dict[str, Any]]) -> Evidence:
        from nightloop.aws.datasets.manifest_evidence import cohort_evidence, night_evidence

        if self.night:
            return night_evidence(cohorts, NightFiles(self.night), lines)
        samples = self.num_training_samples
        return cohort_evidence(cohorts, lines, None if samples is None else int(str(samples)))
