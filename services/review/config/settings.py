"""Settings of the review service: one environment variable a field, or a key of a TOML file."""

import re
from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import ClassVar, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from services.awswire import ConfigurationError, Keys
from services.faults import guard
from services.review.config import settings_file, smtp_server
from services.review.errors import SettingsError
from services.review.render.frame.allowance import Allowances, read_names, read_origins
from services.review.render.markup.min_seconds import MOST_SECONDS
from services.settings import Address, Port, ServiceSettings

PREFIX = "NIGHTLOOP_REVIEW_"
CONFIG = f"{PREFIX}CONFIG"
_EVENT_SOURCE = re.compile(r"[A-Za-z0-9._/#-]{1,256}")


class Settings(ServiceSettings):
    """All settings of the service; secrets stay out of its repr."""

    model_config = SettingsConfigDict(env_prefix=PREFIX)
    error: ClassVar = SettingsError

    host: str = Field("127.0.0.1", description="the address to listen on")
    port: Port = Field(8092, description="the port to listen on")
    database: str = Field("sqlite:///nightloop-review.sqlite", repr=False, description="SQLAlchemy URL")
    processes: int = Field(
        1, ge=1, description="how many processes serve, behind one port; more than 1 need PostgreSQL"
    )
    public_url: str = Field("http://localhost:8092", description="the address that browsers use")
    account: str = Field("123456789012", description="the AWS account in every ARN")
    region: str = Field("us-east-1", description="the AWS region of the ARNs, the buckets, the queue and the bus")
    access_keys: str = Field(
        "",
        repr=False,
        description='required: JSON, {"access key id": "secret"}; '
        'for temporary credentials {"id": {"secret": "", "token": ""}}',
    )
    secret_key: str = Field("", repr=False, description="required: random, at least 16 characters; signs sessions")
    s3_endpoint_url: Address = Field("", description="an S3 that is not AWS's")
    s3_browser_endpoint_url: Address = Field("", description="where browsers reach that S3, if the address differs")
    event_source: str = Field("nightloop.review", description="`source` of every event")
    event_queue_url: Address = Field("", description="the SQS queue that gets the events")
    event_bus_name: str = Field("", description="the EventBridge bus that gets the events")
    sqs_endpoint_url: Address = Field("", description="an SQS that is not AWS's")
    events_endpoint_url: Address = Field("", description="an EventBridge that is not AWS's")
    metrics_token: str = Field("", repr=False, description="opens /metrics to callers that send it as a bearer token")
    drain_seconds: int = Field(0, description="how long to serve after SIGTERM while /readyz returns 503")
    session_hours: int = Field(12, ge=1, description="how long a worker stays signed in")
    session_idle_minutes: int = Field(240, ge=1, description="how long a session may go unused before it ends")
    invitation_days: int = Field(7, ge=1, description="how long a one-time link works")
    smtp_url: str = Field(
        "",
        repr=False,
        description="sends invitations: smtp://user:password@host:587?starttls or smtps://...; "
        "without it, the portal shows the links",
    )
    mail_from: str = Field("", description="the sender of those mails")
    password_sign_in: bool = Field(True, description="false: people sign in at the OIDC provider only")
    oidc_issuer: str = Field("", description="sign-in at an OpenID Connect provider: its URL")
    oidc_client_id: str = Field("", description="this service's id at that provider")
    oidc_client_secret: str = Field("", repr=False, description="its secret there; empty for a public client")
    oidc_scope: str = Field("openid email profile", description="what to ask the provider for")
    oidc_groups_claim: str = Field("groups", description="the claim with a person's groups (Cognito: cognito:groups)")
    oidc_admin_group: str = Field("", description="the group whose members, and only they, are administrators")
    oidc_name: str = Field("", description="the provider's name on the sign-in button")
    oidc_link_by_email: bool = Field(
        False, description="a first sign-in may take over the account with the same verified e-mail"
    )
    render_processes: int = Field(
        2,
        ge=1,
        description="how many processes render templates, beside each serving one; one caller never gets all of them",
    )
    min_seconds: int = Field(
        1,
        ge=0,
        le=int(MOST_SECONDS),
        description="a faster answer is marked unless its template sets another limit (min-seconds); 0 marks none",
    )
    template_origins: str = Field(
        "",
        description="further origins that templates may reach: https://cdn.example for all, "
        "name=https://cdn.example for one",
    )
    template_unsafe_eval: str = Field("", description="the templates, by name, that may use eval; * is all of them")
    template_blob_workers: str = Field("", description="the templates, by name, that may run workers; * is all of them")
    request_seconds: int = Field(60, description="how long the head of a request may take to arrive, and then its body")
    max_connections: int = Field(
        1000, ge=1, description="how many connections each serving process has at once; a further one gets 503"
    )
    faults_token: str = Field("", repr=False, description="for tests on loopback: callers with it may order faults")
    history: str = Field("", description="for tests: a file that gets a line for every change")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], file: Path | None = None) -> Self:
        """Read the settings; one that is not set or empty keeps its default.

        `file` (or the one NIGHTLOOP_REVIEW_CONFIG names) is TOML and has the same names in lower case without the
        prefix; the environment takes precedence. A secret may be in a file of its own: `<name>_FILE` names it.

        :raises SettingsError: with a line for each wrong setting, and how to correct it.
        """
        known = cls.variables()
        secrets = [name for name, field in known.items() if not field.repr]
        wrong: list[str] = []
        texts = settings_file.read(file or environment.get(CONFIG, ""), PREFIX, known, secrets, wrong)
        of_process = {name: environment.get(name, "") for name in known}
        texts |= settings_file.with_secrets(environment, of_process, secrets, wrong)
        return cls.from_texts(texts, wrong)

    @field_validator("public_url")
    @classmethod
    def _check_public_url(cls, url: str) -> str:
        if not urlsplit(url).netloc:
            raise ValueError("must be the address that browsers use, such as http://localhost:8092")
        return url

    @field_validator("processes")
    @classmethod
    def _check_processes(cls, processes: int, read: ValidationInfo) -> int:
        if processes > 1 and read.data.get("database", "").startswith("sqlite"):
            raise ValueError(f"must be 1 on SQLite, which has one writer: name a PostgreSQL in {PREFIX}DATABASE")
        return processes

    @field_validator("event_source")
    @classmethod
    def _check_event_source(cls, source: str) -> str:
        if not _EVENT_SOURCE.fullmatch(source):
            raise ValueError("may have only letters, digits and . _ / # -")
        return source

    @field_validator("event_bus_name")
    @classmethod
    def _check_event_bus(cls, bus: str, read: ValidationInfo) -> str:
        if bus and read.data.get("event_source", "").startswith("aws."):
            raise ValueError(
                f"is a bus, and EventBridge accepts no event whose source begins with `aws.`: choose another "
                f"{PREFIX}EVENT_SOURCE, or send the events only to SQS ({PREFIX}EVENT_QUEUE_URL)"
            )
        return bus

    @field_validator("smtp_url")
    @classmethod
    def _check_smtp_url(cls, url: str) -> str:
        if url:
            smtp_server.parse(url)
        return url

    @field_validator("mail_from")
    @classmethod
    def _check_sender(cls, sender: str, read: ValidationInfo) -> str:
        if read.data.get("smtp_url") and "@" not in parseaddr(sender)[1].strip("@"):
            raise ValueError("must be the sender: reviews@example.com or Reviews <reviews@example.com>")
        return sender

    @field_validator("oidc_issuer")
    @classmethod
    def _check_issuer(cls, issuer: str, read: ValidationInfo) -> str:
        if not issuer and not read.data.get("password_sign_in", True):
            raise ValueError("must be set: without passwords and without a provider nobody can sign in")
        return issuer

    @field_validator("oidc_client_id")
    @classmethod
    def _check_client(cls, client: str, read: ValidationInfo) -> str:
        if read.data.get("oidc_issuer") and not client:
            raise ValueError(f"must be set, this service's id at the provider that {PREFIX}OIDC_ISSUER names")
        return client

    @field_validator("oidc_scope")
    @classmethod
    def _check_scope(cls, scope: str, read: ValidationInfo) -> str:
        if read.data.get("oidc_issuer") and "openid" not in scope.split():
            raise ValueError("must contain openid")
        return scope

    @field_validator("template_origins")
    @classmethod
    def _check_origins(cls, origins: str, read: ValidationInfo) -> str:
        read_origins(origins, read.data.get("public_url", ""))
        return origins

    @field_validator("template_unsafe_eval", "template_blob_workers")
    @classmethod
    def _check_names(cls, names: str) -> str:
        read_names(names)
        return names

    @field_validator("faults_token")
    @classmethod
    def _check_faults_token(cls, token: str, read: ValidationInfo) -> str:
        public = urlsplit(read.data["public_url"]).hostname or "" if "public_url" in read.data else read.data["host"]
        if refusal := guard.refusal(token, read.data["host"], public):
            raise ValueError(refusal)
        return cls._of_one_process(token, read)

    @field_validator("history")
    @classmethod
    def _of_one_process(cls, value: str, read: ValidationInfo) -> str:
        if value and read.data.get("processes", 1) > 1:
            raise ValueError(f"is for tests of one process: set {PREFIX}PROCESSES to 1")
        return value

    def keys(self) -> Keys:
        """Read the access keys that may call the API.

        :raises SettingsError: if there is none: an API that nobody may call is a configuration mistake.
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
        """Read what else templates may do."""
        return Allowances(
            read_origins(self.template_origins, self.public_url),
            read_names(self.template_unsafe_eval),
            read_names(self.template_blob_workers),
        )

    def signing_key(self) -> bytes:
        """Return the key of cookies and CSRF tokens; raises SettingsError if it is missing or too short."""
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
    for name, field in Settings.variables().items():
        default = f" (default {field.default})" if field.default != "" else ""
        file = f"; or {name}{settings_file.FILE}" if not field.repr else ""
        lines.append(f"{name}: {field.description}{default}{file}")
    return "\n".join(lines)
