"""One night of a loop with two classes: its rows, and its files in the S3 of a test."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nightloop.aws.storage.layout import LoopFiles
from nightloop.domain.detection.answers import Answer, parse_output
from nightloop.domain.detection.boxes.predictions import Box, Prediction
from nightloop.domain.detection.selection import PlannedReview, input_content
from nightloop.domain.identity import naming
from nightloop.domain.images.image import Image
from nightloop.domain.reviews.opened import OpenedReview
from nightloop.domain.reviews.outcome import ReviewOutcome
from nightloop.domain.rows.jsonl import dumps_lines, loads_lines
from tests.support.fakes.task import FakeTask, context

LOOP = "s3://bucket/loops/voc"
DATE = "2026-11-22"
CLASSES = ("cat", "dog")
MODEL = "voc-model-1"
SIZE = (200, 100)


def image(number: int = 1, **changes: Any) -> Image:
    return replace(Image(f"s3://bucket/in/{DATE}/{number}.jpg", f"e{number}", 1000), **changes)


def box(label: str = "cat", score: float | None = None, edges=(10.0, 10.0, 50.0, 40.0)) -> Box:
    return Box(CLASSES.index(label), label, score, *edges)


def prediction(number: int = 1, *scores: float, **changes: Any) -> Prediction:
    boxes = tuple(box(score=score) for score in scores)
    return replace(Prediction(image(number), MODEL, *SIZE, boxes), **changes)


def review(number: int = 1, **changes: Any) -> PlannedReview:
    about = changes.get("image") or image(number)
    name = naming.human_loop_name("voc", about.uri, about.etag, MODEL, "low-confidence", changes.get("ordinal", 0))
    given = {"audit_drawn": False, "best_score": 0.4, "boxes": (box(score=0.4),), "review_name": name}
    width, height = SIZE
    values = {"purpose": "low-confidence", "model": MODEL, "width": width, "height": height, "image": about}
    return PlannedReview(**(given | values | changes))


def human(*boxes: Box, worker: str = "w1", seconds: float = 20.0, **changes: Any) -> dict[str, Any]:
    """One reviewer's part of an output.json."""
    drawn = [{"label": b.label, "left": b.left, "top": b.top, "width": b.width, "height": b.height} for b in boxes]
    width, height = SIZE
    result = {
        "boundingBoxes": drawn,
        "initialValueModified": True,
        "inputImageProperties": {"height": height, "width": width},
    }
    return {
        "acceptanceTime": "2026-11-23T07:59:15.191Z",
        "answerContent": {"annotatedResult": result},
        "submissionTime": "2026-11-23T08:00:00.000Z",
        "timeSpentInSeconds": seconds,
        "workerId": worker,
        **changes,
    }


def output(asked: PlannedReview, *humans: dict[str, Any]) -> dict[str, Any]:
    content = {"taskObject": asked.image.uri, "labels": list(CLASSES), "initialValue": [], "meta": {}}
    return {"humanAnswers": list(humans), "humanLoopName": asked.review_name, "inputContent": content}


def answer(asked: PlannedReview, *humans: dict[str, Any]) -> Answer:
    return parse_output(output(asked, *humans), asked, CLASSES)


def opened(asked: PlannedReview, outcome: str = "opened", **changes: Any) -> OpenedReview:
    arn = f"arn:aws:sagemaker:us-east-1:123456789012:human-loop/{asked.review_name}"
    return replace(OpenedReview(asked.review_name, outcome, arn), **changes)


def outcome(asked: PlannedReview, status: str = "Completed", night: str = DATE, **more: Any) -> ReviewOutcome:
    return ReviewOutcome(asked.review_name, night, status, **more)


NIGHT = "{{ params.night }}"
"""What a DAG gives as the night; `run` renders it."""


class Night:
    """The files of a night: `plan=[...]` and the like lay them there, `rows` reads them."""

    def __init__(self, s3, date: str = DATE):
        self.s3 = s3
        self.date = date
        self.loop = LoopFiles(LOOP)
        self.files = self.loop.night(date)
        self.folder = self.files.folder

    def lay(self, **files) -> Night:
        """Lay rows where `NightFiles` has the file of that name."""
        for name, rows in files.items():
            uri = getattr(self.files, name) if name != "predictions" else self.files.predictions("00000")
            self.s3.put(uri, dumps_lines(rows))
        return self

    def rows(self, uri: str) -> list[dict[str, Any]]:
        return loads_lines(self.s3.objects[uri], source=uri)

    def content(self, asked: PlannedReview) -> str:
        """What its loop is started with."""
        return input_content(asked, CLASSES, 0.3)


def run(operator, *, ti: FakeTask | None = None, **params: Any) -> Any:
    """Render an operator's templates with these parameters (the night's folder is one) and execute it."""
    given = context(ti, params={"night": f"{LOOP}/nights/{DATE}", "loop": LOOP, **params})
    operator.render_template_fields(given)
    return operator.execute(given)


def tried(s3, make, **params: Any) -> Any:
    """Run an operator, then another one with the same arguments, as a retry does; return what both returned.

    The second one leaves every object as it is, byte for byte.
    """
    first = run(make(), **params)
    before = dict(s3.objects)
    second = run(make(), ti=FakeTask(try_number=2, id="0199-2"), **params)
    assert s3.objects == before
    assert second == first
    return first
