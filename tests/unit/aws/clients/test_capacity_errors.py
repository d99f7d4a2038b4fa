"""A machine that was not to be had is told from every other failure."""

from __future__ import annotations

import pytest

from nightloop.aws.clients.capacity_errors import had_no_machine, is_capacity

TRAINING = "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different instance."
ENDPOINT = "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error."


@pytest.mark.parametrize("reason", [TRAINING, ENDPOINT, "Insufficient capacity error from EC2 while launching"])
def test_there_was_no_machine(reason):
    assert is_capacity(reason)
    assert had_no_machine({"status": "Failed", "FailureReason": reason})


@pytest.mark.parametrize(
    "reason",
    [
        None,
        "",
        "AlgorithmError: the capacity of the hash table is exceeded, exit code: 1",
        "ClientError: Data download failed",
        "InternalServerError: We encountered an internal error.  Please try again.",
    ],
)
def test_it_was_something_else(reason):
    assert not is_capacity(reason)


@pytest.mark.parametrize(
    "job",
    [
        {"status": "Failed", "FailureReason": TRAINING, "BillableTimeInSeconds": 700},
        {"status": "Failed", "FailureReason": TRAINING, "TrainingStartTime": 1.0},
        {"status": "Stopped", "FailureReason": TRAINING},
        {"status": "InProgress"},
    ],
)
def test_what_ran_was_paid_for_and_is_not_begun_anew_by_itself(job):
    assert not had_no_machine(job)
