"""A night's plan and human loops as they lie in S3, of any size."""

from __future__ import annotations

from datetime import UTC, datetime

from benchmarks.common.pictures import SIZE
from benchmarks.stubs.reviews import BUCKET, LOOP_ARN


def write_plan(night: str, reviews: int, prefix: str) -> None:
    """Write `plan.jsonl`: reviews of loops `{prefix}-000000` and so on."""
    from nightloop.aws.storage.layout import NightFiles
    from nightloop.aws.storage.object_store import ObjectStore
    from nightloop.domain.detection.boxes.predictions import Box
    from nightloop.domain.detection.selection import PlannedReview
    from nightloop.domain.images.image import Image
    from nightloop.domain.rows.jsonl import dump_rows

    box = Box(0, "person", 0.4, 20.0, 30.0, 60.0, 40.0)
    plan = (
        PlannedReview(
            image=Image(f"s3://{BUCKET}/images/{prefix}/{number:06d}.jpg", f"{number:032x}", 30_000),
            purpose="low-confidence",
            audit_drawn=False,
            model="stub-model",
            best_score=0.4,
            width=SIZE[0],
            height=SIZE[1],
            boxes=(box,),
            review_name=f"{prefix}-{number:06d}",
        )
        for number in range(reviews)
    )
    ObjectStore().write_lines_once(NightFiles(night).plan, dump_rows(plan))


def write_loops(night: str, loops: int, prefix: str) -> None:
    """Write `reviews.jsonl`: what became of that plan."""
    from nightloop.aws.storage.layout import NightFiles
    from nightloop.aws.storage.object_store import ObjectStore
    from nightloop.domain.reviews.opened import OpenedReview
    from nightloop.domain.rows.jsonl import dump_rows

    names = (f"{prefix}-{number:06d}" for number in range(loops))
    opened = (OpenedReview(name, "opened", LOOP_ARN + name, datetime(2026, 1, 1, tzinfo=UTC)) for name in names)
    ObjectStore().write_lines_once(NightFiles(night).reviews, dump_rows(opened))
