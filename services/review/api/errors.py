"""Turns what the rules refuse into the errors that AWS models."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from services.awswire import ServiceError
from services.review.errors import ReviewError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VALIDATION = "ValidationException"
THROTTLED = "ThrottlingException"


@contextmanager
def as_service_errors(codes: Mapping[type[ReviewError], str] | None = None) -> Iterator[None]:
    """Turn a ReviewError into the code `codes` gives its class; any other class is a ValidationException."""
    try:
        yield
    except ReviewError as error:
        code = next((code for kind, code in (codes or {}).items() if isinstance(error, kind)), VALIDATION)
        raise ServiceError(code, error.message) from error
