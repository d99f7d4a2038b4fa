"""Where everything lies: one line for each address, so that a change of the S3 layout shows itself here."""

from __future__ import annotations

import pytest

from nightloop.aws.datasets.holdout_results import output_of
from nightloop.aws.datasets.manifest_check import page_of
from nightloop.aws.datasets.model_classes import ModelClasses
from nightloop.aws.resources.training_job import TrainingSettings
from nightloop.aws.storage import uris
from nightloop.aws.storage.layout import LoopFiles

LOOP = LoopFiles("s3://b/loops/voc")
NIGHT = LOOP.night("2026-11-22")
EVALUATION = LOOP.evaluation("job", "d1")
GATE = LOOP.beside_decision(EVALUATION, "d2", "gate.json")
IMAGE_DIGEST = "777aa3ed0e5986ae"
SETTINGS = TrainingSettings(
    loop="voc",
    image="i",
    role_arn="r",
    hyperparameters={},
    classes=("cat",),
    attribute="a",
    output=LOOP.models,
)

ADDRESSES = [
    (NIGHT.folder, "nights/2026-11-22"),
    (LOOP.nights, "nights/"),
    (NIGHT.images, "nights/2026-11-22/images.jsonl"),
    (NIGHT.companions, "nights/2026-11-22/companions.json"),
    (NIGHT.predictions_folder, "nights/2026-11-22/predictions/"),
    (NIGHT.predictions("00001"), "nights/2026-11-22/predictions/00001.jsonl"),
    (NIGHT.plan, "nights/2026-11-22/plan.jsonl"),
    (NIGHT.reviews, "nights/2026-11-22/reviews.jsonl"),
    (NIGHT.answers, "nights/2026-11-22/answers.jsonl"),
    (NIGHT.tie_breaks, "nights/2026-11-22/tie_breaks.jsonl"),
    (NIGHT.outcomes, "nights/2026-11-22/outcomes.jsonl"),
    (NIGHT.manifest, "nights/2026-11-22/manifest.jsonl"),
    (f"{NIGHT.manifest.rsplit('/', 1)[0]}/rejected.jsonl", "nights/2026-11-22/rejected.jsonl"),
    (page_of(NIGHT.manifest, []), "nights/2026-11-22/expectations-e3b0c44298fc1c14.html"),
    (NIGHT.notices, "nights/2026-11-22/notices"),
    (uris.join(NIGHT.notices, f"{'work-waits'}.{0}.json"), "nights/2026-11-22/notices/work-waits.0.json"),
    (NIGHT.receipt, "nights/2026-11-22/receipt.json"),
    (LOOP.tried_night("manual", "2026-11-22").folder, "dry-run-manual/2026-11-22"),
    (LOOP.reviewers, "reviewers/"),
    (LOOP.reviewer_records("2026-11-22"), "reviewers/2026-11-22.jsonl"),
    (LOOP.normalised, "normalised/"),
    (LOOP.normalised_copy("s3://b/i/1.jpg", "e"), f"normalised/{IMAGE_DIGEST}/e.jpg"),
    (LOOP.normalised_copy("s3://b/i/1.jpg", "e", ".png"), f"normalised/{IMAGE_DIGEST}/e.png"),
    (LOOP.fingerprints, "fingerprints/"),
    (f"{LOOP.fingerprints}d.jsonl", "fingerprints/d.jsonl"),
    (LOOP.open_reviews, "open/"),
    (LOOP.open_review("voc-1"), "open/voc-1.json"),
    (LOOP.late_answer("voc-1"), "late/voc-1.json"),
    (LOOP.unopened, "unopened/"),
    (LOOP.unopened_by("2026-11-22"), "unopened/2026-11-22.jsonl"),
    (LOOP.reopened("2026-11-22"), "reopened/2026-11-22.json"),
    (LOOP.cohort("", "").rstrip("/") + "/", "cohorts/"),
    (LOOP.cohort("c", "train.manifest"), "cohorts/c/train.manifest"),
    (LOOP.cohort("c", "validation.manifest"), "cohorts/c/validation.manifest"),
    (LOOP.cohort("c", "holdout.manifest"), "cohorts/c/holdout.manifest"),
    (LOOP.cohort("c", "copies-d.jsonl"), "cohorts/c/copies-d.jsonl"),
    (LOOP.models, "models"),
    (LOOP.origin("job"), "models/job/origin.json"),
    (ModelClasses.address(LOOP.model("job", "output/model.tar.gz")), "models/job/output/classes.json"),
    (SETTINGS.owners("job"), "models/job/owners"),
    (LOOP.evaluations("job"), "models/job/evaluations/"),
    (EVALUATION, "models/job/evaluations/d1/evaluation.json"),
    (f"{EVALUATION.removesuffix('evaluation.json')}pictures/{1}.jpg", "models/job/evaluations/d1/pictures/1.jpg"),
    (GATE, "models/job/evaluations/d1/gates/d2/gate.json"),
    (GATE.rsplit("/", 1)[0] + "/receipt.json", "models/job/evaluations/d1/gates/d2/receipt.json"),
    (LOOP.quarantines, "quarantine/"),
    (LOOP.quarantine("m"), "quarantine/m.json"),
    (LOOP.release("m"), "released/m.json"),
    (LOOP.holds, "holds/"),
    (uris.join(LOOP.holds, f"{1:06d}.json"), "holds/000001.json"),
    (LOOP.transform("job"), "transforms/job/"),
    (output_of({"output": LOOP.transform("job"), "folder": "s3://b/i/"}, "s3://b/i/1.jpg"), "transforms/job/1.jpg.out"),
    (LOOP.spoiled_transform("job"), "transforms/job-spoiled.json"),
    (LOOP.transform_owners("job"), "owners/job/"),
    (LOOP.holdout("d"), "holdouts/d.json"),
    (LOOP.holdout_copies("d"), "holdouts/d-copies.json"),
    (LOOP.notices, "notices"),
    (uris.join(LOOP.notices, "dag", "run%2F1"), "notices/dag/run%2F1"),
    (LOOP.reviews_output, "reviews"),
]


@pytest.mark.parametrize(("address", "key"), ADDRESSES, ids=[key for _, key in ADDRESSES])
def test_everything_lies_where_it_did(address, key):
    assert address == f"{LOOP.folder}/{key}"
