"""Asks the live model as any application would."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local.demo.images.dataset import Example

CONCURRENCY = 4


@dataclass(frozen=True)
class Detection:
    """One box of the model, in pixels of the image."""

    label: str
    score: float
    left: float
    top: float
    width: float
    height: float


def invoke(runtime: Any, endpoint: str, jpeg: bytes) -> list[list[float]]:  # noqa: ANN401 - a boto3 client
    """Return the endpoint's rows for one image: class, score and four edges as shares of the image."""
    answer = runtime.invoke_endpoint(EndpointName=endpoint, ContentType="image/jpeg", Body=jpeg)
    rows: list[list[float]] = json.loads(answer["Body"].read())["prediction"]
    return rows


def detect(runtime: Any, endpoint: str, examples: Sequence[Example]) -> dict[str, list[Detection]]:  # noqa: ANN401
    """Ask the endpoint about every example; returns its boxes by the example's name."""

    def ask(example: Example) -> list[Detection]:
        return [_detection(row, example) for row in invoke(runtime, endpoint, example.jpeg)]

    with ThreadPoolExecutor(CONCURRENCY) as pool:
        return dict(zip([example.name for example in examples], pool.map(ask, examples), strict=True))


def share_below(detections: dict[str, list[Detection]], threshold: float) -> float:
    """Return the share of images whose best score is below a threshold; an image without boxes is below it."""
    unsure = [name for name, boxes in detections.items() if max((box.score for box in boxes), default=0) < threshold]
    return len(unsure) / len(detections)


def _detection(row: list[float], example: Example) -> Detection:
    class_id, score, left, top, right, bottom = row
    return Detection(
        label=example.classes[int(class_id)],
        score=score,
        left=left * example.width,
        top=top * example.height,
        width=(right - left) * example.width,
        height=(bottom - top) * example.height,
    )
