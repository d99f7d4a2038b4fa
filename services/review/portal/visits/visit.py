"""One request to the portal, as its pages see it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from services.review.errors import NotSignedIn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.review.people.sessions import SignedIn
    from services.review.portal.visits.texts import Texts
    from services.review.server.state import Review


class Role(Enum):
    """Who may enter a page: each role may do what those before it may."""

    ANYBODY = 0
    WORKER = 1
    ADMINISTRATOR = 2


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
    cookies: Mapping[str, str]
    address: str
    browser: str
    wants_json: bool
    place: str = "/portal/"  # the address of the page, to which a form may return
    time_zone: str = ""  # the IANA name that the browser sent; not checked

    @property
    def worker(self) -> SignedIn:
        """The signed-in worker; raises NotSignedIn."""
        if self.signed_in is None:
            raise NotSignedIn
        return self.signed_in
