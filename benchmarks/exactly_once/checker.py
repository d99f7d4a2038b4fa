"""Whether everything happened exactly once: pure functions over what the services wrote and what lies in S3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.exactly_once import files, models, reviews

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.exactly_once.evidence import Evidence, Finding

CHECKS: dict[str, Callable[[Evidence], Iterator[Finding]]] = {
    reviews.OPENED_TWICE: reviews.loops_opened_twice,
    reviews.LOST: reviews.loops_lost,
    reviews.ANSWERS_LOST: reviews.answers_lost,
    reviews.ANSWERS_TWICE: reviews.answers_counted_twice,
    models.STARTED_TWICE: models.jobs_started_twice,
    models.JOBS_LOST: models.jobs_lost,
    models.REGISTERED_TWICE: models.versions_registered_twice,
    models.VERSIONS_LOST: models.versions_lost,
    models.GHOST_STOPS: models.ghost_stops,
    files.REWRITTEN: files.files_rewritten,
}


def check(evidence: Evidence) -> list[Finding]:
    """Return all that did not happen exactly once."""
    return [finding for look in CHECKS.values() for finding in look(evidence)]


def counts(findings: list[Finding]) -> dict[str, int]:
    """Count the findings of every kind, none left out."""
    return {kind: sum(finding.kind == kind for finding in findings) for kind in CHECKS}
