"""Accepts an answer: stored before it is acknowledged, once, and only in time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from services.review.errors import (
    ClaimExpired,
    InvalidInput,
    ReviewError,
    TaskAlreadySubmitted,
    TaskNotHeld,
    TaskNotShown,
)
from services.review.formats.strict_json import write_json
from services.review.humanloops.answer_checks import check_shapes
from services.review.humanloops.claiming import expired, find_claim
from services.review.humanloops.settling import end_claim
from services.review.render.markup.min_seconds import floor_seconds
from services.review.storage.queues.claims import lock_loop
from services.review.storage.states import ClaimState
from services.review.storage.tables import Claim, FlowDefinition, HumanLoop, HumanTaskUi

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from services.review.humanloops.answer_checks import Labels


@dataclass(frozen=True)
class Receipt:
    """What happened to an answer.

    A refusal is returned, not raised, because the late answer it names must be committed too.
    """

    flow_name: str
    refusal: ReviewError | None = None


def submit(
    session: Session,
    claim_id: str,
    worker_id: int,
    *,
    answer: object,
    seconds: object,
    now: datetime,
    labels: Labels | None = None,
    floor: float = 0.0,
) -> Receipt:
    """Accept a worker's answer to a task they hold.

    The same answer sent again is acknowledged again, so a page may repeat a request whose reply was lost. After an
    error nothing is stored, and the worker still holds the task.

    :param answer: the JSON object of the template's form.
    :param seconds: the active time the page measured, capped by the time since the task was accepted.
    :param labels: the known labels of the template's drawing tools.
    :param floor: an answer that took fewer seconds is accepted and marked.
    :raises UnknownTask: if the worker never had the task.
    :raises InvalidInput: if the answer or the seconds are malformed; InvalidAnswer if a shape is impossible.
    """
    claim = find_claim(session, claim_id, worker_id)
    loop = lock_loop(session, claim.human_loop_id)
    session.refresh(claim)
    flow_name = loop.flow_definition.name
    text = answer_text(answer)
    refusal = _refusal(claim, text, now)
    if isinstance(refusal, ClaimExpired):
        _keep_late(session, claim, loop, text, now)
    if refusal is not None:
        return Receipt(flow_name, refusal)
    if claim.state == ClaimState.HELD:
        check_shapes(answer, labels or {})
        claim.answer = text
        claim.active_seconds = active_seconds(seconds, (now - claim.accepted_at).total_seconds())
        claim.floor_seconds = floor if claim.active_seconds < floor else None
        end_claim(session, claim, loop, state=ClaimState.SUBMITTED, now=now)
    return Receipt(flow_name)


def _keep_late(session: Session, claim: Claim, loop: HumanLoop, text: str, now: datetime) -> None:
    claim.late_answer = text
    if claim.state == ClaimState.HELD:
        end_claim(session, claim, loop, state=ClaimState.EXPIRED, now=now)


def floor_of(session: Session, claim_id: str, *, otherwise: float) -> float:
    """Return the fewest seconds an answer to a task takes: its template's floor, or `otherwise`.

    It is 0 for a task that does not exist.
    """
    template = session.scalar(
        select(HumanTaskUi.content)
        .join(FlowDefinition, FlowDefinition.human_task_ui_id == HumanTaskUi.id)
        .join(Claim, Claim.flow_definition_id == FlowDefinition.id)
        .where(Claim.id == claim_id)
    )
    return 0.0 if template is None else floor_seconds(template, otherwise)


def active_seconds(claimed: object, wall_seconds: float) -> float:
    """Return the seconds a worker was active, precise to the millisecond, between 0 and the wall time.

    :raises InvalidInput: if the page did not send a finite number.
    """
    if isinstance(claimed, bool) or not isinstance(claimed, int | float) or not math.isfinite(claimed):
        raise InvalidInput(f"seconds must be a number, not {claimed!r}")
    return round(min(max(float(claimed), 0.0), max(wall_seconds, 0.0)), 3)


def _refusal(claim: Claim, text: str, now: datetime) -> ReviewError | None:
    if claim.state == ClaimState.SUBMITTED:
        return None if claim.answer == text else TaskAlreadySubmitted()
    if claim.state in {ClaimState.RETURNED, ClaimState.DECLINED}:
        return TaskNotHeld()
    if not claim.is_shown:
        return TaskNotShown()
    if claim.state == ClaimState.EXPIRED or claim.expires_at <= now:
        return expired(claim)
    return None


def answer_text(answer: object) -> str:
    """Write an answer as JSON; raises InvalidInput if it is not an object."""
    if not isinstance(answer, dict):
        raise InvalidInput("answer must be a JSON object: the form's names and their values")
    return write_json(answer)
