"""Says what a night did."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.links.s3_output import S3OutputLink
from nightloop.aws.operators.base import NightOperator
from nightloop.aws.storage.expiry import let_expire
from nightloop.aws.storage.layout import ScoringFiles
from nightloop.aws.storage.night_files import iterate_plan, iterate_predictions, raw_lines, read_lines
from nightloop.aws.storage.object_store import JSON
from nightloop.domain.reviews.outcome import GIVEN_UP, ReviewOutcome

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.results.given import Given
    from nightloop.aws.results.night import CheckedManifest, NightReceipt
    from nightloop.domain.detection.answers import Answer


class WriteReceiptOperator(NightOperator):
    """Count the night and write its receipt, once; it also marks the night's manifest as checked.

    Returns the receipt.

    :param loop: The loop's name.
    :param expectations: What `CheckManifestOperator` returned (templated).
    :param score_threshold: The threshold the reviews were planned with.
    :param price_per_review: What one reviewed image costs.
    :param class_count: How many classes the loop has.
    :param audit_share: The probability with which the audit draws an image; 0: there is no audit.
    :param seed: Seed of the interval of the live model's quality.
    :param expire_predictions: Tag the night's predictions, so that the bucket's rule deletes them in time.
    """

    template_fields = aws_template_fields("expectations", "night")
    operator_extra_links = (S3OutputLink(),)

    def __init__(
        self,
        *,
        loop: str,
        expectations: Given[CheckedManifest | None],
        score_threshold: float,
        price_per_review: float = 0.0,
        class_count: int = 0,
        audit_share: float = 0.0,
        seed: int = 1,
        expire_predictions: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.loop = loop
        self.expectations = expectations
        self.score_threshold = score_threshold
        self.price_per_review = price_per_review
        self.class_count = class_count
        self.audit_share = audit_share
        self.seed = seed
        self.expire_predictions = expire_predictions

    def execute(self, context: Context) -> NightReceipt:
        """Write the receipt, or find it."""
        from nightloop.domain.detection.receipt import describe_night
        from nightloop.domain.rows.jsonl import dump_line

        body = dump_line(self._receipt()) + "\n"
        stored: NightReceipt = json.loads(self.store.write_once(self.files.receipt, body.encode(), JSON))
        if self.expire_predictions:
            # Only now: a night without a receipt may still read them.
            for folder in (self.files.predictions_folder, *ScoringFiles(self.night).expiring):
                let_expire(self.store, folder)
        S3OutputLink.persist_for(context, self, self.files.receipt)
        self.log.info("Receipt: %s\n%s", stored, "\n".join(describe_night(dict(stored))))
        return stored

    def _receipt(self) -> dict[str, Any]:
        from nightloop.domain.detection.answers import Answer
        from nightloop.domain.detection.receipt import build_receipt
        from nightloop.domain.detection.selection import ScoringTally
        from nightloop.domain.reviews.opened import OpenedReview

        store, files = self.store, self.files
        scoring = ScoringTally(self.score_threshold).of(iterate_predictions(store, files))
        outcomes = [ReviewOutcome.from_json(line) for line in read_lines(store, files.outcomes)]
        answers = [Answer.from_json(line) for line in read_lines(store, files.answers)]
        earlier = {outcome.review_name for outcome in outcomes if outcome.night != files.date}
        answered = {answer.review_name for answer in answers if answer.reviewers}
        completed = {outcome.review_name for outcome in outcomes if outcome.status == "Completed"}
        model = scoring.model
        receipt = build_receipt(
            loop=self.loop,
            night=files.date,
            model=model,
            images=sum(bool(line.strip()) for line in raw_lines(store, files.images)),
            scoring=scoring,
            plan=iterate_plan(store, files),
            opened=[OpenedReview.from_json(line) for line in read_lines(store, files.reviews)],
            statuses={outcome.review_name: outcome.status for outcome in outcomes},
            answers=answers,
            manifest_lines=len(read_lines(store, files.manifest)),
            expectations=self._checked(),
            price_per_review=self.price_per_review,
            late_answers=sum(answer.review_name in earlier for answer in answers if answer.reviewers),
            unusable_answers=len(completed - answered),
            companions=json.loads(store.read_if_there(files.companions) or b"{}"),
            given_up=sum(outcome.failure_code == GIVEN_UP for outcome in outcomes),
        )
        audited = self._audited(answers, model) if model and self.audit_share else {"live_quality": None}
        asked_again = {"asked_again": self._asked_again(), "audit_share": self.audit_share}
        return receipt | asked_again | self._transformed() | audited

    def _checked(self) -> dict[str, int]:
        """Return what the manifest's check found; nothing if it was not checked."""
        from nightloop.aws.results.night import CheckedManifest

        if not self.expectations:
            return {}
        checked = self.read(CheckedManifest, expectations=self.expectations)
        return {"evaluated": checked["evaluated"], "failed": checked["failed"]}

    def _transformed(self) -> dict[str, Any]:
        """Return what the transform jobs of a large night cost; nothing for a night of the endpoint."""
        stored = self.store.read_if_there(ScoringFiles(self.night).jobs)
        jobs = [] if stored is None else json.loads(stored)["jobs"]
        if not jobs:
            return {}
        seconds = sum(job["machine_seconds"] for job in jobs)
        types = ", ".join(sorted({job["instance_type"] for job in jobs}))
        return {"transform": {"jobs": len(jobs), "machine_seconds": seconds, "instance_type": types}}

    def _asked_again(self) -> int:
        from nightloop.domain.rows.jsonl import loads_lines

        rows = loads_lines(self.store.read_if_there(self.files.tie_breaks) or b"", source=self.files.tie_breaks)
        return sum(row.get("left_out") is None for row in rows)

    def _audited(self, answers: list[Answer], model: str) -> dict[str, Any]:
        """Return what the audits and the holdout show about the live model, and what the audits rest on."""
        from nightloop.aws.history.audits import holdout_figure, read_earlier_audits
        from nightloop.domain.detection.evaluation.audit import AuditNight, audited_images
        from nightloop.domain.detection.evaluation.live_quality import LEAST_IMAGES, images_with_objects, live_quality

        nights, earlier = read_earlier_audits(self.store, self.files, model)
        nights.append(AuditNight.of(self.audit_share, iterate_plan(self.store, self.files), model))
        audited = audited_images(nights, [*earlier, *answers])
        settings: dict[str, Any] = {"class_count": self.class_count, "score": self.score_threshold, "seed": self.seed}
        quality = live_quality(audited, **settings)
        drawn_in = sum(bool(night.drawn) for night in nights)
        counts = {"nights": drawn_in, "with_objects": images_with_objects(audited), "needed": LEAST_IMAGES}
        found = quality.to_json() | {"nights": drawn_in} if quality else None
        holdout = holdout_figure(self.store, self.files.loop, model)
        return {"live_quality": found, "audited": counts, "holdout_quality": holdout}
