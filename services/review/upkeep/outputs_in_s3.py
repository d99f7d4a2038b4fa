"""Finds the outputs that S3 has: an older database may not know that they were written."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from sqlalchemy import func, select

from services.review.formats.s3_locations import S3Location
from services.review.storage.states import FINISHED_STATES, OPEN_STATES
from services.review.storage.tables import FlowDefinition, HumanLoop
from services.review.upkeep.errors import OutputsUnreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from services.review.s3.store import S3Store

_BATCH = 500
_TIMES = "%Y/%m/%d/%H/%M/%S"
# The clocks of two machines of the service may differ, and a review may commit a little later than it says.
_MARGIN = timedelta(hours=1)


@dataclass(frozen=True)
class WrittenOutput:
    """An output.json in S3, its flow and its review, and when the review was created."""

    location: S3Location
    flow_definition_id: int
    loop_name: str
    created_at: datetime

    def read(self, store: S3Store) -> dict[str, Any]:
        """Read it.

        :raises OutputsUnreachable: if S3 does not give it.
        :raises ValueError: if it is no output.json of this review.
        """
        try:
            document = json.loads(store.read(self.location))
        except (BotoCoreError, ClientError) as error:
            raise OutputsUnreachable(f"{self.location.uri} cannot be read: {error}") from error
        if not isinstance(document, dict) or document.get("humanLoopName") != self.loop_name:
            raise ValueError(f"{self.location.uri} is not the output of {self.loop_name}")
        return document


def begin_of_doubt(session: Session) -> datetime | None:
    """Return since when S3 may know more than this database: its oldest open review, or its newest; None for never."""
    oldest = session.scalar(select(func.min(HumanLoop.created_at)).where(HumanLoop.state.in_(OPEN_STATES)))
    newest = session.scalar(select(func.max(HumanLoop.created_at)))
    known = [moment for moment in (oldest, newest) if moment is not None]
    return min(known) if known else None


def unknown_outputs(session: Session, store: S3Store, since: datetime | None) -> Iterator[WrittenOutput]:
    """List the outputs of reviews created `since` that the database does not call finished.

    :raises OutputsUnreachable: if S3 does not list them.
    """
    finished = select(HumanLoop.name).where(HumanLoop.state.in_(FINISHED_STATES))
    for flow in session.scalars(select(FlowDefinition).where(FlowDefinition.deleted_at.is_(None))).all():
        yield from _others(session, _listed(store, flow, since), finished)


def orphaned_outputs(session: Session, store: S3Store) -> Iterator[tuple[WrittenOutput, FlowDefinition]]:
    """List the outputs of reviews that were deleted, of flow definitions that are or were here.

    :raises OutputsUnreachable: if S3 does not list them.
    """
    flows = {(flow.output_path, flow.name): flow for flow in session.scalars(select(FlowDefinition)).all()}
    for flow in flows.values():
        for output in _others(session, _listed(store, flow, None), select(HumanLoop.name)):
            yield output, flow


def _others(session: Session, listed: Iterator[WrittenOutput], names: Select[str]) -> Iterator[WrittenOutput]:
    """Leave out the outputs whose review is among some names."""
    while batch := list(islice(listed, _BATCH)):
        known = set(session.scalars(names.where(HumanLoop.name.in_([output.loop_name for output in batch]))))
        yield from (output for output in batch if output.loop_name not in known)


def _listed(store: S3Store, flow: FlowDefinition, since: datetime | None) -> Iterator[WrittenOutput]:
    folder = S3Location.parse(flow.output_path).join(flow.name)
    # The folders below it are the reviews' times of creation, so the keys are in the order of time.
    after = (since - _MARGIN).astimezone(UTC).strftime(_TIMES) if since else ""
    try:
        for location in store.list_after(folder, after):
            parts = location.key.removeprefix(f"{folder.key}/").split("/")
            if len(parts) == 8 and parts[-1] == "output.json":
                created = datetime.strptime("/".join(parts[:6]), _TIMES).replace(tzinfo=UTC)
                yield WrittenOutput(location, flow.id, parts[6], created)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucket":
            raise OutputsUnreachable(f"{folder.uri} cannot be listed: {error}") from error
    except BotoCoreError as error:
        raise OutputsUnreachable(f"{folder.uri} cannot be listed: {error}") from error
