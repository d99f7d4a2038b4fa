"""Reads and parses the body of a request to the portal, within limits."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from services.review.errors import InvalidInput, ReviewError
from services.review.formats.strict_json import read_json

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from starlette.requests import Request

LARGEST_BODY = 4 * 2**20
LARGEST_OF_STRANGERS = 16 * 2**10


class BodyTooLarge(InvalidInput):
    """The request is larger than an answer may be."""

    status = 413


class BodyTooSlow(ReviewError):  # noqa: N818 - as all of `errors`
    """The request did not arrive in time; send it again."""

    status = 408


async def read_body(request: Request, seconds: float, may_send_more: Callable[[], Awaitable[bool]]) -> bytes:
    """Read a body, holding at most 4 MiB, or 16 KiB unless `may_send_more`, within `seconds`.

    :raises BodyTooLarge: if the body is longer.
    :raises BodyTooSlow: if it does not arrive in time.
    """
    body = bytearray()
    largest = LARGEST_OF_STRANGERS
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > largest and largest < LARGEST_BODY and await may_send_more():
                    largest = LARGEST_BODY
                if len(body) > largest:
                    raise BodyTooLarge
    except TimeoutError:
        raise BodyTooSlow from None
    return bytes(body)


def read_content(body: bytes, *, is_json: bool) -> dict[str, Any]:
    """Read a body as `json` or as `form`; raises ValueError if it is neither."""
    text = body.decode()
    if is_json:
        return {"json": read_json(text)}
    form = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=100))
    check_texts([form])
    return {"form": form}


def check_texts(mappings: Iterable[Mapping[str, Any]]) -> None:
    """Raise ValueError for the character NUL in names and values, which no database accepts in a text."""
    for mapping in mappings:
        if any("\0" in str(text) for item in mapping.items() for text in item):
            raise ValueError("a text contains the character NUL")
