"""Breaks a connection off in place of an answer."""

from starlette.types import Send


class Dropped(Exception):  # noqa: N818  (an event that a hook asks for, not an error)
    """The connection breaks here."""


async def break_off(send: Send) -> None:
    """Begin an answer and never end it: the server then closes the connection, which is all that ASGI offers.

    No content-length: the server sends chunks, and clients notice a last chunk that is missing, whereas botocore takes
    a body that is shorter than announced.
    """
    await send({"type": "http.response.start", "status": 200, "headers": []})
