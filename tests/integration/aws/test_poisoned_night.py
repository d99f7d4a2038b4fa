"""A poisoned night, answered at the portal and taken through the tasks: which check stops it before the endpoint.

The live model is sure of what it sees, and right. No training takes a night that a check refused.
"""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from PIL import Image as Images

from nightloop.aws.datasets.cohorts import Cohorts
from nightloop.aws.errors import ManifestCheckError
from nightloop.aws.storage.object_store import ObjectStore
from tests.integration.aws.nights import Night
from tests.integration.aws.pictures import encode, manifest_line, picture
from tests.integration.aws.reviewer import Reviewer
from tests.integration.aws.trainings import Training

BOX = (20, 30, 60, 40)
IMAGES = 30
"""As many as an estimate of the live model's quality takes, and more than a night's answers are contradicted with."""

FEW = 3


def textured(seed: int) -> Images.Image:
    """Draw the rectangle on a grey that no other picture has."""
    grey = np.random.default_rng(seed).integers(0, 255, (8, 12), dtype=np.uint8)
    image = Images.fromarray(grey).resize((200, 100), Images.Resampling.BICUBIC).convert("RGB")
    image.paste(picture([BOX]).crop((20, 30, 80, 70)), (20, 30))
    return image


@pytest.fixture(scope="module")
def loop(make_loop, s3, stack):
    """A loop whose audit draws every image, with a picture that is not plain in its holdout and a good live model."""
    with stack.connected():
        loop = make_loop(review={"audit_share": 1.0}, training={"first": {"generation": "1"}})
        held = Night(loop, "2026-01-01").put_key(s3, "held.png", encode(textured(1)))
        lines = s3.get_object(Bucket=loop.bucket, Key="holdout.manifest")["Body"].read().decode().splitlines()
        lines.append(json.dumps(manifest_line(held, [BOX], list(loop.classes))))
        s3.put_object(Bucket=loop.bucket, Key="holdout.manifest", Body="\n".join(lines).encode())
        Night(loop, "2026-01-01").bootstrap()
    return loop


def reviewed(loop, s3, stack, date, *, label="person", box=BOX, count=IMAGES, more=(), answers=None):
    """Take a night up to its manifest; every review, or the first ``answers``, is answered alike."""
    night = Night(loop, date)
    pictures = [encode(textured(100 * int(date[-2:]) + number)) for number in range(count)] + list(more)
    for number, body in enumerate(pictures):
        night.put_key(s3, f"{number:02}.png", body)
    opened = night.open_all()
    assert opened["opened"] == len(pictures)
    reviewer = Reviewer(stack).signs_in()
    drawn = dict(zip(("left", "top", "width", "height"), box, strict=True)) | {"label": label}
    for _ in range(answers or len(pictures)):
        assert reviewer.answers(night.flow.name, [drawn])
    night.wait(opened["flow_definition_arn"], 1 if answers is None else 0.02)
    night.collect()
    night.build()
    return night


def is_stopped(night, reason, *lines):
    """Check the night: it fails with the reason and the lines, they are kept, and no training set takes the night."""
    with pytest.raises(ManifestCheckError) as caught:
        night.check()
    assert reason in str(caught.value)
    rows = night.lines(f"{night.folder}/rejected.jsonl")
    assert [(row["line"], row["reasons"]) for row in rows] == [(line, [reason]) for line in lines]
    cohorts = Cohorts(ObjectStore(), night.data)
    assert night.date not in cohorts.nights()
    taken = {line["source-ref"] for line in cohorts.merge(cohorts.nights(), None).lines}
    assert not any(f"/{night.date}/" in source_ref for source_ref in taken)


def test_an_honest_night_is_learned_from_and_says_how_good_the_model_is(loop, s3, stack):
    held = Images.open(io.BytesIO(s3.get_object(Bucket=loop.bucket, Key="holdout/0.png")["Body"].read()))
    mirrored = encode(held.transpose(Images.Transpose.FLIP_LEFT_RIGHT), "JPEG", quality=90)
    night = reviewed(loop, s3, stack, "2026-05-01", more=[mirrored])
    receipt = night.receipt(night.check())
    assert receipt["manifest_lines"] == IMAGES + 1
    quality = receipt["live_quality"]
    assert (quality["nights"], quality["images"], quality["unanswered"]) == (1, IMAGES + 1, 0)
    assert receipt["audited"] == {"nights": 1, "with_objects": IMAGES + 1, "needed": 30}
    assert receipt["holdout_quality"] is None, "a first model was not measured on it"
    cohort = Training(loop).build_cohort()
    assert (cohort["new_lines"], cohort["excluded"]) == (IMAGES, 1), "the copy of a holdout image is left out"
    assert cohort["copies_left_out"] == 1
    (copy,) = night.lines(cohort["copies"])
    assert copy["copy_of"] == f"s3://{loop.bucket}/holdout/0.png"


def test_swapped_labels(loop, s3, stack):
    night = reviewed(loop, s3, stack, "2026-05-02", label="dog")
    is_stopped(night, "Answers do not contradict most of what the live model is sure of", *range(1, IMAGES + 1))


def test_boxes_off_by_half(loop, s3, stack):
    night = reviewed(loop, s3, stack, "2026-05-03", box=(50, 50, 60, 40))
    is_stopped(night, "Answers do not contradict most of what the live model is sure of", *range(1, IMAGES + 1))


def test_duplicated_lines(loop, s3, stack):
    """The tasks write no line twice; who mends a manifest by hand may."""
    night = reviewed(loop, s3, stack, "2026-05-04", count=FEW)
    lines = ObjectStore().read(night.files.manifest).splitlines()
    ObjectStore().delete(night.files.manifest)
    ObjectStore().write_once(night.files.manifest, b"\n".join([*lines, lines[1]]))
    is_stopped(night, "No image has two lines", 2, FEW + 1)


def test_a_holdout_image_among_them(loop, s3, stack):
    alike = encode(textured(1).point(lambda value: min(255, value + 6)))
    night = reviewed(loop, s3, stack, "2026-05-05", count=FEW, more=[alike])
    is_stopped(night, "No image looks like one of the holdout", FEW + 1)


def test_the_audits_of_some_nights_speak_together_and_refused_ones_do_not(loop, s3, stack):
    night = reviewed(loop, s3, stack, "2026-05-06", count=FEW, answers=FEW - 1)
    quality = night.receipt(night.check())["live_quality"]
    answered = IMAGES + 1 + FEW - 1
    assert (quality["nights"], quality["images"], quality["unanswered"]) == (2, answered, 1)
    # In the copy of a holdout image the model saw another object than the one that was drawn there.
    shares = {name: quality["precision"][name] for name in ("value", "pessimistic", "optimistic")}
    right = answered - 1
    assert shares == pytest.approx(
        {
            "value": right / answered,
            "pessimistic": right / (answered + 1),
            "optimistic": (right + 1) / (answered + 1),
        }
    )
    ObjectStore().delete(Night(loop, "2026-05-01").files.plan)
    ObjectStore().delete(night.files.receipt)
    receipt = night.receipt(night.check())
    assert receipt["audited"]["nights"] == 1, "what was cleared away is not missed"
    assert receipt["live_quality"] is None, "and what is left is too little"
