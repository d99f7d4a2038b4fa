"""Errors of the Airflow side: each sentence names the thing and the mend.

Three branches matter to the retry policy (`retries.py`): what may pass by itself within the night (`TransientError`),
what may pass by the next night (`QuotaError`), and what needs a person (everything else).
"""

from __future__ import annotations


class NightloopError(Exception):
    """A step of the loop cannot go on; the message says why and what mends it."""

    @property
    def line(self) -> str:
        """What a file says of it: its kind and its message."""
        return f"{type(self).__name__.removesuffix('Error')}: {self}"


class TransientError(NightloopError):
    """Something that may pass by itself: the task is tried again."""


class ServiceUnreachableError(TransientError):
    """No answer from the address a connection points at."""


class ThrottledError(TransientError):
    """The service still asks for fewer calls after botocore's own retries."""


class ServiceFaultError(TransientError):
    """The service failed on its own side (5xx) after botocore's own retries."""


class EndpointBusyError(TransientError):
    """The endpoint is being created or changed at this moment."""


class EndpointHeldError(TransientError):
    """Another DAG run of the loop is changing the endpoint."""


class CapacityError(TransientError):
    """AWS had no machine of the wanted type: a fresh attempt may find one, and this one cost nothing."""


class AlarmOnError(TransientError):
    """An alarm that guards a promotion is on before the promotion has begun."""


class DayNotOverError(TransientError):
    """The day whose images are to be listed is not over by the clock of this machine or of S3."""


class SetupError(NightloopError):
    """Something outside the night is missing or wrong: a connection, a bucket, an endpoint, a flow definition."""


class CredentialsError(SetupError):
    """The service does not know the key of the connection, or its signature does not verify."""


class ClockSkewError(SetupError):
    """The clock of this machine and that of the service differ by more than a signature allows."""


class NotACustomerError(SetupError):
    """Amazon A2I serves only accounts that used it before July 2026, and this one is not among them."""


class PermissionDeniedError(SetupError):
    """The key is known but may not do this."""


class BucketMissingError(SetupError):
    """The S3 bucket does not exist."""


class ObjectMissingError(SetupError):
    """The S3 object does not exist."""


class RequestRefusedError(SetupError):
    """The service refused the request as invalid."""


class QuotaError(SetupError):
    """An account limit is used up; trying again does not help until something is freed or the limit raised."""


class EndpointMissingError(SetupError):
    """The SageMaker endpoint does not exist."""


class EndpointNotServingError(SetupError):
    """The SageMaker endpoint exists and does not serve."""


class EndpointFailedError(EndpointNotServingError):
    """The SageMaker endpoint is Failed: it never becomes anything else and can only be deleted."""


class EndpointConfigMissingError(SetupError):
    """The endpoint configuration was deleted; an endpoint that runs it goes on serving and cannot be updated."""


class EndpointVariantsError(SetupError):
    """The endpoint's variants are not the one that a promotion updates."""


class ModelMissingError(SetupError):
    """The SageMaker model does not exist any more."""


class ArtefactMissingError(SetupError):
    """What a model was made from is not in S3 any more, or may not be read."""


class ImageMissingError(SetupError):
    """The container image is not in its registry."""


class RoleError(SetupError):
    """SageMaker cannot assume the loop's role."""


class FlowDefinitionMissingError(SetupError):
    """The flow definition the reviews belong to does not exist."""


class FlowDefinitionFailedError(SetupError):
    """The flow definition could not be set up."""


class ReviewsMissingError(NightloopError):
    """Not one of the human loops to wait for is there."""


class ReviewConflictError(NightloopError):
    """An active human loop has this name and another input."""


class TooManyFailuresError(NightloopError):
    """More of a night's images, reviews or answers failed than the loop's limits allow."""


class ReviewStillOpenError(NightloopError):
    """A human loop that should be deleted has not ended."""


class ReviewsNotOpenedError(TooManyFailuresError):
    """Not one of the planned reviews could be opened."""


class UnreadableImageError(NightloopError):
    """These bytes are not an image that can be decoded; recorded for the image, never fails a night."""


class ImageTooLargeError(UnreadableImageError):
    """The image needs more memory than this machine has now."""


class NotAnImageError(UnreadableImageError):
    """These bytes are no image at all; `kind` says what they are."""

    def __init__(self, message: str, kind: str) -> None:
        super().__init__(message)
        self.kind = kind


class NightChangedError(NightloopError):
    """What an earlier run of this night wrote does not fit the settings of this run."""


class NightIncompleteError(NightloopError):
    """A file of the night that an earlier task should have written is not there, or not complete."""


class ManifestCheckError(NightloopError):
    """A manifest does not meet an expectation."""


class CohortError(NightloopError):
    """Seed, holdout and reviewed lines cannot be put together to a training set."""


class HoldoutError(CohortError):
    """What every model is measured on is not fit for it; the message names each image."""


class ClassesChangedError(NightloopError):
    """The loop's class list is not the one the model was trained on: its numbers would be read as other classes."""


class HoldoutChangedError(NightloopError):
    """The holdout's images are not those a model was run over."""


class JobFailedError(NightloopError):
    """A SageMaker job ended Failed or Stopped."""


class JobUnfinishedError(NightloopError):
    """A SageMaker job is still under way after the longest time it was given."""


class JobVanishedError(NightloopError):
    """A SageMaker job that was started is not there any more."""


class TransformOutputError(NightloopError):
    """A transform job completed and an image of the holdout has no readable result."""


class EndpointRolledBackError(NightloopError):
    """SageMaker put the endpoint back on its old configuration: the update did not hold."""


class EndpointDisagreesError(NightloopError):
    """The live endpoint does not answer what Batch Transform answered for the same image and model."""


class SupersededError(NightloopError):
    """A model was proven better than one that is not the live one any more, or comes from what was rolled back."""


class EndpointChangedError(NightloopError):
    """The endpoint runs another model than the one that was to be rolled back."""


class LiveModelRejectedError(NightloopError):
    """The live model is Rejected in the registry: nothing that goes on from it could be promoted."""


class NotConfirmedError(NightloopError):
    """A destructive DAG was started without the word that confirms it."""


class RegistryError(NightloopError):
    """The model registry does not hold the version that was asked for."""


class QuarantineError(NightloopError):
    """Nothing is in quarantine because of the model that was named."""


class ResultError(NightloopError):
    """What a task was given as another task's result is not one."""
