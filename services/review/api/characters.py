"""Characters that the patterns of AWS's models allow and a database cannot store."""

from __future__ import annotations

from services.awswire import ServiceError
from services.review.api.errors import VALIDATION


def refuse_nul(value: object, path: str = "") -> None:
    """Raise a ValidationException that names the member of a request that contains the character NUL."""
    if isinstance(value, str):
        if "\0" in value:
            raise ServiceError(
                VALIDATION, f"The value at '{path}' contains the character NUL, which is not allowed in a text."
            )
    elif isinstance(value, dict):
        for name, member in value.items():
            refuse_nul(member, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for index, member in enumerate(value, 1):
            refuse_nul(member, f"{path}.{index}.member")
