"""The one private workforce: the workers of this service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from services.awswire import Context, ServiceError
from services.review.api.control_plane import IN_USE, operations
from services.review.api.errors import VALIDATION, as_service_errors
from services.review.api.pages import only_page
from services.review.humanloops.workforce import ONLY_ID, check_cidrs, workforce
from services.review.storage.tables import Workforce, Workteam

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from services.review.config.settings import Settings
    from services.review.server.state import Review

DEFAULT_NAME = "default"
_ELSEWHERE = {
    "CognitoConfig": "workers sign in at this service's portal or at an OIDC provider, never at Amazon Cognito's "
    "own pages (a Cognito user pool can be that provider)",
    "OidcConfig": "the provider of OIDC sign-in is a setting of this service, NIGHTLOOP_REVIEW_OIDC_ISSUER and the "
    "settings with it, and changes with them",
    "WorkforceVpcConfig": "the network of this service decides from where the portal can be reached",
    "Tags": "a workforce has no tags",
}


@operations.implements("CreateWorkforce")
def create_workforce(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """Create the workforce again after it was deleted; there is never more than one."""
    review: Review = context.state
    name = request["WorkforceName"]

    def create(session: Session) -> None:
        if workforce(session) is not None:
            raise ServiceError(
                VALIDATION,
                f"Cannot create more than one workforce for account {review.settings.account}. If you are trying to "
                "update existing workforce, please use UpdateWorkforce API",
            )
        cidrs, now = _checked_cidrs(request), review.clock()
        session.add(Workforce(id=ONLY_ID, name=name, source_ip_cidrs=cidrs or [], created_at=now, updated_at=now))
        session.flush()
        _change(session, request)

    review.database.write(create)
    return {"WorkforceArn": review.arns.workforce(name)}


@operations.implements("DescribeWorkforce")
def describe_workforce(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """Describe the workforce."""
    review: Review = context.state
    return {"Workforce": _described(review, review.database.read(lambda session: required(session, request)))}


@operations.implements("ListWorkforces")
def list_workforces(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """List the workforce."""
    review: Review = context.state
    with as_service_errors():
        only_page(request)
    row = review.database.read(workforce)
    wanted = row is not None and request.get("NameContains", "") in row.name
    return {"Workforces": [_described(review, row)] if row is not None and wanted else []}


@operations.implements("UpdateWorkforce")
def update_workforce(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """Change the addresses that workers may come from; an empty list of Cidrs allows every address."""
    review: Review = context.state

    def update(session: Session) -> Workforce:
        row = required(session, request)
        _change(session, request)
        row.updated_at = review.clock()
        return row

    return {"Workforce": _described(review, review.database.write(update))}


@operations.implements("DeleteWorkforce")
def delete_workforce(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """Delete the workforce; refused while it has teams. The workers' accounts stay."""
    review: Review = context.state

    def delete(session: Session) -> None:
        row = required(session, request)
        teams = session.scalars(select(func.count()).where(Workteam.deleted_at.is_(None))).one()
        if teams:
            arn = review.arns.workforce(row.name)
            raise ServiceError(IN_USE, f"The workforce {arn} has {teams} work teams. Delete them first.")
        session.delete(row)

    review.database.write(delete)
    return {}


def required(session: Session, request: Mapping[str, Any]) -> Workforce:
    """Find the workforce a request names, or means; raises a ValidationException for any other."""
    row = workforce(session)
    name = request.get("WorkforceName", row.name if row else DEFAULT_NAME)
    if row is None or row.name != name:
        there = f"the private workforce is {row.name}" if row else "create one with CreateWorkforce"
        raise ServiceError(VALIDATION, f"No workforce found with name {name}; {there}.")
    return row


def _change(session: Session, request: Mapping[str, Any]) -> None:
    for name, reason in _ELSEWHERE.items():
        if name in request:
            raise ServiceError(VALIDATION, f"{name} cannot be set: {reason}.")
    row = session.get_one(Workforce, ONLY_ID)
    cidrs = _checked_cidrs(request)
    row.source_ip_cidrs = row.source_ip_cidrs if cidrs is None else cidrs
    row.ip_address_type = request.get("IpAddressType", row.ip_address_type)


def _checked_cidrs(request: Mapping[str, Any]) -> list[str] | None:
    if "SourceIpConfig" not in request:
        return None
    cidrs: list[str] = request["SourceIpConfig"]["Cidrs"]
    with as_service_errors():
        check_cidrs(cidrs)
    return cidrs


def _provider(settings: Settings) -> dict[str, str] | None:
    """Show the provider of OIDC sign-in, as far as the settings name it; its own metadata has the rest."""
    if not settings.oidc_issuer:
        return None
    return {"Issuer": settings.oidc_issuer, "ClientId": settings.oidc_client_id, "Scope": settings.oidc_scope}


def _described(review: Review, row: Workforce) -> dict[str, Any]:
    return {
        "WorkforceName": row.name,
        "WorkforceArn": review.arns.workforce(row.name),
        "SubDomain": review.settings.sub_domain,
        "SourceIpConfig": {"Cidrs": row.source_ip_cidrs},
        "OidcConfig": _provider(review.settings),
        "IpAddressType": row.ip_address_type,
        "CreateDate": row.created_at,
        "LastUpdatedDate": row.updated_at,
        "Status": "Active",
    }
