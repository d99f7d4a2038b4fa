"""Which images people shall look at."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from nightloop.aws.errors import NightIncompleteError
from nightloop.aws.limits import check_share
from nightloop.aws.links.s3_output import S3OutputLink
from nightloop.aws.operators.base import NightOperator
from nightloop.aws.operators.rows import read_images, read_plan, read_predictions
from nightloop.aws.unopened import UnopenedReviews
from nightloop.config import Limits

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.loop.predictions import Prediction
    from nightloop.loop.selection import PlannedReview


class PlanReviewsOperator(NightOperator):
    """Choose the images the model is unsure of, and a random audit sample, and write the plan once.

    Returns the number of images per purpose and the plan's address.

    :param loop: The loop's name.
    :param score_threshold: An image whose best score is below is reviewed.
    :param audit_share: The share of all images that is reviewed whatever the score, 0 to 1.
    :param seed: Seed of the audit's draw.
    :param limits: What share of the images may be without a score.
    """

    operator_extra_links = (S3OutputLink(),)

    def __init__(
        self,
        *,
        loop: str,
        score_threshold: float,
        audit_share: float,
        seed: int,
        limits: Limits | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.limits = limits or Limits()
        self.loop = loop
        self.score_threshold = score_threshold
        self.audit_share = audit_share
        self.seed = seed

    def execute(self, context: Context) -> dict[str, Any]:
        """Plan, or find the plan."""
        if self.store.describe(self.files.plan) is None:
            self.store.write_once(self.files.plan, self._plan())
        else:
            self.log.info("This night was planned before; its plan is kept.")
        S3OutputLink.persist_for(context, self, self.files.plan)
        plan = read_plan(self.store, self.files)
        counts = Counter[str](review.purpose for review in plan if review.duplicate_of is None)
        duplicates = sum(review.duplicate_of is not None for review in plan)
        self.log.info("To review: %s; %s duplicates", dict(counts), duplicates)
        return {"uri": self.files.plan, "reviews": sum(counts.values()), "duplicates": duplicates, **counts}

    def _plan(self) -> bytes:
        from nightloop.loop.jsonl import dumps_lines
        from nightloop.loop.selection import plan_reviews

        predictions = read_predictions(self.store, self.files)
        self._check_complete(predictions)
        self._check_limit(predictions)
        plan = plan_reviews(
            distinct(predictions),
            loop=self.loop,
            score_threshold=self.score_threshold,
            audit_share=self.audit_share,
            seed=self.seed,
        )
        return dumps_lines([*plan, *self._unopened(plan)])

    def _unopened(self, plan: list[PlannedReview]) -> list[PlannedReview]:
        """Take over what earlier nights could not open; a picture that came again is in the plan already."""
        planned = {review.loop_name for review in plan}
        taken = UnopenedReviews(self.store, self.files.loop, self.files.date).take()
        if taken:
            self.log.info("%s reviews that earlier nights could not open are taken over", len(taken))
        return [review for review in taken if review.loop_name not in planned]

    def _check_limit(self, predictions: list[Prediction]) -> None:
        failed = [prediction for prediction in predictions if prediction.error is not None]
        check_share(
            len(failed),
            len(predictions),
            limit=self.limits.max_unscored_share,
            few=self.limits.few,
            what="images have no score",
            setting="limits.max_unscored_share",
            example=f"{failed[0].image.uri}: {failed[0].error}" if failed else "",
        )

    def _check_complete(self, predictions: list[Prediction]) -> None:
        listed = {image.uri for image in read_images(self.store, self.files)}
        scored = {prediction.image.original or prediction.image.uri for prediction in predictions}
        if listed - scored:
            raise NightIncompleteError(
                f"{len(listed - scored)} of {len(listed)} images have no prediction, such as {min(listed - scored)}. "
                "Clear score_images and what follows."
            )


def distinct(predictions: list[Prediction]) -> list[Prediction]:
    """Keep one prediction per picture: identical images that were normalised share one copy, hence one address."""
    return list({prediction.image.uri: prediction for prediction in reversed(predictions)}.values())[::-1]
