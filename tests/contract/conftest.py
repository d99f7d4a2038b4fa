"""The service's AWS door in this process, called as botocore calls: its serializer, its signer, its parser."""

from __future__ import annotations

import asyncio
import itertools
import shutil
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from services.review.api.app import create_api
from services.review.config.settings import Settings
from services.review.formats.arns import Arns
from services.review.s3.store import S3Store
from services.review.server.rendering import Rendering
from services.review.server.state import utc_now
from services.review.server.under_test import UnderTest
from services.review.storage.database import schema
from services.review.storage.database.engine import Database

ACCOUNT, REGION = "123456789012", "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/nightloop"
MODELS = {
    name: ServiceModel(Loader().load_service_model(name, "service-2"), name)
    for name in ("sagemaker", "sagemaker-a2i-runtime")
}
PROTOCOLS = {"sagemaker": "json", "sagemaker-a2i-runtime": "rest-json"}
SERVICES = {operation: name for name, model in MODELS.items() for operation in model.operation_names}
SETTINGS = Settings(
    account=ACCOUNT,
    region=REGION,
    access_keys='{"nightloop": "a secret of the tests"}',
    secret_key="a secret key of the tests",
    s3_endpoint_url="http://127.0.0.1:9",
)


@dataclass
class Reply:
    """An answer as it was on the wire, and as botocore's own parser reads it."""

    status: int
    body: bytes
    parsed: dict[str, Any]

    @property
    def error(self):
        return self.parsed.get("Error", {})


class Api:
    """The API over a database of its own."""

    def __init__(self, database, store, rendering):
        self.review = SimpleNamespace(
            settings=SETTINGS,
            database=database,
            store=store,
            rendering=rendering,
            arns=Arns(REGION, ACCOUNT),
            clock=utc_now,
            wake_outbox=lambda: None,
        )
        self.app = create_api(self.review, UnderTest())
        self._numbers = itertools.count(1)

    def call(self, operation, request) -> Reply:
        """Send a request whether or not it is valid; botocore's checks before sending are left out."""
        service = SERVICES[operation]
        model = MODELS[service].operation_model(operation)
        protocol = PROTOCOLS[service]
        parts = create_serializer(protocol, include_validation=False).serialize_to_request(request, model)
        url = f"http://localhost:8092{parts['url_path']}"
        sent = AWSRequest(parts["method"], url, parts["headers"], parts["body"], parts["query_string"])
        SigV4Auth(Credentials("nightloop", "a secret of the tests"), "sagemaker", REGION).add_auth(sent)
        status, headers, body = asyncio.run(_exchange(self.app, sent.prepare()))
        answer = {"status_code": status, "headers": headers, "body": body}
        return Reply(status, body, create_parser(protocol).parse(answer, model.output_shape))

    def make(self, operation, **request):
        """Call what has to succeed and return its answer."""
        reply = self.call(operation, request)
        assert reply.status == 200, reply.parsed
        return reply.parsed

    def name(self):
        """Return a name that nothing has yet."""
        return f"thing-{next(self._numbers)}"

    def team(self):
        members = [{"OidcMemberDefinition": {"Groups": ["reviewers"]}}]
        name = self.name()
        arn = self.make("CreateWorkteam", WorkteamName=name, Description="d", MemberDefinitions=members)["WorkteamArn"]
        return name, arn

    def task_ui(self):
        name = self.name()
        arn = self.make("CreateHumanTaskUi", HumanTaskUiName=name, UiTemplate={"Content": "<p></p>"})["HumanTaskUiArn"]
        return name, arn

    def flow_request(self):
        config = {
            "WorkteamArn": self.team()[1],
            "HumanTaskUiArn": self.task_ui()[1],
            "TaskTitle": "t",
            "TaskDescription": "d",
            "TaskCount": 1,
        }
        output = {"S3OutputPath": "s3://bucket/reviews"}
        return {
            "FlowDefinitionName": self.name(),
            "HumanLoopConfig": config,
            "OutputConfig": output,
            "RoleArn": ROLE,
        }

    def flow(self):
        request = self.flow_request()
        return request["FlowDefinitionName"], self.make("CreateFlowDefinition", **request)["FlowDefinitionArn"]

    def loop(self, flow_arn=None):
        name = self.name()
        arn = flow_arn or self.flow()[1]
        self.make("StartHumanLoop", HumanLoopName=name, FlowDefinitionArn=arn, HumanLoopInput={"InputContent": "{}"})
        return name

    def stopped_loop(self):
        name = self.loop()
        self.make("StopHumanLoop", HumanLoopName=name)
        return name


async def _exchange(app, request):
    """Hand one prepared request to an ASGI application."""
    parts = urlsplit(request.url)
    body = request.body or b""
    headers = {"host": parts.netloc, **{name.lower(): value for name, value in request.headers.items()}}
    scope = {
        "type": "http",
        "method": request.method,
        "path": unquote(parts.path),
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "headers": [
            (name.encode(), value if isinstance(value, bytes) else value.encode()) for name, value in headers.items()
        ],
    }
    sent = []

    async def receive():
        return {"type": "http.request", "body": body.encode() if isinstance(body, str) else bytes(body)}

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)
    answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], answered, b"".join(message.get("body", b"") for message in sent[1:])


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """A migrated SQLite file to copy."""
    file = tmp_path_factory.mktemp("contract") / "empty.sqlite"
    database = Database(f"sqlite:///{file}")
    schema.migrate(database)
    database.close()
    return file


@pytest.fixture(scope="session")
def store():
    """S3, for signing only: nothing listens there."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ACCESS_KEY_ID", "testing")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        yield S3Store(SETTINGS)


@pytest.fixture(scope="session")
def rendering(store):
    """The processes that render templates, shared: a process takes longer to start than a test."""
    rendering = Rendering(SETTINGS, store)
    yield rendering
    rendering.close()


@pytest.fixture
def api(empty_database, store, rendering, tmp_path):
    """The API over an empty database."""
    file = tmp_path / "review.sqlite"
    shutil.copy(empty_database, file)
    database = Database(f"sqlite:///{file}")
    yield Api(database, store, rendering)
    database.close()


@pytest.fixture(scope="session")
def refusing_api(empty_database, store, rendering):
    """The API for calls that never reach the database."""
    database = Database(f"sqlite:///{empty_database}")
    yield Api(database, store, rendering)
    database.close()
