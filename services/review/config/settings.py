"""Settings of the review service: one environment variable a field, or a key of a TOML file."""

from __future__ import annotations

import re
from dataclasses import Field, dataclass, field, fields
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from services.awswire import ConfigurationError, Keys
from services.faults import guard
from services.review.config import settings_file, smtp_server
from services.review.errors import SettingsError
from services.review.render.frame.allowance import Allowances, read_names, read_origins
from services.review.render.markup.min_seconds import MOST_SECONDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PREFIX = "NIGHTLOOP_REVIEW_"
CONFIG = f"{PREFIX}CONFIG"
_EVENT_SOURCE = re.compile(r"[A-Za-z0-9._/#-]{1,256}")
_TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def _setting(env: str, default: str | int | bool, about: str = "", *, secret: bool = False) -> Any:  # noqa: ANN401 - as dataclasses.field
    return field(default=default, metadata={"env": env, "about": about, "secret": secret}, repr=not secret)


@dataclass(frozen=True)
class Settings:
    """All the service can be told; secrets stay out of its repr."""

    host: str = _setting("NIGHTLOOP_REVIEW_HOST", "127.0.0.1", "the address to listen on")
    port: int = _setting("NIGHTLOOP_REVIEW_PORT", 8092, "the port to listen on")
    database: str = _setting(
        "NIGHTLOOP_REVIEW_DATABASE", "sqlite:///nightloop-review.sqlite", "SQLAlchemy URL", secret=True
    )
    public_url: str = _setting("NIGHTLOOP_REVIEW_PUBLIC_URL", "http://localhost:8092", "what browsers see")
    account: str = _setting("NIGHTLOOP_REVIEW_ACCOUNT", "123456789012", "in every ARN")
    region: str = _setting("NIGHTLOOP_REVIEW_REGION", "us-east-1", "in every ARN; of the buckets, the queue, the bus")
    access_keys: str = _setting(
        "NIGHTLOOP_REVIEW_ACCESS_KEYS",
        "",
        'required: JSON, {"access key id": "secret"}; for temporary credentials {"id": {"secret": "", "token": ""}}',
        secret=True,
    )
    secret_key: str = _setting(
        "NIGHTLOOP_REVIEW_SECRET_KEY", "", "required: random, at least 16 characters; signs sessions", secret=True
    )
    s3_endpoint_url: str = _setting("NIGHTLOOP_REVIEW_S3_ENDPOINT_URL", "", "an S3 that is not AWS's")
    s3_browser_endpoint_url: str = _setting(
        "NIGHTLOOP_REVIEW_S3_BROWSER_ENDPOINT_URL", "", "where browsers reach that S3, if elsewhere"
    )
    event_source: str = _setting("NIGHTLOOP_REVIEW_EVENT_SOURCE", "nightloop.review", "`source` of every event")
    event_queue_url: str = _setting("NIGHTLOOP_REVIEW_EVENT_QUEUE_URL", "", "the SQS queue that gets the events")
    event_bus_name: str = _setting("NIGHTLOOP_REVIEW_EVENT_BUS_NAME", "", "the EventBridge bus that gets the events")
    sqs_endpoint_url: str = _setting("NIGHTLOOP_REVIEW_SQS_ENDPOINT_URL", "", "an SQS that is not AWS's")
    events_endpoint_url: str = _setting("NIGHTLOOP_REVIEW_EVENTS_ENDPOINT_URL", "", "an EventBridge that is not AWS's")
    metrics_token: str = _setting(
        "NIGHTLOOP_REVIEW_METRICS_TOKEN", "", "opens /metrics to who sends it as a bearer token", secret=True
    )
    drain_seconds: int = _setting(
        "NIGHTLOOP_REVIEW_DRAIN_SECONDS", 0, "after SIGTERM, how long to serve on while /readyz already says 503"
    )
    session_hours: int = _setting("NIGHTLOOP_REVIEW_SESSION_HOURS", 12, "how long a worker stays signed in")
    session_idle_minutes: int = _setting(
        "NIGHTLOOP_REVIEW_SESSION_IDLE_MINUTES", 240, "how long a session may go unused before it ends"
    )
    invitation_days: int = _setting("NIGHTLOOP_REVIEW_INVITATION_DAYS", 7, "how long a one-time link works")
    smtp_url: str = _setting(
        "NIGHTLOOP_REVIEW_SMTP_URL",
        "",
        "sends invitations: smtp://user:password@host:587?starttls or smtps://...; without it links are shown",
        secret=True,
    )
    mail_from: str = _setting("NIGHTLOOP_REVIEW_MAIL_FROM", "", "the sender of those mails")
    password_sign_in: bool = _setting(
        "NIGHTLOOP_REVIEW_PASSWORD_SIGN_IN", True, "false: people sign in at the OIDC provider only"
    )
    oidc_issuer: str = _setting("NIGHTLOOP_REVIEW_OIDC_ISSUER", "", "sign-in at an OpenID Connect provider: its URL")
    oidc_client_id: str = _setting("NIGHTLOOP_REVIEW_OIDC_CLIENT_ID", "", "this service's id there")
    oidc_client_secret: str = _setting(
        "NIGHTLOOP_REVIEW_OIDC_CLIENT_SECRET", "", "its secret there; empty for a public client", secret=True
    )
    oidc_scope: str = _setting("NIGHTLOOP_REVIEW_OIDC_SCOPE", "openid email profile", "what to ask the provider for")
    oidc_groups_claim: str = _setting(
        "NIGHTLOOP_REVIEW_OIDC_GROUPS_CLAIM", "groups", "the claim with a person's groups (Cognito: cognito:groups)"
    )
    oidc_admin_group: str = _setting(
        "NIGHTLOOP_REVIEW_OIDC_ADMIN_GROUP", "", "whose members are administrators, and nobody else of that provider"
    )
    oidc_name: str = _setting("NIGHTLOOP_REVIEW_OIDC_NAME", "", "what the button calls the provider")
    oidc_link_by_email: bool = _setting(
        "NIGHTLOOP_REVIEW_OIDC_LINK_BY_EMAIL", False, "a first sign-in may take over the account of its verified e-mail"
    )
    render_processes: int = _setting(
        "NIGHTLOOP_REVIEW_RENDER_PROCESSES", 2, "how many processes render templates; one caller never has them all"
    )
    min_seconds: int = _setting(
        "NIGHTLOOP_REVIEW_MIN_SECONDS",
        1,
        "a faster answer is marked unless its template says otherwise (min-seconds); 0 marks none",
    )
    template_origins: str = _setting(
        "NIGHTLOOP_REVIEW_TEMPLATE_ORIGINS",
        "",
        "further origins that templates may reach: https://cdn.example for all, name=https://cdn.example for one",
    )
    template_unsafe_eval: str = _setting(
        "NIGHTLOOP_REVIEW_TEMPLATE_UNSAFE_EVAL", "", "the templates, by name, that may use eval; * is all of them"
    )
    template_blob_workers: str = _setting(
        "NIGHTLOOP_REVIEW_TEMPLATE_BLOB_WORKERS", "", "the templates, by name, that may run workers; * is all of them"
    )
    request_seconds: int = _setting(
        "NIGHTLOOP_REVIEW_REQUEST_SECONDS", 60, "how long the head, and then the body, of a request may take to arrive"
    )
    max_connections: int = _setting(
        "NIGHTLOOP_REVIEW_MAX_CONNECTIONS", 1000, "how many connections are served at once; one more is told 503"
    )
    faults_token: str = _setting(
        "NIGHTLOOP_REVIEW_FAULTS_TOKEN",
        "",
        "for tests on loopback only: who has it may order faults",
        secret=True,
    )
    history: str = _setting("NIGHTLOOP_REVIEW_HISTORY", "", "for tests: a file that gets a line for every change")
    log_level: str = _setting("NIGHTLOOP_REVIEW_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], file: Path | None = None) -> Settings:
        """Read the settings; one that is not set or empty keeps its default.

        `file` (or the one NIGHTLOOP_REVIEW_CONFIG names) is TOML and has the same names in lower case without the
        prefix; the environment wins over it. A secret may come from a file of its own: `<name>_FILE` names it.

        Raises SettingsError naming the setting and the mend.
        """
        known = {setting.metadata["env"]: setting for setting in fields(cls)}
        secrets = {name for name, setting in known.items() if setting.metadata["secret"]}
        texts = settings_file.read(file or environment.get(CONFIG, ""), PREFIX, known, secrets)
        texts |= settings_file.with_secrets(environment, {name: environment.get(name, "") for name in known}, secrets)
        values: dict[str, Any] = {known[name].name: _value(known[name], name, text) for name, text in texts.items()}
        settings = cls(**values)
        settings._check()
        return settings

    def _check(self) -> None:
        if not urlsplit(self.public_url).netloc:
            raise SettingsError(f"{PREFIX}PUBLIC_URL must be what browsers see, e.g. http://localhost:8092")
        for name in ("S3", "S3_BROWSER", "SQS", "EVENTS"):
            self._check_address(f"{name}_ENDPOINT_URL")
        self._check_address("EVENT_QUEUE_URL")
        self._check_people()
        self._check_templates()
        refusal = guard.refusal(self.faults_token, self.host, urlsplit(self.public_url).hostname or "")
        if refusal:
            raise SettingsError(f"{PREFIX}FAULTS_TOKEN {refusal}")
        if not _EVENT_SOURCE.fullmatch(self.event_source):
            raise SettingsError(f"{PREFIX}EVENT_SOURCE may have letters, digits and . _ / # - only")
        if self.event_bus_name and self.event_source.startswith("aws."):
            raise SettingsError(
                f"EventBridge takes no event whose source begins with `aws.`: choose another {PREFIX}EVENT_SOURCE, "
                f"or send the events to SQS ({PREFIX}EVENT_QUEUE_URL) only"
            )

    def _check_address(self, name: str) -> None:
        address = getattr(self, name.lower())
        parts = urlsplit(address)
        if address and (parts.scheme not in {"http", "https"} or not parts.netloc):
            raise SettingsError(f"{PREFIX}{name} must be a URL, e.g. http://localhost:9000, not {address!r}")

    def _check_templates(self) -> None:
        self.allowances()
        if self.render_processes < 1:
            raise SettingsError(f"{PREFIX}RENDER_PROCESSES must be at least 1")
        if not 0 <= self.min_seconds <= MOST_SECONDS:
            raise SettingsError(f"{PREFIX}MIN_SECONDS must be from 0 to {MOST_SECONDS:g}")

    def _check_people(self) -> None:
        smtp_server.check(self.smtp_url, self.mail_from)
        for name in ("session_hours", "session_idle_minutes", "invitation_days", "max_connections"):
            if getattr(self, name) < 1:
                raise SettingsError(f"{PREFIX}{name.upper()} must be at least 1")
        if self.oidc_issuer and not self.oidc_client_id:
            raise SettingsError(f"{PREFIX}OIDC_ISSUER needs {PREFIX}OIDC_CLIENT_ID, this service's id at the provider")
        if self.oidc_issuer and "openid" not in self.oidc_scope.split():
            raise SettingsError(f"{PREFIX}OIDC_SCOPE must contain openid")
        if not self.password_sign_in and not self.oidc_issuer:
            raise SettingsError(f"without passwords nobody can sign in: set {PREFIX}OIDC_ISSUER")

    def keys(self) -> Keys:
        """Read the access keys that may call the API.

        Raises SettingsError when there is none: an API nobody may call is a mistake in the configuration.
        """
        name = f"{PREFIX}ACCESS_KEYS"
        try:
            keys = Keys.from_json(self.access_keys or "{}")
        except ConfigurationError as error:
            raise SettingsError(f"{name}: {error}") from error
        if not keys:
            raise SettingsError(f'{name} must be a JSON object with at least one key, {{"access key id": "secret"}}')
        return keys

    def allowances(self) -> Allowances:
        """Read what templates may do besides; raises SettingsError naming what is wrong."""
        return Allowances(
            read_origins(f"{PREFIX}TEMPLATE_ORIGINS", self.template_origins, self.public_url),
            read_names(f"{PREFIX}TEMPLATE_UNSAFE_EVAL", self.template_unsafe_eval),
            read_names(f"{PREFIX}TEMPLATE_BLOB_WORKERS", self.template_blob_workers),
        )

    def signing_key(self) -> bytes:
        """Return the key of cookies and CSRF tokens; raises SettingsError when it is missing or short."""
        if len(self.secret_key) < 16:
            raise SettingsError(f"{PREFIX}SECRET_KEY must be a random text of at least 16 characters")
        return self.secret_key.encode()

    @property
    def origin(self) -> str:
        """Scheme and host of the public URL."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach the portal over https."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def sub_domain(self) -> str:
        """Where workers sign in, without scheme, as DescribeWorkteam shows it."""
        return f"{urlsplit(self.public_url).netloc}/portal"


def described() -> str:
    """List every setting with its default and what it is for, a line each."""
    lines = [f"{CONFIG}: a TOML file with these settings, in lower case and without {PREFIX}"]
    for setting in fields(Settings):
        default = f" (default {setting.default})" if setting.default != "" else ""
        file = f"; or {setting.metadata['env']}_FILE" if setting.metadata["secret"] else ""
        lines.append(f"{setting.metadata['env']}: {setting.metadata['about']}{default}{file}")
    return "\n".join(lines)


def _value(setting: Field[Any], name: str, text: str) -> str | int | bool:
    if isinstance(setting.default, bool):
        if text.lower() not in _TRUTHS:
            raise SettingsError(f"{name} must be true or false, not {text!r}")
        return _TRUTHS[text.lower()]
    if not isinstance(setting.default, int):
        return text
    try:
        return int(text)
    except ValueError as error:
        raise SettingsError(f"{name} must be a whole number, not {text!r}") from error
