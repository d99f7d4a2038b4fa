"""Verifies AWS Signature Version 4 in its header form, for one-chunk payloads.

Reference: "Create a signed AWS API request" in the IAM user guide.
"""

import hashlib
import hmac
import json
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import quote, unquote_plus

from services.awswire.errors import ConfigurationError, ServiceError
from services.awswire.request import Head, WireRequest, header_text

_log = logging.getLogger(__name__)
_ALGORITHM = "AWS4-HMAC-SHA256"
_UNSIGNED = "UNSIGNED-PAYLOAD"
_DATE_FORM = "%Y%m%dT%H%M%SZ"
_SKEW = timedelta(minutes=5)
_REGION = re.compile(r"[a-z0-9-]{1,64}")
# the signature must cover everything that decides the meaning of a call
_MUST_BE_SIGNED = ("host", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token", "x-amz-target")
_KEYS_FORM = 'a secret, "...", or for temporary credentials {"secret": "...", "token": "..."}, neither of them empty'
_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key"
    " and signing method. Consult the service documentation for details."
)


class Keys(Mapping[str, str]):
    """The access keys that may call: id -> secret, some with their required session token.

    An entry is a secret, or `{"secret": ..., "token": ...}` for temporary credentials. Never prints either.

    :raises ConfigurationError: for any other entry.
    """

    def __init__(self, entries: Mapping[str, object]) -> None:
        self._secrets: dict[str, str] = {}
        self._tokens: dict[str, str] = {}
        for name, entry in entries.items():
            fields = {"secret": entry} if isinstance(entry, str) else entry
            if not isinstance(fields, Mapping) or fields.keys() - {"secret", "token"} or not _are_texts(fields):
                raise ConfigurationError(f"the access key {name} must have {_KEYS_FORM}")
            self._secrets[name] = fields["secret"]
            if "token" in fields:
                self._tokens[name] = fields["token"]

    @classmethod
    def from_json(cls, text: str) -> "Keys":
        """Read keys from a JSON object; `ConfigurationError` for anything else."""
        try:
            entries = json.loads(text)
        except ValueError as error:
            raise ConfigurationError(f'access keys must be a JSON object {{"id": "secret"}}: {error}') from None
        if not isinstance(entries, dict):
            raise ConfigurationError('access keys must be a JSON object {"id": "secret"}')
        return cls(entries)

    def token(self, access_key: str) -> str | None:
        """Return the session token that a key requires, None for a key without one."""
        return self._tokens.get(access_key)

    def __getitem__(self, access_key: str) -> str:
        return self._secrets[access_key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._secrets)

    def __len__(self) -> int:
        return len(self._secrets)

    def __repr__(self) -> str:
        return f"Keys({', '.join(self._secrets)})"


@dataclass(frozen=True)
class Caller:
    """Who signed a request, and for which region."""

    access_key: str
    region: str


@dataclass(frozen=True)
class _Authorization:
    access_key: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str

    @property
    def scope(self) -> str:
        return f"{self.date}/{self.region}/{self.service}/aws4_request"


def check_head(head: Head, keys: Keys, signing_name: str, now: float) -> None:
    """Refuse at `now` (epoch seconds) what no body can fix: an unknown key, an old date, an unsigned header.

    This runs before the body is read, so that unknown callers cannot make the service read it.

    :raises ServiceError: the one that AWS would.
    """
    _checked_head(head, keys, signing_name, now)


def verify(request: WireRequest, keys: Keys, signing_name: str, now: float) -> Caller:
    """Check the request's signature at `now` (epoch seconds); raise the `ServiceError` that AWS would."""
    authorization, stamp, secret = _checked_head(request.head, keys, signing_name, now)
    canonical = _canonical_request(request, authorization)
    expected = _signature(secret, authorization, stamp, canonical)
    if not hmac.compare_digest(expected.encode(), authorization.signature.encode()):
        _log.debug("signature mismatch; the canonical request is\n%s", canonical)
        raise _invalid(_MISMATCH)
    return Caller(authorization.access_key, authorization.region)


def _checked_head(head: Head, keys: Keys, signing_name: str, now: float) -> tuple[_Authorization, str, str]:
    """Return who claims to have signed, the time to sign, and the secret to do it with."""
    authorization = _read_authorization(head)
    stamp = _check_date(head, authorization, now)
    if authorization.service != signing_name or not _REGION.fullmatch(authorization.region):
        raise _invalid(f"Credential should be scoped to a valid region and to correct service: '{signing_name}'.")
    secret = keys.get(authorization.access_key)
    if secret is None or not _has_token(head, keys.token(authorization.access_key)):
        raise ServiceError(
            "UnrecognizedClientException", "The security token included in the request is invalid.", status=403
        )
    _check_signed_headers(head, authorization)
    return authorization, stamp, secret


def _has_token(head: Head, token: str | None) -> bool:
    """Tell whether the request has its key's token: the configuration has all tokens, none are issued here."""
    sent = head.headers.get("x-amz-security-token")
    if token is None or sent is None:
        return sent is token
    return hmac.compare_digest(sent.encode(), token.encode())


def _are_texts(fields: Mapping[str, object]) -> bool:
    return "secret" in fields and all(isinstance(text, str) and text for text in fields.values())


