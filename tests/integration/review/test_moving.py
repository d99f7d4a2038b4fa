"""Moving from Amazon A2I: a real service to copy to, and a small A2I on the wire to copy from."""

import hashlib
import json
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from services.awswire import Keys, Operations, create_asgi

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
        command = [sys.executable, "-m", "services.review.moving", "--region", "us-east-1"]
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


def test_what_cannot_come_is_said_and_the_rest_comes(amazon, here, copied):
    amazon.has_flow(
        "textract", HumanLoopRequestSource={"AwsManagedHumanLoopRequestSource": "AWS/Textract/AnalyzeDocument/Forms/V1"}
    )
    amazon.has_flow("public", team="public-crowd/default")
    amazon.has_flow("boxes-flow")
    done = copied()
    assert done.returncode == 1
    assert "textract" in done.stdout
    assert "AWS/Textract/AnalyzeDocument/Forms/V1 starts its loops" in done.stdout
    assert "is not a private one" in done.stdout
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
