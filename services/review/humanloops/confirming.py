"""Answers given too fast to have been thought about: an administrator who looked at one may let it count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from services.review.errors import UnknownTask
from services.review.storage.queues.claims import lock_loop
from services.review.storage.queues.outputs import ask_again
from services.review.storage.states import ClaimState, LoopState
from services.review.storage.tables import Claim, FlowDefinition, HumanLoop

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

SHOWN = 20


@dataclass(frozen=True)
class FastAnswers:
    """A flow's answers that wait for somebody to look at them: how many, and the loops of the last ones."""

    flow_name: str
    count: int
    loops: tuple[str, ...]


def unconfirmed(session: Session, flow_name: str | None = None) -> list[FastAnswers]:
    """List, by flow, the answers that were given too fast and that nobody confirmed; or only those of one flow."""
    waits = (Claim.floor_seconds.is_not(None), Claim.confirmed_at.is_(None), FlowDefinition.deleted_at.is_(None))
    counts = (
        select(FlowDefinition.name, FlowDefinition.id, func.count())
        .join(Claim, Claim.flow_definition_id == FlowDefinition.id)
        .where(*waits)
        .group_by(FlowDefinition.name, FlowDefinition.id)
        .order_by(FlowDefinition.name)
    )
    if flow_name is not None:
        counts = counts.where(FlowDefinition.name == flow_name)
    return [FastAnswers(name, count, _last(session, flow_id)) for name, flow_id, count in session.execute(counts)]


def confirm(session: Session, claim_id: str, *, by: str, now: datetime) -> str:
    """Let an answer count that was given too fast, and answer its loop's name; whoever does so first is remembered.

    An output.json that is written already is written again without the mark: a night that has not collected it yet
    learns from it. Raises UnknownTask.
    """
    claim = session.get(Claim, claim_id)
    if claim is None:
        raise UnknownTask
    loop = lock_loop(session, claim.human_loop_id)
    session.refresh(claim)
    if claim.state == ClaimState.SUBMITTED and claim.floor_seconds is not None and claim.confirmed_at is None:
        claim.confirmed_at, claim.confirmed_by = now, by
        if loop.state in {LoopState.COMPLETED, LoopState.STOPPED}:
            ask_again(session, loop.id, now)
    return loop.name


def any_confirmed(session: Session, loop_id: int) -> bool:
    """Tell whether an answer of a loop counts because somebody confirmed it."""
    statement = select(Claim.id).where(Claim.human_loop_id == loop_id, Claim.confirmed_at.is_not(None)).limit(1)
    return session.scalar(statement) is not None


def _last(session: Session, flow_id: int) -> tuple[str, ...]:
    names = (
        select(HumanLoop.name)
        .join(Claim, Claim.human_loop_id == HumanLoop.id)
        .where(Claim.flow_definition_id == flow_id, Claim.floor_seconds.is_not(None), Claim.confirmed_at.is_(None))
        .order_by(Claim.ended_at.desc())
        .limit(SHOWN)
    )
    return tuple(dict.fromkeys(session.scalars(names)))
