"""Temporary addresses of templates' texts, as `UiTemplate.Url` of Amazon A2I."""

from __future__ import annotations

import hashlib
import hmac
from functools import partial
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from services.review.storage.tables import HumanTaskUi

if TYPE_CHECKING:
    from sqlalchemy.orm import Session
    from starlette.requests import Request

    from services.review.server.state import Review

SECONDS = 900
PATH = "/human-task-uis"


def template_routes() -> list[BaseRoute]:
    """List the addresses of templates' texts."""
    return [Route(f"{PATH}/{{identifier:int}}", _content, methods=["GET"])]


def template_url(review: Review, row: HumanTaskUi) -> str:
    """Sign an address; anyone who has it can read this template for 15 minutes."""
    expires = int(review.clock().timestamp()) + SECONDS
    signature = _signature(review, row.id, expires)
    return f"{review.settings.public_url.rstrip('/')}{PATH}/{row.id}?expires={expires}&signature={signature}"


async def _content(request: Request) -> Response:
    review: Review = request.app.state.review
    identifier, expires = int(request.path_params["identifier"]), request.query_params.get("expires", "")
    given = request.query_params.get("signature", "").encode()
    if not expires.isascii() or not expires.isdigit() or len(expires) > 15:
        return _refusal()
    signature = _signature(review, identifier, int(expires)).encode()
    if not hmac.compare_digest(given, signature) or int(expires) < review.clock().timestamp():
        return _refusal()
    content = await run_in_threadpool(review.database.read, partial(_read, identifier=identifier))
    return _refusal() if content is None else PlainTextResponse(content, headers=_HEADERS)


# A browser that opens the address shows the text, and runs nothing of it.
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


def _refusal() -> Response:
    return PlainTextResponse("This address is not valid, or has expired: call DescribeHumanTaskUi for a new one.", 403)


def _read(session: Session, identifier: int) -> str | None:
    row = session.get(HumanTaskUi, identifier)
    return None if row is None or row.deleted_at is not None else row.content


def _signature(review: Review, identifier: int, expires: int) -> str:
    told = f"template {identifier} until {expires}"
    return hmac.new(review.settings.signing_key(), told.encode(), hashlib.sha256).hexdigest()
