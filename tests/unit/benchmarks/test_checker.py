"""The checker of `make bench-kill`: a clean history has no finding, every planted fault is found and named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.exactly_once import checker, files, models, reviews
from benchmarks.exactly_once.evidence import Evidence, NightRecord
from benchmarks.exactly_once.histories import Entry, parse, read
from services.faults import History
from services.faults.history import Done


def entry(operation, name, effect="created", request=None, **rest):
    return Entry(0, operation, name, request or f"digest of {name}", effect, **rest)


def started(name, effect="created", request=None):
    return entry("StartHumanLoop", name, effect, request)


def planned(name, image=None, purpose="low-confidence", **rest):
    uri = image or f"s3://b/{name}.png"
    return {"review_name": name, "image": {"uri": uri, "etag": "e"}, "purpose": purpose, **rest}


def opened(name, outcome="opened"):
    return {"review_name": name, "outcome": outcome}


def answered(name, reviewers=1, left_out=()):
    image = {"uri": f"s3://b/{name}.png", "etag": "e"}
    return {"review_name": name, "image": image, "reviewers": [{}] * reviewers, "left_out": list(left_out)}


def listed(name):
    return {"source-ref": f"s3://b/{name}.png"}


def output(answers=1):
    return {"humanAnswers": [{}] * answers}


NIGHT = NightRecord(
    "2026-01-02",
    plan=[planned("a"), planned("b"), planned("b", image="s3://b/copy.png", duplicate_of="s3://b/b.png")],
    loops=[opened("a"), opened("b", "adopted")],
    answers=[answered("a"), answered("b", reviewers=1, left_out=["answer 2: no boxes"])],
    manifest=[listed("a"), listed("b")],
)
# Killed and tried again all over: things adopted, refused because they are there, stopped because somebody wanted it.
CLEAN = Evidence(
    reviews=[
        started("a"),
        started("a", "adopted"),
        started("b", "none"),
        started("b"),
        entry("StopHumanLoop", "a", "none", code="ValidationException"),
    ],
    models=[
        entry("CreateTrainingJob", "train-1"),
        entry("CreateTrainingJob", "train-1", "none", code="ResourceInUse"),
        entry("CreateTransformJob", "transform-1"),
        entry("CreateModel", "model-1"),
        entry("CreateModelPackage", "voc/1"),
        entry("CreateModelPackage", "voc/1", "adopted"),
        entry("UpdateEndpoint", "live", "changed"),
        entry("UpdateEndpoint", "live", "none", code="ValidationException"),
        entry("StopTrainingJob", "train-1", "changed"),
    ],
    files=[
        entry("PutObject", "b/plan.jsonl"),
        entry("PutObject", "b/plan.jsonl", "none", "other bytes", code="412"),
        entry("PutObject", "b/output.json", "changed"),
        entry("PutObject", "b/output.json", "changed"),
        entry("DeleteObject", "b/open/a.json", "changed"),
    ],
    nights=[NIGHT],
    outputs={"a": output(), "b": output(2), "c": output(0)},
    jobs=frozenset({"train-1", "transform-1"}),
    versions=frozenset({"voc/1"}),
    updates=1,
    stops=frozenset({"train-1"}),
)


def with_reviews(*more):
    return replace(CLEAN, reviews=[*CLEAN.reviews, *more])


def with_models(*more):
    return replace(CLEAN, models=[*CLEAN.models, *more])


def with_files(*more):
    return replace(CLEAN, files=[*CLEAN.files, *more])


def with_night(**parts):
    return replace(CLEAN, nights=[replace(NIGHT, **parts)])


def with_second_night(**parts):
    return replace(CLEAN, nights=[NIGHT, NightRecord("2026-01-03", **parts)])


def test_a_clean_history_has_no_finding():
    assert checker.check(CLEAN) == []
    assert set(checker.counts([]).values()) == {0}


def test_a_deleted_loop_may_be_made_again():
    assert checker.check(with_reviews(entry("DeleteHumanLoop", "a", "changed"), started("a"))) == []


PLANTED = {
    "a loop made again": (with_reviews(started("a")), reviews.OPENED_TWICE, "a was made again"),
    "one review, two names": (
        with_reviews(started("z", request="digest of a")),
        reviews.OPENED_TWICE,
        "one review under 2 names: a, z",
    ),
    "a loop nobody planned": (with_reviews(started("z")), reviews.OPENED_TWICE, "z was made and is in no plan"),
    "an image planned twice": (
        replace(
            with_second_night(plan=[planned("c", image="s3://b/a.png")], loops=[opened("c")]),
            reviews=[*CLEAN.reviews, started("c")],
        ),
        reviews.OPENED_TWICE,
        "s3://b/a.png has 2 loops for low-confidence: a, c",
    ),
    "a loop never opened": (
        replace(CLEAN, reviews=[started("a")]),
        reviews.LOST,
        "b is planned and was never made",
    ),
    "a loop its night forgot": (
        with_night(loops=[opened("a")]),
        reviews.LOST,
        "b was made and is not in reviews.jsonl",
    ),
    "a loop its night gave up": (
        with_night(loops=[opened("a"), opened("b", "failed")]),
        reviews.LOST,
        "b was made and is not in reviews.jsonl",
    ),
    "an answer in no night": (with_night(answers=[answered("a")]), reviews.ANSWERS_LOST, "2 answers to b are in no"),
    "an answer of two": (
        with_night(answers=[answered("a"), answered("b", reviewers=1)]),
        reviews.ANSWERS_LOST,
        "b has 2 answers, its night has 1",
    ),
    "an answer in no manifest": (with_night(manifest=[listed("a")]), reviews.ANSWERS_LOST, "in no manifest"),
    "an answer in two nights": (
        with_second_night(answers=[answered("a")]),
        reviews.ANSWERS_TWICE,
        "the answers to a are in 2 lines",
    ),
    "an answer twice in a line": (
        with_night(answers=[answered("a", reviewers=2), NIGHT.answers[1]]),
        reviews.ANSWERS_TWICE,
        "a: 1 answers became 2",
    ),
    "an answer out of nothing": (
        replace(CLEAN, outputs={"b": output(2)}),
        reviews.ANSWERS_TWICE,
        "a: 0 answers became 1",
    ),
    "an image in two manifests": (
        with_second_night(manifest=[listed("b")]),
        reviews.ANSWERS_TWICE,
        "s3://b/b.png is in 2 lines",
    ),
    "a job made again": (
        with_models(entry("CreateTrainingJob", "train-1")),
        models.STARTED_TWICE,
        "train-1 was made 2 times",
    ),
    "a job of another name": (
        with_models(entry("CreateTransformJob", "transform-2")),
        models.STARTED_TWICE,
        "transform-2 was made and no finished step knows it",
    ),
    "an update too many": (
        with_models(entry("UpdateEndpoint", "live", "changed")),
        models.STARTED_TWICE,
        "2 endpoint updates for 1 promotions",
    ),
    "a job never made": (
        replace(CLEAN, jobs=frozenset({"train-1", "transform-1", "train-2"})),
        models.JOBS_LOST,
        "train-2 was never made",
    ),
    "a model registered again": (
        replace(
            with_models(entry("CreateModelPackage", "voc/2", request="digest of voc/1")),
            versions=frozenset({"voc/1", "voc/2"}),
        ),
        models.REGISTERED_TWICE,
        "one model has 2 versions: voc/1, voc/2",
    ),
    "a version nobody handed on": (
        with_models(entry("CreateModelPackage", "voc/2")),
        models.REGISTERED_TWICE,
        "voc/2 was made and no finished step knows it",
    ),
    "a version never made": (
        replace(CLEAN, versions=frozenset({"voc/1", "voc/2"})),
        models.VERSIONS_LOST,
        "voc/2 was never made",
    ),
    "a job stopped by a ghost": (
        with_models(entry("StopTransformJob", "transform-1", "changed")),
        models.GHOST_STOPS,
        "StopTransformJob of transform-1",
    ),
    "a loop stopped by a ghost": (
        with_reviews(entry("StopHumanLoop", "b", "changed")),
        models.GHOST_STOPS,
        "StopHumanLoop of b",
    ),
    "a file rewritten": (
        with_files(entry("PutObject", "b/plan.jsonl", "changed", "other bytes")),
        files.REWRITTEN,
        "b/plan.jsonl",
    ),
}


@pytest.mark.parametrize(("evidence", "kind", "what"), PLANTED.values(), ids=PLANTED)
def test_a_planted_fault_is_found_and_no_other(evidence, kind, what):
    findings = checker.check(evidence)
    assert {finding.kind for finding in findings} == {kind}
    assert any(what in finding.what for finding in findings), findings
    assert checker.counts(findings)[kind] >= 1


def test_every_check_has_a_planted_fault():
    assert {kind for _, kind, _ in PLANTED.values()} == set(checker.CHECKS)


def test_what_a_service_writes_is_read_back(tmp_path):
    path = tmp_path / "history.jsonl"
    assert read(path) == []
    History(path).write(Done("sagemaker", "CreateModel", "m", "d", "created", fault="hold-after"))
    with path.open("a") as file:
        file.write('{"sequence": 2, "half a li')
    (found,) = read(path)
    assert (found.sequence, found.name, found.committed, found.reply_lost) == (1, "m", True, True)
    assert parse([]) == []
