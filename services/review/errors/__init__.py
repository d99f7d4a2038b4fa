"""What the review service refuses, and why: one class for each reason."""

from services.review.errors.access import (
    AddressNotAllowed,
    ForgedRequest,
    NotAllowed,
    NotSignedIn,
    TooManyFailures,
    WrongCredentials,
)
from services.review.errors.answers import (
    ImageSizeMissing,
    InvalidAnswer,
    ShapeOutsideImage,
    ShapeUnreadable,
    ShapeWithoutLabel,
    TooManyShapes,
    UnknownLabel,
)
from services.review.errors.base import InvalidInput, ReviewError
from services.review.errors.resources import (
    HumanLoopConflict,
    InvalidLocation,
    TransitionRefused,
    UnknownFlowDefinition,
    UnknownHumanLoop,
    UnknownJob,
    UnknownTemplate,
    UnknownWorker,
)
from services.review.errors.service import DatabaseAway, DatabaseNotReady, RenderingBusy, SettingsError, TemplateFailed
from services.review.errors.tasks import ClaimExpired, TaskAlreadySubmitted, TaskNotHeld, TaskNotShown, UnknownTask

__all__ = [
    "AddressNotAllowed",
    "ClaimExpired",
    "DatabaseAway",
    "DatabaseNotReady",
    "ForgedRequest",
    "HumanLoopConflict",
    "ImageSizeMissing",
    "InvalidAnswer",
    "InvalidInput",
    "InvalidLocation",
    "NotAllowed",
    "NotSignedIn",
    "RenderingBusy",
    "ReviewError",
    "SettingsError",
    "ShapeOutsideImage",
    "ShapeUnreadable",
    "ShapeWithoutLabel",
    "TaskAlreadySubmitted",
    "TaskNotHeld",
    "TaskNotShown",
    "TemplateFailed",
    "TooManyFailures",
    "TooManyShapes",
    "TransitionRefused",
    "UnknownFlowDefinition",
    "UnknownHumanLoop",
    "UnknownJob",
    "UnknownLabel",
    "UnknownTask",
    "UnknownTemplate",
    "UnknownWorker",
    "WrongCredentials",
]
