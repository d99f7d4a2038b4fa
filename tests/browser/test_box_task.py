"""The whole box tool through the real service, by mouse, by keyboard alone and by touch, up to its output.json."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from PIL import Image, ImageDraw

from tests.integration.review.conftest import BUCKET, REGION, Service, make_job, wait_until
from tests.support.moto_process import moto_server

ROOT = Path(__file__).parents[2]
TEMPLATE = (ROOT / "include" / "templates" / "bounding-box.liquid.html").read_text()
WIDTH, HEIGHT = 1200, 900
LABELS = [f"thing {number}" for number in range(1, 70)] + ["cat", "dog", "bird"]
CAT = {"label": "cat", "left": 100, "top": 120, "width": 200, "height": 150}
DOG = {"label": "dog", "left": 700, "top": 500, "width": 240, "height": 160}
GUESSES = [CAT | {"score": 0.62}, DOG | {"score": 0.9}, CAT | {"label": "bird", "left": 900, "top": 40, "score": 0.1}]
PORTRAIT_EXIF = 0x0112


@pytest.fixture(scope="module")
def s3():
    with moto_server() as url:
        yield _filled(url)


def _filled(url):
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    config = Config(s3={"addressing_style": "path"})
    client = boto3.client("s3", region_name=REGION, endpoint_url=url, config=config, **keys)
    client.create_bucket(Bucket=BUCKET)
    client.put_object(Bucket=BUCKET, Key="images/photo.jpg", Body=photo(), ContentType="image/jpeg")
    client.put_object(Bucket=BUCKET, Key="images/upright.jpg", Body=photo(turned=True), ContentType="image/jpeg")
    return client


def photo(*, turned=False):
    """A picture as a camera makes it; turned, it is stored lying and says that it is to be shown upright."""
    image = Image.new("RGB", (WIDTH, HEIGHT), (150, 180, 200))
    ImageDraw.Draw(image).ellipse((100, 120, 300, 270), fill=(190, 90, 60))
    exif = Image.Exif()
    if turned:
        exif[PORTRAIT_EXIF] = 6
    body = BytesIO()
    image.save(body, "JPEG", quality=90, exif=exif)
    return body.getvalue()


@pytest.fixture(scope="module")
def service(tmp_path_factory, s3):
    service = Service(tmp_path_factory.mktemp("box-task"), s3.meta.endpoint_url).starts()
    yield service
    service.is_killed()


class Review:
    """One loop of a job of its own, and the worker's page in a browser."""

    def __init__(self, service, page, s3, **task_input):
        self.page, self.s3 = page, s3
        self.job = make_job(service, template=TEMPLATE)
        self.worker = service.employs("ann", self.job.group)
        given = {"taskObject": f"s3://{BUCKET}/images/photo.jpg", "labels": LABELS, "initialValue": GUESSES}
        self.loop = self.job.starts_loop(**given | task_input)
        self.job.starts_loop(**given | task_input)  # a page that is got ready must not take a key
        page.goto(f"{service.url}/portal/sign-in")

    @property
    def frame(self):
        return self.page.frame_locator("#frame")

    @property
    def tool(self):
        return self.frame.locator("crowd-bounding-box")

    def signs_in_and_starts(self):
        self.page.get_by_label("E-mail").fill(self.worker.email)
        self.page.get_by_label("Password").fill(self.worker.password)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.get_by_role("button", name="Start working").click()
        self.is_shown()

    def is_shown(self):
        self.tool.locator("img.photo.shown").wait_for()
        self.page.locator("#frames[data-next='ready']").wait_for()
        self.settle()

    def settle(self):
        self.tool.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def at(self, x, y):
        """Where on the page a pixel of the image lies."""
        self.settle()
        image = self.tool.locator("canvas.upper-canvas").bounding_box()
        size = self.drawn()["inputImageProperties"]
        return image["x"] + x * image["width"] / size["width"], image["y"] + y * image["height"] / size["height"]

    def drags(self, start, end):
        first, last = self.at(*start), self.at(*end)
        self.page.mouse.move(*first)
        self.page.mouse.down()
        self.page.mouse.move(*last, steps=5)
        self.page.mouse.up()
        self.settle()

    def clicks(self, x, y):
        self.page.mouse.click(*self.at(x, y))
        self.settle()

    def presses(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
        self.settle()

    def drawn(self):
        return self.tool.evaluate("(tool) => JSON.parse(JSON.stringify(tool.value))")

    def box(self, index):
        box = self.drawn()["boundingBoxes"][index]
        return box["label"], box["left"], box["top"], box["left"] + box["width"], box["top"] + box["height"]

    def output(self):
        """Wait until the loop is completed; what output.json says under the tool's name."""
        wait_until(lambda: self.job.status(self.loop) == "Completed", seconds=60)
        described = self.job.becomes(self.loop, "Completed")
        bucket, key = described["HumanLoopOutput"]["OutputS3Uri"].removeprefix("s3://").split("/", 1)
        [answer] = json.loads(self.s3.get_object(Bucket=bucket, Key=key)["Body"].read())["humanAnswers"]
        return answer["answerContent"]["annotatedResult"]


@pytest.fixture
def open_review(browser, service, s3):
    contexts, problems = [], []

    def open_it(*, screen=None, **task_input):
        context = browser.new_context(**screen or {"viewport": {"width": 1280, "height": 800}})
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        # A policy that blocks something of ours says so here.
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        return Review(service, page, s3, **task_input)

    yield open_it
    for context in contexts:
        context.close()
    assert problems == []


def near(*values):
    """Within two pixels of the image: the mouse moves by those of the screen."""
    return pytest.approx(values, abs=2)


def test_by_mouse(open_review):
    review = open_review()
    review.signs_in_and_starts()
    button = {name: review.tool.get_by_role("button", name=name, exact=True) for name in ["Undo", "Redo", "Delete box"]}
    assert review.tool.locator(".box .tag").all_inner_texts() == ["cat 62 %", "dog 90 %", "bird 10 %"]

    review.clicks(200, 190)
    review.drags((200, 190), (300, 290))  # move
    assert list(review.box(0)[1:]) == near(200, 220, 400, 370)
    review.drags((400, 370), (460, 400))  # resize by a corner
    review.drags((200, 300), (150, 300))  # and by an edge
    assert list(review.box(0)[1:]) == near(150, 220, 460, 400)

    review.tool.get_by_label("Find a label").fill("thing 42")
    review.page.keyboard.press("Enter")  # relabel
    assert review.box(0)[0] == "thing 42"
    button["Undo"].click()
    assert review.box(0)[0] == "cat"
    button["Redo"].click()

    review.clicks(1000, 100)
    button["Delete box"].click()
    assert len(review.drawn()["boundingBoxes"]) == 2

    review.page.mouse.move(*review.at(600, 200))
    review.page.mouse.wheel(0, -500)
    review.page.keyboard.down("Space")
    review.drags((600, 200), (620, 240))
    review.page.keyboard.up("Space")
    review.drags((560, 150), (640, 260))  # draw while zoomed and panned
    assert list(review.box(2)[1:]) == near(560, 150, 640, 260)
    review.tool.get_by_role("button", name="Show the whole image").click()

    drawn = review.drawn()
    review.frame.get_by_role("button", name="Submit").click()
    assert review.output() == drawn
    assert drawn["boundingBoxes"][1] == DOG
    assert drawn["inputImageProperties"] == {"width": WIDTH, "height": HEIGHT}
    assert drawn["initialValueModified"] is True


def tab_to(page, name):
    """Press Tab until the focus is on what is called so; nothing is clicked."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.textContent.trim()") == name:
            return
    pytest.fail(f"Tab never reached {name!r}")


def test_by_keyboard_alone(open_review):
    review = open_review()
    page = review.page
    # The browser focuses the first field with its next picture, which may come after the page is loaded.
    page.wait_for_function("() => document.activeElement.matches('input[type=email]')")
    page.keyboard.type(review.worker.email)
    page.keyboard.press("Tab")
    page.keyboard.type(review.worker.password)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Start working").wait_for()
    tab_to(page, "Start working")
    page.keyboard.press("Enter")
    review.is_shown()

    review.presses("a", "a")  # find the first guess, take it as it is and go on to the second
    review.presses("Shift+ArrowRight", "ArrowUp", "Control+ArrowRight", "Alt+Shift+ArrowDown", "3")
    review.presses("Tab", "Delete")
    review.presses("l")
    page.keyboard.type("bird")
    review.presses("Enter", "+", "+", "n", "z", "Shift+ArrowLeft", "0")
    review.presses("ArrowDown", "Control+z", "Control+z", "Control+y", "Escape")

    drawn = review.drawn()
    cat, thing, bird = drawn["boundingBoxes"]
    assert cat == CAT
    assert thing == {"label": "thing 3", "left": 710, "top": 509, "width": 241, "height": 150}
    assert bird["label"] == "bird"
    page.keyboard.press("Control+Enter")
    assert review.output() == drawn


def test_by_touch(open_review):
    screen = {"viewport": {"width": 1024, "height": 768}, "has_touch": True, "is_mobile": True}
    review = open_review(screen=screen)
    review.signs_in_and_starts()
    session = review.page.context.new_cdp_session(review.page)

    def touch(kind, *points):
        fingers = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    def finger(start, end):
        first, last = review.at(*start), review.at(*end)
        touch("touchStart", first)
        for share in (0.3, 0.7, 1):
            touch("touchMove", tuple(a + (b - a) * share for a, b in zip(first, last, strict=True)))
        touch("touchEnd")
        review.settle()

    finger((820, 580), (820, 580))  # a tap selects the dog
    finger((820, 580), (720, 480))  # move
    finger((840, 560), (900, 620))  # resize by its corner
    assert list(review.box(1)[1:]) == near(600, 400, 900, 620)
    review.tool.get_by_role("button", name="Undo", exact=True).tap()
    assert list(review.box(1)[1:]) == near(600, 400, 840, 560)

    one, other = review.at(500, 200), review.at(560, 260)
    touch("touchStart", one)
    touch("touchStart", one, other)
    touch("touchMove", (one[0] - 40, one[1] - 40), (other[0] + 40, other[1] + 40))
    touch("touchEnd")
    finger((480, 180), (580, 280))  # draw while zoomed
    assert list(review.box(3)[1:]) == near(480, 180, 580, 280)

    drawn = review.drawn()
    review.frame.get_by_role("button", name="Submit").tap()
    assert review.output() == drawn


def test_nothing_to_label_on_a_photograph_taken_upright(open_review):
    review = open_review(taskObject=f"s3://{BUCKET}/images/upright.jpg", initialValue=[])
    review.signs_in_and_starts()
    assert "If there is nothing to label, submit as it is." in review.tool.locator(".tally").inner_text()
    review.drags((100, 950), (300, 1100))
    assert list(review.box(0)[1:]) == near(100, 950, 300, 1100)
    review.presses("Control+z")
    review.frame.get_by_role("button", name="Submit").click()

    assert review.output() == {
        "boundingBoxes": [],
        "inputImageProperties": {"width": HEIGHT, "height": WIDTH},
        "initialValueModified": False,
    }


def test_hostile_boxes_are_told_to_the_worker_and_stored_by_nobody(open_review):
    names = ["<script>alert(1)</script>", "</textarea>", "{{ task.input.secret }}"]
    sides = {"left": 10, "top": 10, "width": 20, "height": 20}
    boxes = [{"label": name} | sides for name in names]
    strange = [CAT | {"left": -5000}, CAT | {"width": -1}, CAT | {"label": "yeti"}, CAT | {"left": "NaN"}]
    cut = CAT | {"left": 1100}
    review = open_review(labels=[*LABELS, *names], initialValue=[*boxes, *strange, cut])
    review.signs_in_and_starts()
    remarks = review.tool.locator(".remarks").inner_text()
    assert "no size inside the image were not drawn: 3." in remarks
    assert '("yeti") were not drawn: 1.' in remarks
    assert "cut off at the border of the image: 1." in remarks
    review.frame.get_by_role("button", name="Submit").click()

    assert review.output()["boundingBoxes"] == [*boxes, cut | {"width": 100}]
