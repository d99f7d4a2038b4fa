"""Human loops and answers, each of which somebody is paid for."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from benchmarks.exactly_once.evidence import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.exactly_once.evidence import Evidence, Line

OPENED_TWICE = "loops opened twice"
LOST = "loops lost"
ANSWERS_LOST = "answers lost"
ANSWERS_TWICE = "answers counted twice"


def loops_opened_twice(evidence: Evidence) -> Iterator[Finding]:
    """Find loops made again under one name, under two names for one review, and such that no plan knows."""
    alive: set[str] = set()
    asked: defaultdict[str, set[str]] = defaultdict(set)
    for entry in evidence.reviews:
        if entry.operation == "DeleteHumanLoop" and entry.committed:
            alive.discard(entry.name)
        if entry.operation != "StartHumanLoop" or entry.effect != "created":
            continue
        if entry.name in alive:
            yield Finding(OPENED_TWICE, f"{entry.name} was made again (entry {entry.sequence})")
        alive.add(entry.name)
        asked[entry.request].add(entry.name)
    for names in asked.values():
        if len(names) > 1:
            yield Finding(OPENED_TWICE, f"one review under {len(names)} names: {', '.join(sorted(names))}")
    planned = {line["review_name"] for night in evidence.nights for line in night.plan}
    for name in sorted(set().union(*asked.values()) - planned):
        yield Finding(OPENED_TWICE, f"{name} was made and is in no plan")
    yield from _reviews_planned_twice(evidence)


def _reviews_planned_twice(evidence: Evidence) -> Iterator[Finding]:
    reviews: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
    for night in evidence.nights:
        for line in night.plan:
            if "duplicate_of" not in line:
                reviews[line["image"]["uri"], line["image"]["etag"], line["purpose"]].add(line["review_name"])
    for (uri, _, purpose), names in reviews.items():
        if len(names) > 1:
            yield Finding(OPENED_TWICE, f"{uri} has {len(names)} loops for {purpose}: {', '.join(sorted(names))}")


def loops_lost(evidence: Evidence) -> Iterator[Finding]:
    """Find planned reviews that were never opened, and opened ones that their night does not know."""
    made = {entry.name for entry in evidence.reviews if entry.operation == "StartHumanLoop" and entry.committed}
    for night in evidence.nights:
        known = {line["review_name"] for line in night.loops if line["outcome"] != "failed"}
        for name in sorted({line["review_name"] for line in night.plan}):
            if name not in made:
                yield Finding(LOST, f"{night.date}: {name} is planned and was never made")
            elif name not in known:
                yield Finding(LOST, f"{night.date}: {name} was made and is not in reviews.jsonl")


def answers_lost(evidence: Evidence) -> Iterator[Finding]:
    """Find answers that a reviewer gave and that no night, or no manifest, has."""
    counted = {line["review_name"]: line for night in evidence.nights for line in night.answers}
    listed = {line["source-ref"] for night in evidence.nights for line in night.manifest}
    for name, output in evidence.outputs.items():
        given = len(output["humanAnswers"])
        line = counted.get(name)
        if line is None:
            if given:
                yield Finding(ANSWERS_LOST, f"{given} answers to {name} are in no night")
        elif len(line["reviewers"]) + len(line["left_out"]) < given:
            yield Finding(ANSWERS_LOST, f"{name} has {given} answers, its night has {len(line['reviewers'])}")
        elif line["image"]["uri"] not in listed:
            yield Finding(ANSWERS_LOST, f"{name} is answered and its image is in no manifest")


def answers_counted_twice(evidence: Evidence) -> Iterator[Finding]:
    """Find answers that are in two lines, of one night or of several."""
    lines = [line for night in evidence.nights for line in night.answers]
    for name, times in Counter(line["review_name"] for line in lines).items():
        if times > 1:
            yield Finding(ANSWERS_TWICE, f"the answers to {name} are in {times} lines")
    for line in lines:
        given = _given(evidence, line)
        if len(line["reviewers"]) > given:
            yield Finding(ANSWERS_TWICE, f"{line['review_name']}: {given} answers became {len(line['reviewers'])}")
    images = Counter(line["source-ref"] for night in evidence.nights for line in night.manifest)
    for uri, times in images.items():
        if times > 1:
            yield Finding(ANSWERS_TWICE, f"{uri} is in {times} lines of manifests")


def _given(evidence: Evidence, line: Line) -> int:
    output = evidence.outputs.get(line["review_name"])
    return len(output["humanAnswers"]) if output else 0
