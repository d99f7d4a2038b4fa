"""Finds answers given too fast that nobody has confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from services.review.storage.tables import Claim, FlowDefinition, HumanLoop

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SHOWN = 20


@dataclass(frozen=True)
class FastAnswers:
    """A flow's answers that wait for an administrator: how many, and the reviews of the last ones."""

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


def _last(session: Session, flow_id: int) -> tuple[str, ...]:
    names = (
        select(HumanLoop.name)
        .join(Claim, Claim.human_loop_id == HumanLoop.id)
        .where(Claim.flow_definition_id == flow_id, Claim.floor_seconds.is_not(None), Claim.confirmed_at.is_(None))
        .order_by(Claim.ended_at.desc())
        .limit(SHOWN)
    )
    return tuple(dict.fromkeys(session.scalars(names)))
