"""Jobs and endpoint updates, each of which costs machines, and the versions that models are known by."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from benchmarks.exactly_once.evidence import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.exactly_once.evidence import Evidence

STARTED_TWICE = "jobs started twice"
JOBS_LOST = "jobs lost"
REGISTERED_TWICE = "model versions registered twice"
VERSIONS_LOST = "model versions lost"
GHOST_STOPS = "ghost stops"
JOBS = frozenset({"CreateTrainingJob", "CreateTransformJob"})
VERSIONS = "CreateModelPackage"


def jobs_started_twice(evidence: Evidence) -> Iterator[Finding]:
    """Find jobs made again, jobs that no step knows of, and endpoint updates beyond those that were asked for."""
    made = Counter(entry.name for entry in evidence.models if entry.operation in JOBS and entry.effect == "created")
    for name, times in made.items():
        if times > 1:
            yield Finding(STARTED_TWICE, f"{name} was made {times} times")
        if name not in evidence.jobs:
            yield Finding(STARTED_TWICE, f"{name} was made and no finished step knows it")
    updates = [entry for entry in evidence.models if entry.operation == "UpdateEndpoint" and entry.committed]
    if len(updates) > evidence.updates:
        yield Finding(STARTED_TWICE, f"{len(updates)} endpoint updates for {evidence.updates} promotions")


def jobs_lost(evidence: Evidence) -> Iterator[Finding]:
    """Find jobs that a finished step speaks of and that were never made."""
    made = {entry.name for entry in evidence.models if entry.operation in JOBS and entry.effect == "created"}
    for name in sorted(evidence.jobs - made):
        yield Finding(JOBS_LOST, f"{name} was never made")


def versions_registered_twice(evidence: Evidence) -> Iterator[Finding]:
    """Find models that were given a second version, and versions that no step knows of."""
    asked: defaultdict[str, list[str]] = defaultdict(list)
    for entry in evidence.models:
        if entry.operation == VERSIONS and entry.effect == "created":
            asked[entry.request].append(entry.name)
    for names in asked.values():
        if len(names) > 1:
            yield Finding(REGISTERED_TWICE, f"one model has {len(names)} versions: {', '.join(names)}")
        for name in names:
            if name not in evidence.versions:
                yield Finding(REGISTERED_TWICE, f"{name} was made and no finished step knows it")


def versions_lost(evidence: Evidence) -> Iterator[Finding]:
    """Find versions that a finished step speaks of and that were never made."""
    made = {entry.name for entry in evidence.models if entry.operation == VERSIONS and entry.effect == "created"}
    for name in sorted(evidence.versions - made):
        yield Finding(VERSIONS_LOST, f"{name} was never made")


def ghost_stops(evidence: Evidence) -> Iterator[Finding]:
    """Find jobs and loops that were stopped though nobody wanted it."""
    for entry in [*evidence.reviews, *evidence.models]:
        if entry.operation.startswith("Stop") and entry.committed and entry.name not in evidence.stops:
            yield Finding(GHOST_STOPS, f"{entry.operation} of {entry.name} (entry {entry.sequence})")
