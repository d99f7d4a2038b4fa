"""What SageMaker refuses because something was deleted or never there: permanent, each with its mend."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from nightloop.aws import errors


@dataclass(frozen=True)
class _Refusal:
    words: re.Pattern[str]
    kind: type[errors.SetupError]
    mend: str


_REFUSALS: Final = (
    _Refusal(
        re.compile(r"Could not find endpoint configuration"),
        errors.EndpointConfigMissingError,
        "Somebody deleted it. An endpoint that runs it goes on answering, but which model that is cannot be asked, and "
        "SageMaker updates no such endpoint. Create an endpoint configuration of this name again with the model it had "
        "(the version described as live with it in the model registry says which) and clear the task; or delete the "
        "endpoint, run this loop's bootstrap DAG, and put the version that was live back with rollback_endpoint.",
    ),
    _Refusal(
        re.compile(r"Could not find endpoint "),
        errors.EndpointMissingError,
        "It was never created, or was deleted: run this loop's bootstrap DAG.",
    ),
    _Refusal(
        re.compile(r"Could not (find|access) model data"),
        errors.ArtefactMissingError,
        "The artefact was deleted, or the loop's role may not read it. Restore it (a version of the bucket, a copy) or "
        "extend the role, and clear the task; a model whose artefact is lost has to be trained anew: start its DAG "
        "with `ordinal` one higher.",
    ),
    _Refusal(
        re.compile(r"Could not find model "),
        errors.ModelMissingError,
        "It was deleted. The first model is made again by this loop's bootstrap DAG, that of a training by clearing "
        "its task create_model, an earlier one by rollback_endpoint; then clear the task.",
    ),
    _Refusal(
        re.compile(r"Could not assume role|trust relationship|cannot be assumed", re.IGNORECASE),
        errors.RoleError,
        "Does role_arn of the loop's file name a role that exists and trusts sagemaker.amazonaws.com? Correct it and "
        "clear the task.",
    ),
    _Refusal(
        re.compile(r"Requested image .* not found|ECR image .* is invalid"),
        errors.ImageMissingError,
        "Push the image, or correct training.image in the loop's file, and clear the task.",
    ),
    _Refusal(
        re.compile(r"Cannot update failed endpoint"),
        errors.EndpointFailedError,
        "A failed endpoint stays so: delete it (DeleteEndpoint) and run this loop's bootstrap DAG.",
    ),
)


def missing_error(message: str, said: str) -> errors.SetupError | None:
    """Return the error that names what is gone and the mend; None if the refusal is about something else.

    :param message: SageMaker's message.
    :param said: How the error begins: who answered what.
    """
    for refusal in _REFUSALS:
        if refusal.words.search(message):
            return refusal.kind(f"{said.rstrip('.')}. {refusal.mend}")
    return None
