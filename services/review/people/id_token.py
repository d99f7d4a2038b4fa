"""Checks that an id_token belongs to this sign-in (OpenID Connect Core 1.0, section 3.1.3.7)."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from services.review.people.errors import ProviderAnswerInvalid, ProviderUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

logger = logging.getLogger(__name__)

LEEWAY_SECONDS = 60
LONGEST_SUBJECT = 255
# Signed with a key that only the provider has: neither `none` nor the HS family, whose key the client shares.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")

KEY_TYPES = ("RSA", "EC", "OKP")


class KeyUnknown(ProviderAnswerInvalid):
    """The token is signed with a key that is not among the provider's."""


@dataclass(frozen=True)
class Expected:
    """What the token must say."""

    issuer: str
    client_id: str
    nonce: str
    algorithms: Sequence[str]
    access_token: str


def usable_algorithms(metadata: Mapping[str, Any]) -> list[str]:
    """List the algorithms the provider signs with that are safe to accept."""
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    return [name for name in ALGORITHMS if name in offered]


def verify(token: str, keys: dict[str, Any], expected: Expected, now: datetime) -> dict[str, Any]:
    """Check signature and claims and return the claims.

    :raises KeyUnknown: if no key of the provider fits.
    :raises ProviderAnswerInvalid: for any other fault.
    """
    try:
        # The set may also have keys for encryption, and future kinds of keys.
        signing = [key for key in keys["keys"] if key.get("use") != "enc" and key.get("kty") in KEY_TYPES]
        key_set = KeySet.import_key_set({"keys": signing})
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProviderUnavailable("the provider's keys cannot be read") from error
    try:
        decoded = jwt.decode(token, key_set, algorithms=list(expected.algorithms))
    except (InvalidKeyIdError, BadSignatureError) as error:
        raise _refusal(error, KeyUnknown) from error
    except (JoseError, ValueError) as error:
        raise _refusal(error, ProviderAnswerInvalid) from error
    options = {"iss": {"values": [expected.issuer]}, "aud": {"value": expected.client_id}}
    parameters = {
        "nonce": expected.nonce,
        "client_id": expected.client_id,
        "access_token": expected.access_token or None,
    }
    claims = CodeIDToken(decoded.claims, decoded.header, options, parameters)
    try:
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
    except (JoseError, ValueError, TypeError) as error:
        raise _refusal(error, ProviderAnswerInvalid) from error
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 1 <= len(subject) <= LONGEST_SUBJECT:
        raise ProviderAnswerInvalid
    return dict(claims)


def _refusal(error: Exception, kind: type[ProviderAnswerInvalid]) -> ProviderAnswerInvalid:
    reason = f"{type(error).__name__}: {error}"[:200]
    logger.warning("id_token refused", extra={"reason": reason})
    return kind(ProviderAnswerInvalid().message)
