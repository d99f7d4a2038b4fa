import pytest

from services.sagemaker.jobs import states

SECONDARIES = sorted({state for state, _ in states.TRAINING} | set(states.TRAINING.values()))
EVENTS = sorted({event for _, event in states.TRAINING})

ALLOWED = {
    ("Starting", "download"): "Downloading",
    ("Starting", "stop"): "Stopping",
    ("Starting", "fail"): "Failed",
    ("Starting", "restart"): "Restarting",
    ("Restarting", "download"): "Downloading",
    ("Restarting", "stop"): "Stopping",
    ("Restarting", "fail"): "Failed",
    ("Restarting", "restart"): "Restarting",
    ("Downloading", "train"): "Training",
    ("Downloading", "stop"): "Stopping",
    ("Downloading", "fail"): "Failed",
    ("Downloading", "restart"): "Restarting",
    ("Training", "upload"): "Uploading",
    ("Training", "stop"): "Stopping",
    ("Training", "fail"): "Failed",
    ("Training", "restart"): "Restarting",
    ("Uploading", "complete"): "Completed",
    ("Uploading", "expire"): "MaxRuntimeExceeded",
    ("Uploading", "stop"): "Stopping",
    ("Uploading", "fail"): "Failed",
    ("Uploading", "restart"): "Restarting",
    ("Stopping", "stopped"): "Stopped",
}


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("secondary", SECONDARIES)
def test_every_cell_of_the_training_table(secondary, event):
    expected = ALLOWED.get((secondary, event))
    if expected is None:
        with pytest.raises(states.WrongTransitionError, match=secondary):
            states.training_after(secondary, event)
    else:
        assert states.training_after(secondary, event) == expected


@pytest.mark.parametrize(
    ("status", "event", "expected"),
    [("InProgress", "complete", "Completed"), ("InProgress", "stop", "Stopping"), ("Stopping", "stopped", "Stopped")],
)
def test_transform_table(status, event, expected):
    assert states.transform_after(status, event) == expected


@pytest.mark.parametrize("status", ["Completed", "Failed", "Stopped"])
@pytest.mark.parametrize("event", ["complete", "fail", "stop", "stopped"])
def test_nothing_follows_the_end_of_a_transform_job(status, event):
    with pytest.raises(states.WrongTransitionError):
        states.transform_after(status, event)


def test_exceeding_the_runtime_is_stopped_and_not_failed():
    assert states.primary_of("MaxRuntimeExceeded") == "Stopped"
    assert states.primary_of("Restarting") == "InProgress"


def test_every_secondary_status_has_a_message():
    assert set(states.MESSAGES) == set(SECONDARIES)


def test_a_transition_closes_the_one_before_and_the_last_ends_at_once():
    transitions = states.first_transition(1.0)
    transitions = states.reword_transition(transitions, "Launching requested ML instances")
    transitions = states.add_transition(transitions, "Downloading", 2.0)
    transitions = states.add_transition(transitions, "Failed", 3.0)

    assert transitions == [
        {"Status": "Starting", "StartTime": 1.0, "EndTime": 2.0, "StatusMessage": "Launching requested ML instances"},
        {"Status": "Downloading", "StartTime": 2.0, "EndTime": 3.0, "StatusMessage": "Downloading input data"},
        {"Status": "Failed", "StartTime": 3.0, "EndTime": 3.0, "StatusMessage": "Training job failed"},
    ]
