"""Takes a task back from a worker, for an administrator who cannot wait for its time to end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.review.errors import UnknownTask
from services.review.humanloops.settling import end_claim
from services.review.storage.queues.claims import lock_loop
from services.review.storage.states import ClaimState
from services.review.storage.tables import Claim

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


def recall(session: Session, claim_id: str, now: datetime) -> str:
    """End the time of a held task now, and return the name of its review.

    It is as if TaskTimeLimitInSeconds had passed: the task returns to the queue (if the review is being stopped, the
    task closes), the worker may get it again, and an answer they still send is kept as a late answer. A task that
    nobody holds stays as it is.

    :raises UnknownTask: if there is no such task.
    """
    claim = session.get(Claim, claim_id)
    if claim is None:
        raise UnknownTask
    loop = lock_loop(session, claim.human_loop_id)
    session.refresh(claim)
    if claim.state == ClaimState.HELD:
        claim.expires_at = min(claim.expires_at, now)
        end_claim(session, claim, loop, state=ClaimState.EXPIRED, now=now)
    return loop.name
