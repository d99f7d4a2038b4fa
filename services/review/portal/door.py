"""The way of every request through the portal: who is it, is it his own form, what page, which words."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse, Response

from services.review.errors import InvalidInput, NotAllowed, NotSignedIn, ReviewError
from services.review.portal import views
from services.review.portal.security import csrf, sessions
from services.review.portal.security.csp import page_headers
from services.review.portal.security.tokens import new_token
from services.review.portal.texts import Texts, texts_for
from services.review.request_log import note_worker

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request

    from services.review.portal.security.sessions import SignedIn
    from services.review.state import Review

    Page = Callable[["Visit"], Response]

logger = logging.getLogger(__name__)

LARGEST_BODY = 4 * 2**20
SIGN_IN = "/portal/sign-in"


class Role(Enum):
    """Who may enter a page: each role may do what those before it may."""

    ANYBODY = 0
    WORKER = 1
    ADMINISTRATOR = 2


class BodyTooLarge(InvalidInput):
    """That is more than one answer can hold."""

    status = 413


@dataclass(frozen=True)
class Visit:
    """One request to the portal, read and checked."""

    review: Review
    texts: Texts
    token: str
    csrf_token: str
    signed_in: SignedIn | None
    path: Mapping[str, str]
    query: Mapping[str, str]
    form: Mapping[str, str]
    json: Any
    address: str
    wants_json: bool

    @property
    def worker(self) -> SignedIn:
        """The signed-in worker; raises NotSignedIn."""
        if self.signed_in is None:
            raise NotSignedIn
        return self.signed_in


def door(page: Page, role: Role = Role.WORKER) -> Callable[[Request], Awaitable[Response]]:
    """Make an endpoint of a page, shut to all below `role`."""

    async def endpoint(request: Request) -> Response:
        try:
            body = await _body(request)
        except BodyTooLarge as error:
            return JSONResponse({"error": {"code": "BodyTooLarge", "message": error.message}}, status_code=413)
        return await run_in_threadpool(_serve, request, body, page, role)

    return endpoint


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise BodyTooLarge
    return body


def _serve(request: Request, body: bytes, page: Page, role: Role) -> Response:
    review: Review = request.app.state.review
    cookie = request.cookies.get(sessions.COOKIE, "")
    token = cookie or new_token()
    visit = _visit(review, request, token)
    if visit.signed_in:
        note_worker(visit.signed_in.public_id)
    try:
        if request.method == "POST":
            visit = _read_body(visit, body)
            csrf.check(visit.csrf_token, visit.form, request.headers)
        _let_in(visit, role)
        response = page(visit)
    except NotSignedIn as error:
        response = views.error_response(visit, error) if visit.wants_json else RedirectResponse(SIGN_IN, 303)
    except ReviewError as error:
        logger.info("refused", extra={"reason": type(error).__name__})
        response = views.error_response(visit, error)
    except Exception:
        logger.exception("the portal failed")
        response = views.error_response(visit, None)
    for name, value in page_headers().items():
        response.headers.setdefault(name, value)
    if not cookie and sessions.COOKIE not in response.headers.get("set-cookie", ""):
        sessions.set_cookie(response, token, secure=review.settings.public_url.startswith("https:"))
    return response


def _let_in(visit: Visit, role: Role) -> None:
    if role is Role.ANYBODY:
        return
    if role is Role.ADMINISTRATOR and not visit.worker.is_administrator:
        raise NotAllowed
    _ = visit.worker  # raises NotSignedIn


def _visit(review: Review, request: Request, token: str) -> Visit:
    key = review.settings.signing_key()
    content_type = request.headers.get("content-type", "")
    return Visit(
        review=review,
        texts=texts_for(request.headers.get("accept-language", "")[:200]),
        token=token,
        csrf_token=csrf.token_for(key, token),
        signed_in=review.database.read(lambda session: sessions.find_session(session, token, key, review.clock())),
        path=request.path_params,
        query=request.query_params,
        form={},
        json=None,
        address=request.client.host if request.client else "",
        wants_json=content_type.startswith("application/json"),
    )


def _read_body(visit: Visit, body: bytes) -> Visit:
    changes: dict[str, Any]
    try:
        if visit.wants_json:
            changes = {"json": json.loads(body, parse_constant=_refuse_constant)}
        else:
            changes = {"form": dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=100))}
    except (ValueError, RecursionError) as error:
        raise InvalidInput(visit.texts("error.unreadable")) from error
    return Visit(**(visit.__dict__ | changes))


def _refuse_constant(constant: str) -> object:
    raise ValueError(f"{constant} is not JSON")
