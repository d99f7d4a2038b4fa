"""What the tasks of a training and of a roll-back return."""

from typing import NotRequired, TypedDict


class CheckedHoldout(TypedDict):
    """What `CheckHoldoutOperator` returns."""

    images: int
    objects: dict[str, int]
    """How many of each class."""


class TrainingFiles(TypedDict):
    """What a model can be trained on: a name and two augmented manifests."""

    cohort: str
    train: str
    validation: str


class ParentModel(TypedDict, total=False):
    """The model that a training goes on from; empty for a first one."""

    parent_model: str
    parent_artefact: str


class WrittenCohort(TrainingFiles):
    """A cohort: its name, its files, its size."""

    holdout: str
    copies: NotRequired[str]
    """Where the images that were left out as copies of the holdout's are listed; missing if there are none."""
    train_lines: int
    validation_lines: int


class CohortCounts(TypedDict):
    """What a cohort was made of."""

    lines: int
    new_lines: int
    replaced: int
    excluded: int
    negatives_left_out: int
    unlabelled: NotRequired[int]
    quarantined: int
    copies_left_out: NotRequired[int]
    learned_before: NotRequired[int]


class BuiltCohort(WrittenCohort, CohortCounts):
    """What `BuildCohortOperator` returns: the cohort, and the live model to improve."""

    parent_model: str
    parent_artefact: str


class TrainedModel(TypedDict):
    """A training job that has completed, and the model it made."""

    training_job: str
    artefact: str


class Trained(TrainedModel):
    """What `TrainOperator` and `TrainSeedModelOperator` return."""

    metrics: dict[str, float]
    billable_seconds: int | None


class Transformed(TypedDict):
    """What `TransformOperator` returns."""

    output: str
    """The folder of the results."""
    folder: str
    """The folder the names of the results are relative to."""
    model: str
    images: NotRequired[str]
    """Digest of the holdout's images."""
    copies: NotRequired[str]
    """Where it says which images were scored as a copy; not there if none was."""


class HoldoutSize(TypedDict):
    """What two models were compared on."""

    images: int
    groups: int
    objects: dict[str, int]


class Evaluated(TypedDict):
    """What `EvaluateOperator` returns."""

    uri: str
    champion: float
    """Mean average precision of the live model."""
    challenger: float
    """Mean average precision of the new model."""
    p_better: float
    figures: dict[str, dict[str, float]]
    """All that was measured of `champion` and `challenger`."""
    holdout: HoldoutSize


class GateLimits(TypedDict):
    """What a new model must prove."""

    confidence: float
    max_class_drop: float
    min_class_objects: int
    min_holdout_images: int


class Verdict(TypedDict):
    """Whether a new model may go live, and why."""

    promote: bool
    decided: NotRequired[bool]
    """False: the holdout is too small to decide anything on."""
    verdict: NotRequired[str]
    reasons: list[str]


class Decided(Verdict):
    """What `GateOperator` decides: it lies in XCom under the key `decision`."""

    uri: str
    limits: NotRequired[GateLimits]
    holdout: NotRequired[HoldoutSize]
    figures: NotRequired[dict[str, dict[str, float]]]


class Person(TypedDict):
    """Who answered in Airflow."""

    id: NotRequired[str]
    name: NotRequired[str]


class Answered(TypedDict):
    """What `AskApprovalOperator` got as an answer: it lies in XCom under the key `answer`."""

    chosen_options: list[str]
    responded_by_user: Person | None
    """None: nobody answered in time."""


class RegisteredModel(TypedDict):
    """What `RegisterModelOperator` returns."""

    package: str
    """The ARN of the version."""
    version: int
    origin: NotRequired[dict[str, str]]


class RecordedOutcome(TypedDict):
    """What `RecordApprovalOperator` returns."""

    status: str
    why: str
    outcome: str


class ChosenVersion(TypedDict):
    """What `ChooseVersionOperator` returns: the version to restore, and the model that is live."""

    version: int
    package: str
    model: str
    training_job: str
    artefact: str
    live_model: str


class QuarantinedLines(TypedDict):
    """What `QuarantineOperator` returns."""

    model: str
    """The model that was rolled back."""
    lines: int
    uri: str


class TrainingReceipt(TypedDict):
    """What `WriteTrainingReceiptOperator` returns: the training's `receipt.json`."""

    loop: str
    cohort: str
    counts: dict[str, int]
    copies: list[dict[str, object]]
    parent_model: str
    training_job: str
    metrics: dict[str, float]
    billable_seconds: int | None
    evaluation: Evaluated
    verdict: str | None
    decision: Decided
    model_version: int
    approval: RecordedOutcome
    promoted: bool
    endpoint_config: str | None
