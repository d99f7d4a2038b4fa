"""The base class of all refusals of the review service."""

# ruff: noqa: N818 - each name says what happened; the base class says that it is an error.

from __future__ import annotations

import inspect


class ReviewError(Exception):
    """The review service cannot do this.

    Without a message, the docstring of the class is the message, so the sentence exists once. `status` is the HTTP
    status of the portal; each door of the API maps the class to an error AWS models.
    """

    status = 400

    def __init__(self, message: str | None = None, **details: object) -> None:
        self.message = message or inspect.cleandoc(type(self).__doc__ or "")
        self.details = details
        super().__init__(self.message)


class InvalidInput(ReviewError):
    """The input is not valid for this operation."""
