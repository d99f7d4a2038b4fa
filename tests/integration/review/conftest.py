"""A review service as its users meet it: a process, an AWS client, workers with browsers."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import boto3
import httpx
import pytest
from botocore.config import Config
from sqlalchemy import create_engine, make_url, text

from services.review.people.commands import save_worker
from services.review.server.state import utc_now
from services.review.storage.database import schema
from services.review.storage.database.engine import Database
from tests.support.moto_process import moto_server

ROOT = Path(__file__).parents[3]
# SQLite, or with NIGHTLOOP_TEST_DATABASE=postgresql the server NIGHTLOOP_TEST_POSTGRESQL names (tests/with_postgresql).
POSTGRESQL = (
    os.environ["NIGHTLOOP_TEST_POSTGRESQL"] if os.environ.get("NIGHTLOOP_TEST_DATABASE") == "postgresql" else ""
)
ACCOUNT, REGION, BUCKET = "123456789012", "us-east-1", "nightloop-review-test"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/nightloop"
KEYS = {"aws_access_key_id": "nightloop", "aws_secret_access_key": "a secret of the tests"}
TEMPLATE = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form>
  <crowd-bounding-box name="annotatedResult" src="{{ task.input.taskObject | grant_read_access }}"
    labels="{{ task.input.labels | to_json | escape }}" header="{{ task.input.header }}"></crowd-bounding-box>
</crowd-form>"""
BOX = {"label": "cat", "left": 10, "top": 20, "width": 30, "height": 40}
ANSWER = {"annotatedResult": {"boundingBoxes": [BOX], "inputImageProperties": {"width": 800, "height": 533}}}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition, *, seconds=15.0):
    """Wait for a condition to give something true and return it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        result = condition()
        if result:
            return result
        time.sleep(0.05)
    pytest.fail(f"it did not come true within {seconds} s: {condition}")


@dataclass
class Worker:
    """A worker and his browser."""

    service: Service
    email: str
    password: str
    browser: httpx.Client = field(init=False)
    csrf: str = ""
    task: str = ""

    def __post_init__(self):
        self.browser = httpx.Client(base_url=self.service.url, timeout=30)

    def reads(self, response):
        found = re.search(r'name="csrf-token" content="([^"]+)"', response.text)
        self.csrf = found[1] if found else self.csrf
        return response

    def opens(self, path):
        return self.reads(self.browser.get(path, follow_redirects=True))

    def sends(self, path, **fields):
        return self.reads(self.browser.post(path, data={"csrf_token": self.csrf, **fields}, follow_redirects=True))

    def signs_in(self, password=None):
        self.opens("/portal/sign-in")
        fields = {"email": self.email, "password": password or self.password}
        return self.sends("/portal/sign-in", **fields)

    def sees_waiting(self, flow):
        page = self.opens("/portal/").text
        row = re.search(rf'data-flow="{flow}".*?class="number waiting">(\d+)<', page, re.DOTALL)
        return int(row[1]) if row else None

    def starts_working(self, flow):
        """Return the task's id, or None when there is none."""
        self.opens("/portal/")
        page = self.sends(f"/portal/jobs/{flow}/start")
        found = re.search(r"/portal/tasks/([0-9a-f]{32})$", str(page.url))
        self.task = found[1] if found else ""
        return self.task or None

    def sees_frame(self):
        return self.browser.get(f"/portal/tasks/{self.task}/frame")

    def sees(self, task):
        """Say that a task's page is on screen, as the page does that goes on from one task to the next."""
        return self.browser.post(f"/portal/tasks/{task}/shown", json={}, headers={"X-CSRF-Token": self.csrf})

    def submits(self, answer, *, seconds=1.5, task=None):
        body = {"answer": answer, "seconds": seconds}
        path = f"/portal/tasks/{task or self.task}/submit"
        return self.browser.post(path, json=body, headers={"X-CSRF-Token": self.csrf})

    def declines(self):
        return self.sends(f"/portal/tasks/{self.task}/decline")

    def stops_working(self):
        return self.sends(f"/portal/tasks/{self.task}/release")


