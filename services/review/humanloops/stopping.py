"""Ends reviews on request: stops one, stops all of a flow, deletes one that is finished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from services.review.errors import TransitionRefused
from services.review.humanloops.deleting_flows import bury_deleted_flows
from services.review.humanloops.finding import find_loop
from services.review.humanloops.flows import FlowStatus
from services.review.humanloops.settling import apply, settle
from services.review.storage.queues.claims import lock_loop
from services.review.storage.states import FINISHED_STATES, LoopEvent, LoopState, shown_status
from services.review.storage.tables import HumanLoop

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from services.review.storage.tables import FlowDefinition


def stop(session: Session, name: str, now: datetime) -> None:
    """Stop a review: at once if nobody works on it, else when the last worker has finished.

    :raises UnknownHumanLoop: if there is no such review.
    :raises TransitionRefused: if the review is finished.
    """
    loop = lock_loop(session, find_loop(session, name).id)
    if loop.state in FINISHED_STATES:
        raise TransitionRefused(
            f"The human loop {name} is already {shown_status(loop.state)}, so there is nothing to stop."
        )
    _stop(session, loop, now)


def delete(session: Session, name: str) -> None:
    """Delete a finished review with its answers; its output in S3 stays.

    :raises UnknownHumanLoop: if there is no such review.
    :raises TransitionRefused: if the review is not finished.
    """
    loop = lock_loop(session, find_loop(session, name).id)
    if loop.state not in FINISHED_STATES:
        raise TransitionRefused(
            f"The human loop {name} is {shown_status(loop.state)}. Only one that is Completed, Stopped or Failed "
            "can be deleted: stop it first, and delete it when it is Stopped."
        )
    session.delete(loop)


def delete_flow(session: Session, flow: FlowDefinition, now: datetime) -> None:
    """Delete a flow definition: stop its open reviews; it is deleted when the last worker has finished."""
    flow.status = FlowStatus.DELETING
    session.flush()
    open_loops = session.scalars(
        select(HumanLoop.id)
        .where(HumanLoop.flow_definition_id == flow.id, HumanLoop.state == LoopState.IN_PROGRESS)
        .order_by(HumanLoop.id)
    )
    for loop_id in open_loops.all():
        loop = lock_loop(session, loop_id)
        if loop.state == LoopState.IN_PROGRESS:
            _stop(session, loop, now)
    bury_deleted_flows(session, now)


def _stop(session: Session, loop: HumanLoop, now: datetime) -> None:
    apply(session, loop, LoopEvent.STOP_ASKED, now)
    settle(session, loop, now)
