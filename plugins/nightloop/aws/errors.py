"""Errors of the Airflow side: each message names the thing and how to fix it.

The retry policy (`dag_factory/retry_policy.py`) knows three branches: what may pass by itself within the night
(`TransientError`), what may pass by the next night (`QuotaError`), and what needs a person (everything else).
"""

from __future__ import annotations


class NightloopError(Exception):
    """A step of the loop cannot go on; the message says why and how to fix it."""

    @property
    def line(self) -> str:
        """What a file says about it: its kind and its message."""
        return f"{type(self).__name__.removesuffix('Error')}: {self}"


class TransientError(NightloopError):
    """Something that may pass by itself; Airflow tries the task again."""


class ServiceUnreachableError(TransientError):
    """The address of a connection does not answer."""


class ThrottledError(TransientError):
    """The service still asks for fewer calls after botocore's own retries."""


class ServiceFaultError(TransientError):
    """The service failed on its own side (5xx) after botocore's own retries."""


class EndpointBusyError(TransientError):
    """SageMaker is creating or changing the endpoint now."""


class EndpointHeldError(TransientError):
    """Another DAG run of the loop is changing the endpoint."""


class CapacityError(TransientError):
    """AWS had no machine of the wanted type. The attempt cost nothing, and a new one may find a machine."""


class AlarmOnError(TransientError):
    """An alarm that guards a promotion is on before the promotion starts."""


class DayNotOverError(TransientError):
    """The day whose images should be listed is not over, by the clock of this machine or of S3."""


class SetupError(NightloopError):
    """Something outside the night is missing or wrong: a connection, a bucket, an endpoint, a flow definition."""


class CredentialsError(SetupError):
    """The service does not know the key of the connection, or cannot verify its signature."""


class ClockSkewError(SetupError):
    """The clocks of this machine and of the service differ by more than a signature allows."""


class NotACustomerError(SetupError):
    """Amazon A2I serves only accounts that used it before July 2026, and this one is not among them."""


class PermissionDeniedError(SetupError):
    """The service knows the key, but the key may not do this."""


class BucketMissingError(SetupError):
    """The S3 bucket does not exist."""


class ObjectMissingError(SetupError):
    """The S3 object does not exist."""


class RequestRefusedError(SetupError):
    """The service refused the request as invalid."""


class QuotaError(SetupError):
    """An account limit is used up; another try helps only once something is freed or the limit is raised."""


class EndpointMissingError(SetupError):
    """The SageMaker endpoint does not exist."""


class EndpointNotServingError(SetupError):
    """The SageMaker endpoint exists but does not serve."""


class EndpointFailedError(EndpointNotServingError):
    """The SageMaker endpoint is Failed: it stays so, and can only be deleted."""


class EndpointConfigMissingError(SetupError):
    """The endpoint configuration was deleted; an endpoint that runs it still serves, but cannot be updated."""


class EndpointVariantsError(SetupError):
    """The endpoint does not have the one variant that a promotion updates."""


class EndpointKindError(SetupError):
    """The endpoint is asynchronous and the loop's file says real-time, or the other way round."""


class ModelMissingError(SetupError):
    """The SageMaker model no longer exists."""


class ArtefactMissingError(SetupError):
    """What a model was made from is no longer in S3, or may not be read."""


class ImageMissingError(SetupError):
    """The container image is not in its registry."""


class RoleError(SetupError):
    """SageMaker cannot assume the loop's role."""


class FlowDefinitionMissingError(SetupError):
    """The flow definition of the reviews does not exist."""


class FlowDefinitionFailedError(SetupError):
    """The flow definition did not become active."""


class ReviewsMissingError(NightloopError):
    """None of the human loops to wait for exists."""


class ReviewConflictError(NightloopError):
    """An active human loop has this name but another input."""


class TooManyFailuresError(NightloopError):
    """More of a night's images, reviews or answers failed than the loop's limits allow."""


class ReviewStillOpenError(NightloopError):
    """A human loop to delete has not ended."""


class ReviewsNotOpenedError(TooManyFailuresError):
    """None of the planned reviews could be opened."""


class UnreadableImageError(NightloopError):
    """These bytes are not an image that can be decoded; this is recorded for the image and never fails a night."""


class ImageTooLargeError(UnreadableImageError):
    """The image needs more memory than this machine has now."""


class NotAnImageError(UnreadableImageError):
    """These bytes are not an image at all; `kind` says what they are."""

    def __init__(self, message: str, kind: str) -> None:
        super().__init__(message)
        self.kind = kind


class NightChangedError(NightloopError):
    """What an earlier run of this night wrote does not fit the settings of this run."""


class NightIncompleteError(NightloopError):
    """A file that an earlier task of the night should have written is missing or incomplete."""


class ManifestCheckError(NightloopError):
    """A manifest does not meet an expectation."""


class CohortError(NightloopError):
    """The seed, the holdout and the reviewed lines cannot be combined into a cohort."""


class HoldoutError(CohortError):
    """The holdout cannot be measured on; the message names each image at fault."""


class ClassesChangedError(NightloopError):
    """The model was trained on another class list than the loop's, so its class numbers would mean other classes."""


class HoldoutChangedError(NightloopError):
    """The holdout's images are no longer those that a model was run over."""


class JobFailedError(NightloopError):
    """A SageMaker job ended Failed or Stopped."""


class JobUnfinishedError(NightloopError):
    """A SageMaker job still runs after the longest time that was allowed."""


class JobVanishedError(NightloopError):
    """A SageMaker job that was started no longer exists."""


class TransformOutputError(NightloopError):
    """A transform job completed, but an image of the holdout has no readable result."""


class EndpointRolledBackError(NightloopError):
    """SageMaker put the endpoint back on its old configuration: the update did not hold."""


class EndpointDisagreesError(NightloopError):
    """The live endpoint and Batch Transform give different results for the same image and model."""


class SupersededError(NightloopError):
    """A model was proven better than one that is no longer live, or it comes from a model that was rolled back."""


class EndpointChangedError(NightloopError):
    """The endpoint runs another model than the one to roll back."""


class LiveModelRejectedError(NightloopError):
    """The live model is Rejected in the registry, so no model that goes on from it could be promoted."""


class NotConfirmedError(NightloopError):
    """A destructive DAG was started without the word that confirms it."""


class NightsUnderWayError(NightloopError):
    """Nights that have not ended may still write what they have read of an image to erase."""


class RegistryError(NightloopError):
    """The model registry does not hold the version that was asked for."""


class QuarantineError(NightloopError):
    """No line is in quarantine because of the model that was named."""


class ResultError(NightloopError):
    """What a task got as another task's result is no such result."""
