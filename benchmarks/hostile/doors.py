"""The doors hostile templates and inputs come through, on a running review service."""

from __future__ import annotations

import re
import threading
import time
import uuid
from typing import TYPE_CHECKING, Any

import boto3
import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.hostile.attack import Attack

REGION = "us-east-1"
ROLE = "arn:aws:iam::123456789012:role/hostile"
PATIENCE_SECONDS = 60
# What is no answer but a failure of the service.
FAILURES = ("InternalFailure", "500", "502")


class Doors:
    """Callers and people of a service: a program with a key, a worker, an administrator."""

    def __init__(
        self, url: str, keys: dict[str, str], worker: tuple[str, str], admin: tuple[str, str], group: str
    ) -> None:
        config = Config(retries={"total_max_attempts": 1}, read_timeout=PATIENCE_SECONDS, parameter_validation=False)
        self._url, self._keys = url, keys
        self._sagemaker: Any = boto3.client("sagemaker", region_name=REGION, endpoint_url=url, config=config, **keys)
        self._a2i: Any = boto3.client(
            "sagemaker-a2i-runtime", region_name=REGION, endpoint_url=url, config=config, **keys
        )
        self._worker, self._admin = _Person(url, *worker), _Person(url, *admin)
        self._team = self._sagemaker.create_workteam(
            WorkteamName=f"team-{uuid.uuid4().hex[:8]}",
            Description="hostile",
            MemberDefinitions=[{"OidcMemberDefinition": {"Groups": [group]}}],
        )["WorkteamArn"]
        self._flow = self._new_flow("<crowd-form></crowd-form>")

    def enter(self, attack: Attack) -> tuple[float, str]:
        """Let an attack in; answer the seconds until the reply was whole, and the reply in a word."""
        doors: dict[str, Callable[[Attack], tuple[float, str]]] = {
            "render": lambda attack: _timed(lambda: self._render(attack)),
            "create": lambda attack: _timed(lambda: self._create(attack.template)),
            "start": lambda attack: _timed(lambda: self._start(self._flow, attack.task_input)),
            "task": self._task,
            "preview": lambda attack: _timed(lambda: self._preview(attack)),
            "body": lambda attack: _timed(lambda: self._body(attack.task_input)),
        }
        return doors[attack.door](attack)

    def open_task(self, template: str, task_input: str) -> Callable[[], tuple[float, str]]:
        """Put a task before the worker, and answer what loads its page."""
        flow = self._new_flow(template)
        self._start(flow, task_input)
        page = self._worker.posts(f"/portal/jobs/{flow.rpartition('/')[2]}/start")
        task = str(page.url).rpartition("/")[2]
        return lambda: _timed(lambda: self._worker.gets(f"/portal/tasks/{task}/frame"))

    def leave_task(self) -> None:
        """Let the worker give back what they hold."""
        self._worker.leaves()

    def _task(self, attack: Attack) -> tuple[float, str]:
        try:
            load = self.open_task(attack.template, attack.task_input)
        except ClientError as error:
            return 0.0, error.response["Error"]["Code"]
        try:
            return load()
        finally:
            self.leave_task()

    def _render(self, attack: Attack) -> str:
        answer = self._sagemaker.render_ui_template(
            UiTemplate={"Content": attack.template}, Task={"Input": attack.task_input}, RoleArn=ROLE
        )
        return ",".join(sorted({error["Code"] for error in answer["Errors"]})) or "rendered"

    def _create(self, template: str) -> str:
        self._sagemaker.create_human_task_ui(
            HumanTaskUiName=f"ui-{uuid.uuid4().hex[:12]}", UiTemplate={"Content": template}
        )
        return "created"

    def _start(self, flow: str, task_input: str) -> str:
        self._a2i.start_human_loop(
            HumanLoopName=f"loop-{uuid.uuid4().hex[:12]}",
            FlowDefinitionArn=flow,
            HumanLoopInput={"InputContent": task_input},
        )
        return "started"

    def _preview(self, attack: Attack) -> str:
        return self._admin.posts(
            "/portal/admin/preview/frame", template=attack.template, input=attack.task_input
        ).reason_phrase

    def _body(self, text: str) -> str:
        body = text.encode("utf-8", "surrogateescape")
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "SageMaker.RenderUiTemplate"}
        request = AWSRequest("POST", f"{self._url}/", data=body, headers=headers)
        keys = Credentials(self._keys["aws_access_key_id"], self._keys["aws_secret_access_key"])
        SigV4Auth(keys, "sagemaker", REGION).add_auth(request)
        answer = httpx.post(f"{self._url}/", content=body, headers=dict(request.headers), timeout=PATIENCE_SECONDS)
        found = re.search(r'"__type":\s*"([^"]+)"', answer.text)
        return f"{answer.status_code} {found[1] if found else ''}".strip()

    def _new_flow(self, template: str) -> str:
        name = uuid.uuid4().hex[:12]
        ui = self._sagemaker.create_human_task_ui(HumanTaskUiName=f"ui-{name}", UiTemplate={"Content": template})
        answer: str = self._sagemaker.create_flow_definition(
            FlowDefinitionName=f"flow-{name}",
            RoleArn=ROLE,
            HumanLoopConfig={
                "WorkteamArn": self._team,
                "HumanTaskUiArn": ui["HumanTaskUiArn"],
                "TaskCount": 1,
                "TaskTitle": "Hostile",
                "TaskDescription": "Hostile",
            },
            OutputConfig={"S3OutputPath": "s3://bucket/reviews"},
        )["FlowDefinitionArn"]
        return answer


