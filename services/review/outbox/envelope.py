"""The event of a review that ended, as Amazon A2I words it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from services.review.formats.arns import Arns
    from services.review.storage.tables import EventRecord

DETAIL_TYPE = "SageMaker A2I HumanLoop Status Change"


@dataclass(frozen=True)
class Envelope:
    """One event ("Use Amazon CloudWatch Events in Amazon A2I" in the SageMaker developer guide).

    `id` stays the same each time the event is sent, so a consumer can recognise repetitions.
    """

    id: str
    source: str
    time: datetime
    account: str
    region: str
    resource: str
    detail: dict[str, Any]

    def document(self) -> dict[str, Any]:
        """Write the whole envelope, as a rule of EventBridge hands it to its targets."""
        return {
            "version": "0",
            "id": self.id,
            "detail-type": DETAIL_TYPE,
            "source": self.source,
            "account": self.account,
            "time": _timestamp(self.time, "seconds"),
            "region": self.region,
            "resources": [self.resource],
            "detail": self.detail,
        }


def envelope_of(event: EventRecord, *, arns: Arns, source: str) -> Envelope:
    """Build the envelope of an event."""
    loop_arn = arns.human_loop(event.human_loop_name)
    return Envelope(
        id=event.event_id,
        source=source,
        time=event.occurred_at,
        account=arns.account,
        region=arns.region,
        resource=loop_arn,
        detail={
            "creationTime": _timestamp(event.loop_created_at, "milliseconds"),
            "failureCode": event.failure_code,
            "failureReason": event.failure_reason,
            "flowDefinitionArn": arns.flow_definition(event.flow_definition_name),
            "humanLoopArn": loop_arn,
            "humanLoopName": event.human_loop_name,
            "humanLoopOutput": {"outputS3Uri": event.output_uri} if event.output_uri else None,
            "humanLoopStatus": event.status,
        },
    )


def _timestamp(time: datetime, precision: str) -> str:
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=precision) + "Z"
