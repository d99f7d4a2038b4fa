"""What an id_token must be: each way it can be wrong, signed with real keys."""

import base64
import json
from datetime import UTC, datetime

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from services.review.people.errors import ProviderAnswerInvalid
from services.review.people.id_token import Expected, KeyUnknown, usable_algorithms, verify

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
TIME = int(NOW.timestamp())
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
KEYS = {"keys": [KEY.as_dict(private=False), {"kty": "RSA", "use": "enc", "n": "AQAB", "e": "AQAB"}, {"kty": "new"}]}
EXPECTED = Expected("https://id.example", "client", "nonce", ["RS256"], "")
CLAIMS = {"iss": "https://id.example", "aud": "client", "sub": "ann", "nonce": "nonce", "iat": TIME, "exp": TIME + 60}


def token(key=KEY, kid="one", **changes):
    claims = {name: value for name, value in (CLAIMS | changes).items() if value is not None}
    return jwt.encode({"alg": "RS256", "kid": kid}, claims, key, algorithms=["RS256"])


def unsigned():
    parts = [{"alg": "none"}, CLAIMS]
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + "."


def test_a_right_one_gives_its_claims():
    assert verify(token(), KEYS, EXPECTED, NOW)["sub"] == "ann"
    assert verify(token(aud=["client", "other"], azp="client"), KEYS, EXPECTED, NOW)["sub"] == "ann"
    assert verify(token(exp=TIME - 30), KEYS, EXPECTED, NOW)["sub"] == "ann", "clocks may differ by a minute"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"aud": "other"},
        {"aud": ["client", "other"]},
        {"azp": "other"},
        {"nonce": "other"},
        {"nonce": None},
        {"exp": TIME - 61},
        {"exp": None},
        {"exp": "soon"},
        {"iat": TIME + 120},
        {"iat": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
    ],
    ids=str,
)
def test_a_claim_that_is_wrong_or_missing_is_refused(changes):
    with pytest.raises(ProviderAnswerInvalid):
        verify(token(**changes), KEYS, EXPECTED, NOW)


def test_a_signature_nobody_made_is_refused():
    shared = OctKey.import_key(b"what everybody may read, as a public key is")
    confused = jwt.encode({"alg": "HS256", "kid": "one"}, CLAIMS, shared, algorithms=["HS256"])
    for bad in (unsigned(), confused, token()[:-8] + "AAAAAAAA", "", "a.b.c", "x" * 10_000):
        with pytest.raises(ProviderAnswerInvalid):
            verify(bad, KEYS, EXPECTED, NOW)


def test_a_key_that_is_not_there_asks_for_fresh_ones():
    other = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
    with pytest.raises(KeyUnknown):
        verify(token(other, kid="two"), KEYS, EXPECTED, NOW)


def test_only_signatures_of_the_provider_count():
    assert usable_algorithms({"id_token_signing_alg_values_supported": ["none", "HS256", "ES256"]}) == ["ES256"]
    assert usable_algorithms({}) == ["RS256"]
