"""The states of jobs, as tables: the transitions, and SageMaker's words for them."""

from collections.abc import Sequence
from typing import Any

TERMINAL = frozenset({"Completed", "Failed", "Stopped"})

# (secondary status, event) -> secondary status of a training job
TRAINING: dict[tuple[str, str], str] = {
    ("Starting", "download"): "Downloading",
    ("Restarting", "download"): "Downloading",
    ("Downloading", "train"): "Training",
    ("Training", "upload"): "Uploading",
    ("Uploading", "complete"): "Completed",
    ("Uploading", "expire"): "MaxRuntimeExceeded",
    ("Stopping", "stopped"): "Stopped",
} | {
    (running, event): result
    for running in ("Starting", "Restarting", "Downloading", "Training", "Uploading")
    for event, result in (("stop", "Stopping"), ("fail", "Failed"), ("restart", "Restarting"))
}

# (status, event) -> status of a transform job
TRANSFORM: dict[tuple[str, str], str] = {
    ("InProgress", "complete"): "Completed",
    ("InProgress", "fail"): "Failed",
    ("InProgress", "stop"): "Stopping",
    ("Stopping", "stopped"): "Stopped",
}

PRIMARY = {
    "Completed": "Completed",
    "Failed": "Failed",
    "Stopping": "Stopping",
    "Stopped": "Stopped",
    "MaxRuntimeExceeded": "Stopped",
}

MESSAGES = {
    "Starting": "Starting the training job",
    "Restarting": "Restarting the training job from its inputs",
    "Downloading": "Downloading input data",
    "Training": "Training image download completed. Training in progress.",
    "Uploading": "Uploading generated training model",
    "Completed": "Training job completed",
    "Failed": "Training job failed",
    "Stopping": "Stopping the training job",
    "Stopped": "Training job stopped",
    "MaxRuntimeExceeded": "Training job runtime exceeded MaxRuntimeInSeconds provided",
}

Transition = dict[str, Any]


class WrongTransitionError(ValueError):
    """An event cannot happen in a state: a defect of the service."""


def training_after(secondary: str, event: str) -> str:
    """Look up the secondary status after an event; raises WrongTransitionError if there is none."""
    return _look_up(TRAINING, secondary, event)


def transform_after(status: str, event: str) -> str:
    """Look up the status after an event; raises WrongTransitionError if there is none."""
    return _look_up(TRANSFORM, status, event)


def primary_of(secondary: str) -> str:
    """Return the TrainingJobStatus of a secondary status."""
    return PRIMARY.get(secondary, "InProgress")


def _look_up(table: dict[tuple[str, str], str], state: str, event: str) -> str:
    following = table.get((state, event))
    if following is None:
        raise WrongTransitionError(f"event {event!r} cannot happen in state {state!r}")
    return following


def first_transition(now: float) -> list[Transition]:
    """Begin the list of secondary status transitions."""
    return [{"Status": "Starting", "StartTime": now, "StatusMessage": MESSAGES["Starting"]}]


def add_transition(transitions: Sequence[Transition], secondary: str, now: float) -> list[Transition]:
    """Close the open transition and add the next; the last one of a job starts and ends at once."""
    closed = [*transitions[:-1], transitions[-1] | {"EndTime": now}]
    added: Transition = {"Status": secondary, "StartTime": now, "StatusMessage": MESSAGES[secondary]}
    if primary_of(secondary) in TERMINAL:
        added["EndTime"] = now
    return [*closed, added]


def reword_transition(transitions: Sequence[Transition], message: str) -> list[Transition]:
    """Change the message of the open transition in place, as SageMaker does within one status."""
    return [*transitions[:-1], transitions[-1] | {"StatusMessage": message}]
