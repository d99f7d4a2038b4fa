"""Waits for human loops from any source."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.errors import ReviewsMissingError, SetupError
from nightloop.aws.results.given import Given, value_of
from nightloop.aws.sensors.base import OpenReviewsSensor
from nightloop.aws.storage.night_files import iterate_lines
from nightloop.aws.triggers.listed_human_loops import ListedHumanLoopsTrigger
from nightloop.domain.reviews.opened import OpenedReview

if TYPE_CHECKING:
    from collections.abc import Sequence


class HumanLoopsSensor(OpenReviewsSensor):
    """Wait until every one of these human loops has ended, or until a deadline; both are success.

    One trigger sweeps all human loops, a hundred a call. Human loops are never stopped, even if the task is killed or
    cleared. For the reviews of a night use `ReviewsSensor`, which knows the reviewers' hours and reminds them.

    Returns counts of reviews completed, failed and still open.

    :param loops: A list of names, or the S3 URI of results that `StartHumanLoopsOperator` wrote (templated).
    :param flow_definition_arn: The flow definition of the human loops (templated).
    :param deadline: When to go on with what has been answered, a time or its ISO form, with its offset (templated).
        Base it on something that a retry does not move: `{{ dag_run.run_after + macros.timedelta(hours=8) }}`.
    :param poll_seconds: Pause between two sweeps.
    :param a2i_conn_id: The Airflow connection of the reviews (templated).
    :param deferrable: Wait in the triggerer, without a worker.
    :raises SetupError: if the deadline is no time with an offset.
    :raises NightIncompleteError: if the object of the S3 URI does not exist.
    """

    template_fields = aws_template_fields("a2i_conn_id", "deadline", "flow_definition_arn", "loops")

    def __init__(self, *, loops: Given[Sequence[str] | str], deadline: Given[datetime | str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.loops = loops
        self.deadline = deadline

    def reviews_to_follow(self) -> list[OpenedReview]:
        """Return the reviews of the human loops that were given, by name or in an object.

        :raises ReviewsMissingError: if the object has lines but none of them is about a human loop that was started.
        """
        given = value_of(self.loops)
        if not isinstance(given, str):
            return [OpenedReview(str(name), "adopted") for name in given]
        lines = list(iterate_lines(self.store, given))
        reviews = [OpenedReview.from_json(line) for line in lines if line.get("review_name")]
        if lines and not any(review.is_there for review in reviews):
            raise ReviewsMissingError(
                f"None of the {len(lines)} lines of {given} is of a human loop that was started. Give the results "
                "of StartHumanLoopsOperator; if a line has an error, fix that and start it again."
            )
        return reviews

    def deadline_of_reviews(self) -> datetime:
        """Read the deadline."""
        try:
            deadline = datetime.fromisoformat(str(self.deadline))
        except ValueError as error:
            raise SetupError(f"deadline {self.deadline!r} is no time. Give it in ISO form.") from error
        if deadline.tzinfo is None:
            raise SetupError(f"deadline {self.deadline!r} has no offset. Write for instance 2026-11-23T07:30:00+01:00.")
        return deadline

    def trigger(self, deadline: datetime) -> ListedHumanLoopsTrigger:
        """Make the trigger of loops given by name or by address."""
        given = value_of(self.loops)
        return ListedHumanLoopsTrigger(
            review_names=[] if isinstance(given, str) else list(given),
            loops_uri=given if isinstance(given, str) else "",
            deadline=deadline.isoformat(),
            **self.trigger_arguments,
        )
