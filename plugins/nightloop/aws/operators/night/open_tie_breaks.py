"""Asks again where no answer can be used, or where reviewers disagree."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.clients.throttle import repeated
from nightloop.aws.errors import QuotaError, RequestRefusedError, ReviewConflictError
from nightloop.aws.hooks.paced_a2i import PacedA2IHook
from nightloop.aws.hooks.review_flow import ReviewFlowHook
from nightloop.aws.human_loops import lifecycle
from nightloop.aws.human_loops.late_answers import LateReviews
from nightloop.aws.links.s3_output import S3OutputLink
from nightloop.aws.operators.base import NightOperator
from nightloop.aws.storage.night_files import iterate_plan, read_lines

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.resources.review_policy import Deciding
    from nightloop.aws.results.night import OpenedTieBreaks
    from nightloop.domain.detection.selection import PlannedReview


class OpenTieBreaksOperator(NightOperator):
    """Open another review of each image without a usable decision, within the night's budget, and record it once.

    An unusable answer decides nothing. If the loop's file asks for tie-breaks, neither do reviewers who disagree.

    No task waits for the tie-break: it is left to later nights as a late answer is, and the night that finds it ended
    merges it with the earlier answers. Until then no model learns from the image.

    Returns counts of the reviews opened and refused, and where the record is.

    :param loop: The loop's name.
    :param deciding: What the night decides with.
    :param flow_definition_name: The flow definition.
    :param initial_box_score: The same as in `OpenReviewsOperator`.
    :param a2i_conn_id: The Airflow connection of the reviews (templated).
    """

    template_fields = aws_template_fields("a2i_conn_id", "flow_definition_name", "night")
    operator_extra_links = (S3OutputLink(),)

    def __init__(
        self,
        *,
        loop: str,
        deciding: Deciding,
        flow_definition_name: str,
        initial_box_score: float = 0.3,
        a2i_conn_id: str | None = "a2i_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.loop = loop
        self.deciding = deciding
        self.flow_definition_name = flow_definition_name
        self.initial_box_score = initial_box_score
        self.a2i_conn_id = a2i_conn_id

    @cached_property
    def a2i(self) -> PacedA2IHook:
        """The reviews."""
        return PacedA2IHook(self.a2i_conn_id, **self.client_arguments)

    def execute(self, context: Context) -> OpenedTieBreaks:
        """Open the tie-breaks, or find them open."""
        from nightloop.domain.detection.selection import PlannedReview
        from nightloop.domain.rows.jsonl import dumps_lines, loads_lines

        uri = self.files.tie_breaks
        stored = self.store.read_if_there(uri)
        if stored is None:
            stored = self.store.write_once(uri, dumps_lines(self._open_all()))
        opened = [PlannedReview.from_json(row) for row in loads_lines(stored, source=uri)]
        late = LateReviews(self.store, self.files.loop, self.files.date)
        late.hand_on([review for review in opened if review.left_out is None])
        S3OutputLink.persist_for(context, self, uri)
        refused = sum(review.left_out is not None for review in opened)
        self.log.info("%s images are looked at again: nothing was decided about them", len(opened) - refused)
        return {"uri": uri, "opened": len(opened) - refused, "refused": refused}

    def _open_all(self) -> list[PlannedReview]:
        from nightloop.domain.detection.answers import Answer
        from nightloop.domain.detection.reviewers.repeated_reviews import tie_breaks

        reviews = tie_breaks(
            [Answer.from_json(line) for line in read_lines(self.store, self.files.answers)],
            loop=self.loop,
            agreement=self.deciding.trust.tie_break_below,
            planned=iterate_plan(self.store, self.files),
            budget=self.deciding.limits(),
            effort=self.deciding.effort(),
        )
        if not reviews:
            return []
        hook = ReviewFlowHook(self.a2i_conn_id, **self.client_arguments)
        arn = hook.flow_definition_arn(self.flow_definition_name)
        return [repeated(partial(self._adopt_or_start, review, arn)) for review in reviews]

    def _adopt_or_start(self, review: PlannedReview, arn: str) -> PlannedReview:
        from dataclasses import replace

        from nightloop.domain.detection.selection import input_content

        if lifecycle.adopt(self.a2i, review.review_name) is not None:
            return review
        content = input_content(review, self.deciding.classes, self.initial_box_score)
        try:
            lifecycle.start(self.a2i, review.review_name, arn, content)
        except (ReviewConflictError, QuotaError, RequestRefusedError) as error:
            self.log.warning("%s: %s", review.review_name, error)
            return replace(review, left_out=str(error))
        return review
