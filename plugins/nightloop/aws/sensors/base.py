"""What the sensors of reviews have in common."""

from __future__ import annotations

from abc import abstractmethod
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.providers.amazon.aws.sensors.base_aws import AwsBaseSensor

from nightloop.aws import errors
from nightloop.aws.clients.error_translation import typed_errors
from nightloop.aws.hooks.a2i import A2IHook
from nightloop.aws.human_loops.open_reviews import OpenReviews
from nightloop.aws.human_loops.sweep import drive, sweep
from nightloop.aws.results.reading import read_result
from nightloop.aws.results.reviews import EndedReviews
from nightloop.aws.storage.object_store import ObjectStore

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow.sdk import Context

    from nightloop.aws.triggers.human_loops import HumanLoopsTrigger
    from nightloop.domain.reviews.opened import OpenedReview


class OpenReviewsSensor(AwsBaseSensor[S3Hook]):
    """Wait until none of some reviews is open, or until a deadline; both are success.

    Reviews are never stopped, even if the task is killed or cleared. Returns counts of reviews completed, failed and
    still open.

    :param flow_definition_arn: The flow definition of the reviews (templated).
    :param poll_seconds: Pause between two sweeps.
    :param a2i_conn_id: The Airflow connection of the reviews (templated).
    :param deferrable: Wait in the triggerer, without a worker.
    :raises ReviewsMissingError: if there are reviews to wait for and none of them exists.
    """

    aws_hook_class = S3Hook
    ui_color = "#f7f0e0"

    def __init__(
        self,
        *,
        flow_definition_arn: str,
        poll_seconds: float = 30,
        a2i_conn_id: str | None = "a2i_default",
        deferrable: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(poke_interval=poll_seconds, **kwargs)
        self.flow_definition_arn = flow_definition_arn
        self.poll_seconds = poll_seconds
        self.a2i_conn_id = a2i_conn_id
        self.deferrable = deferrable

    @abstractmethod
    def reviews_to_follow(self) -> Iterable[OpenedReview]:
        """Return the reviews to wait for."""

    @abstractmethod
    def deadline_of_reviews(self) -> datetime:
        """Return when to go on with what has been answered."""

    @abstractmethod
    def trigger(self, deadline: datetime) -> HumanLoopsTrigger:
        """Make the trigger that waits in the triggerer."""

    def ended(self, counts: EndedReviews) -> EndedReviews:
        """Log how the waiting ended and return its counts."""
        self.log.info("Reviews: %s", counts)
        return counts

    def execute(self, context: Context) -> EndedReviews:
        """Look once; wait if there is something to wait for."""
        deadline = self.deadline_of_reviews()
        reviews = self.look()
        reviews.check_there()
        if reviews.open and datetime.now(UTC) < deadline:
            self.log.info("Waiting for %s reviews, until %s at the latest", reviews.open, deadline)
            if self.deferrable:
                self.defer(trigger=self.trigger(deadline), method_name="execute_complete")
            super().execute(context)
            reviews = self.look()
            reviews.check_there()
        return self.ended(reviews.summary())

    def poke(self, context: Context) -> bool:
        """Say whether the waiting is over; the next look makes up for one that fails."""
        try:
            reviews = self.look()
            self.meanwhile(reviews)
            return reviews.open == 0 or datetime.now(UTC) >= self.deadline_of_reviews()
        except errors.TransientError as error:
            self.log.warning("This look failed; the next one makes up for it: %s", error)
            return False

    def meanwhile(self, reviews: OpenReviews) -> None:
        """Do what is due while a worker waits."""

    def execute_complete(self, context: Context, event: dict[str, Any]) -> EndedReviews:
        """Take over from the trigger."""
        if event["status"] == "error":
            raise getattr(errors, event["error"], errors.NightloopError)(event["message"])
        counts = {key: value for key, value in event.items() if key != "status"}
        return self.ended(read_result(EndedReviews, counts, "event"))

    def look(self) -> OpenReviews:
        """Ask once how the reviews stand."""
        reviews = OpenReviews(self.reviews_to_follow())
        with typed_errors(self.a2i_conn_id, "sagemaker-a2i-runtime"):
            drive(sweep(self.flow_definition_arn, reviews), lambda call: self.a2i.find(call.operation, **call.request))
        return reviews

    @cached_property
    def store(self) -> ObjectStore:
        """The S3 objects that say which reviews there are."""
        return ObjectStore(self.aws_conn_id, **self.client_arguments)

    @cached_property
    def a2i(self) -> A2IHook:
        """The reviews."""
        return A2IHook(self.a2i_conn_id, **self.client_arguments)

    @property
    def client_arguments(self) -> dict[str, Any]:
        """Region, TLS verification and botocore settings for the hooks of any connection."""
        return {"region_name": self.region_name, "verify": self.verify, "config": self.botocore_config}

    @property
    def trigger_arguments(self) -> dict[str, Any]:
        """What every trigger of reviews gets from its sensor."""
        names = ("flow_definition_arn", "poll_seconds", "a2i_conn_id", "aws_conn_id")
        return {name: getattr(self, name) for name in (*names, "region_name", "verify", "botocore_config")}
