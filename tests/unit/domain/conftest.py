"""Makers of the rows the tests speak about; session-wide, so that property tests may use them."""

from typing import Any

import pytest
from hypothesis import settings

from nightloop.domain.detection.boxes.predictions import Box, Prediction
from nightloop.domain.detection.selection import PlannedReview
from nightloop.domain.images.image import Image

settings.register_profile("loop", max_examples=60, deadline=None, derandomize=True)
settings.load_profile("loop")

VOC = [
    "aeroplane",
    "bicycle",
    "bird",
    "boat",
    "bottle",
    "bus",
    "car",
    "cat",
    "chair",
    "cow",
    "diningtable",
    "dog",
    "horse",
    "motorbike",
    "person",
    "pottedplant",
    "sheep",
    "sofa",
    "train",
    "tvmonitor",
]
URI = "s3://example-od-input/2026/11/22/img-000123.jpg"


class Make:
    """Rows with sensible values where the test does not care."""

    classes = VOC
    uri = URI

    def image(self, uri: str = URI, etag: str = "0f343b", size: int = 1000, original: str | None = None) -> Image:
        return Image(uri, etag, size, original)

    def box(self, label: str = "sofa", *edges: float, score: float | None = None) -> Box:
        left, top, width, height = edges or (121, 214, 378, 282)
        return Box(VOC.index(label), label, score, left, top, width, height)

    def prediction(self, *scores: float, uri: str = URI, etag: str | None = None, **image: Any) -> Prediction:
        boxes = tuple(self.box("sofa", 10, 10, 50, 50, score=score) for score in scores)
        return Prediction(self.image(uri, uri if etag is None else etag, **image), "model-1", 800, 533, boxes)

    def review(self, *boxes: Box, width: int = 800, height: int = 533, **changes: Any) -> PlannedReview:
        values: dict[str, Any] = {
            "image": self.image(),
            "purpose": "low-confidence",
            "audit_drawn": False,
            "model": "model-1",
            "best_score": 0.465,
            "width": width,
            "height": height,
            "boxes": boxes,
            "review_name": "voc-0123456789abcdef",
        }
        return PlannedReview(**(values | changes))

    def drawn(self, label: str = "sofa", left: float = 121, top: float = 214, width: float = 378, height: float = 282):
        return {"label": label, "left": left, "top": top, "width": width, "height": height}

    def human(self, *boxes: dict[str, Any], submitted: str = "2026-11-23T07:59:58.321Z", **changes: Any):
        result = {
            "boundingBoxes": list(boxes),
            "initialValueModified": True,
            "inputImageProperties": {"height": 533, "width": 800},
        }
        answer = {
            "acceptanceTime": "2026-11-23T07:59:15.191Z",
            "answerContent": {"annotatedResult": result},
            "submissionTime": submitted,
            "timeSpentInSeconds": 40.5,
            "workerId": "a12b3",
            "workerMetadata": {"identityData": {"identityProviderType": "Cognito", "issuer": "i", "sub": "s"}},
        }
        return answer | changes

    def output(self, *humans: dict[str, Any], **changes: Any) -> dict[str, Any]:
        content = {"taskObject": URI, "labels": VOC, "initialValue": [], "meta": {}}
        output = {
            "flowDefinitionArn": "arn:aws:sagemaker:us-east-1:111122223333:flow-definition/od-review",
            "humanAnswers": list(humans),
            "humanLoopName": "voc-0123456789abcdef",
            "inputContent": content,
        }
        return output | changes

    def line(self, *boxes: dict[str, Any], uri: str = URI, created: str = "2026-11-23T07:59:58.321Z") -> dict[str, Any]:
        annotations = [
            {"class_id": VOC.index(box["label"])} | {key: box[key] for key in ("left", "top", "width", "height")}
            for box in boxes
        ]
        return {
            "source-ref": uri,
            "bounding-box": {
                "annotations": annotations,
                "image_size": [{"width": 800, "height": 533, "depth": 3}],
            },
            "bounding-box-metadata": {
                "class-map": {str(number): label for number, label in enumerate(VOC)},
                "objects": [{"confidence": 1} for _ in boxes],
                "type": "groundtruth/object-detection",
                "human-annotated": "yes",
                "creation-date": created,
                "job-name": "a2i/voc-0123456789abcdef",
            },
        }


@pytest.fixture(scope="session")
def make() -> Make:
    return Make()
