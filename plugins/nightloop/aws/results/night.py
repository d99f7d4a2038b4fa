"""What the tasks of a night return."""

from typing import Any, NotRequired, TypedDict


class ScoredChunk(TypedDict):
    """What `ScoreImagesOperator` returns."""

    uri: str
    """Where the chunk's predictions are."""
    images: int
    errors: int
    not_images: int


class PreparedChunk(TypedDict):
    """What `PrepareImagesOperator` returns."""

    uri: str
    """Where it is written what the chunk's images look like."""
    images: int
    errors: int
    not_images: int


class NightJob(TypedDict):
    """A transform job that scored images of a night."""

    name: str
    status: str
    reason: str | None
    """Why it failed: it gave no result for some of its images."""
    folder: str
    """What the names of its results are relative to."""
    results: str
    """Where they are."""
    images: int
    without_result: int
    instance_type: str
    machine_seconds: int
    """For how long its machines ran, all together."""


class NightJobs(TypedDict):
    """What `TransformImagesOperator` returns: the night's `scoring/jobs.json`."""

    model: str
    """What scored the night."""
    jobs: list[NightJob]


_ByPurpose = TypedDict(
    "_ByPurpose",
    {
        "no-detection": int,
        "low-confidence": int,
        "uncertain-box": int,
        "class-threshold": int,
        "class-margin": int,
        "class-overlap": int,
        "condition": int,
        "gold": int,
    },
    total=False,
)
"""How many reviews have a purpose; one without a review is left out."""


class PlannedNight(_ByPurpose):
    """What `PlanReviewsOperator` returns: counts, also of the reviews of each purpose."""

    uri: str
    """Where the plan is."""
    reviews: int
    audit: int
    minutes: float
    """What the reviewers are expected to take."""
    money: float
    """What the reviews are expected to cost."""
    duplicates: int
    left_out: dict[str, int]
    """How many images are left out, by reason."""


class OpenedNight(TypedDict):
    """What `OpenReviewsOperator` returns."""

    flow_definition_arn: str | None
    """None if there was nothing to ask."""
    opened: int
    adopted: int
    refused: int
    postponed: int


class CollectedAnswers(TypedDict):
    """What `CollectAnswersOperator` returns; the human loops are counted by their A2I status, if there are any."""

    uri: str
    """Where the answers are."""
    answers: int
    InProgress: NotRequired[int]
    Stopping: NotRequired[int]
    Stopped: NotRequired[int]
    Completed: NotRequired[int]
    Failed: NotRequired[int]


class MeasuredReviewers(TypedDict):
    """What `MeasureReviewersOperator` returns."""

    uri: str
    """Where the records are."""
    reviewers: int
    careless: list[str]
    """Pseudonyms."""
    stamping: list[str]
    """Pseudonyms."""


class OpenedTieBreaks(TypedDict):
    """What `OpenTieBreaksOperator` returns."""

    uri: str
    """Where the tie-breaks are listed."""
    opened: int
    refused: int


class BuiltManifest(TypedDict):
    """What `BuildManifestOperator` returns."""

    uri: str
    lines: int


class CheckedManifest(TypedDict):
    """What `CheckManifestOperator` returns: how many expectations were evaluated, how many were not met."""

    evaluated: int
    failed: int


class NightReceipt(TypedDict):
    """What `WriteReceiptOperator` returns: the night's `receipt.json`."""

    loop: str
    night: str
    model: str | None
    """What scored the night; None if nothing was scored."""
    images: int
    not_images: dict[str, int]
    scored: int
    score_errors: int
    several_pictures: int
    below_threshold: int
    audit: int
    planned: int
    duplicates: int
    left_out: int
    loops_opened: int
    loops_adopted: int
    loops_postponed: int
    loops_completed: int
    loops_failed: int
    loops_open: int
    reviews_cost: float
    answers: int
    late_answers: int
    unusable_answers: int
    given_up: int
    answers_left_out: int
    reviewer_seconds: float
    undecided: NotRequired[dict[str, int]]
    asked_again: int
    transform: NotRequired[dict[str, Any]]
    """What the transform jobs of a large night cost: `jobs`, `machine_seconds`, `instance_type`."""
    manifest_lines: int
    expectations: CheckedManifest
    audit_share: float
    audited: NotRequired[dict[str, int]]
    live_quality: dict[str, Any] | None
    """What the audits show of the live model, as `LiveQuality.to_json` writes it; None if that is too little."""
    holdout_quality: NotRequired[dict[str, Any] | None]
