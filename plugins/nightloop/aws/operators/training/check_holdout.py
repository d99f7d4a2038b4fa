"""Checks that models can be measured, before one is paid for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nightloop.aws.datasets.cohorts import Cohorts, DataSettings
from nightloop.aws.datasets.holdout_check import check_holdout
from nightloop.aws.operators.base import LoopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.results.training import CheckedHoldout


class CheckHoldoutOperator(LoopOperator):
    """Check the holdout's lines and pictures: each is readable, as large as its line says, its boxes inside.

    Returns how many images it has, and how many objects of each class.

    :param data: What the loop learns from: classes, attribute, holdout.
    :param minimum_images: With fewer images nothing could be decided.
    :raises HoldoutError: naming each image at fault, and what is wrong with it.
    """

    def __init__(self, *, data: DataSettings, minimum_images: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data = data
        self.minimum_images = minimum_images

    def execute(self, context: Context) -> CheckedHoldout:
        """Check, and say how much there is of each class."""
        found = check_holdout(Cohorts(self.store, self.data), self.minimum_images)
        self.log.info("The holdout has %(images)s images; objects of each class: %(objects)s", found)
        missing = [label for label, count in found["objects"].items() if not count]
        if missing:
            self.log.warning("The holdout shows nothing of %s: no model is measured on that.", ", ".join(missing))
        return found
