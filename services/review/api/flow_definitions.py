"""Flow definitions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from services.awswire import Context, ServiceError
from services.review.api import human_task_uis, tags, workteams
from services.review.api.characters import refuse_nul
from services.review.api.control_plane import IN_USE, NOT_FOUND, operations
from services.review.api.errors import VALIDATION, as_service_errors
from services.review.api.pages import Order, one_page
from services.review.formats.s3_locations import S3Location
from services.review.humanloops import stopping
from services.review.humanloops.flows import FlowStatus, live_flow
from services.review.storage.tables import FlowDefinition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from services.review.server.state import Review

DEFAULT_TIME_LIMIT_SECONDS = 3600
DEFAULT_AVAILABILITY_SECONDS = 864_000
_DESCRIBED = ("HumanLoopConfig", "OutputConfig", "RoleArn")


@operations.implements("CreateFlowDefinition")
def create_flow_definition(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """Create a flow definition; it is Active at once."""
    review: Review = context.state
    _check_custom_task(request)
    refuse_nul(request)
    with as_service_errors():
        S3Location.parse(request["OutputConfig"]["S3OutputPath"])
    review.database.write(partial(_create, review=review, request=request))
    return {"FlowDefinitionArn": review.arns.flow_definition(request["FlowDefinitionName"])}


@operations.implements("DescribeFlowDefinition")
def describe_flow_definition(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """Describe a flow definition."""
    review: Review = context.state
    row = review.database.read(partial(_required, review=review, name=request["FlowDefinitionName"]))
    return {
        "FlowDefinitionArn": review.arns.flow_definition(row.name),
        "FlowDefinitionName": row.name,
        "FlowDefinitionStatus": row.status,
        "CreationTime": row.created_at,
        **row.request,
    }


@operations.implements("ListFlowDefinitions")
def list_flow_definitions(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """List flow definitions by creation time, newest first unless asked otherwise."""
    review: Review = context.state
    statement = select(FlowDefinition).where(FlowDefinition.deleted_at.is_(None))
    if "CreationTimeAfter" in request:
        statement = statement.where(FlowDefinition.created_at >= request["CreationTimeAfter"])
    if "CreationTimeBefore" in request:
        statement = statement.where(FlowDefinition.created_at < request["CreationTimeBefore"])
    order = Order(FlowDefinition.created_at, FlowDefinition.id, descending=request.get("SortOrder") != "Ascending")
    with as_service_errors():
        rows, token = review.database.read(partial(one_page, statement=statement, order=order, request=request))
    summaries = [
        {
            "FlowDefinitionName": row.name,
            "FlowDefinitionArn": review.arns.flow_definition(row.name),
            "FlowDefinitionStatus": row.status,
            "CreationTime": row.created_at,
        }
        for row in rows
    ]
    return {"FlowDefinitionSummaries": summaries, "NextToken": token}


@operations.implements("DeleteFlowDefinition")
def delete_flow_definition(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """Delete a flow definition: its human loops are stopped, and people who work on one may finish."""
    review: Review = context.state

    def delete(session: Session) -> None:
        row = _required(session, review, request["FlowDefinitionName"])
        arn = review.arns.flow_definition(row.name)
        if row.status != FlowStatus.ACTIVE:
            raise ServiceError(IN_USE, f"The flow definition {arn} is already being deleted.")
        stopping.delete_flow(session, row, review.clock())
        tags.forget(session, arn)

    review.database.write(delete)
    review.wake_outbox()
    return {}


def _check_custom_task(request: Mapping[str, Any]) -> None:
    if "HumanLoopRequestSource" in request or "HumanLoopActivationConfig" in request:
        raise ServiceError(
            VALIDATION,
            "This service reviews custom tasks. Amazon Textract and Amazon Rekognition send results only to Amazon's "
            "own A2I, and activation conditions belong to them: leave out HumanLoopRequestSource and "
            "HumanLoopActivationConfig, decide yourself what to review, and call StartHumanLoop for it.",
        )
    if "HumanLoopConfig" not in request:
        raise ServiceError(VALIDATION, "HumanLoopConfig is required for a custom task.")
    if "PublicWorkforceTaskPrice" in request["HumanLoopConfig"]:
        raise ServiceError(VALIDATION, "PublicWorkforceTaskPrice is for a public workforce; this workforce is private.")


def _create(session: Session, review: Review, request: Mapping[str, Any]) -> None:
    config = request["HumanLoopConfig"]
    arn = review.arns.flow_definition(request["FlowDefinitionName"])
    if live_flow(session, request["FlowDefinitionName"]) is not None:
        raise ServiceError(IN_USE, f"The flow definition {arn} already exists.")
    team = workteams.live(session, review.arns.name_in(config["WorkteamArn"], workteams.PRIVATE))
    if team is None:
        message = f"The specified Workteam '{config['WorkteamArn']}' does not exist or you do not have access to it."
        raise ServiceError(VALIDATION, message)
    task_ui = human_task_uis.live(session, review.arns.name_in(config["HumanTaskUiArn"], "human-task-ui"))
    if task_ui is None:
        raise ServiceError(VALIDATION, f"The human task UI {config['HumanTaskUiArn']} does not exist.")
    session.add(
        FlowDefinition(
            name=request["FlowDefinitionName"],
            status=FlowStatus.ACTIVE,
            request={name: request[name] for name in _DESCRIBED},
            human_task_ui_id=task_ui.id,
            workteam_id=team.id,
            title=config["TaskTitle"],
            description=config["TaskDescription"],
            task_count=config["TaskCount"],
            time_limit_seconds=config.get("TaskTimeLimitInSeconds", DEFAULT_TIME_LIMIT_SECONDS),
            availability_seconds=config.get("TaskAvailabilityLifetimeInSeconds", DEFAULT_AVAILABILITY_SECONDS),
            output_path=request["OutputConfig"]["S3OutputPath"],
            kms_key_id=request["OutputConfig"].get("KmsKeyId"),
            created_at=review.clock(),
        )
    )
    tags.put(session, arn, request.get("Tags", []))


def _required(session: Session, review: Review, name: str) -> FlowDefinition:
    row = live_flow(session, name)
    if row is None:
        raise ServiceError(NOT_FOUND, f"The flow definition {review.arns.flow_definition(name)} does not exist.")
    return row
