"""How much of a night may fail before the night fails."""

from __future__ import annotations

from nightloop.aws.errors import TooManyFailuresError


def check_share(failed: int, total: int, *, limit: float, few: int, what: str, setting: str, example: str = "") -> None:
    """Compare a number of failures with the loop's limit.

    :param limit: The share of `total` that may fail, 0 to 1.
    :param few: Fewer failures than this never fail a night.
    :param what: What failed, for the message: "images have no score".
    :param setting: The setting's name in the loop's file.
    :param example: One of the failures in words.
    :raises TooManyFailuresError: if more failed.
    """
    if failed >= few and failed > limit * total:
        raise TooManyFailuresError(
            f"{failed} of {total} {what}: more than {setting} of the loop's file allows ({limit:g})."
            + (f" For instance: {example}." if example else "")
            + " Fix the cause and clear this task, or raise the limit."
        )
