"""Starts a review; asking twice has the effect of asking once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from services.review.errors import HumanLoopConflict, UnknownFlowDefinition
from services.review.humanloops.flows import FlowStatus, live_flow
from services.review.storage.states import LoopState, SlotState
from services.review.storage.tables import HumanLoop, Slot

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from services.review.storage.tables import FlowDefinition


@dataclass(frozen=True)
class Started:
    """A review that exists now; `adopted` when an earlier call made it."""

    name: str
    adopted: bool


def start(
    session: Session,
    *,
    name: str,
    flow_name: str,
    input_content: str,
    digest: str,
    classifiers: Sequence[str],
    now: datetime,
) -> Started:
    """Start a review, or adopt the one of the same name, flow and input.

    A finished review is adopted too: a caller that repeats itself must not pay for the same review twice. For the same
    reason its name stays taken for any other input, though AWS refuses a name only while its human loop is active:
    names are unique in an account, and DescribeHumanLoop could not tell two reviews of one name apart. To review again,
    delete the review or use another name.

    :param digest: the `input_digest` of the input.
    :raises UnknownFlowDefinition: if there is no such flow, or it is being deleted.
    :raises HumanLoopConflict: if a review of this name has another flow or input.
    """
    flow = live_flow(session, flow_name)
    if flow is None or flow.status != FlowStatus.ACTIVE:
        raise UnknownFlowDefinition(f"the flow definition {flow_name} does not exist or is being deleted")
    existing = session.scalar(select(HumanLoop).where(HumanLoop.name == name))
    if existing is not None:
        if existing.flow_definition_id == flow.id and existing.input_digest == digest:
            return Started(name, adopted=True)
        raise HumanLoopConflict(f"a human loop named {name} exists and has a different input or flow definition")
    loop = _new_loop(flow, name, now)
    loop.input_content, loop.input_digest, loop.content_classifiers = input_content, digest, list(classifiers)
    session.add(loop)
    session.flush()
    for ordinal in range(flow.task_count):
        session.add(Slot(human_loop_id=loop.id, ordinal=ordinal, state=SlotState.WAITING))
    return Started(name, adopted=False)


def _new_loop(flow: FlowDefinition, name: str, now: datetime) -> HumanLoop:
    return HumanLoop(
        name=name,
        flow_definition_id=flow.id,
        state=LoopState.IN_PROGRESS,
        task_count=flow.task_count,
        created_at=now,
        expires_at=now + timedelta(seconds=flow.availability_seconds),
    )
