"""The five operations of Amazon A2I's runtime."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from services.awswire import Context, Operations, ServiceError
from services.review.api.errors import THROTTLED, VALIDATION, as_service_errors
from services.review.api.pages import Order, one_page
from services.review.errors import HumanLoopConflict, RenderingBusy, UnknownHumanLoop
from services.review.humanloops import starting, stopping
from services.review.humanloops.finding import find_loop
from services.review.humanloops.flows import live_flow
from services.review.humanloops.output import output_location
from services.review.storage.states import FINISHED_STATES, shown_status
from services.review.storage.tables import HumanLoop

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from services.review.server.state import Review

operations = Operations("sagemaker-a2i-runtime")

NOT_FOUND = "ResourceNotFoundException"
_CODES = {UnknownHumanLoop: NOT_FOUND, HumanLoopConflict: "ConflictException", RenderingBusy: THROTTLED}


@operations.implements("StartHumanLoop")
def start_human_loop(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """Start a human loop; the same name, flow and input again returns the human loop that exists."""
    review: Review = context.state
    flow_name = review.arns.name_in(request["FlowDefinitionArn"], "flow-definition")
    if flow_name is None:
        raise ServiceError(VALIDATION, f"The flow definition {request['FlowDefinitionArn']} does not exist here.")
    input_content = request["HumanLoopInput"]["InputContent"]
    with as_service_errors(_CODES):
        digest = review.rendering.digest(input_content, caller=context.access_key)
    start = partial(
        starting.start,
        name=request["HumanLoopName"],
        flow_name=flow_name,
        input_content=input_content,
        digest=digest,
        classifiers=request.get("DataAttributes", {}).get("ContentClassifiers", []),
        now=review.clock(),
    )
    with as_service_errors(_CODES):
        started = review.database.write(start)
    context.outcome.adopted = started.adopted
    return {"HumanLoopArn": review.arns.human_loop(started.name)}


@operations.implements("DescribeHumanLoop")
def describe_human_loop(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """Describe a human loop."""
    review: Review = context.state
    with as_service_errors(_CODES):
        return review.database.read(partial(_describe, review=review, name=request["HumanLoopName"]))


@operations.implements("ListHumanLoops")
def list_human_loops(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """List the human loops of a flow by creation time, newest first unless asked otherwise.

    CreationTimeAfter includes its time and CreationTimeBefore does not, so adjacent windows find each human loop once.
    """
    review: Review = context.state
    with as_service_errors():
        return review.database.read(partial(_list, review=review, request=request))


@operations.implements("StopHumanLoop")
def stop_human_loop(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """Stop a human loop; people who work on it now may finish."""
    review: Review = context.state
    with as_service_errors(_CODES):
        review.database.write(partial(stopping.stop, name=request["HumanLoopName"], now=review.clock()))
    review.wake_outbox()
    return {}


@operations.implements("DeleteHumanLoop")
def delete_human_loop(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """Delete a finished human loop; its output in S3 stays."""
    review: Review = context.state
    with as_service_errors(_CODES):
        review.database.write(partial(stopping.delete, name=request["HumanLoopName"]))
    return {}


def _describe(session: Session, review: Review, name: str) -> dict[str, Any]:
    loop = find_loop(session, name)
    output = _output_uri(loop)
    return {
        "CreationTime": loop.created_at,
        "FailureReason": loop.failure_reason,
        "FailureCode": loop.failure_code,
        "HumanLoopStatus": shown_status(loop.state),
        "HumanLoopName": loop.name,
        "HumanLoopArn": review.arns.human_loop(loop.name),
        "FlowDefinitionArn": review.arns.flow_definition(loop.flow_definition.name),
        "HumanLoopOutput": {"OutputS3Uri": output} if output else None,
    }


def _output_uri(loop: HumanLoop) -> str | None:
    """Return where the output is, or will be: as in Amazon A2I, a human loop has its address from the start."""
    if loop.state in FINISHED_STATES:
        return loop.output_uri
    flow = loop.flow_definition
    return output_location(flow.output_path, flow.name, loop.created_at, loop.name).uri


def _list(session: Session, review: Review, request: dict[str, Any]) -> dict[str, Any]:
    arn = request["FlowDefinitionArn"]
    flow = live_flow(session, review.arns.name_in(arn, "flow-definition") or "")
    if flow is None:
        raise ServiceError(NOT_FOUND, f"The flow definition {arn} does not exist.")
    statement = select(HumanLoop).where(HumanLoop.flow_definition_id == flow.id)
    if "CreationTimeAfter" in request:
        statement = statement.where(HumanLoop.created_at >= request["CreationTimeAfter"])
    if "CreationTimeBefore" in request:
        statement = statement.where(HumanLoop.created_at < request["CreationTimeBefore"])
    order = Order(HumanLoop.created_at, HumanLoop.id, descending=request.get("SortOrder") != "Ascending")
    loops, token = one_page(session, statement, order, request)
    summaries = [
        {
            "HumanLoopName": loop.name,
            "HumanLoopStatus": shown_status(loop.state),
            "CreationTime": loop.created_at,
            "FailureReason": loop.failure_reason,
            "FlowDefinitionArn": arn,
        }
        for loop in loops
    ]
    return {"HumanLoopSummaries": summaries, "NextToken": token}
