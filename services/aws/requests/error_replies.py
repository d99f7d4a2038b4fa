"""Turns what moto does not answer as AWS would into AWS's errors, in the protocol of the call."""

from __future__ import annotations

import json
import logging
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from services.aws.requests.wsgi import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.aws.requests.aws_call import Call

log = logging.getLogger(__name__)

# AWS's clients retry a 500 but not a 501: a missing operation will still be missing at the next attempt.
_NOT_IMPLEMENTED: Final = "501 Not Implemented"


def answered(asked: Call, environ: dict[str, Any], answer: Callable[[], Reply]) -> Reply:
    """Return what `answer` gives, unless it fails or gives a page for a browser."""
    try:
        reply = answer()
    except NotImplementedError:
        return _reply(
            _Error(_NOT_IMPLEMENTED, "NotImplemented", f"moto does not implement {_what(asked)}."), asked, environ
        )
    except Exception as failure:
        log.exception("moto failed in %s", _what(asked))
        message = f"moto failed in {_what(asked)}: {failure!r}. Its log has more."
        return _reply(_Error("500 Internal Server Error", "InternalFailure", message), asked, environ)
    content_type = next((value for name, value in reply.headers if name.lower() == "content-type"), "")
    # For moto the empty answer to a HEAD is a page too, but a missing object is not a missing operation.
    is_page = content_type.startswith("text/html") and environ.get("REQUEST_METHOD") != "HEAD"
    if reply.succeeded or not is_page:
        return reply
    return _reply(_refusal(reply, asked), asked, environ)


@dataclass(frozen=True)
class _Error:
    status: str
    code: str
    message: str


def _what(asked: Call) -> str:
    return f"{asked.service} {asked.operation}"


def _refusal(reply: Reply, asked: Call) -> _Error:
    """Return the error that a page of moto means."""
    if reply.status.startswith(("404", "405")):
        return _Error(_NOT_IMPLEMENTED, "NotImplemented", f"moto has no {_what(asked)}.")
    return _Error(reply.status, "InvalidRequest", f"moto refuses this {_what(asked)} with {reply.status}.")


def _reply(error: _Error, asked: Call, environ: dict[str, Any]) -> Reply:
    return Reply(error.status, *_in_protocol(error, asked, environ))


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