@dataclass
class Service:
    """A review service in a process of its own."""

    folder: Path
    s3_url: str
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @cached_property
    def database(self):
        """The URL of a database of its own, empty at first; PostgreSQL's is migrated, as its operator would."""
        if not POSTGRESQL:
            return f"sqlite:///{self.folder / 'review.sqlite'}"
        name = f"review_{uuid.uuid4().hex}"
        server = create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        server.dispose()
        url = make_url(POSTGRESQL).set(database=name).render_as_string(hide_password=False)
        schema.migrate(Database(url))
        return url

    @cached_property
    def behind(self):
        """A connection behind the service's back."""
        return create_engine(self.database, isolation_level="AUTOCOMMIT")

    @property
    def log(self):
        return (self.folder / "log").read_text()

    def environment(self):
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "NIGHTLOOP_"))}
        return inherited | {
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "NIGHTLOOP_REVIEW_PORT": str(self.port),
            "NIGHTLOOP_REVIEW_PUBLIC_URL": self.url,
            "NIGHTLOOP_REVIEW_DATABASE": self.database,
            "NIGHTLOOP_REVIEW_ACCESS_KEYS": json.dumps({KEYS["aws_access_key_id"]: KEYS["aws_secret_access_key"]}),
            "NIGHTLOOP_REVIEW_SECRET_KEY": "a secret key of the tests",
            "NIGHTLOOP_REVIEW_S3_ENDPOINT_URL": self.s3_url,
            **{f"NIGHTLOOP_REVIEW_{name}": value for name, value in self.settings.items()},
        }

    def command(self, *arguments, stdin=""):
        return subprocess.run(
            [sys.executable, "-m", "services.review", *arguments],
            cwd=ROOT,
            env=self.environment(),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def starts(self):
        self.begins()
        wait_until(self.is_ready, seconds=120)
        return self

    def begins(self):
        with (self.folder / "log").open("ab") as log:
            command = [sys.executable, "-m", "services.review", "serve"]
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment(), stdout=log, stderr=log)

    def is_ready(self):
        if self.process.poll() is not None:
            pytest.fail(f"the service ended with {self.process.returncode}:\n{self.log}")
        try:
            return httpx.get(f"{self.url}/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def stops(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def is_killed(self):
        self.process.kill()
        self.process.wait(10)

    def client(self, name, **changes):
        keys = KEYS | changes
        config = Config(retries={"total_max_attempts": 1})
        return boto3.client(name, region_name=REGION, endpoint_url=self.url, config=config, **keys)

    @cached_property
    def a2i(self):
        return self.client("sagemaker-a2i-runtime")

    @cached_property
    def sagemaker(self):
        return self.client("sagemaker")

    def employs(self, name, *groups, password="a long password"):
        """Make a worker; his e-mail is new each time, so that tests do not meet."""
        email = f"{name}-{uuid.uuid4().hex[:8]}@example.com"
        database = Database(self.database)
        account = {"name": name, "email": email, "password": password, "groups": groups, "is_administrator": False}
        database.write(lambda session: save_worker(session, **account, now=utc_now()))
        database.close()
        return Worker(self, email, password)

    def changes(self, statement, **parameters):
        """Change the database behind the service's back: how tests make time pass."""
        with self.behind.connect() as connection:
            return connection.execute(text(statement), parameters).rowcount

    def reads(self, query, **parameters):
        with self.behind.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query), parameters)]

    def time_of_task_passes(self, task):
        past = "2020-01-01 00:00:00.000000"
        assert self.changes("UPDATE claims SET expires_at = :past WHERE id = :task", past=past, task=task) == 1


