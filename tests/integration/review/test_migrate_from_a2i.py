"""Moving from Amazon A2I: a real service to copy to, and a small A2I on the wire to copy from."""

import hashlib
import json
import re
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from services.awswire import Keys, Operations, create_asgi
from tests.integration.review.conftest import KEYS, REGION, make_job

ROOT = Path(__file__).parents[3]
PREFIX = "arn:aws:sagemaker:us-east-1:999988887777"
CONTENT = "<crowd-form><crowd-input name='é'></crowd-input></crowd-form>"


class AmazonA2I:
    """The part of SageMaker's control plane that A2I's customers have."""

    def __init__(self):
        self.flows, self.url, self.content_is_gone = {}, "", False
        self.content = CONTENT

    def has_flow(self, name, *, team="private-crowd/people", **more):
        config = {
            "WorkteamArn": f"{PREFIX}:workteam/{team}",
            "HumanTaskUiArn": f"{PREFIX}:human-task-ui/boxes",
            "TaskTitle": "Boxes",
            "TaskDescription": "Draw boxes",
            "TaskCount": 2,
            "TaskTimeLimitInSeconds": 600,
            "TaskKeywords": ["boxes"],
        }
        output = {"S3OutputPath": "s3://theirs/reviews", "KmsKeyId": "alias/theirs"}
        self.flows[name] = {
            "HumanLoopConfig": config,
            "OutputConfig": output,
            "RoleArn": "arn:aws:iam::999988887777:role/a2i",
        } | more

    def operations(self):
        operations = Operations("sagemaker")
        operations.implements("ListFlowDefinitions")(
            lambda context, request: {"FlowDefinitionSummaries": [self.summary(name) for name in self.flows]}
        )
        operations.implements("DescribeFlowDefinition")(
            lambda context, request: (
                self.summary(request["FlowDefinitionName"]) | self.flows[request["FlowDefinitionName"]]
            )
        )
        operations.implements("DescribeWorkteam")(self.team)
        operations.implements("DescribeHumanTaskUi")(self.task_ui)
        return operations

    def summary(self, name):
        arn = f"{PREFIX}:flow-definition/{name}"
        return {
            "FlowDefinitionName": name,
            "FlowDefinitionArn": arn,
            "FlowDefinitionStatus": "Active",
            "CreationTime": datetime.now(UTC),
        }

    def team(self, context, request):
        name = request["WorkteamName"]
        members = [
            {"CognitoMemberDefinition": {"UserPool": "us-east-1_abc", "UserGroup": "labellers", "ClientId": "c"}}
        ]
        return {
            "Workteam": {
                "WorkteamName": name,
                "WorkteamArn": f"{PREFIX}:workteam/private-crowd/{name}",
                "MemberDefinitions": members,
                "Description": "People",
            }
        }

    def task_ui(self, context, request):
        template = {"Url": f"{self.url}/content", "ContentSha256": hashlib.sha256(self.content.encode()).hexdigest()}
        arn = f"{PREFIX}:human-task-ui/boxes"
        return {
            "HumanTaskUiArn": arn,
            "HumanTaskUiName": "boxes",
            "CreationTime": datetime.now(UTC),
            "UiTemplate": template,
        }

    async def serve_content(self, request):
        return PlainTextResponse("gone", 404) if self.content_is_gone else PlainTextResponse(self.content)

    @contextmanager
    def running(self):
        api = create_asgi([self.operations()], keys=Keys({"AKIDTHEIRS": "theirs"}), account="999988887777")
        app = Starlette(routes=[Route("/content", self.serve_content), Mount("/", api)])
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            assert thread.is_alive()
        self.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def amazon():
    with AmazonA2I().running() as amazon:
        yield amazon


@pytest.fixture
def here(new_service):
    return new_service().starts()


