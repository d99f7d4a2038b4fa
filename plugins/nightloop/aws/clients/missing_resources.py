"""What SageMaker refuses because something was deleted or never existed: permanent, each with how to fix it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from nightloop.aws import errors


@dataclass(frozen=True)
class _Refusal:
    words: re.Pattern[str]
    kind: type[errors.SetupError]
    fix: str


_REFUSALS: Final = (
    _Refusal(
        re.compile(r"Could not find endpoint configuration"),
        errors.EndpointConfigMissingError,
        "Somebody deleted it. An endpoint that runs it still answers, but SageMaker does not say which model that is "
        "and cannot update the endpoint. Create an endpoint configuration of this name again, with the model it had "
        "(in the model registry, the version described as live with it), and clear the task. Or delete the endpoint, "
        "run this loop's bootstrap DAG, and bring back the version that was live with rollback_endpoint.",
    ),
    _Refusal(
        re.compile(r"Could not find endpoint "),
        errors.EndpointMissingError,
        "It was never created, or somebody deleted it. Run this loop's bootstrap DAG.",
    ),
    _Refusal(
        re.compile(r"Could not (find|access) model data"),
        errors.ArtefactMissingError,
        "The artefact was deleted, or the loop's role may not read it. Restore it (a version of the bucket, a copy) or "
        "extend the role, and clear the task. If the artefact is lost, train the model again: start its DAG with "
        "`ordinal` one higher.",
    ),
    _Refusal(
        re.compile(r"Could not find model "),
        errors.ModelMissingError,
        "Somebody deleted it. To make it again, run this loop's bootstrap DAG for the first model, clear the task "
        "create_model for the model of a training, or start rollback_endpoint for an earlier model. Then clear this "
        "task.",
    ),
    _Refusal(
        re.compile(r"Could not assume role|trust relationship|cannot be assumed", re.IGNORECASE),
        errors.RoleError,
        "Check that role_arn in the loop's file names a role that exists and trusts sagemaker.amazonaws.com. Correct "
        "it and clear the task.",
    ),
    _Refusal(
        re.compile(r"Requested image .* not found|ECR image .* is invalid"),
        errors.ImageMissingError,
        "Push the image, or correct training.image in the loop's file, and clear the task.",
    ),
    _Refusal(
        re.compile(r"Cannot update failed endpoint"),
        errors.EndpointFailedError,
        "A failed endpoint stays failed: delete it (DeleteEndpoint) and run this loop's bootstrap DAG.",
    ),
)


def missing_error(message: str, said: str) -> errors.SetupError | None:
    """Return the error that names what is gone and how to fix it; None if the refusal is about something else.

    :param message: SageMaker's message.
    :param said: How the error begins: who answered what.
    """
    for refusal in _REFUSALS:
        if refusal.words.search(message):
            return refusal.kind(f"{said.rstrip('.')}. {refusal.fix}")
    return None
