"""Lets nothing wrong into a training set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.cohorts import Cohorts, DataSettings
from nightloop.aws.errors import ManifestCheckError
from nightloop.aws.layout import NightFiles
from nightloop.aws.links.data_docs import DataDocsLink
from nightloop.aws.operators.base import Given, LoopOperator
from nightloop.aws.operators.rows import read_lines

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.expectations import Violation
    from nightloop.aws.training import TrainingSettings
    from nightloop.loop.evidence import Evidence


class CheckManifestOperator(LoopOperator):
    """Check an augmented manifest against a Great Expectations suite.

    An empty manifest has nothing to check. Beside the manifest lies what Great Expectations says of it, and, when it
    is refused, `quarantine.jsonl`: each line that is named, whole, with the expectations it does not meet.

    Returns how many expectations were evaluated and how many were not met (without being critical).

    :param manifest: The manifest, an S3 URI (templated).
    :param suite_path: The suite, a JSON file.
    :param data: What the loop learns from: classes, attribute, holdout.
    :param training: How the manifest will be trained on; None for a manifest that is not trained on as it is.
    :param num_training_samples: The hyperparameter the training will be given (templated); None: not known.
    :param night: The folder of the night whose answers are checked with it (templated); None: no night's.
    :raises ManifestCheckError: naming each critical expectation that is not met, and the lines.
    """

    template_fields = aws_template_fields("manifest", "night", "num_training_samples")
    operator_extra_links = (DataDocsLink(),)

    def __init__(
        self,
        *,
        manifest: Given,
        suite_path: str,
        data: DataSettings,
        training: TrainingSettings | None = None,
        num_training_samples: Given = None,
        night: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.manifest = manifest
        self.suite_path = suite_path
        self.data = data
        self.training = training
        self.num_training_samples = num_training_samples
        self.night = night

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
        self._keep_page(context, lines, result.data_docs)
        for violation in result.violations:
            self.log.warning("Not met: %s", violation)
        if result.critical:
            self._quarantine(lines, result.critical)
            raise ManifestCheckError(
                f"{self.manifest} does not meet {len(result.critical)} of {result.evaluated} expectations. "
                + "; ".join(str(violation) for violation in result.critical)
            )
        self.log.info("%s lines meet %s expectations", len(lines), result.evaluated)
        return {"evaluated": result.evaluated, "failed": len(result.violations)}

    def _beside(self, file: str) -> str:
        return f"{str(self.manifest).rsplit('/', 1)[0]}/{file}"

    def _keep_page(self, context: Context, lines: list[dict[str, Any]], page: str) -> None:
        from nightloop.loop.jsonl import dumps_lines
        from nightloop.loop.naming import content_digest

        # A corrected manifest has a page of its own; the same manifest keeps its first one.
        uri = self._beside(f"expectations-{content_digest(dumps_lines(lines))}.html")
        self.store.write_new(uri, page.encode(), "text/html; charset=utf-8")
        DataDocsLink.persist_for(context, self, uri)

    def _quarantine(self, lines: list[dict[str, Any]], violations: list[Violation]) -> None:
        from nightloop.loop.jsonl import dumps_lines

        reasons: dict[int, list[str]] = {}
        for violation in violations:
            for number in violation.lines:
                reasons.setdefault(number, []).append(violation.description)
        rows = [{"line": n, "reasons": reasons[n], "manifest_line": lines[n - 1]} for n in sorted(reasons)]
        uri = self._beside("quarantine.jsonl")
        self.store.delete(uri)
        self.store.write_once(uri, dumps_lines(rows))
        self.log.error("%s lines are quarantined in %s", len(rows), uri)

    def _evidence(self, cohorts: Cohorts, lines: list[dict[str, Any]]) -> Evidence:
        from nightloop.aws.evidence import cohort_evidence, night_evidence

        if self.night:
            return night_evidence(cohorts, NightFiles(self.night), lines)
        samples = self.num_training_samples
        return cohort_evidence(cohorts, lines, None if samples is None else int(samples))

    def _rows(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        from nightloop.loop.manifest_table import manifest_rows

        cohorts = Cohorts(self.store, self.data)
        return manifest_rows(
            lines,
            classes=self.data.classes,
            attribute=self.data.attribute,
            holdout_refs=cohorts.holdout_refs if self.training else (),
            label_width=self.training.label_width(lines) if self.training else None,
            evidence=self._evidence(cohorts, lines),
        )