def _invalid(message: str) -> ServiceError:
    return ServiceError("InvalidSignatureException", message, status=403)


def _incomplete(message: str) -> ServiceError:
    return ServiceError("IncompleteSignatureException", message, status=403)


def _read_authorization(head: Head) -> _Authorization:
    header = head.headers.get("authorization", "")
    algorithm, _, rest = header.partition(" ")
    if algorithm != _ALGORITHM:
        raise ServiceError("MissingAuthenticationTokenException", "Missing Authentication Token", status=403)
    fields = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    missing = [name for name in ("Credential", "SignedHeaders", "Signature") if not fields.get(name)]
    if missing:
        raise _incomplete(" ".join(f"Authorization header requires '{name}' parameter." for name in missing))
    credential = fields["Credential"].rsplit("/", 4)
    if len(credential) != 5 or credential[-1] != "aws4_request":
        raise _incomplete("Credential must be of the form id/date/region/service/aws4_request.")
    return _Authorization(
        access_key=credential[0],
        date=credential[1],
        region=credential[2],
        service=credential[3],
        signed_headers=tuple(fields["SignedHeaders"].lower().split(";")),
        signature=fields["Signature"],
    )


def _check_date(head: Head, authorization: _Authorization, now: float) -> str:
    """Return the request's time in the form of the string to sign."""
    moment = _read_date(head)
    stamp = moment.strftime(_DATE_FORM)
    if authorization.date != stamp[:8]:
        raise _invalid(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP:"
            f" '{authorization.date}' != '{stamp[:8]}', from '{stamp}'."
        )
    clock = datetime.fromtimestamp(now, UTC)
    if moment < clock - _SKEW:
        limit, present = (clock - _SKEW).strftime(_DATE_FORM), clock.strftime(_DATE_FORM)
        raise _invalid(f"Signature expired: {stamp} is now earlier than {limit} ({present} - 5 min.)")
    if moment > clock + _SKEW:
        limit, present = (clock + _SKEW).strftime(_DATE_FORM), clock.strftime(_DATE_FORM)
        raise _invalid(f"Signature not yet current: {stamp} is still later than {limit} ({present} + 5 min.)")
    return stamp


def _read_date(head: Head) -> datetime:
    text = head.headers.get("x-amz-date") or head.headers.get("date")
    if not text:
        raise _incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
    try:
        if "x-amz-date" in head.headers:
            return datetime.strptime(text, _DATE_FORM).replace(tzinfo=UTC)
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        raise _incomplete(f"Date must be in ISO-8601 'basic format'. Got '{text}'.") from None


def _check_signed_headers(head: Head, authorization: _Authorization) -> None:
    required = {name for name in _MUST_BE_SIGNED if name in head.headers} | {"host"}
    if "x-amz-date" not in head.headers:
        required.add("date")
    unsigned = sorted(required.difference(authorization.signed_headers))
    absent = sorted(name for name in authorization.signed_headers if name not in head.headers)
    if unsigned or absent:
        problems = [f"'{name}' must be a 'SignedHeader' in the AWS Authorization." for name in unsigned]
        problems += [f"'{name}' is a 'SignedHeader' and was not sent." for name in absent]
        raise _invalid(" ".join(problems))


def _canonical_request(request: WireRequest, authorization: _Authorization) -> str:
    names = sorted(authorization.signed_headers)
    lines = [
        request.head.method,
        _canonical_path(request.head.path),
        _canonical_query(request.head.query),
        *(f"{name}:{_canonical_header(request.head, name)}" for name in names),
        "",
        ";".join(names),
        _payload_hash(request),
    ]
    return "\n".join(lines)


def _canonical_path(path: str) -> str:
    """Normalise the path (dots, doubled slashes), then encode it once more than it was sent."""
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    trailing = "/" if kept and path.endswith("/") else ""
    return quote(("/" + "/".join(kept) + trailing).encode("latin-1"), safe="/~")


def _canonical_query(query: str) -> str:
    """Decode every pair (`+` is a space), encode it again in the canonical way, and sort."""
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    return "&".join(f"{name}={value}" for name, value in sorted((_recode(k), _recode(v)) for k, _, v in pairs))


def _recode(text: str) -> str:
    return quote(unquote_plus(text, encoding="latin-1").encode("latin-1"), safe="~")


def _canonical_header(head: Head, name: str) -> str:
    return ",".join(" ".join(header_text(value).split()) for value in head.headers.getlist(name))


def _payload_hash(request: WireRequest) -> str:
    """Return the hash to sign; a hash that the caller sent must match the body."""
    claimed = request.head.headers.get("x-amz-content-sha256")
    if claimed == _UNSIGNED:
        return _UNSIGNED
    actual = hashlib.sha256(request.body).hexdigest()
    if claimed is not None and not hmac.compare_digest(claimed.encode(), actual.encode()):
        raise _invalid(
            "The provided 'x-amz-content-sha256' header does not match what was computed;"
            f" send the SHA-256 of the body or {_UNSIGNED}."
        )
    return actual


def _signature(secret: str, authorization: _Authorization, stamp: str, canonical: str) -> str:
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join([_ALGORITHM, stamp, authorization.scope, digest])
    key = f"AWS4{secret}".encode()
    for part in (authorization.date, authorization.region, authorization.service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()
