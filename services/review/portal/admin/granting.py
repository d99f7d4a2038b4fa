"""Access to what a template shows an administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError

from services.review.errors import TemplateFailed

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.review.s3_locations import S3Location
    from services.review.state import Review

SECONDS = 900


def grant_for(review: Review) -> Callable[[S3Location], str]:
    """Make what `grant_read_access` asks: an address that can be read for a quarter of an hour."""

    def grant(location: S3Location) -> str:
        try:
            return review.store.sign(location, SECONDS)
        except BotoCoreError as error:
            raise TemplateFailed(f"no access to {location.uri} can be granted: {error}") from error

    return grant
