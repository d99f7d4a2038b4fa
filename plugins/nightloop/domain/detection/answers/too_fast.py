"""Answers given faster than anyone can look at an image."""

from typing import Any, Final

from nightloop.domain.detection.answers.answer import Unusable
from nightloop.domain.errors import RowError
from nightloop.domain.rows import fields

DEFAULT_SECONDS: Final = 1.0


def too_fast(human: Any, min_seconds: float) -> Unusable | None:  # noqa: ANN401 - an entry of JSON
    """Say why one of `humanAnswers` was given too fast; None if it was not, or if somebody confirmed it.

    The review service says so itself in `tooFast`, by its template's limit and by what an administrator confirmed.
    Amazon A2I has no such field: there `timeSpentInSeconds` decides, if A2I gives it.
    """
    if not isinstance(human, dict):
        return None
    try:
        marked = fields.optional_flag(human, "tooFast")
        seconds = fields.optional_number(human, "timeSpentInSeconds")
    except RowError as error:
        return Unusable("unreadable", f": {error.message}")
    if marked or (marked is None and seconds is not None and seconds < min_seconds):
        return Unusable("too-fast", f": was given too fast, in {seconds or 0:g} s, and nobody confirmed it")
    return None
