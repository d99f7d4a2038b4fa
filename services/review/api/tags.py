"""Tags of templates, flow definitions and work teams."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from services.awswire import Context, ServiceError
from services.review.api.control_plane import operations
from services.review.api.errors import VALIDATION, as_service_errors
from services.review.api.pages import only_page
from services.review.storage.tables import FlowDefinition, HumanTaskUi, Tag, Workteam

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.orm import Session

    from services.review.server.state import Review

MAX_TAGS = 50
_TAGGABLE: Mapping[str, type[HumanTaskUi | FlowDefinition | Workteam]] = {
    "human-task-ui": HumanTaskUi,
    "flow-definition": FlowDefinition,
    "workteam/private-crowd": Workteam,
}


@operations.implements("ListTags")
def list_tags(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """List all tags of a resource; there are at most 50, one page."""
    review: Review = context.state
    with as_service_errors():
        only_page(request)
    return {"Tags": review.database.read(partial(_checked, review=review, arn=request["ResourceArn"]))}


@operations.implements("AddTags")
def add_tags(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """Add or overwrite tags and return all tags of the resource."""
    review: Review = context.state

    def add(session: Session) -> list[dict[str, str]]:
        _checked(session, review, request["ResourceArn"])
        put(session, request["ResourceArn"], request["Tags"])
        return tags_of(session, request["ResourceArn"])

    return {"Tags": review.database.write(add)}


@operations.implements("DeleteTags")
def delete_tags(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """Remove tags by key."""
    review: Review = context.state

    def remove(session: Session) -> None:
        arn = request["ResourceArn"]
        _checked(session, review, arn)
        session.execute(delete(Tag).where(Tag.resource_arn == arn, Tag.key.in_(request["TagKeys"])))

    review.database.write(remove)
    return {}


def put(session: Session, arn: str, tags: Iterable[Mapping[str, str]]) -> None:
    """Set tags of a resource, also those given when it is created; raises a ValidationException for more than 50."""
    for tag in tags:
        session.merge(Tag(resource_arn=arn, key=tag["Key"], value=tag["Value"]))
    session.flush()
    if len(tags_of(session, arn)) > MAX_TAGS:
        raise ServiceError(VALIDATION, f"{arn} would have more than {MAX_TAGS} tags.")


def forget(session: Session, arn: str) -> None:
    """Drop the tags of a deleted resource, so that the next one of the same name starts without tags."""
    session.execute(delete(Tag).where(Tag.resource_arn == arn))


def tags_of(session: Session, arn: str) -> list[dict[str, str]]:
    """Read the tags of a resource, by key."""
    rows = session.scalars(select(Tag).where(Tag.resource_arn == arn).order_by(Tag.key))
    return [{"Key": row.key, "Value": row.value} for row in rows]


def _checked(session: Session, review: Review, arn: str) -> list[dict[str, str]]:
    for kind, table in _TAGGABLE.items():
        name = review.arns.name_in(arn, kind)
        if name is not None:
            if session.scalar(select(table.id).where(table.name == name, table.deleted_at.is_(None))) is None:
                raise ServiceError(VALIDATION, f"The resource {arn} does not exist.")
            return tags_of(session, arn)
    kind = arn.split(":", 5)[-1].partition("/")[0]
    raise ServiceError(VALIDATION, f"Invalid resource type: {kind}")
