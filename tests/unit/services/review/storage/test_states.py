"""Every cell of the table of states and events."""

import itertools

import pytest

from services.review.errors import TransitionRefused
from services.review.storage.states import (
    FINISHED_STATES,
    OPEN_STATES,
    TRANSITIONS,
    LoopEvent,
    LoopState,
    next_state,
    shown_status,
)

IN_PROGRESS, ANSWERED, STOPPING, CLOSING, COMPLETED, STOPPED, FAILED = LoopState
EXPECTED = {
    (IN_PROGRESS, LoopEvent.ALL_ANSWERED): ANSWERED,
    (IN_PROGRESS, LoopEvent.STOP_ASKED): STOPPING,
    (IN_PROGRESS, LoopEvent.AVAILABILITY_ENDED): FAILED,
    (IN_PROGRESS, LoopEvent.DECLINED_BY_ENOUGH): FAILED,
    (ANSWERED, LoopEvent.STOP_ASKED): ANSWERED,
    (ANSWERED, LoopEvent.OUTPUT_WRITTEN): COMPLETED,
    (STOPPING, LoopEvent.STOP_ASKED): STOPPING,
    (STOPPING, LoopEvent.LEFT_WITHOUT_ANSWER): STOPPED,
    (STOPPING, LoopEvent.LEFT_WITH_ANSWERS): CLOSING,
    (CLOSING, LoopEvent.STOP_ASKED): CLOSING,
    (CLOSING, LoopEvent.OUTPUT_WRITTEN): STOPPED,
}


@pytest.mark.parametrize(("state", "event"), list(itertools.product(LoopState, LoopEvent)))
def test_every_cell(state, event):
    if (state, event) in EXPECTED:
        assert next_state(state, event) is EXPECTED[state, event]
    else:
        with pytest.raises(TransitionRefused, match=shown_status(state)):
            next_state(state, event)


def test_what_is_finished_stays_so():
    assert not {state for state, _ in TRANSITIONS} & set(FINISHED_STATES)
    assert set(OPEN_STATES) | set(FINISHED_STATES) == set(LoopState)


def test_completed_is_reached_only_once_the_output_is_written():
    assert {event for (_, event), state in TRANSITIONS.items() if state is COMPLETED} == {LoopEvent.OUTPUT_WRITTEN}


def test_the_api_shows_only_states_amazon_has():
    shown = {shown_status(state) for state in LoopState}
    assert shown == {"InProgress", "Failed", "Completed", "Stopped", "Stopping"}
    assert shown_status(ANSWERED) == "InProgress"
    assert shown_status(CLOSING) == "Stopping"
