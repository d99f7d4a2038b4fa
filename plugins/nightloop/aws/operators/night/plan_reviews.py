"""Chooses which images people look at."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, cast

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.datasets.model_classes import ModelClasses
from nightloop.aws.errors import NightIncompleteError, ServiceFaultError
from nightloop.aws.history.reviewer_records import read_past_answers
from nightloop.aws.history.training_history import images_per_class
from nightloop.aws.human_loops.postponed import PostponedReviews
from nightloop.aws.links.s3_output import S3OutputLink
from nightloop.aws.operators.base import NightOperator
from nightloop.aws.resources.review_policy import Deciding
from nightloop.aws.results.given import Given, is_true
from nightloop.aws.storage.failure_limits import check_share
from nightloop.aws.storage.night_files import iterate_lines, iterate_plan, iterate_predictions
from nightloop.aws.storage.sorted_lines import sorted_lines
from nightloop.config import Limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from airflow.sdk import Context

    from nightloop.aws.results.night import PlannedNight
    from nightloop.domain.detection.boxes.predictions import Prediction
    from nightloop.domain.detection.selection import PlannedReview, Planning, ScoringTally


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
            self.store.write_lines_once(self.files.plan, self._plan())
        else:
            self.log.info("This night was planned before; its plan is kept.")
        S3OutputLink.persist_for(context, self, self.files.plan)
        return cast("PlannedNight", {"uri": self.files.plan, **self._summary()})

    def _summary(self) -> dict[str, Any]:
        from nightloop.domain.detection.selection import summarise

        plan = iterate_plan(self.store, self.files)
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

    def _plan(self) -> Iterator[bytes]:
        """Yield the plan's lines; the night's predictions are read twice, and never all of them held."""
        from nightloop.domain.detection.selection import Planning, ScoringTally

        planning = Planning(
            loop=self.loop,
            score_threshold=self.score_threshold,
            audit_share=self.audit_share,
            seed=self.seed,
            policies=self.deciding.policies(),
            budget=self.deciding.limits(),
            effort=self.deciding.effort(),
        )
        tally = ScoringTally(self.score_threshold)
        planning.look(tally.passing(self._complete_predictions()))
        self._check_limit(tally)
        self._check_classes(tally.models)
        learned = self._learned(tally.model)
        planning.choose(learned)
        gold = self._gold(planning.reviewed)
        if gold:
            planning.choose(learned, gold)
        return self._lines(planning)

    def _lines(self, planning: Planning) -> Iterator[bytes]:
        """Write the night's own reviews in order, then those that earlier nights postponed.

        An image of an earlier night that came again is in the plan already.
        """
        from nightloop.domain.detection.selection import plan_order
        from nightloop.domain.rows.jsonl import dump_rows

        taken = {review.review_name: review for review in self._postponed()}
        planned = 0

        def own() -> Iterator[PlannedReview]:
            nonlocal planned
            for review in planning.reviews(iterate_predictions(self.store, self.files)):
                planned += 1
                yield review

        def keyed() -> Iterator[tuple[tuple[str, str], bytes]]:
            for review in chain(own(), planning.gold):
                taken.pop(review.review_name, None)
                yield plan_order(review), next(dump_rows([review]))

        yield from sorted_lines(keyed())
        if planned != planning.candidates:
            raise ServiceFaultError("Predictions were changed by another try meanwhile. The task will try again later.")
        yield from dump_rows(taken.values())

    def _complete_predictions(self) -> Iterator[Prediction]:
        """Read the predictions; at the end make sure that each listed image has one."""
        from nightloop.domain.errors import SelectionError
        from nightloop.domain.images.roll_call import RollCall

        call = RollCall(str(row["uri"]) for row in iterate_lines(self.store, self.files.images))
        for prediction in iterate_predictions(self.store, self.files):
            call.answer(prediction.image.original or prediction.image.uri)
            yield prediction
        missing, twice = call.end()
        if missing:
            raise NightIncompleteError(
                f"{len(missing)} of {call.listed} images have no prediction, such as {min(missing)}. Clear "
                "score_images and the tasks after it."
            )
        if twice:
            raise SelectionError(
                "has two predictions, or is not in the night's list; every image is scored once a night",
                image=min(twice),
            )

    def _check_classes(self, models: Iterable[str]) -> None:
        """Make sure that the loop's classes are still those of the models that scored the night."""
        for model in sorted(models) if self.deciding.classes else ():
            ModelClasses(self.store).check(model, self.sagemaker.artefact_of(model), self.deciding.classes)

    def _learned(self, model: str | None) -> dict[str, int]:
        """Count the images of each class that the night's model learned from."""
        if model is None or self.attribute is None:
            return {}
        return images_per_class(self.store, self.files.loop, model, self.attribute)

    def _gold(self, reviewed: int) -> list[PlannedReview]:
        """Choose images that past reviewers agreed on, as many as their share of the night's reviews."""
        from nightloop.domain.detection.reviewers.repeated_reviews import gold_reviews

        share = self.deciding.trust.gold_share
        count = round(share * reviewed)
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

    def _postponed(self) -> list[PlannedReview]:
        """Take over what earlier nights postponed."""
        if is_true(self.plan_only):
            return []
        taken = PostponedReviews(self.store, self.files.loop, self.files.date).take()
        if taken:
            self.log.info("%s reviews that earlier nights postponed are taken over", len(taken))
        return taken

    def _check_limit(self, tally: ScoringTally) -> None:
        check_share(
            tally.failures,
            tally.images,
            limit=self.limits.max_unscored_share,
            few=self.limits.few,
            what="images have no score",
            setting="limits.max_unscored_share",
            example=tally.example,
        )
