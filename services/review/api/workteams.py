"""Private work teams: groups of this service's workers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from services.awswire import Context, ServiceError
from services.review.api import tags, workforces
from services.review.api.characters import refuse_nul
from services.review.api.control_plane import IN_USE, operations
from services.review.api.errors import VALIDATION, as_service_errors
from services.review.api.pages import Order, one_page
from services.review.humanloops.flows import flows_of_teams
from services.review.humanloops.workforce import workforce
from services.review.people.errors import TeamExists
from services.review.people.teams import create_team, live_team
from services.review.storage.tables import Workteam

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from services.review.server.state import Review

PRIVATE = "workteam/private-crowd"
live = live_team


@operations.implements("CreateWorkteam")
def create_workteam(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """Create a team of all workers of the groups it names."""
    review: Review = context.state
    _check(request)
    arn = review.arns.workteam(request["WorkteamName"])

    def create(session: Session) -> None:
        workforces.required(session, request)
        try:
            create_team(
                session,
                name=request["WorkteamName"],
                description=request["Description"],
                members=request["MemberDefinitions"],
                notification=request.get("NotificationConfiguration"),
                worker_access=request.get("WorkerAccessConfiguration"),
                now=review.clock(),
            )
        except TeamExists as error:
            raise ServiceError(IN_USE, f"The work team {arn} already exists.") from error
        tags.put(session, arn, request.get("Tags", []))

    review.database.write(create)
    return {"WorkteamArn": arn}


@operations.implements("DescribeWorkteam")
def describe_workteam(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """Describe a team; SubDomain is where its workers sign in."""
    review: Review = context.state

    def describe(session: Session) -> dict[str, Any]:
        return _described(session, review, _required(session, review, request["WorkteamName"]))

    return {"Workteam": review.database.read(describe)}


@operations.implements("ListWorkteams")
def list_workteams(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """List teams by name or creation time, ascending by default."""
    review: Review = context.state
    statement = select(Workteam).where(Workteam.deleted_at.is_(None))
    if "NameContains" in request:
        statement = statement.where(Workteam.name.contains(request["NameContains"], autoescape=True))
    column = Workteam.name if request.get("SortBy") == "Name" else Workteam.created_at
    order = Order(column, Workteam.id, descending=request.get("SortOrder") == "Descending")

    def page(session: Session) -> dict[str, Any]:
        rows, token = one_page(session, statement, order, request)
        return {"Workteams": [_described(session, review, row) for row in rows], "NextToken": token}

    with as_service_errors():
        return review.database.read(page)


@operations.implements("UpdateWorkteam")
def update_workteam(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """Change a team and return its full description."""
    review: Review = context.state
    _check(request)

    def update(session: Session) -> dict[str, Any]:
        row = _required(session, review, request["WorkteamName"])
        row.description = request.get("Description", row.description)
        row.member_definitions = request.get("MemberDefinitions", row.member_definitions)
        row.notification = request.get("NotificationConfiguration", row.notification)
        row.worker_access = request.get("WorkerAccessConfiguration", row.worker_access)
        row.updated_at = review.clock()
        session.flush()
        return _described(session, review, row)

    return {"Workteam": review.database.write(update)}


@operations.implements("DeleteWorkteam")
def delete_workteam(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """Delete a team; refused while a flow definition uses it, since nobody could answer its human loops."""
    review: Review = context.state

    def delete(session: Session) -> None:
        row = _required(session, review, request["WorkteamName"])
        arn = review.arns.workteam(row.name)
        flows = ", ".join(flow.name for flow in flows_of_teams(session, [row.id]))
        if flows:
            message = f"The work team {arn} is used by flow definitions: {flows}. Delete these first."
            raise ServiceError(VALIDATION, message)
        row.deleted_at = review.clock()
        tags.forget(session, arn)

    review.database.write(delete)
    return {"Success": True}


def _check(request: Mapping[str, Any]) -> None:
    refuse_nul(request)
    for definition in request.get("MemberDefinitions", []):
        if "CognitoMemberDefinition" in definition or not definition.get("OidcMemberDefinition", {}).get("Groups"):
            raise ServiceError(
                VALIDATION,
                "Members of this workforce are groups of its own workers: give OidcMemberDefinition with Groups, "
                "such as those of `create-worker --group`.",
            )
    presign = request.get("WorkerAccessConfiguration", {}).get("S3Presign", {}).get("IamPolicyConstraints", {})
    if "Enabled" in presign.values():
        raise ServiceError(
            VALIDATION,
            "Links to images cannot be tied to a worker's address: leave SourceIp and VpcSourceIp Disabled. To allow "
            "workers only from certain addresses, use UpdateWorkforce with SourceIpConfig.",
        )


def _required(session: Session, review: Review, name: str) -> Workteam:
    row = live_team(session, name)
    if row is None:
        raise ServiceError(VALIDATION, f"The work team {review.arns.workteam(name)} does not exist")
    return row


def _described(session: Session, review: Review, row: Workteam) -> dict[str, Any]:
    owner = workforce(session)
    return {
        "WorkteamName": row.name,
        "MemberDefinitions": row.member_definitions,
        "WorkteamArn": review.arns.workteam(row.name),
        "WorkforceArn": review.arns.workforce(owner.name) if owner else None,
        "Description": row.description,
        "SubDomain": review.settings.sub_domain,
        "CreateDate": row.created_at,
        "LastUpdatedDate": row.updated_at,
        "NotificationConfiguration": row.notification,
        "WorkerAccessConfiguration": row.worker_access,
    }
