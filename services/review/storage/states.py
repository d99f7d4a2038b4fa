"""The states of a review and the transitions between them: one table."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from services.review.errors import TransitionRefused

if TYPE_CHECKING:
    from collections.abc import Mapping


class LoopState(StrEnum):
    """The state of a review; two of the states are ours, and the API shows them as the state before them."""

    IN_PROGRESS = "InProgress"
    ANSWERED = "Answered"  # all answers are in the database, output.json is not in S3 yet
    STOPPING = "Stopping"
    CLOSING = "Closing"  # stopped with answers: nobody works on it, output.json is not in S3 yet
    COMPLETED = "Completed"
    STOPPED = "Stopped"
    FAILED = "Failed"


class LoopEvent(StrEnum):
    """What can happen to a review."""

    ALL_ANSWERED = "all answered"
    STOP_ASKED = "stop asked"
    LEFT_WITHOUT_ANSWER = "nobody works on it, no answer"
    LEFT_WITH_ANSWERS = "nobody works on it, some answers"
    OUTPUT_WRITTEN = "output written"
    AVAILABILITY_ENDED = "availability ended"
    DECLINED_BY_ENOUGH = "declined by as many workers as were asked for"


class SlotState(StrEnum):
    """The state of one of a review's `TaskCount` slots."""

    WAITING = "waiting"
    HELD = "held"
    ANSWERED = "answered"
    CLOSED = "closed"


class ClaimState(StrEnum):
    """The state of a worker's hold on a slot."""

    HELD = "held"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    DECLINED = "declined"
    EXPIRED = "expired"


OPEN_STATES = (LoopState.IN_PROGRESS, LoopState.ANSWERED, LoopState.STOPPING, LoopState.CLOSING)
FINISHED_STATES = (LoopState.COMPLETED, LoopState.STOPPED, LoopState.FAILED)

TRANSITIONS: Mapping[tuple[LoopState, LoopEvent], LoopState] = {
    (LoopState.IN_PROGRESS, LoopEvent.ALL_ANSWERED): LoopState.ANSWERED,
    (LoopState.IN_PROGRESS, LoopEvent.STOP_ASKED): LoopState.STOPPING,
    (LoopState.IN_PROGRESS, LoopEvent.AVAILABILITY_ENDED): LoopState.FAILED,
    (LoopState.IN_PROGRESS, LoopEvent.DECLINED_BY_ENOUGH): LoopState.FAILED,
    # Everybody has answered: there is nothing left to stop, so the review completes.
    (LoopState.ANSWERED, LoopEvent.STOP_ASKED): LoopState.ANSWERED,
    (LoopState.ANSWERED, LoopEvent.OUTPUT_WRITTEN): LoopState.COMPLETED,
    (LoopState.STOPPING, LoopEvent.STOP_ASKED): LoopState.STOPPING,
    (LoopState.STOPPING, LoopEvent.LEFT_WITHOUT_ANSWER): LoopState.STOPPED,
    (LoopState.STOPPING, LoopEvent.LEFT_WITH_ANSWERS): LoopState.CLOSING,
    (LoopState.CLOSING, LoopEvent.STOP_ASKED): LoopState.CLOSING,
    (LoopState.CLOSING, LoopEvent.OUTPUT_WRITTEN): LoopState.STOPPED,
}

_SHOWN_AS = {LoopState.ANSWERED: LoopState.IN_PROGRESS, LoopState.CLOSING: LoopState.STOPPING}


def next_state(state: str, event: LoopEvent) -> LoopState:
    """Look up the state after `event`; raises TransitionRefused if the table has no entry."""
    following = TRANSITIONS.get((LoopState(state), event))
    if following is None:
        raise TransitionRefused(f"a human loop that is {shown_status(state)} does not allow: {event}")
    return following


def shown_status(state: str) -> str:
    """Return the HumanLoopStatus the API shows for a state."""
    return _SHOWN_AS.get(LoopState(state), LoopState(state)).value
