"""One whole review: a loop is started over the API, a person does it in a browser, output.json says what they drew."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import boto3
import httpx
import pytest
from botocore.config import Config
from PIL import Image, ImageDraw

from tests.support.moto_process import moto_server

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "include" / "templates" / "bounding-box.liquid.html"
REGION, BUCKET, PASSWORD = "us-east-1", "browser-review", "a long password"
KEYS = {"aws_access_key_id": "nightloop", "aws_secret_access_key": "a secret of the tests"}
LABELS = ["aeroplane", "bicycle", "cat", "chair", "dog", *(f"thing {number}" for number in range(6, 20)), "tvmonitor"]
GUESSES = [
    {"label": "dog", "left": 100, "top": 120, "width": 200, "height": 150},
    {"label": "chair", "left": 500, "top": 300, "width": 120, "height": 160},
]


@dataclass(frozen=True)
class Stack:
    """A running review service and the S3 it writes to."""

    url: str
    s3_url: str
    environment: dict[str, str]

    def client(self, name):
        return boto3.client(name, region_name=REGION, endpoint_url=self.url, **KEYS)

    @property
    def s3(self):
        style = Config(s3={"addressing_style": "path"})
        return boto3.client("s3", region_name=REGION, endpoint_url=self.s3_url, config=style, **KEYS)

    def employs(self, email):
        names = ["--name", "Ann Reviewer", "--email", email, "--group", "reviewers"]
        command = [sys.executable, "-m", "services.review", "create-worker", *names]
        subprocess.run(command, cwd=ROOT, env=self.environment, input=PASSWORD, text=True, check=True, timeout=60)

    def opens_loop(self, name):
        """Make team, template and flow as the bootstrap does, and start one loop."""
        sagemaker = self.client("sagemaker")
        members = [{"OidcMemberDefinition": {"Groups": ["reviewers"]}}]
        team = sagemaker.create_workteam(WorkteamName="reviewers", Description="All", MemberDefinitions=members)
        task_ui = sagemaker.create_human_task_ui(HumanTaskUiName="boxes", UiTemplate={"Content": TEMPLATE.read_text()})
        flow = sagemaker.create_flow_definition(
            FlowDefinitionName="nightly",
            RoleArn="arn:aws:iam::123456789012:role/nightloop",
            HumanLoopConfig={
                "WorkteamArn": team["WorkteamArn"],
                "HumanTaskUiArn": task_ui["HumanTaskUiArn"],
                "TaskCount": 1,
                "TaskTitle": "Boxes around everyday objects",
                "TaskDescription": "Make a model's guesses right",
                "TaskTimeLimitInSeconds": 3600,
            },
            OutputConfig={"S3OutputPath": f"s3://{BUCKET}/reviews"},
        )
        content = {"taskObject": f"s3://{BUCKET}/images/photo.jpg", "labels": LABELS, "initialValue": GUESSES}
        self.client("sagemaker-a2i-runtime").start_human_loop(
            HumanLoopName=name,
            FlowDefinitionArn=flow["FlowDefinitionArn"],
            HumanLoopInput={"InputContent": json.dumps(content)},
        )

    def output_of(self, name):
        """Wait until the loop is completed; its output.json."""
        runtime = self.client("sagemaker-a2i-runtime")
        for _ in range(200):
            loop = runtime.describe_human_loop(HumanLoopName=name)
            if loop["HumanLoopStatus"] == "Completed":
                bucket, _, key = loop["HumanLoopOutput"]["OutputS3Uri"].removeprefix("s3://").partition("/")
                return json.loads(self.s3.get_object(Bucket=bucket, Key=key)["Body"].read())
            time.sleep(0.1)
        pytest.fail(f"the loop stayed {loop['HumanLoopStatus']}")


@pytest.fixture(scope="module")
def s3_url():
    with moto_server() as url:
        yield url


@pytest.fixture(scope="module")
def stack(tmp_path_factory, s3_url):
    folder = tmp_path_factory.mktemp("review")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    stack = Stack(f"http://127.0.0.1:{port}", s3_url, _environment(folder, port, s3_url))
    stack.s3.create_bucket(Bucket=BUCKET)
    stack.s3.put_object(Bucket=BUCKET, Key="images/photo.jpg", Body=_photo(), ContentType="image/jpeg")
    with (folder / "log").open("wb") as log:
        command = [sys.executable, "-m", "services.review", "serve"]
        process = subprocess.Popen(command, cwd=ROOT, env=stack.environment, stdout=log, stderr=log)
    try:
        _wait_until_ready(stack.url, process, folder / "log")
        yield stack
    finally:
        process.kill()
        process.wait()


def _environment(folder, port, s3_url):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "NIGHTLOOP_"))}
    return inherited | {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "NIGHTLOOP_REVIEW_PORT": str(port),
        "NIGHTLOOP_REVIEW_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "NIGHTLOOP_REVIEW_DATABASE": f"sqlite:///{folder / 'review.sqlite'}",
        "NIGHTLOOP_REVIEW_ACCESS_KEYS": json.dumps({KEYS["aws_access_key_id"]: KEYS["aws_secret_access_key"]}),
        "NIGHTLOOP_REVIEW_SECRET_KEY": "a secret key of the tests",
        "NIGHTLOOP_REVIEW_S3_ENDPOINT_URL": s3_url,
    }


def _wait_until_ready(url, process, log):
    for _ in range(600):
        if process.poll() is not None:
            pytest.fail(f"the review service ended:\n{log.read_text()}")
        with suppress(httpx.TransportError):  # not listening yet
            if httpx.get(f"{url}/readyz").status_code == 200:
                return
        time.sleep(0.1)
    pytest.fail(f"the review service did not get ready:\n{log.read_text()}")


def _photo():
    """A picture of 800 x 533 with two plain things on it."""
    image = Image.new("RGB", (800, 533), (150, 180, 200))
    draw = ImageDraw.Draw(image)
    draw.ellipse((100, 120, 300, 270), fill=(190, 90, 60))
    draw.rectangle((500, 300, 620, 460), fill=(70, 90, 140))
    draw.rectangle((640, 60, 760, 140), fill=(220, 200, 90))
    body = BytesIO()
    image.save(body, "JPEG", quality=90)
    return body.getvalue()


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(15_000)
    page = context.new_page()
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    # A policy that blocks something of ours says so here.
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert [problem for problem in problems if "favicon" not in problem] == []


def on_page(tool, x, y):
    """Where on the page a pixel of the image lies."""
    image = tool.locator("canvas.upper-canvas").bounding_box()
    return image["x"] + x * image["width"] / 800, image["y"] + y * image["height"] / 533


def drag(page, tool, start, end):
    page.mouse.move(*on_page(tool, *start))
    page.mouse.down()
    page.mouse.move(*on_page(tool, *end), steps=5)
    page.mouse.up()


def test_a_review_from_the_loop_to_its_output(stack, page):
    stack.employs("ann@example.com")
    stack.opens_loop("loop-in-a-browser")

    page.goto(f"{stack.url}/portal/sign-in")
    page.get_by_label("E-mail").fill("ann@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    job = page.get_by_role("row").filter(has_text="Boxes around everyday objects")
    job.get_by_role("button", name="Start working").click()

    frame = page.frame_locator("iframe")
    tool = frame.locator("crowd-bounding-box")
    tool.locator("img.photo.shown").wait_for()
    assert tool.locator(".box .tag").all_inner_texts() == ["dog", "chair"]

    page.mouse.click(*on_page(tool, 200, 190))
    page.keyboard.press("Shift+ArrowRight")
    tool.get_by_label("Find a label").fill("cat")
    page.keyboard.press("Enter")
    tool.get_by_role("button", name="tvmonitor").click()
    page.keyboard.press("Control+z")
    page.keyboard.press("Escape")
    tool.get_by_role("button", name="tvmonitor").click()
    drag(page, tool, (640, 60), (760, 140))
    drawn = tool.evaluate("(tool) => tool.value.boundingBoxes")
    frame.get_by_role("button", name="Submit").click()
    page.get_by_role("status").filter(has_text="Boxes around everyday objects").wait_for()

    output = stack.output_of("loop-in-a-browser")
    [answer] = output["humanAnswers"]
    result = answer["answerContent"]["annotatedResult"]
    assert result == {
        "boundingBoxes": drawn,
        "initialValueModified": True,
        "inputImageProperties": {"width": 800, "height": 533},
    }
    assert drawn[0] == {"label": "cat", "left": 110, "top": 120, "width": 200, "height": 150}
    assert drawn[1] == GUESSES[1]
    assert drawn[2].pop("label") == "tvmonitor"
    assert drawn[2] == pytest.approx({"left": 640, "top": 60, "width": 120, "height": 80}, abs=1)
    assert 0 < answer["timeSpentInSeconds"] < 60
