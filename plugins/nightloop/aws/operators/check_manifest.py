"""Lets nothing wrong into a training set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.cohorts import Cohorts, DataSettings
from nightloop.aws.errors import ManifestCheckError
from nightloop.aws.operators.base import Given, LoopOperator
from nightloop.aws.operators.rows import read_lines

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.training import TrainingSettings


class CheckManifestOperator(LoopOperator):
    """Check an augmented manifest against a Great Expectations suite.

    An empty manifest has nothing to check.

    Returns how many expectations were evaluated and how many were not met (without being critical).

    :param manifest: The manifest, an S3 URI (templated).
    :param suite_path: The suite, a JSON file.
    :param data: What the loop learns from: classes, attribute, holdout.
    :param training: How the manifest will be trained on; None for a manifest that is not trained on as it is.
    :raises ManifestCheckError: naming each critical expectation that is not met, and the lines.
    """

    template_fields = aws_template_fields("manifest")

    def __init__(
        self,
        *,
        manifest: Given,
        suite_path: str,
        data: DataSettings,
        training: TrainingSettings | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.manifest = manifest
        self.suite_path = suite_path
        self.data = data
        self.training = training

    def execute(self, context: Context) -> dict[str, int]:
        """Check the manifest."""
        from nightloop.aws.expectations import read_suite, validate
        from nightloop.loop.manifest_table import COLUMNS

        suite = read_suite(self.suite_path)
        lines = read_lines(self.store, self.manifest)
        if not lines:
            self.log.info("%s is empty: nothing to check", self.manifest)
            return {"evaluated": 0, "failed": 0}
        result = validate(self._rows(lines), COLUMNS, suite)
        for violation in result.violations:
            self.log.warning("Not met: %s", violation)
        if result.critical:
            raise ManifestCheckError(
                f"{self.manifest} does not meet {len(result.critical)} of {result.evaluated} expectations. "
                + "; ".join(str(violation) for violation in result.critical)
            )
        self.log.info("%s lines meet %s expectations", len(lines), result.evaluated)
        return {"evaluated": result.evaluated, "failed": len(result.violations)}

    def _rows(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        from nightloop.loop.manifest_table import manifest_rows

        cohorts = Cohorts(self.store, self.data)
        return manifest_rows(
            lines,
            classes=self.data.classes,
            attribute=self.data.attribute,
            holdout_refs=cohorts.holdout_refs if self.training else (),
            label_width=self.training.label_width(lines) if self.training else None,
        )
