"""Where everything lies: one line for each address, so that a change of the S3 layout shows itself here."""

from __future__ import annotations

import pytest

from nightloop.aws.storage.layout import (
    CohortFiles,
    DecisionFiles,
    ErasedFiles,
    EvaluationFiles,
    FingerprintFiles,
    ImageTraces,
    LogFiles,
    LoopFiles,
    ManifestFiles,
    ModelFiles,
    NightFiles,
    NormalisedFiles,
    NoticeFiles,
    QueueFiles,
    ScoringFiles,
    TransformFiles,
    images_of,
)
from nightloop.config import load_loop

LOOP = LoopFiles("s3://b/loops/voc")
NIGHT = LOOP.night("2026-11-22")
COHORT = LOOP.cohort("c")
MODEL = LOOP.model("job")
EVALUATION = MODEL.evaluation("d1")
DECISION = EVALUATION.decision("d2")
SCORING = ScoringFiles(NIGHT.folder)
COPIES = NormalisedFiles(LOOP.normalised)
IMAGE_DIGEST = "777aa3ed0e5986ae"

ADDRESSES = [
    (NIGHT.folder, "nights/2026-11-22"),
    (LOOP.nights, "nights/"),
    (NIGHT.images, "nights/2026-11-22/images.jsonl"),
    (NIGHT.chunks, "nights/2026-11-22/chunks.json"),
    (NIGHT.companions, "nights/2026-11-22/companions.json"),
    (NIGHT.predictions_folder, "nights/2026-11-22/predictions/"),
    (NIGHT.predictions("00001"), "nights/2026-11-22/predictions/00001.jsonl"),
    (SCORING.results, "nights/2026-11-22/scoring/results/"),
    (SCORING.choice, "nights/2026-11-22/scoring/choice.json"),
    (SCORING.prepared_folder, "nights/2026-11-22/scoring/prepared/"),
    (SCORING.prepared("00001"), "nights/2026-11-22/scoring/prepared/00001.jsonl"),
    (SCORING.asked_folder, "nights/2026-11-22/scoring/asked/"),
    (SCORING.asked("00001", "m"), "nights/2026-11-22/scoring/asked/m/00001.jsonl"),
    (SCORING.job_images(1, "b"), "nights/2026-11-22/scoring/lists/1-b.json"),
    (SCORING.job_results("job"), "nights/2026-11-22/scoring/results/job/"),
    (SCORING.job_owners("job"), "nights/2026-11-22/scoring/owners/job/"),
    (SCORING.jobs, "nights/2026-11-22/scoring/jobs.json"),
    (NIGHT.plan, "nights/2026-11-22/plan.jsonl"),
    (NIGHT.reviews, "nights/2026-11-22/reviews.jsonl"),
    (NIGHT.answers, "nights/2026-11-22/answers.jsonl"),
    (NIGHT.tie_breaks, "nights/2026-11-22/tie_breaks.jsonl"),
    (NIGHT.outcomes, "nights/2026-11-22/outcomes.jsonl"),
    (NIGHT.manifest, "nights/2026-11-22/manifest.jsonl"),
    (ManifestFiles(NIGHT.manifest).rejected, "nights/2026-11-22/rejected.jsonl"),
    (
        ManifestFiles(NIGHT.manifest).expectations("d"),
        "nights/2026-11-22/expectations-d.html",
    ),
    (NIGHT.notices, "nights/2026-11-22/notices"),
    (NoticeFiles(NIGHT.notices).mark("work-waits", 0), "nights/2026-11-22/notices/work-waits.0.json"),
    (NIGHT.receipt, "nights/2026-11-22/receipt.json"),
    (LOOP.tried_night("manual", "2026-11-22").folder, "dry-run-manual/2026-11-22"),
    (LOOP.reviewers, "reviewers/"),
    (LOOP.reviewer_records("2026-11-22"), "reviewers/2026-11-22.jsonl"),
    (LOOP.normalised, "normalised/"),
    (COPIES.copy("s3://b/i/1.jpg", "e"), f"normalised/{IMAGE_DIGEST}/e.jpg"),
    (COPIES.copy("s3://b/i/1.jpg", "e", ".png"), f"normalised/{IMAGE_DIGEST}/e.png"),
    (LOOP.fingerprints, "fingerprints/"),
    (QueueFiles(LOOP.folder).answers, "async/answers"),
    (QueueFiles(LOOP.folder).failures, "async/failures"),
    (FingerprintFiles(LOOP.fingerprints).file("d"), "fingerprints/d.jsonl"),
    (LOOP.open_reviews, "open/"),
    (LOOP.open_review("voc-1"), "open/voc-1.json"),
    (LOOP.late_answer("voc-1"), "late/voc-1.json"),
    (LOOP.postponed, "postponed/"),
    (LOOP.postponed_by("2026-11-22"), "postponed/2026-11-22.jsonl"),
    (LOOP.reopened("2026-11-22"), "reopened/2026-11-22.json"),
    (LOOP.cohorts, "cohorts/"),
    (COHORT.train, "cohorts/c/train.manifest"),
    (COHORT.validation, "cohorts/c/validation.manifest"),
    (COHORT.holdout, "cohorts/c/holdout.manifest"),
    (COHORT.copies("d"), "cohorts/c/copies-d.jsonl"),
    (LOOP.models, "models"),
    (LOOP.models_folder, "models/"),
    (MODEL.artefact, "models/job/output/model.tar.gz"),
    (MODEL.origin, "models/job/origin.json"),
    (ModelFiles.classes(MODEL.artefact), "models/job/output/classes.json"),
    (MODEL.owners, "models/job/owners"),
    (MODEL.evaluations, "models/job/evaluations/"),
    (EVALUATION.evaluation, "models/job/evaluations/d1/evaluation.json"),
    (EVALUATION.picture(1), "models/job/evaluations/d1/pictures/1.jpg"),
    (DECISION.gate, "models/job/evaluations/d1/gates/d2/gate.json"),
    (DECISION.receipt, "models/job/evaluations/d1/gates/d2/receipt.json"),
    (LOOP.quarantines, "quarantine/"),
    (LOOP.quarantine("m"), "quarantine/m.json"),
    (LOOP.release("m"), "released/m.json"),
    (LOOP.holds, "holds/"),
    (LogFiles(MODEL.owners).entries, "models/job/owners/"),
    (LogFiles(LOOP.holds).entry(1), "holds/000001.json"),
    (LOOP.transform("job"), "transforms/job/"),
    (TransformFiles(LOOP.transform("job")).result("s3://b/i/1.jpg", "s3://b/i/"), "transforms/job/1.jpg.out"),
    (LOOP.spoiled_transform("job"), "transforms/job-spoiled.json"),
    (LOOP.transform_owners("job"), "owners/job/"),
    (LOOP.holdout("d"), "holdouts/d.json"),
    (LOOP.holdout_copies("d"), "holdouts/d-copies.json"),
    (ErasedFiles(LOOP.folder).mark("d"), "erased/d.json"),
    (ImageTraces(LOOP.folder, "s3://b/i/1.jpg", "d").copies, "normalised/d/"),
    (LOOP.notices, "notices"),
    (NoticeFiles(LOOP.notices).of_run("dag", "run/1").folder, "notices/dag/run%2F1"),
    (LOOP.reviews_output, "reviews"),
    (LOOP.reviewed, "reviewed"),
    (LOOP.everything, ""),
]


