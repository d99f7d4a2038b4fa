"""Keeps unsent work while the task is held, so that a crashed browser loses nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from services.review.errors import ClaimExpired, TaskNotShown
from services.review.humanloops.answering import active_seconds, answer_text
from services.review.humanloops.claiming import find_claim, look_at
from services.review.storage.states import ClaimState
from services.review.storage.tables import Claim

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


def keep(
    session: Session, claim_id: str, worker_id: int, *, answer: object, seconds: object, now: datetime
) -> ClaimExpired | None:
    """Replace the draft of a task a worker holds with their answer so far; None as answer deletes the draft.

    A draft that arrives shortly after the task's time has ended becomes the late answer. The refusal is then returned,
    not raised, so that the late answer is committed too.

    :raises ReviewError: `UnknownTask`, `TaskNotHeld`, `TaskAlreadySubmitted`, `TaskNotShown` or `InvalidInput`.
    """
    text = None if answer is None else answer_text(answer)
    claim = find_claim(session, claim_id, worker_id)
    worked = active_seconds(seconds, (now - claim.accepted_at).total_seconds())
    try:
        if not look_at(session, claim_id, worker_id, now).is_shown:
            raise TaskNotShown
    except ClaimExpired as refusal:
        claim.late_answer = text or claim.late_answer
        return refusal
    session.execute(
        update(Claim)
        .where(Claim.id == claim_id, Claim.state == ClaimState.HELD)
        .values(draft=text, draft_seconds=worked if text else None)
        .execution_options(synchronize_session=False)
    )
    return None
