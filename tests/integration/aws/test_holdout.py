"""What models are measured on is checked before one is paid for, and read as reviewers see it."""

from __future__ import annotations

import json

import pytest

from nightloop.aws.errors import HoldoutError
from nightloop.aws.storage.object_store import ObjectStore
from tests.integration.aws.nights import Night
from tests.integration.aws.pictures import encode, manifest_line, picture
from tests.integration.aws.test_bad_images import noise, rotated
from tests.integration.aws.trainings import Training

TURNED, PRINTED, LARGE = "holdout/1.png", "holdout/2.png", "holdout/3.png"
BOX = (20, 30, 60, 40)


def rewrite(s3, loop, change) -> None:
    """Change the lines of the holdout."""
    body = s3.get_object(Bucket=loop.bucket, Key="holdout.manifest")["Body"].read()
    lines = change([json.loads(line) for line in body.decode().splitlines()])
    s3.put_object(Bucket=loop.bucket, Key="holdout.manifest", Body="\n".join(map(json.dumps, lines)).encode())


@pytest.fixture(scope="module")
def training(make_loop, s3, stack):
    """A training whose holdout holds a turned photo, one for printers and one too large for a request."""
    with stack.connected():
        loop = make_loop()
        large = {"left": 200, "top": 300, "width": 700, "height": 400, "class_id": 14}

        def change(lines):
            for number in (1, 2):
                lines[number] = manifest_line(f"s3://{loop.bucket}/holdout/{number}.png", [BOX], list(loop.classes))
            lines[3]["bounding-box"] = {"annotations": [large], "image_size": [{"width": 3200, "height": 2000}]}
            return lines

        rewrite(s3, loop, change)
        printed = encode(picture([BOX], scene=[9]).convert("CMYK"), "JPEG", quality=95)
        for key, body in ((TURNED, rotated()), (PRINTED, printed), (LARGE, noise())):
            s3.put_object(Bucket=loop.bucket, Key=key, Body=body)
        Night(loop, "2026-01-01").bootstrap()
        Night(loop, "2026-06-01").write_reviewed(s3)
    return Training(loop)


def test_odd_pictures_are_measured_as_people_see_them(training):
    training.build_cohort()
    evaluation = training.until_evaluated()
    assert (evaluation["champion"], evaluation["challenger"]) == (0.0, 1.0), "each box is where the line says"
    transform = training.results["transform_champion"]
    copies = json.loads(ObjectStore().read(transform["copies"]))
    assert sorted(copies) == [f"s3://{training.loop.bucket}/{key}" for key in (TURNED, PRINTED, LARGE)]
    assert all(f"/{training.loop.name}/normalised/" in uri for uri in copies.values())


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda s3, loop: s3.put_object(Bucket=loop.bucket, Key="holdout/0.png", Body=noise()), "holdout/0.png"),
        (lambda s3, loop: s3.put_object(Bucket=loop.bucket, Key="holdout/5.png", Body=b"text"), "holdout/5.png"),
        (lambda s3, loop: s3.delete_object(Bucket=loop.bucket, Key="holdout/7.png"), "holdout/7.png is not there"),
        (
            lambda s3, loop: rewrite(
                s3, loop, lambda lines: [lines[0] | {"source-ref": f"s3://{loop.bucket}/a%20b.png"}, *lines[1:]]
            ),
            "a%20b.png is not there",
        ),
        (lambda s3, loop: rewrite(s3, loop, lambda lines: lines[:20]), "has 20 images"),
    ],
    ids=["another size", "no image", "deleted", "escaped", "too few"],
)
def test_nothing_is_paid_for_before_the_holdout_is_fit(make_loop, s3, stack, change, named):
    loop = make_loop()
    change(s3, loop)
    with pytest.raises(HoldoutError) as caught:
        Night(loop, "2026-01-01").bootstrap()
    assert named in str(caught.value)
    jobs = stack.client("sagemaker", "sagemaker").list_training_jobs(NameContains=f"{loop.name}-")
    assert jobs["TrainingJobSummaries"] == []


def test_an_image_that_went_since_is_named_before_the_job_is_started(training, s3):
    s3.delete_object(Bucket=training.loop.bucket, Key="holdout/9.png")
    with pytest.raises(HoldoutError, match=r"holdout/9\.png is not there"):
        training.transform("transform_champion", training.results["create_model"])
