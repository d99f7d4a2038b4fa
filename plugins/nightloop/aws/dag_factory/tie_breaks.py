"""The steps of a night that measure reviewers and ask again where nothing was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nightloop.aws.dag_factory import loop_dags
from nightloop.aws.operators.night.measure_reviewers import MeasureReviewersOperator
from nightloop.aws.operators.night.open_tie_breaks import OpenTieBreaksOperator
from nightloop.aws.resources.review_policy import Deciding

if TYPE_CHECKING:
    from nightloop.aws.storage.layout import NightFiles
    from nightloop.config import LoopConfig


def second_looks(loop: LoopConfig, files: NightFiles) -> list[Any]:
    """Measure the reviewers, where several look at an image; ask again where their answers decide nothing."""
    steps: list[Any] = []
    if loop.review.task_count > 1:
        steps.append(MeasureReviewersOperator(task_id="measure_reviewers", night=files.folder))
    asked = OpenTieBreaksOperator(
        task_id="open_tie_breaks",
        night=files.folder,
        loop=loop.name,
        deciding=Deciding.of(loop),
        **loop_dags.asking_arguments(loop),
    )
    return [*steps, asked]
