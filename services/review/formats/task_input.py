"""The input of a review, as a template sees it: `task.input`."""

from __future__ import annotations

import hashlib
import json

from services.review.errors import InvalidInput
from services.review.formats.strict_json import read_json


def read_input(input_content: str) -> dict[str, object]:
    """Read an InputContent; raises InvalidInput if it is not a JSON object."""
    try:
        content = read_json(input_content)
    except ValueError as error:
        raise InvalidInput(f"InputContent must be a JSON object: {error}") from error
    if not isinstance(content, dict):
        raise InvalidInput("InputContent must be a JSON object with the names a template reads as task.input.<name>")
    return content


def input_digest(input_content: str) -> str:
    """Digest the meaning of an InputContent; the order of keys and the blanks between them do not matter.

    :raises InvalidInput: if it is not a JSON object.
    """
    return hashlib.sha256(json.dumps(read_input(input_content), sort_keys=True).encode()).hexdigest()
