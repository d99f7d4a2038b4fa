"""The OpenID Connect provider people sign in at: authorization code flow with PKCE, against any standard provider."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # type: ignore[import-untyped]
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]

from services.review.people import id_token
from services.review.people.errors import ProviderRefused, ProviderUnavailable

if TYPE_CHECKING:
    from datetime import datetime

    from services.review.config.settings import Settings

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 10
METADATA_SECONDS = 3600
KEYS_SECONDS = 3600
LARGEST_ANSWER = 2**20
REQUIRED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True)
class SignedInThere:
    """What the provider vouches for: the claims of id_token and userinfo, and the id_token itself."""

    issuer: str
    claims: dict[str, Any]
    id_token: str


@dataclass(frozen=True)
class _Kept:
    value: dict[str, Any]
    until: float


class Provider:
    """One provider, by its issuer; its metadata and keys are fetched when needed and kept for an hour."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.redirect_uri = f"{settings.origin}/portal/oidc/callback"
        self._http = httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False)
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    @property
    def issuer(self) -> str:
        """The issuer as configured; the provider calls itself exactly that."""
        return self.settings.oidc_issuer

    def authorization_url(self, *, state: str, nonce: str, verifier: str) -> str:
        """Return where to send a browser; raises ProviderUnavailable."""
        url: str = prepare_grant_uri(
            self._metadata()["authorization_endpoint"],
            client_id=self.settings.oidc_client_id,
            response_type="code",
            redirect_uri=self.redirect_uri,
            scope=self.settings.oidc_scope,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return url

    def sign_in(self, *, code: str, nonce: str, verifier: str, now: datetime) -> SignedInThere:
        """Exchange the code a browser came back with for the person's identity.

        :raises ProviderUnavailable: if the provider cannot be reached.
        :raises ProviderRefused: if the code was used before, or belongs to another client.
        :raises ProviderAnswerInvalid: if the id_token does not belong to this sign-in.
        """
        tokens = self._exchange(code, verifier)
        token = tokens.get("id_token")
        if not isinstance(token, str):
            raise ProviderRefused("the provider sent no id_token: is `openid` in the scope of this client?")
        expected = id_token.Expected(
            issuer=self.issuer,
            client_id=self.settings.oidc_client_id,
            nonce=nonce,
            algorithms=id_token.usable_algorithms(self._metadata()),
            access_token=str(tokens.get("access_token") or ""),
        )
        try:
            claims = id_token.verify(token, self._keys(), expected, now)
        except id_token.KeyUnknown:  # the provider has changed its keys since we looked
            claims = id_token.verify(token, self._keys(fresh=True), expected, now)
        return SignedInThere(self.issuer, claims | self._more_claims(claims, tokens), token)

    def sign_out_url(self, token: str) -> str | None:
        """Return where a browser signs out at the provider and comes back from; None if it has no such address.

        :raises ProviderUnavailable: if the provider cannot be reached.
        """
        endpoint = self._metadata().get("end_session_endpoint")
        if not endpoint:
            return None
        back = f"{self.settings.origin}/portal/sign-in"
        query = {
            "id_token_hint": token,
            "client_id": self.settings.oidc_client_id,
            "post_logout_redirect_uri": back,
            "logout_uri": back,  # Cognito's own name for it
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    def _exchange(self, code: str, verifier: str) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": verifier,
        }
        client_id, secret = self.settings.oidc_client_id, self.settings.oidc_client_secret
        methods = self._metadata().get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        authentication = None
        if secret and "client_secret_basic" in methods:
            # RFC 6749, 2.3.1: both are form-encoded first.
            authentication = httpx.BasicAuth(quote(client_id, safe=""), quote(secret, safe=""))
        else:
            form |= {"client_id": client_id} | ({"client_secret": secret} if secret else {})
        return self._ask("POST", self._metadata()["token_endpoint"], data=form, auth=authentication)

    def _more_claims(self, claims: dict[str, Any], tokens: dict[str, Any]) -> dict[str, Any]:
        """Ask the provider for what the id_token does not say."""
        wanted = {"email", "name", self.settings.oidc_groups_claim} - {""}
        endpoint, access_token = self._metadata().get("userinfo_endpoint"), tokens.get("access_token")
        if wanted <= set(claims) or not endpoint or not access_token:
            return {}
        info = self._ask("GET", endpoint, headers={"Authorization": f"Bearer {access_token}"})
        if info.get("sub") != claims["sub"]:
            raise ProviderRefused("the provider's userinfo and its id_token name different people")
        # The claims of the signed token take precedence.
        return {name: value for name, value in info.items() if name not in claims}

    def _metadata(self) -> dict[str, Any]:
        url = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
        metadata = self._get_kept(url, METADATA_SECONDS)
        if metadata.get("issuer") != self.issuer:
            raise ProviderUnavailable(
                f"it calls itself {metadata.get('issuer')!r}: NIGHTLOOP_REVIEW_OIDC_ISSUER must be exactly that"
            )
        missing = [name for name in REQUIRED if not isinstance(metadata.get(name), str)]
        if missing:
            raise ProviderUnavailable(f"the metadata at {url} lacks {', '.join(missing)}")
        return metadata

    def _keys(self, *, fresh: bool = False) -> dict[str, Any]:
        return self._get_kept(self._metadata()["jwks_uri"], KEYS_SECONDS, fresh=fresh)

    def _get_kept(self, url: str, seconds: float, *, fresh: bool = False) -> dict[str, Any]:
        with self._lock:
            kept = self._kept.get(url)
        if kept and kept.until > time.monotonic() and not fresh:
            return kept.value
        value = self._ask("GET", url)
        with self._lock:
            self._kept[url] = _Kept(value, time.monotonic() + seconds)
        return value

    def _ask(self, method: str, url: str, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - as httpx.request
        place = url.partition("?")[0]
        try:
            answer = self._http.request(
                method, url, headers={"Accept": "application/json"} | request.pop("headers", {}), **request
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            logger.warning("sign-in provider not reached", extra={"url": place, "reason": type(error).__name__})
            raise ProviderUnavailable from error
        document = _document(answer)
        if 400 <= answer.status_code < 500 and method == "POST":
            reason = str(document.get("error", answer.status_code))[:100]
            logger.warning("sign-in provider refused", extra={"url": place, "reason": reason})
            raise ProviderRefused(f"the provider refused the sign-in: {reason}")
        if answer.status_code != 200 or not document:
            logger.warning("sign-in provider failed", extra={"url": place, "status": answer.status_code})
            raise ProviderUnavailable
        return document


def _document(answer: httpx.Response) -> dict[str, Any]:
    if len(answer.content) > LARGEST_ANSWER:
        return {}
    try:
        document = answer.json()
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
