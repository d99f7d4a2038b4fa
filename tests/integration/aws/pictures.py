"""Pictures of red rectangles, and the manifest lines that tell where they are."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
from PIL import Image, ImageDraw


def picture(
    boxes: list[tuple[int, int, int, int]],
    size: tuple[int, int] = (200, 100),
    shade: int = 90,
    scene: list[int] | None = None,
) -> Image.Image:
    """Red rectangles (left, top, width, height) on grey; on the light and dark of a numbered scene, where one is given.

    The first pixel has the shade in any case: by that the model knows which pictures it has learned.
    """
    image = Image.new("RGB", size, (shade, shade, shade))
    if scene is not None:
        coarse = np.random.default_rng(scene).integers(shade - 40, shade + 40, (6, 8), dtype=np.uint8)
        image = Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC).convert("RGB")
        image.putpixel((0, 0), (shade, shade, shade))
    for left, top, width, height in boxes:
        ImageDraw.Draw(image).rectangle([left, top, left + width - 1, top + height - 1], fill=(250, 10, 10))
    return image


def encode(image: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def manifest_line(uri: str, boxes: list[tuple[int, int, int, int]], classes: list[str]) -> dict[str, Any]:
    """Return a line whose objects are persons, or of the last class where there are few."""
    edges = ("left", "top", "width", "height")
    return {
        "source-ref": uri,
        "bounding-box": {
            "annotations": [
                {"class_id": min(14, len(classes) - 1), **dict(zip(edges, box, strict=True))} for box in boxes
            ],
            "image_size": [{"width": 200, "height": 100, "depth": 3}],
        },
        "bounding-box-metadata": {
            "class-map": {str(number): label for number, label in enumerate(classes)},
            "objects": [{"confidence": 1} for _ in boxes],
            "type": "groundtruth/object-detection",
            "human-annotated": "yes",
            "creation-date": "2026-11-01T00:00:00",
            "job-name": "labeling-job/seed",
        },
    }


def upload_data(s3: Any, bucket: str, classes: list[str]) -> None:
    """Upload a seed and a holdout, each picture of a scene of its own."""
    for manifest, count in (("seed", 3), ("holdout", 32)):
        lines = []
        for number in range(count):
            box = (10 + 12 * (number % 11), 20 + number, 60, 40)
            key = f"{manifest}/{number}.png"
            s3.put_object(
                Bucket=bucket, Key=key, Body=encode(picture([box], shade=60 + number, scene=[len(manifest), number]))
            )
            lines.append(json.dumps(manifest_line(f"s3://{bucket}/{key}", [box], classes)))
        s3.put_object(Bucket=bucket, Key=f"{manifest}.manifest", Body="\n".join(lines).encode())
