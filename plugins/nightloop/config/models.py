"""The settings of one loop, as its YAML file names them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from nightloop.config.deciding import Budget, Selection, Trust
from nightloop.config.rules import Rule


def _rule(**limits: Any) -> dict[str, Rule]:  # noqa: ANN401
    return {"rule": Rule(**limits)}


_S3_URI = _rule(pattern=r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/.+", hint="an S3 URI: s3://bucket/key")
_INSTANCE_TYPE = _rule(pattern=r"ml\.[a-z0-9-]+\.[a-z0-9]+", hint="a SageMaker instance type, such as ml.m5.large")
_COUNT = _rule(minimum=1)
_SHARE = _rule(minimum=0, maximum=1)
_SEED = _rule(minimum=0, maximum=2**32 - 1)


@dataclass(frozen=True, slots=True)
class Seed:
    """What the first model learns from, and the fixed set that no model ever learns from (augmented manifests).

    ``copy_bits``: a picture whose hash differs in at most so many of 64 bits from that of a holdout picture, or of its
    mirror image, is a copy of it and never learned from; null: only one of equal bytes is.
    """

    manifest: str = field(metadata=_S3_URI)
    holdout: str = field(metadata=_S3_URI)
    copy_bits: int | None = field(default=10, metadata=_rule(minimum=0, maximum=16))


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The live detector."""

    name: str = field(
        metadata=_rule(pattern=r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", hint="letters, digits and '-', <= 63")
    )
    instance_type: str = field(default="ml.m5.large", metadata=_INSTANCE_TYPE)
    instance_count: int = field(default=1, metadata=_COUNT)


@dataclass(frozen=True, slots=True)
class Scoring:
    """How the day's images are sent to the endpoint; ``concurrency`` is requests at once in one task."""

    images_per_chunk: int = field(default=50, metadata=_rule(minimum=1, maximum=10_000))
    concurrency: int = field(default=4, metadata=_rule(minimum=1, maximum=100))
    read_timeout_seconds: int = field(default=70, metadata=_rule(minimum=1, maximum=600))


@dataclass(frozen=True, slots=True)
class Review:
    """Which images people see, who sees them, and for how long.

    The reviewers' deadline is ``answer_by``, a time of day on the clock of ``deadline_timezone`` (the loop's, if None);
    without it they have ``answer_within_minutes``. A review nobody answered is stopped ``give_up_after_nights`` later.
    An answer given in less than ``min_seconds`` is not learned from unless somebody confirms it.
    ``events_queue_url`` is an SQS queue of A2I's events: it makes the wait shorter, nothing depends on it.
    """

    workteam_arn: str = field(
        metadata=_rule(
            pattern=r"arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:[0-9]{12}:workteam/.+",
            hint="a work team's ARN: arn:aws:sagemaker:REGION:ACCOUNT:workteam/private-crowd/NAME",
        )
    )
    template: str = "include/templates/bounding-box.liquid.html"
    score_threshold: float = field(default=0.5, metadata=_SHARE)
    audit_share: float = field(default=0.1, metadata=_SHARE)
    seed: int = field(default=7, metadata=_SEED)
    initial_box_score: float = field(default=0.3, metadata=_SHARE)
    title: str = field(default="Draw a box around every object", metadata=_rule(shortest=1, longest=128))
    description: str = field(
        default="Correct the model's boxes and draw the missing ones.", metadata=_rule(shortest=1, longest=255)
    )
    keywords: tuple[str, ...] = field(default=(), metadata=_rule(longest=5, item=Rule(shortest=1, longest=30)))
    task_count: int = field(default=1, metadata=_rule(minimum=1, maximum=3))
    task_time_limit_seconds: int = field(default=3600, metadata=_rule(minimum=30, maximum=28_800))
    availability_seconds: int = field(default=43_200, metadata=_rule(minimum=1, maximum=2_592_000))
    answer_by: str | None = field(
        default=None,
        metadata=_rule(pattern=r"([01][0-9]|2[0-3]):[0-5][0-9]", hint="a time of day in quotes, such as '07:30'"),
    )
    deadline_timezone: str | None = None
    answer_within_minutes: int = field(default=600, metadata=_COUNT)
    give_up_after_nights: int = field(default=3, metadata=_rule(minimum=1, maximum=365))
    min_seconds: float = field(default=1.0, metadata=_rule(minimum=0, maximum=3600))
    events_queue_url: str | None = field(
        default=None, metadata=_rule(pattern=r"https?://[^\s]+", hint="the URL of an SQS queue")
    )
    poll_seconds: int = field(default=30, metadata=_COUNT)
    price_per_review: float = field(default=0.0, metadata=_rule(minimum=0))


@dataclass(frozen=True, slots=True)
class Limits:
    """What may go wrong in a night before it fails.

    Shares, 0..1, of images without a score, of reviews that could not be opened, and of ended reviews without a usable
    answer. Fewer failures than ``few`` never fail a night.
    """

    max_unscored_share: float = field(default=0.5, metadata=_SHARE)
    max_unopened_share: float = field(default=0.5, metadata=_SHARE)
    max_unusable_share: float = field(default=0.5, metadata=_SHARE)
    few: int = field(default=5, metadata=_COUNT)


@dataclass(frozen=True, slots=True)
class Training:
    """How models are trained.

    ``first`` and ``incremental`` are hyperparameters as SageMaker takes them (text to text); the YAML's ``incremental``
    says only what differs from ``first``, here it is complete. ``num_classes``, ``num_training_samples`` and
    ``label_width`` are not among them: they follow from the classes and the manifest. ``negatives`` says whether
    reviewed images without any object are trained on: what the built-in algorithm does with them is not documented.
    ``validation_share`` of a cohort's lines is what a job validates on: the holdout stays unseen until the gate.
    """

    image: str = field(metadata=_rule(shortest=1, longest=255))
    first: dict[str, str]
    incremental: dict[str, str]
    instance_type: str = field(default="ml.p3.2xlarge", metadata=_INSTANCE_TYPE)
    volume_gb: int = field(default=50, metadata=_rule(minimum=1, maximum=16_384))
    max_runtime_seconds: int = field(default=36_000, metadata=_rule(minimum=1, maximum=2_419_200))
    input_mode: Literal["Pipe", "File"] = "Pipe"
    minimum_new_lines: int = field(default=10, metadata=_COUNT)
    negatives: Literal["leave-out", "keep"] = "leave-out"
    validation_share: float = field(default=0.1, metadata=_rule(minimum=0.01, maximum=0.5))


@dataclass(frozen=True, slots=True)
class Transform:
    """The machine that runs a model over the holdout."""

    instance_type: str = field(default="ml.m5.large", metadata=_INSTANCE_TYPE)
    instance_count: int = field(default=1, metadata=_COUNT)


@dataclass(frozen=True, slots=True)
class Gate:
    """What a new model must prove; drops are of average precision, 0..1.

    A holdout of fewer than ``min_holdout_images`` proves nothing: no model is promoted on it, nor kept out by it.
    With ``approval`` required a person decides within ``approval_within_minutes``; no answer promotes nothing.
    """

    confidence: float = field(default=0.9, metadata=_rule(above=0.5, maximum=1))
    max_class_drop: float = field(default=0.3, metadata=_SHARE)
    min_class_objects: int = field(default=5, metadata=_COUNT)
    min_holdout_images: int = field(default=30, metadata=_rule(minimum=10))
    bootstrap_rounds: int = field(default=1000, metadata=_rule(minimum=100, maximum=100_000))
    seed: int = field(default=1, metadata=_SEED)
    approval: Literal["none", "required"] = "none"
    approval_within_minutes: int = field(default=1440, metadata=_COUNT)


@dataclass(frozen=True, slots=True)
class Alarm:
    """What the new model's machines must not do while it takes over; ``threshold`` is in the metric's own unit.

    Latencies are in microseconds; errors are counted. ``periods`` in a row must be above the threshold.
    """

    metric: Literal[
        "Invocation4XXErrors", "Invocation5XXErrors", "InvocationModelErrors", "ModelLatency", "OverheadLatency"
    ]
    threshold: float = field(metadata=_rule(minimum=0))
    statistic: str = field(
        default="Sum",
        metadata=_rule(
            pattern=r"Average|Sum|Minimum|Maximum|SampleCount|p[0-9]{1,2}(\.[0-9]{1,2})?",
            hint="Average, Sum, Minimum, Maximum, SampleCount or a percentile such as p99",
        ),
    )
    period_seconds: int = field(default=60, metadata=_rule(minimum=10, maximum=3600))
    periods: int = field(default=1, metadata=_rule(minimum=1, maximum=10))


@dataclass(frozen=True, slots=True)
class Promotion:
    """How a new model takes the endpoint over: a canary first, watched by alarms that put the old model back.

    ``canary_share`` of the machines take traffic for ``canary_seconds``; then all do for ``bake_seconds`` before the
    old ones end. An endpoint of one machine has no canary: the new one takes all traffic and is watched.
    """

    canary_share: float = field(default=0.5, metadata=_rule(minimum=0.01, maximum=0.5))
    canary_seconds: int = field(default=300, metadata=_rule(minimum=0, maximum=3600))
    bake_seconds: int = field(default=300, metadata=_rule(minimum=0, maximum=3600))
    max_seconds: int = field(default=14_400, metadata=_rule(minimum=600, maximum=28_800))
    verify_images: int = field(default=3, metadata=_COUNT)
    alarms: tuple[Alarm, ...] = field(default=(), metadata=_rule(longest=10))


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to tell people something.

    ``to`` is mail addresses with commas between them (smtp), a topic's ARN (sns) or a queue's URL (sqs); a webhook of
    Slack knows its channel itself. ``connection`` is the Airflow connection to send over, None for the usual one.
    """

    via: Literal["smtp", "sns", "slack", "sqs"]
    to: str = ""
    connection: str | None = None


@dataclass(frozen=True, slots=True)
class Notify:
    """Reviewers hear that work waits, and again some minutes before their deadline; owners hear how a run ended."""

    reviewers: tuple[Channel, ...] = field(default=(), metadata=_rule(longest=10))
    owners: tuple[Channel, ...] = field(default=(), metadata=_rule(longest=10))
    remind_before_minutes: tuple[int, ...] = field(
        default=(), metadata=_rule(longest=5, item=Rule(minimum=1, maximum=10_080))
    )


@dataclass(frozen=True, slots=True)
class LoopConfig:
    """One loop: one model, its images, its reviewers and its gate.

    A night is a day on the clock of ``timezone``, run by ``schedule`` once it is over. After a pause or an outage the
    days since ``first_night`` are made up for; without it only the last one is.
    ``path`` is the YAML file, ``template_path`` the worker template and ``conditions_path`` the activation conditions
    found on disk.
    """

    name: str = field(
        metadata=_rule(pattern=r"[a-z0-9][a-z0-9-]*", longest=20, hint="a-z, 0-9 and '-', not beginning with '-'")
    )
    bucket: str = field(metadata=_rule(pattern=r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", hint="an S3 bucket's name"))
    images: str = field(metadata=_S3_URI)
    seed: Seed
    role_arn: str = field(
        metadata=_rule(
            pattern=r"arn:aws[a-z-]*:iam::[0-9]{12}:role/.+", hint="a role's ARN: arn:aws:iam::ACCOUNT:role/NAME"
        )
    )
    classes: tuple[str, ...] = field(metadata=_rule(shortest=1, longest=250, item=Rule(shortest=1, longest=127)))
    endpoint: Endpoint
    review: Review
    training: Training
    path: Path
    template_path: Path
    schedule: str | None = "0 2 * * *"
    timezone: str = "UTC"
    first_night: str | None = field(
        default=None, metadata=_rule(pattern=r"\d{4}-\d{2}-\d{2}", hint="a date in quotes, such as '2026-11-22'")
    )
    owner: str = field(default="nightloop", metadata=_rule(shortest=1, longest=50))
    prefix: str = field(
        default="loops", metadata=_rule(pattern=r"[^/{}]+(/[^/{}]+)*", hint="a key prefix without '/' at either end")
    )
    attribute: str = field(
        default="bounding-box",
        metadata=_rule(
            pattern=r"(?!source-ref$)(?!.*-metadata$)[A-Za-z0-9](-*[A-Za-z0-9]){0,126}", hint="a label attribute's name"
        ),
    )
    scoring: Scoring = Scoring()
    transform: Transform = Transform()
    gate: Gate = Gate()
    selection: Selection = field(default_factory=Selection)
    budget: Budget = field(default_factory=Budget)
    trust: Trust = field(default_factory=Trust)
    conditions_path: Path | None = None
    limits: Limits = Limits()
    notify: Notify = Notify()
    promotion: Promotion = Promotion()

    @property
    def deadline_timezone(self) -> str:
        """The name of the time zone of the reviewers' deadline."""
        return self.review.deadline_timezone or self.timezone

    @property
    def tags(self) -> dict[str, str]:
        """What everything made for this loop is tagged with, to know whose cost it is."""
        return {"nightloop:loop": self.name, "nightloop:owner": self.owner}

    @property
    def base_key(self) -> str:
        """The key under which everything of this loop lies, ending with ``/``."""
        return f"{self.prefix}/{self.name}/"

    @property
    def base_uri(self) -> str:
        """The S3 URI under which everything of this loop lies, ending with ``/``."""
        return f"s3://{self.bucket}/{self.base_key}"

    def images_of(self, night: str) -> str:
        """Return the prefix of a night's images; ``night`` is its date, as 2026-11-22."""
        return self.images.replace("{ds}", night)
