"""Names of remote things, made from what a thing is and never from when it was made, so that a retry finds it again."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence

from nightloop.domain.errors import NamingError

LOOP_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]*")
LOOP_NAME_LIMIT = 20
REMOTE_NAME_LIMIT = 63


def human_loop_name(loop: str, image_uri: str, etag: str, model: str, purpose: str, ordinal: int = 0) -> str:  # noqa: PLR0917
    """Name the review of one image; `ordinal` counts repeated reviews of the same image for the same purpose.

    Fits HumanLoopName: at most 63 of `^[a-z0-9](-*[a-z0-9])*$`.
    """
    return f"{_checked(loop)}-{_digest(image_uri, etag, model, purpose, ordinal)}"


def input_human_loop_name(prefix: str, flow_definition_arn: str, input_content: str) -> str:
    """Name the human loop that asks about this input; the same input in another flow definition is another loop."""
    return f"{_checked(prefix)}-{_digest('human-loop', flow_definition_arn, input_content)}"


def task_ui_name(loop: str, template_text: str) -> str:
    """Name the worker's page made from a template."""
    return f"{_checked(loop)}-{_digest('task-ui', template_text)}"


def flow_definition_name(loop: str, **settings: object) -> str:
    """Name the flow definition with these settings (JSON values); A2I updates none, so new settings make another."""
    return f"{_checked(loop)}-{_digest('flow-definition', settings)}"


def training_job_name(loop: str, cohort: str, parent_model: str | None, **settings: object) -> str:
    """Name the training on a cohort from a parent model (or none), with these settings (hyperparameters, image)."""
    return f"{_checked(loop)}-train-{_digest('train', cohort, parent_model, settings)[:24]}"


def model_name(loop: str, training_job: str, **settings: object) -> str:
    """Name the model a training job made, as served with these settings (container image)."""
    return f"{_checked(loop)}-model-{_digest('model', training_job, settings)[:24]}"


def endpoint_config_name(loop: str, model: str, **settings: object) -> str:
    """Name the endpoint config that serves a model with these settings (instance type and count)."""
    return f"{_checked(loop)}-config-{_digest('endpoint-config', model, settings)[:24]}"


def model_package_group_name(loop: str) -> str:
    """Name the group in the model registry that holds a loop's models."""
    return f"{_checked(loop)}-models"


def alarm_prefix(loop: str) -> str:
    """Return the beginning of the names of a loop's alarms."""
    return f"{_checked(loop)}-alarm-"


def alarm_name(loop: str, endpoint_config: str, *, metric: str, **settings: object) -> str:
    """Name the alarm on a metric of the machines of an endpoint config, with these settings (statistic, threshold)."""
    return f"{alarm_prefix(loop)}{metric}-{_digest('alarm', endpoint_config, metric, settings)[:24]}"


def is_alarm_of(loop: str, name: str) -> bool:
    """Say whether an alarm's name was made from this loop's name, and not from a longer one."""
    return re.fullmatch(f"{re.escape(alarm_prefix(loop))}[A-Za-z0-9]+-[0-9a-f]{{24}}", name) is not None


def scaling_policy_names(loop: str) -> tuple[str, str]:
    """Name the policies that scale a loop's endpoint: by its load, and from no machine to the first."""
    return f"{_checked(loop)}-load", f"{_checked(loop)}-wake"


def scheduled_action_names(loop: str) -> tuple[str, str]:
    """Name the scheduled actions of a loop's endpoint: when the night begins, and when it ends."""
    return f"{_checked(loop)}-night", f"{_checked(loop)}-day"


def wake_alarm_name(loop: str) -> str:
    """Name the alarm that starts the first machine of a loop's endpoint."""
    return f"{_checked(loop)}-wake"


def transform_job_name(loop: str, model: str, holdout_digest: str) -> str:
    """Name the run of a model over the holdout whose images have this `images_digest`."""
    return f"{_checked(loop)}-transform-{_digest('transform', model, holdout_digest)[:24]}"


def night_job_name(loop: str, night: str, listed: str) -> str:
    """Name the transform job that scores images of a night, by the night's folder and the digest of their list.

    The model is no part of it: the job runs the live model of the moment it starts, and a rerun finds that job.
    """
    return f"{_checked(loop)}-night-{_digest('night', night, listed)[:24]}"


def queue_folder(date: str, chunk: str, night: str, model: str) -> str:
    """Name where a model's answers to one chunk of a night lie, below the folder of an asynchronous endpoint.

    Fits S3OutputPathExtension: letters, digits, '-' and '/'.
    """
    return f"{date}/{chunk}-{_digest('queue', night, model)[:16]}"


def queue_request(image_uri: str, etag: str) -> tuple[str, str]:
    """Name the request about one image in a queue, and the file of its answer: at most 32 characters, one dot."""
    identity = _digest("request", image_uri, etag)[:24]
    return identity, f"{identity}.out"


def evaluation_digest(champion: str, holdout_digest: str, classes: Sequence[str], **settings: object) -> str:
    """Name a comparison with a champion on a holdout (lines and images) of these classes, with these settings."""
    return _digest("evaluation", champion, holdout_digest, list(classes), settings)[:16]


def decision_digest(**limits: object) -> str:
    """Name the gate's decision about an evaluation by the limits it was made with."""
    return _digest("decision", limits)[:16]


def images_digest(etags: Mapping[str, str | None]) -> str:
    """Name a set of images by address and ETag, None for an image that is not there."""
    return _digest("images", sorted(etags.items()))[:16]


def holdout_digest(lines: Sequence[object], etags: Mapping[str, str | None]) -> str:
    """Name a holdout by its lines, in any order, and by its images' ETags."""
    return _digest("holdout", sorted(json.dumps(line, sort_keys=True) for line in lines), images_digest(etags))[:16]


def cohort_id(train_manifest: bytes) -> str:
    """Name a cohort by the bytes of its manifest: 16 hexadecimal digits."""
    return content_digest(train_manifest)


def content_digest(content: bytes) -> str:
    """Return 16 hexadecimal digits of the SHA-256 of some bytes."""
    return hashlib.sha256(content).hexdigest()[:16]


def _digest(*parts: object) -> str:
    # A JSON list keeps ("a", "bc") and ("ab", "c") apart.
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _checked(loop: str) -> str:
    if not LOOP_PATTERN.fullmatch(loop) or len(loop) > LOOP_NAME_LIMIT:
        raise NamingError(
            f"loop name {loop!r} must be 1 to {LOOP_NAME_LIMIT} characters of a-z, 0-9 and '-', not beginning with '-'"
        )
    return loop
