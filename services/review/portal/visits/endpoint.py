"""The path of every request through the portal: who sent it, whether the form is theirs, which page, which language."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse, Response

from services.review.errors import DatabaseAway, InvalidInput, NotAllowed, NotSignedIn, ReviewError
from services.review.humanloops.workforce import check_address
from services.review.people import sessions
from services.review.people.tokens import new_token
from services.review.portal.security import cookies, csrf
from services.review.portal.security.csp import page_headers
from services.review.portal.visits import responses
from services.review.portal.visits.request_body import BodyTooLarge, BodyTooSlow, check_texts, read_body, read_content
from services.review.portal.visits.texts import LANGUAGE_COOKIE, texts_for
from services.review.portal.visits.visit import Role, Visit
from services.review.server.request_log import note_worker
from services.review.storage.database.availability import is_away

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from services.review.people.sessions import SignedIn
    from services.review.server.state import Review

    Page = Callable[[Visit], Response]

logger = logging.getLogger(__name__)

SIGN_IN = "/portal/sign-in"


def endpoint(page: Page, role: Role = Role.WORKER) -> Callable[[Request], Awaitable[Response]]:
    """Make an endpoint of a page, closed to all roles below `role`."""

    async def answer(request: Request) -> Response:
        review: Review = request.app.state.review

        async def may_send_more() -> bool:
            return await run_in_threadpool(_is_known, review, request)

        try:
            body = await read_body(request, review.settings.request_seconds, may_send_more)
        except (BodyTooLarge, BodyTooSlow, DatabaseAway) as error:
            return _unread(request, error)
        return await run_in_threadpool(_serve, request, body, page, role)

    return answer


def _is_known(review: Review, request: Request) -> bool:
    """Tell whether a signed-in worker sends the request; raises DatabaseAway."""
    token = cookies.session_token(review.settings, request.cookies)
    try:
        return token is not None and _signed_in(review, token) is not None
    except SQLAlchemyError as error:
        raise _away(error) from error


def _away(error: SQLAlchemyError) -> Exception:
    """Turn an error of the database into the caller's error; an error of ours stays as it is."""
    if not is_away(error):
        return error
    logger.warning("database away", extra={"reason": type(error).__name__})
    return DatabaseAway()


def _unread(request: Request, error: ReviewError) -> Response:
    message = responses.error_message(texts_for(request.headers.get("accept-language", "")[:200]), error)
    closing = {"connection": "close"} if isinstance(error, BodyTooSlow) else None
    return JSONResponse({"error": {"code": type(error).__name__, "message": message}}, error.status, closing)


def _serve(request: Request, body: bytes, page: Page, role: Role) -> Response:
    review: Review = request.app.state.review
    cookie = cookies.session_token(review.settings, request.cookies)
    token = cookie or new_token()
    visit = _visit(review, request, token)
    try:
        visit = replace(visit, signed_in=_signed_in(review, token))
        if visit.signed_in:
            note_worker(visit.signed_in.public_id)
        _check_place(visit)
        if request.method == "POST":
            visit = _read_body(visit, body)
            csrf.check(visit.csrf_token, visit.form, request.headers)
        _let_in(visit, role)
        response = page(visit)
    except NotSignedIn as error:
        response = responses.error_response(visit, error) if visit.wants_json else RedirectResponse(SIGN_IN, 303)
    except ReviewError as error:
        logger.info("refused", extra={"reason": type(error).__name__})
        response = responses.error_response(visit, error)
    except SQLAlchemyError as error:
        response = _failed(visit, _away(error))
    except Exception:
        logger.exception("the portal failed")
        response = responses.error_response(visit, None)
    for name, value in page_headers().items():
        response.headers.setdefault(name, value)
    if not cookie and not cookies.sets_session(response, review.settings):
        cookies.set_session(response, review.settings, token)
    return response


def _failed(visit: Visit, error: Exception) -> Response:
    if not isinstance(error, DatabaseAway):
        logger.error("the portal failed", exc_info=error)
        return responses.error_response(visit, None)
    # Nobody can be identified now, so the page must show neither a name nor anything private.
    response = responses.error_response(replace(visit, signed_in=None), error)
    response.headers["retry-after"] = "5"
    return response


def _check_place(visit: Visit) -> None:
    """Refuse a worker from an address that is not allowed, and a request whose path is not valid."""
    visit.review.database.read(lambda session: check_address(session, visit.address))
    try:
        check_texts([visit.path, visit.query])
    except ValueError as error:
        raise InvalidInput(visit.texts("error.unreadable")) from error


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
        texts=texts_for(request.headers.get("accept-language", "")[:200], request.cookies.get(LANGUAGE_COOKIE, "")),
        token=token,
        csrf_token=csrf.token_for(key, token),
        signed_in=None,
        path=request.path_params,
        query=request.query_params,
        form={},
        json=None,
        cookies=request.cookies,
        address=request.client.host if request.client else "",
        browser=request.headers.get("user-agent", ""),
        wants_json=content_type.startswith("application/json"),
        place=request.url.path if request.method == "GET" else "/portal/",
        time_zone=request.cookies.get("nightloop_time_zone", "")[:64],
    )


def _signed_in(review: Review, token: str) -> SignedIn | None:
    key, now, idle = review.settings.signing_key(), review.clock(), sessions.idle_time(review.settings)
    found = review.database.read(lambda session: sessions.find_session(session, token, key, now, idle))
    if found and found.is_due(now, idle):
        review.database.write(lambda session: sessions.note_seen(session, found.session_digest, now))
    return found


def _read_body(visit: Visit, body: bytes) -> Visit:
    try:
        changes = read_content(body, is_json=visit.wants_json)
    except ValueError as error:
        raise InvalidInput(visit.texts("error.unreadable")) from error
    return Visit(**(visit.__dict__ | changes))