class _Person:
    """Somebody with a browser who has signed in."""

    def __init__(self, url: str, email: str, password: str) -> None:
        self._browser = httpx.Client(base_url=url, timeout=PATIENCE_SECONDS, follow_redirects=True)
        self._token = ""
        self._task = ""
        self._reads(self._browser.get("/portal/sign-in"))
        self.posts("/portal/sign-in", email=email, password=password)

    def gets(self, path: str) -> str:
        answer = self._browser.get(path)
        return f"{answer.status_code}, {len(answer.content):,} bytes"

    def posts(self, path: str, **fields: str) -> httpx.Response:
        answer = self._reads(self._browser.post(path, data={"csrf_token": self._token, **fields}))
        found = re.search(r"/portal/tasks/([0-9a-f]{32})$", str(answer.url))
        self._task = found[1] if found else self._task
        return answer

    def leaves(self) -> None:
        if self._task:
            self.posts(f"/portal/tasks/{self._task}/decline")
        self._task = ""

    def _reads(self, answer: httpx.Response) -> httpx.Response:
        found = re.search(r'name="csrf-token" content="([^"]+)"', answer.text)
        self._token = found[1] if found else self._token
        return answer


class Pulse:
    """Asks `/healthz` all the while, and knows the longest it had to wait."""

    def __init__(self, url: str, pause: float = 0.02) -> None:
        self._url, self._pause = url, pause
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)
        self.longest = 0.0
        self.overall = 0.0
        self.beats = 0

    def __enter__(self) -> Pulse:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._over.set()
        self._thread.join(PATIENCE_SECONDS)

    def since_last(self) -> float:
        """Answer the longest wait since this was asked last."""
        longest, self.longest = self.longest, 0.0
        return longest

    def _beat(self) -> None:
        with httpx.Client(timeout=PATIENCE_SECONDS) as client:
            while not self._over.is_set():
                began = time.monotonic()
                try:
                    alive = client.get(f"{self._url}/healthz").status_code == httpx.codes.OK
                except httpx.HTTPError:
                    alive = False
                waited = time.monotonic() - began if alive else float(PATIENCE_SECONDS)
                self.longest = max(self.longest, waited)
                self.overall = max(self.overall, waited)
                self.beats += 1
                self._over.wait(self._pause)


def _timed(call: Callable[[], str]) -> tuple[float, str]:
    began = time.monotonic()
    try:
        reply = call()
    except ClientError as error:
        reply = error.response["Error"]["Code"]
    except httpx.HTTPError as error:
        reply = type(error).__name__
    return time.monotonic() - began, reply
