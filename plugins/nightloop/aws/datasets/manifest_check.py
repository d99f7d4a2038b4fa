"""Checks an augmented manifest against a Great Expectations suite, and keeps the findings beside it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nightloop.aws.datasets.cohorts import Cohorts, DataSettings
from nightloop.aws.errors import ManifestCheckError
from nightloop.aws.storage.layout import ManifestFiles

if TYPE_CHECKING:
    from nightloop.aws.datasets.expectations import SuiteResult, Violation
    from nightloop.aws.resources.training_job import TrainingSettings
    from nightloop.aws.storage.object_store import ObjectStore
    from nightloop.domain.detection.manifest.evidence import Evidence

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ManifestCheck:
    """One suite, run on manifests.

    Great Expectations' page lies beside the manifest. If the manifest is refused, so does `rejected.jsonl`: each line
    that an expectation names, whole, with the expectations it does not meet.

    :param suite_path: The suite, a JSON file.
    :param data: What the loop learns from: classes, attribute, holdout.
    :param training: How the manifest will be trained on; None for a manifest that is not trained on as it is.
    """

    store: ObjectStore
    suite_path: str
    data: DataSettings
    training: TrainingSettings | None = None

    def run(self, manifest: str, lines: list[dict[str, Any]], evidence: Evidence) -> SuiteResult:
        """Check the lines of a manifest.

        :raises ManifestCheckError: naming each critical expectation that is not met, and the lines.
        """
        from nightloop.aws.datasets.expectations import read_suite, validate
        from nightloop.domain.detection.manifest.check_table import COLUMNS

        result = validate(self._rows(lines, evidence), COLUMNS, read_suite(self.suite_path))
        self.store.write_new(page_of(manifest, lines), result.data_docs.encode(), "text/html; charset=utf-8")
        for violation in result.violations:
            log.warning("Not met: %s", violation)
        if result.critical:
            self._keep_rejected(manifest, lines, result.critical)
            raise ManifestCheckError(
                f"{manifest} does not meet {len(result.critical)} of {result.evaluated} expectations. "
                + "; ".join(str(violation) for violation in result.critical)
            )
        log.info("%s lines meet %s expectations", len(lines), result.evaluated)
        return result

    def _keep_rejected(self, manifest: str, lines: list[dict[str, Any]], violations: list[Violation]) -> None:
        from nightloop.domain.rows.jsonl import dumps_lines

        reasons: dict[int, list[str]] = {}
        for violation in violations:
            for number in violation.lines:
                reasons.setdefault(number, []).append(violation.description)
        rows = [{"line": n, "reasons": reasons[n], "manifest_line": lines[n - 1]} for n in sorted(reasons)]
        uri = ManifestFiles(manifest).rejected
        self.store.delete(uri)
        self.store.write_once(uri, dumps_lines(rows))
        log.error("%s rejected lines are in %s", len(rows), uri)

    def _rows(self, lines: list[dict[str, Any]], evidence: Evidence) -> list[dict[str, Any]]:
        from nightloop.domain.detection.manifest.check_table import manifest_rows

        return manifest_rows(
            lines,
            classes=self.data.classes,
            attribute=self.data.attribute,
            holdout_refs=Cohorts(self.store, self.data).holdout_refs if self.training else (),
            label_width=self.training.label_width(lines) if self.training else None,
            evidence=evidence,
        )


def page_of(manifest: str, lines: list[dict[str, Any]]) -> str:
    """Return where Great Expectations' page about a manifest lies.

    A corrected manifest has a page of its own; the same manifest keeps its first one.
    """
    from nightloop.domain.identity.naming import content_digest
    from nightloop.domain.rows.jsonl import dumps_lines

    return ManifestFiles(manifest).expectations(content_digest(dumps_lines(lines)))