@pytest.fixture
def copied(amazon, here):
    def copy(*arguments):
        command = [sys.executable, "-m", "services.review.migrate_from_a2i", "--region", "us-east-1"]
        keys = {"AWS_ACCESS_KEY_ID": "AKIDTHEIRS", "AWS_SECRET_ACCESS_KEY": "theirs"}
        return subprocess.run(
            [*command, "--source-endpoint-url", amazon.url, *arguments],
            env=here.environment() | keys,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return copy


def test_a_flow_comes_with_its_template_and_its_team(amazon, here, copied):
    amazon.has_flow("boxes-flow")
    done = copied()
    assert done.returncode == 0, done.stderr + done.stdout
    flow = here.sagemaker.describe_flow_definition(FlowDefinitionName="boxes-flow")
    assert flow["OutputConfig"] == {"S3OutputPath": "s3://theirs/reviews", "KmsKeyId": "alias/theirs"}
    assert flow["HumanLoopConfig"]["TaskCount"] == 2
    assert flow["HumanLoopConfig"]["TaskKeywords"] == ["boxes"]
    team = here.sagemaker.describe_workteam(WorkteamName="people")["Workteam"]
    assert team["MemberDefinitions"] == [{"OidcMemberDefinition": {"Groups": ["labellers"]}}]
    ui = here.sagemaker.describe_human_task_ui(HumanTaskUiName="boxes")["UiTemplate"]
    assert ui["ContentSha256"] == hashlib.sha256(CONTENT.encode()).hexdigest()
    arn = flow["FlowDefinitionArn"]
    here.a2i.start_human_loop(HumanLoopName="x", FlowDefinitionArn=arn, HumanLoopInput={"InputContent": json.dumps({})})


def test_doing_it_again_changes_nothing(amazon, copied):
    amazon.has_flow("boxes-flow")
    assert copied().stdout.count("made") == 3
    again = copied()
    assert (again.returncode, again.stdout.count("was there")) == (0, 3)


def test_a_dry_run_makes_nothing(amazon, here, copied):
    amazon.has_flow("boxes-flow")
    done = copied("--dry-run", "--output", "s3://ours/reviews")
    assert (done.returncode, done.stdout.count("would be made")) == (0, 3)
    assert here.sagemaker.list_flow_definitions()["FlowDefinitionSummaries"] == []


def test_a_dry_run_reads_and_checks_each_template(amazon, here, copied):
    amazon.has_flow("boxes-flow")
    amazon.content = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
      <script src="https://cdn.example/x.js"></script><crowd-form><crowd-magic></crowd-magic></crowd-form>"""
    done = copied("--dry-run")
    assert done.returncode == 0
    assert "will not work: https://cdn.example/x.js will not be loaded" in done.stdout
    assert "will not work: <crowd-magic> is not an element" in done.stdout

    amazon.content = "<crowd-form>{% if %}</crowd-form>"
    done = copied("--dry-run")
    assert done.returncode == 1
    assert "NOT COPIED: the template is not valid Liquid" in done.stdout

    amazon.content_is_gone = True
    done = copied("--dry-run")
    assert done.returncode == 1
    assert "--templates" in done.stdout


def test_another_review_service_is_copied_from(new_service, here):
    there = new_service().starts()
    job = make_job(there, template=CONTENT)
    keys = {"AWS_ACCESS_KEY_ID": KEYS["aws_access_key_id"], "AWS_SECRET_ACCESS_KEY": KEYS["aws_secret_access_key"]}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "services.review.migrate_from_a2i",
            "--region",
            REGION,
            "--source-endpoint-url",
            there.url,
        ],
        env=here.environment() | keys,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    name = job.name.replace("flow-", "ui-")
    described = here.sagemaker.describe_human_task_ui(HumanTaskUiName=name)["UiTemplate"]
    assert httpx.get(described["Url"]).text == CONTENT


def test_the_address_of_a_template_is_for_who_was_given_it(here):
    here.sagemaker.create_human_task_ui(HumanTaskUiName="boxes", UiTemplate={"Content": CONTENT})
    address = here.sagemaker.describe_human_task_ui(HumanTaskUiName="boxes")["UiTemplate"]["Url"]
    answer = httpx.get(address)
    assert (answer.status_code, answer.text) == (200, CONTENT)
    assert answer.headers["content-type"].startswith("text/plain")
    assert "sandbox" in answer.headers["content-security-policy"]
    expires = re.search(r"expires=([0-9]+)", address)[1]
    others = (
        address.replace("/human-task-uis/1", "/human-task-uis/2"),
        address.replace(expires, str(int(expires) + 1)),
        address.replace(expires, "1"),
        address.replace(expires, "\u0661"),
        address[:-1] + ("0" if address[-1] != "0" else "1"),
        address.partition("?")[0],
        address.replace("signature=", "signature=\u00e9"),
    )
    assert [httpx.get(other).status_code for other in others] == [403] * len(others)
    here.sagemaker.delete_human_task_ui(HumanTaskUiName="boxes")
    assert httpx.get(address).status_code == 403


def test_what_cannot_come_is_said_and_the_rest_comes(amazon, here, copied):
    amazon.has_flow(
        "textract", HumanLoopRequestSource={"AwsManagedHumanLoopRequestSource": "AWS/Textract/AnalyzeDocument/Forms/V1"}
    )
    amazon.has_flow("public", team="public-crowd/default")
    amazon.has_flow("boxes-flow")
    done = copied()
    assert done.returncode == 1
    assert "textract" in done.stdout
    assert "AWS/Textract/AnalyzeDocument/Forms/V1 starts its human loops" in done.stdout
    assert "is not private" in done.stdout
    names = [flow["FlowDefinitionName"] for flow in here.sagemaker.list_flow_definitions()["FlowDefinitionSummaries"]]
    assert names == ["boxes-flow"]


def test_a_text_amazon_does_not_give_is_taken_from_a_folder_if_it_is_the_same(amazon, copied, tmp_path):
    amazon.has_flow("boxes-flow")
    amazon.content_is_gone = True
    missing = copied()
    assert missing.returncode == 1
    assert "--templates" in missing.stdout
    (tmp_path / "boxes.html").write_text("another text")
    assert "is not the text of the template" in copied("--templates", str(tmp_path)).stdout
    (tmp_path / "boxes.html").write_text(CONTENT)
    assert copied("--templates", str(tmp_path)).returncode == 0


def test_wrong_keys_are_said_in_one_line(here, copied, amazon, monkeypatch):
    done = copied("--profile", "nobody-has-this-profile")
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr
