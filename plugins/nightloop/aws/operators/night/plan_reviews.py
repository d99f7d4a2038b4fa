"""Chooses which images people look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.datasets.model_classes import ModelClasses
from nightloop.aws.errors import NightIncompleteError
from nightloop.aws.history.reviewer_records import read_past_answers
from nightloop.aws.history.training_history import images_per_class
from nightloop.aws.human_loops.postponed import PostponedReviews
from nightloop.aws.links.s3_output import S3OutputLink
from nightloop.aws.operators.base import NightOperator
from nightloop.aws.resources.review_policy import Deciding
from nightloop.aws.results.given import Given, is_true
from nightloop.aws.storage.failure_limits import check_share
from nightloop.aws.storage.night_files import model_of, read_images, read_plan, read_predictions
from nightloop.config import Limits

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.results.night import PlannedNight
    from nightloop.domain.detection.boxes.predictions import Prediction
    from nightloop.domain.detection.selection import PlannedReview


class PlanReviewsOperator(NightOperator):
    """Choose the images the model is unsure of, and a random audit sample, and write the plan once.

    Returns the number of images per purpose and the plan's address.

    :param loop: The loop's name.
    :param score_threshold: An image whose best score is below is reviewed.
    :param audit_share: The share of all images that is reviewed at any score, 0 to 1.
    :param seed: Seed of the audit's draw.
    :param limits: What share of the images may be without a score.
    :param attribute: The label attribute of the manifests the model learned from: classes it knows well give way where
        a budget cuts. None: it is not known what the model learned.
    :param deciding: What else the plan is made with: policies, budget, trust.
    :param plan_only: Only try the plan out: take over nothing from other nights (templated).
    """

    template_fields = aws_template_fields("night", "plan_only")

    operator_extra_links = (S3OutputLink(),)

    def __init__(
        self,
        *,
        loop: str,
        score_threshold: float,
        audit_share: float,
        seed: int,
        attribute: str | None = None,
        limits: Limits | None = None,
        deciding: Deciding | None = None,
        plan_only: Given[bool | str] = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.limits = limits or Limits()
        self.deciding = deciding or Deciding()
        self.plan_only = plan_only
        self.attribute = attribute
        self.loop = loop
        self.score_threshold = score_threshold
        self.audit_share = audit_share
        self.seed = seed

    def execute(self, context: Context) -> PlannedNight:
        """Plan, or find the plan."""
        if self.store.describe(self.files.plan) is None:
            self.store.write_once(self.files.plan, self._plan())
        else:
            self.log.info("This night was planned before; its plan is kept.")
        S3OutputLink.persist_for(context, self, self.files.plan)
        return cast("PlannedNight", {"uri": self.files.plan, **self._summary(read_plan(self.store, self.files))})

    def _summary(self, plan: list[PlannedReview]) -> dict[str, Any]:
        from nightloop.domain.detection.selection import summarise

        summary: dict[str, Any] = summarise(plan, price_per_review=self.deciding.price_per_review)
        self.log.info(
            "To review: %(reviews)s images, %(purposes)s, %(audit)s of them drawn by the audit; about %(minutes)s "
            "minutes of reviewers and %(money)s of money. %(duplicates)s identical images.",
            summary,
        )
        for reason, count in summary["left_out"].items():
            self.log.info("Left out: %s images: %s", count, reason)
        purposes: dict[str, Any] = summary.pop("purposes")
        return summary | purposes

    def _plan(self) -> bytes:
        from nightloop.domain.detection.selection import plan_reviews
        from nightloop.domain.rows.jsonl import dumps_lines

        predictions = read_predictions(self.store, self.files)
        self._check_complete(predictions)
        self._check_limit(predictions)
        self._check_classes(predictions)
        settings: dict[str, Any] = {
            "loop": self.loop,
            "score_threshold": self.score_threshold,
            "audit_share": self.audit_share,
            "seed": self.seed,
            "policies": self.deciding.policies(),
            "budget": self.deciding.limits(),
            "effort": self.deciding.effort(),
            "class_counts": self._learned(predictions),
        }
        plan = plan_reviews(predictions, **settings)
        gold = self._gold(plan)
        if gold:
            plan = plan_reviews(predictions, gold=gold, **settings)
        return dumps_lines([*plan, *self._postponed(plan)])

    def _check_classes(self, predictions: list[Prediction]) -> None:
        """Make sure that the loop's classes are still those of the models that scored the night."""
        for model in sorted({prediction.model for prediction in predictions}) if self.deciding.classes else ():
            ModelClasses(self.store).check(model, self.sagemaker.artefact_of(model), self.deciding.classes)

    def _learned(self, predictions: list[Prediction]) -> dict[str, int]:
        """Count the images of each class that the night's model learned from."""
        model = model_of(predictions)
        if model is None or self.attribute is None:
            return {}
        return images_per_class(self.store, self.files.loop, model, self.attribute)

    def _gold(self, plan: list[PlannedReview]) -> list[PlannedReview]:
        """Choose images that past reviewers agreed on, as many as their share of the night's reviews."""
        from nightloop.domain.detection.reviewers.repeated_reviews import gold_reviews

        share = self.deciding.trust.gold_share
        count = round(share * sum(review.is_reviewed for review in plan))
        if not count:
            return []
        return gold_reviews(
            read_past_answers(self.store, self.files.loop, self.files.date),
            loop=self.loop,
            night=self.files.date,
            count=count,
            agreement=self.deciding.trust.gold_agreement,
            effort=self.deciding.effort(),
            seed=self.seed,
        )

    def _postponed(self, plan: list[PlannedReview]) -> list[PlannedReview]:
        """Take over what earlier nights postponed; an image that came again is already in the plan."""
        if is_true(self.plan_only):
            return []
        planned = {review.review_name for review in plan}
        taken = PostponedReviews(self.store, self.files.loop, self.files.date).take()
        if taken:
            self.log.info("%s reviews that earlier nights postponed are taken over", len(taken))
        return [review for review in taken if review.review_name not in planned]

    def _check_limit(self, predictions: list[Prediction]) -> None:
        faults = [
            (prediction.image.uri, fault) for prediction in predictions if (fault := prediction.failure) is not None
        ]
        check_share(
            len(faults),
            sum(prediction.left_out_as is None for prediction in predictions),
            limit=self.limits.max_unscored_share,
            few=self.limits.few,
            what="images have no score",
            setting="limits.max_unscored_share",
            example="".join(f"{uri}: {fault.code}: {fault.message}" for uri, fault in faults[:1]),
        )

    def _check_complete(self, predictions: list[Prediction]) -> None:
        listed = {image.uri for image in read_images(self.store, self.files)}
        scored = {prediction.image.original or prediction.image.uri for prediction in predictions}
        if listed - scored:
            raise NightIncompleteError(
                f"{len(listed - scored)} of {len(listed)} images have no prediction, such as {min(listed - scored)}. "
                "Clear score_images and the tasks after it."
            )