@pytest.mark.parametrize(("address", "key"), ADDRESSES, ids=[key for _, key in ADDRESSES])
def test_everything_lies_where_it_did(address, key):
    assert address == f"{LOOP.folder}/{key}"


READ_BACK = [
    (NIGHT.date, "2026-11-22"),
    (NightFiles(f"{NIGHT.folder}/").date, "2026-11-22"),
    (NIGHT.loop, LOOP),
    (NightFiles(f"{NIGHT.folder}/").loop, LOOP),
    (NIGHT.chunk_of(NIGHT.predictions("00001")), "00001"),
    (LOOP.night_of_receipt(NIGHT.receipt), "2026-11-22"),
    (LOOP.night_of_receipt(NIGHT.plan), None),
    (LOOP.night_of_receipt(f"{LOOP.nights}2026-11-22/kept/receipt.json"), None),
    (LOOP.night_of_receipt(DECISION.receipt), None),
    (LOOP.night_of_records(LOOP.reviewer_records("2026-11-22")), "2026-11-22"),
    (LOOP.night_of_postponed(LOOP.postponed_by("2026-11-22")), "2026-11-22"),
    (LOOP.review_of(LOOP.open_review("voc-1")), "voc-1"),
    (LOOP.quarantined_model(LOOP.quarantine("m.1")), "m.1"),
    (LogFiles.number_of(LogFiles(LOOP.holds).entry(17)), 17),
    (ErasedFiles(LOOP.folder).digest_of(ErasedFiles(LOOP.folder).mark("d")), "d"),
    (ErasedFiles(LOOP.folder).digest_of_copied(f"{LOOP.normalised}d/e.jpg"), "d"),
    (ErasedFiles(LOOP.folder).digest_of_copied("s3://b/i/1.jpg"), None),
    (CohortFiles.of(COHORT.validation), COHORT),
    (COHORT.name, "c"),
    (CohortFiles.is_train(COHORT.train), True),
    (CohortFiles.is_train(COHORT.holdout), False),
    (ModelFiles.below(LOOP.models, "job"), MODEL),
    (ModelFiles.of_artefact(MODEL.artefact), MODEL),
    (ModelFiles.of_artefact("s3://b/models/model.tar.gz"), None),
    (ModelFiles.of_artefact("s3://b/model.tar.gz"), None),
    (ModelFiles.of_artefact("model.tar.gz"), None),
    (MODEL.training_job, "job"),
    (ModelFiles.is_origin(MODEL.origin), True),
    (ModelFiles.is_origin(MODEL.artefact), False),
    (EvaluationFiles.of(EVALUATION.evaluation), EVALUATION),
    (EvaluationFiles.is_evaluation(EVALUATION.evaluation), True),
    (EvaluationFiles.is_evaluation(DECISION.gate), False),
    (DecisionFiles.of(DECISION.gate), DECISION),
]


@pytest.mark.parametrize(("read", "part"), READ_BACK)
def test_the_parts_of_an_address_are_read_back(read, part):
    assert read == part


def test_a_folder_may_end_with_a_slash():
    assert LoopFiles("s3://b/loops/voc/").night("2026-11-22") == NIGHT
    assert LoopFiles("s3://b/loops/voc/").everything == LOOP.everything


def test_an_address_may_hold_a_template():
    assert LoopFiles("s3://b/loops/voc").night("{{ ds }}").plan == "s3://b/loops/voc/nights/{{ ds }}/plan.jsonl"


def test_the_folder_of_a_configured_loop(monkeypatch):
    monkeypatch.delenv("NIGHTLOOP_LOOPS", raising=False)
    loop = load_loop("voc")
    assert LoopFiles.of(loop).folder == "s3://nightloop-demo/loops/voc"
    assert images_of(loop, "2026-11-22") == "s3://nightloop-demo/images/2026-11-22/"