@dataclass
class Job:
    """A flow definition with a team of its own."""

    service: Service
    name: str
    arn: str
    group: str

    def starts_loop(self, name=None, **task_input):
        name = name or f"loop-{uuid.uuid4().hex[:12]}"
        content = {"taskObject": f"s3://{BUCKET}/images/cat.jpg", "labels": ["cat", "dog"]} | task_input
        self.service.a2i.start_human_loop(
            HumanLoopName=name, FlowDefinitionArn=self.arn, HumanLoopInput={"InputContent": json.dumps(content)}
        )
        return name

    def status(self, loop):
        return self.service.a2i.describe_human_loop(HumanLoopName=loop)["HumanLoopStatus"]

    def becomes(self, loop, status):
        def described():
            answer = self.service.a2i.describe_human_loop(HumanLoopName=loop)
            return answer if answer["HumanLoopStatus"] == status else None

        # An output that failed is tried again after ever longer delays, and a minute after a kill.
        return wait_until(described, seconds=120)


def make_job(service, *, template=TEMPLATE, workteam=None, **config):
    unique = uuid.uuid4().hex[:8]
    group = f"group-{unique}"
    sagemaker = service.sagemaker
    if workteam is None:
        workteam = sagemaker.create_workteam(
            WorkteamName=f"team-{unique}",
            Description="Tests",
            MemberDefinitions=[{"OidcMemberDefinition": {"Groups": [group]}}],
        )["WorkteamArn"]
    task_ui = sagemaker.create_human_task_ui(HumanTaskUiName=f"ui-{unique}", UiTemplate={"Content": template})
    settings = {
        "WorkteamArn": workteam,
        "HumanTaskUiArn": task_ui["HumanTaskUiArn"],
        "TaskCount": 1,
        "TaskTitle": f"Find the cats {unique}",
        "TaskDescription": "Draw a box around every cat.",
    }
    arn = sagemaker.create_flow_definition(
        FlowDefinitionName=f"flow-{unique}",
        RoleArn=ROLE,
        HumanLoopConfig=settings | config,
        OutputConfig={"S3OutputPath": f"s3://{BUCKET}/reviews"},
    )["FlowDefinitionArn"]
    return Job(service, f"flow-{unique}", arn, group)


@pytest.fixture(scope="session")
def s3_server():
    with moto_server() as url:
        yield url


@pytest.fixture(scope="session")
def s3(s3_server):
    config = Config(s3={"addressing_style": "path"})
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    client = boto3.client("s3", region_name=REGION, endpoint_url=s3_server, config=config, **keys)
    client.create_bucket(Bucket=BUCKET)
    client.put_object(Bucket=BUCKET, Key="images/cat.jpg", Body=b"not really a cat")
    return client


@pytest.fixture(scope="session")
def service(tmp_path_factory, s3_server, s3):
    """The one service most tests share; each works with flows and workers of its own."""
    service = Service(tmp_path_factory.mktemp("review"), s3_server).starts()
    yield service
    service.is_killed()


@pytest.fixture
def new_job(service):
    """Make flow definitions, on the shared service unless another is named."""
    return lambda on=service, **config: make_job(on, **config)


@pytest.fixture
def new_service(tmp_path, s3_server, s3):
    """Make services that a test may stop and kill."""
    made = []

    def make(s3_url=s3_server):
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(Service(folder, s3_url))
        return made[-1]

    yield make
    for service in made:
        if service.process:
            service.is_killed()


@pytest.fixture
def job(service):
    return make_job(service)


@pytest.fixture
def worker(service, job):
    worker = service.employs("ann", job.group)
    worker.signs_in()
    return worker


@pytest.fixture
def answer():
    return json.loads(json.dumps(ANSWER))


@pytest.fixture
def written(s3):
    """Read the output.json of a described loop."""

    def read(described):
        bucket, key = described["HumanLoopOutput"]["OutputS3Uri"].removeprefix("s3://").split("/", 1)
        return json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())

    return read


@pytest.fixture
def eventually():
    return wait_until
