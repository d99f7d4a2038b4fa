"""Worker templates."""

from __future__ import annotations

import hashlib
import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from services.awswire import Context, ServiceError
from services.review.api import tags
from services.review.api.characters import refuse_nul
from services.review.api.control_plane import IN_USE, NOT_FOUND, operations
from services.review.api.errors import THROTTLED, as_service_errors
from services.review.api.pages import Order, one_page
from services.review.api.template_urls import template_url
from services.review.errors import RenderingBusy
from services.review.storage.tables import HumanTaskUi

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from services.review.server.state import Review

logger = logging.getLogger(__name__)


@operations.implements("CreateHumanTaskUi")
def create_human_task_ui(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """Store a template; one that is not Liquid is refused now, not when a worker opens it.

    Anything else that will not work goes to the log: AWS's response has no field for it.
    """
    review: Review = context.state
    content = request["UiTemplate"]["Content"]
    refuse_nul(request)
    with as_service_errors({RenderingBusy: THROTTLED}):
        findings = review.rendering.check(content, request["HumanTaskUiName"], caller=context.access_key)
    arn = review.arns.human_task_ui(request["HumanTaskUiName"])

    def create(session: Session) -> None:
        if live(session, request["HumanTaskUiName"]) is not None:
            raise ServiceError(IN_USE, f"The human task UI {arn} already exists.")
        digest = hashlib.sha256(content.encode()).hexdigest()
        session.add(
            HumanTaskUi(
                name=request["HumanTaskUiName"], content=content, content_sha256=digest, created_at=review.clock()
            )
        )
        tags.put(session, arn, request.get("Tags", []))

    review.database.write(create)
    for finding in findings:
        logger.warning("template: %s", finding.message, extra={"human_task_ui": arn, "code": finding.code})
    return {"HumanTaskUiArn": arn}


@operations.implements("DescribeHumanTaskUi")
def describe_human_task_ui(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """Describe a template: as AWS does, by the digest of its content and a temporary address of its text."""
    review: Review = context.state
    row = review.database.read(partial(_required, review=review, name=request["HumanTaskUiName"]))
    return {
        "HumanTaskUiArn": review.arns.human_task_ui(row.name),
        "HumanTaskUiName": row.name,
        "HumanTaskUiStatus": "Active",
        "CreationTime": row.created_at,
        "UiTemplate": {"Url": template_url(review, row), "ContentSha256": row.content_sha256},
    }


@operations.implements("ListHumanTaskUis")
def list_human_task_uis(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """List templates by creation time, newest first unless asked otherwise."""
    review: Review = context.state
    statement = select(HumanTaskUi).where(HumanTaskUi.deleted_at.is_(None))
    if "CreationTimeAfter" in request:
        statement = statement.where(HumanTaskUi.created_at >= request["CreationTimeAfter"])
    if "CreationTimeBefore" in request:
        statement = statement.where(HumanTaskUi.created_at < request["CreationTimeBefore"])
    order = Order(HumanTaskUi.created_at, HumanTaskUi.id, descending=request.get("SortOrder") != "Ascending")
    with as_service_errors():
        rows, token = review.database.read(partial(one_page, statement=statement, order=order, request=request))
    summaries = [
        {
            "HumanTaskUiName": row.name,
            "HumanTaskUiArn": review.arns.human_task_ui(row.name),
            "CreationTime": row.created_at,
        }
        for row in rows
    ]
    return {"HumanTaskUiSummaries": summaries, "NextToken": token}


@operations.implements("DeleteHumanTaskUi")
def delete_human_task_ui(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """Delete a template; flow definitions that use it still show it."""
    review: Review = context.state

    def delete(session: Session) -> None:
        row = _required(session, review, request["HumanTaskUiName"])
        row.deleted_at = review.clock()
        tags.forget(session, review.arns.human_task_ui(row.name))

    review.database.write(delete)
    return {}


def live(session: Session, name: str | None) -> HumanTaskUi | None:
    """Find the template of this name that is not deleted."""
    return session.scalar(select(HumanTaskUi).where(HumanTaskUi.name == name, HumanTaskUi.deleted_at.is_(None)))


def _required(session: Session, review: Review, name: str) -> HumanTaskUi:
    row = live(session, name)
    if row is None:
        raise ServiceError(NOT_FOUND, f"The human task UI {review.arns.human_task_ui(name)} does not exist.")
    return row
