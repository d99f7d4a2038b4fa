"""What the review service refuses, and why: one class for each reason."""

# ruff: noqa: N818 - each name says what happened; the base class says that it is an error.

from __future__ import annotations

import inspect


class ReviewError(Exception):
    """The review service cannot do this.

    With no message given, the docstring of the class is the message: the sentence exists once. `status` is the HTTP
    status of the portal; each door of the API maps the class to an error AWS models.
    """

    status = 400

    def __init__(self, message: str | None = None, **details: object) -> None:
        self.message = message or inspect.cleandoc(type(self).__doc__ or "")
        self.details = details
        super().__init__(self.message)


class SettingsError(ReviewError):
    """A setting is missing or wrong."""


class DatabaseNotReady(ReviewError):
    """The database has no schema, or an older one; run `python -m services.review migrate`."""

    status = 503


class DatabaseAway(ReviewError):
    """The service cannot reach its database, or cannot write to it. Nothing was changed; try again in a moment."""

    status = 503


class UnknownFlowDefinition(ReviewError):
    """There is no such flow definition."""

    status = 404


class UnknownHumanLoop(ReviewError):
    """There is no such human loop."""

    status = 404


class HumanLoopConflict(ReviewError):
    """A human loop of this name exists and has a different input."""

    status = 409


class InvalidInput(ReviewError):
    """The input is not what this operation takes."""


class InvalidAnswer(InvalidInput):
    """The answer holds something that cannot be; nothing of it was stored."""


class TooManyShapes(InvalidAnswer):
    """The answer has more shapes, or more points, than can be sent."""


class ImageSizeMissing(InvalidAnswer):
    """The answer of a drawing tool does not say how large the image is."""


class ShapeUnreadable(InvalidAnswer):
    """The place or size of a shape is no finite number, or negative."""


class ShapeOutsideImage(InvalidAnswer):
    """A shape is not inside the image."""


class ShapeWithoutLabel(InvalidAnswer):
    """A shape has no label."""


class UnknownLabel(InvalidAnswer):
    """The label of a shape is not one of the task's."""


class InvalidLocation(InvalidInput):
    """The URI does not name a place in S3."""


class TransitionRefused(ReviewError):
    """The human loop is in a state that does not allow this."""

    status = 409


class NotSignedIn(ReviewError):
    """Sign in to go on."""

    status = 401


class NotAllowed(ReviewError):
    """Only administrators may enter this page."""

    status = 403


class AddressNotAllowed(ReviewError):
    """The portal is not open to your network address; an administrator of the workforce can change that."""

    status = 403


class WrongCredentials(ReviewError):
    """E-mail or password is not right."""

    status = 401


class TooManyFailures(ReviewError):
    """Too many sign-ins failed; wait some minutes and try again."""

    status = 429


class ForgedRequest(ReviewError):
    """The form is no longer valid; load the page again and repeat what you did."""

    status = 403


class UnknownJob(ReviewError):
    """There is no such job for your teams."""

    status = 404


class UnknownTemplate(ReviewError):
    """There is no such template."""

    status = 404


class UnknownWorker(ReviewError):
    """There is no such worker."""

    status = 404


class UnknownTask(ReviewError):
    """There is no such task for you."""

    status = 404


class TaskNotHeld(ReviewError):
    """You gave this task back; take the next one from the list of jobs."""

    status = 409


class TaskNotShown(ReviewError):
    """Nothing was stored: the task was never on your screen; load its page first."""

    status = 409


class TaskAlreadySubmitted(ReviewError):
    """Your answer to this task was already received; the first one counts."""

    status = 409


class ClaimExpired(ReviewError):
    """The time for this task was over before your answer arrived, so it does not count.

    The task went back to the queue. Your late answer is kept with the task, where an administrator can find it.
    """

    status = 409


class TemplateFailed(ReviewError):
    """The template of this task cannot be shown."""

    status = 500


class RenderingBusy(ReviewError):
    """Too many templates are being rendered at this moment; try again in some seconds."""

    status = 503
