class SageMakerError(Exception):
    """Base of every error this service raises by itself."""


class SettingsError(SageMakerError):
    """An environment variable is missing or cannot be read."""


class StateFolderBusyError(SageMakerError):
    """Another process already serves this state folder."""


class StorageError(SageMakerError):
    """An object in S3 cannot be read or written."""


class ChannelError(SageMakerError):
    """An input channel cannot be delivered to the container; the text becomes the FailureReason."""


class JobFailedError(SageMakerError):
    """A job cannot continue; the text becomes its FailureReason."""


class JobStoppedError(SageMakerError):
    """A caller stopped the job."""


class NoCapacityError(SageMakerError):
    """There is no machine of the wanted type."""


class ServiceStoppingError(SageMakerError):
    """The service is stopping: leave the state as it is; the next start resumes the work."""


class DeploymentFailedError(SageMakerError):
    """A fleet cannot take the endpoint's traffic; the text becomes the endpoint's FailureReason."""


class NoInstanceError(SageMakerError):
    """No instance can take this invocation now."""


class UnknownVariantError(SageMakerError):
    """The endpoint has no variant of that name."""
