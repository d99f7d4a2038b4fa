"""What moto does not answer as AWS would, as an error of AWS's in the protocol of the call."""

from __future__ import annotations

import json
import logging
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from services.aws.requests import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.aws.calls import Call

log = logging.getLogger(__name__)

_SERVER_ERROR: Final = "500 Internal Server Error"
# AWS's clients try a 500 again and a 501 not: what is not there will not be there the next time.
_NOT_IMPLEMENTED: Final = "501 Not Implemented"


def answered(asked: Call, environ: dict[str, Any], answer: Callable[[], Reply]) -> Reply:
    """Return what `answer` gives, unless it fails or gives a page for a browser."""
    failure: Exception | None = None
    try:
        reply = answer()
    except Exception as error:
        if not isinstance(error, NotImplementedError):
            log.exception("moto failed in %s %s", asked.service, asked.operation)
        failure, reply = error, Reply(_SERVER_ERROR, [("Content-Type", "text/html")], b"")
    content_type = next((value for name, value in reply.headers if name.lower() == "content-type"), "")
    # moto calls the empty answer to a HEAD a page too: that an object is not there is no operation it lacks.
    is_page = content_type.startswith("text/html") and environ.get("REQUEST_METHOD") != "HEAD"
    if failure is None and (reply.succeeded or not is_page):
        return reply
    error_ = _error(reply, asked, failure)
    return Reply(error_.status, *_in_protocol(error_, asked, environ))


@dataclass(frozen=True)
class _Error:
    status: str
    code: str
    message: str


def _error(reply: Reply, asked: Call, failure: Exception | None) -> _Error:
    what = f"{asked.service} {asked.operation}"
    if isinstance(failure, NotImplementedError):
        return _Error(_NOT_IMPLEMENTED, "NotImplemented", f"moto does not implement {what}.")
    if failure is not None:
        return _Error(_SERVER_ERROR, "InternalFailure", f"moto failed in {what}: {failure!r}. Its log has more.")
    if reply.status.startswith(("404", "405")):
        return _Error(_NOT_IMPLEMENTED, "NotImplemented", f"moto has no {what}.")
    return _Error(reply.status, "InvalidRequest", f"moto refuses this {what} with {reply.status}.")


def _in_protocol(error: _Error, asked: Call, environ: dict[str, Any]) -> tuple[list[tuple[str, str]], bytes]:
    if environ.get("HTTP_SMITHY_PROTOCOL") == "rpc-v2-cbor":
        headers = [("Content-Type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor")]
        return headers, b"\xa2" + b"".join(map(_cbor_text, ("__type", error.code, "message", error.message)))
    if asked.service == "s3" or asked.is_query:
        body = f"<Error><Code>{error.code}</Code><Message>{escape(error.message)}</Message></Error>"
        if asked.is_query:
            body = f"<ErrorResponse>{body}<RequestId>0</RequestId></ErrorResponse>"
        return [("Content-Type", "application/xml")], f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'.encode()
    sent = str(environ.get("CONTENT_TYPE", ""))
    content_type = sent if sent.startswith("application/x-amz-json") else "application/json"
    headers = [("x-amzn-ErrorType", error.code), ("Content-Type", content_type)]
    return headers, json.dumps({"__type": error.code, "message": error.message}).encode()


def _cbor_text(text: str) -> bytes:
    """Write a text in CBOR (RFC 8949, section 3.1: major type 3, its length in two bytes)."""
    body = text.encode()[: 2**16 - 1]
    return b"\x79" + struct.pack(">H", len(body)) + body
