"""The portal in a browser: a real service with its S3, and people at their screens."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, ImageDraw

# The service, its jobs and its workers are those of the integration tests.
from tests.integration.review.conftest import (  # noqa: F401
    BUCKET,
    eventually,
    new_job,
    new_service,
    s3,
    s3_server,
    service,
    written,
)

HEAD = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
CLASSIFIER = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form>
  <crowd-classifier name="animal" categories="['cat', 'dog', 'bird']" header="{{ task.input.header }}">
    <classification-target><p id="target">{{ task.input.text }}</p></classification-target>
    <short-instructions>Say what it is.</short-instructions>
    <full-instructions>Say what it is, in one word.</full-instructions>
  </crowd-classifier>
</crowd-form>"""
NOTES = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form>
  <h2 id="target">{{ task.input.text }}</h2>
  <crowd-input name="title" label="Title"></crowd-input>
  <crowd-text-area name="note" label="Note"></crowd-text-area>
  <crowd-checkbox name="sure" value="yes">Sure</crowd-checkbox>
</crowd-form>"""
BOXES = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form>
  <crowd-bounding-box name="annotatedResult" src="{{ task.input.taskObject | grant_read_access }}"
    labels="{{ task.input.labels | to_json | escape }}" header="{{ task.input.header }}"
    initial-value="{{ task.input.initialValue | to_json | escape }}">
    <short-instructions><p>Draw a box around every thing.</p></short-instructions>
    <full-instructions><p>A box touches the thing on all four sides.</p></full-instructions>
  </crowd-bounding-box>
</crowd-form>"""


class Screen:
    """A worker before the portal in a browser of his own."""

    def __init__(self, context, worker):
        self.worker = worker
        self.context = context
        self.page = context.new_page()

    @property
    def frame(self):
        return self.page.frame_locator("#frame")

    @property
    def target(self):
        return self.frame.locator("#target").inner_text()

    def signs_in(self):
        self.page.goto("/portal/sign-in")
        self.page.locator("[name=email]").fill(self.worker.email)
        self.page.locator("[name=password]").fill(self.worker.password)
        self.page.locator("form:has([name=password]) button.primary").click()
        self.page.wait_for_url("**/portal/")
        return self

    def starts(self):
        self.page.locator(".jobs button.primary").first.click()
        self.page.wait_for_url("**/portal/tasks/*")
        self.page.frame_locator("#frame").locator("crowd-form").wait_for()
        return self

    def submits(self):
        self.frame.locator('crowd-button[form-action="submit"]').click()

    def sees(self, text):
        """Wait until a task is shown, and the one after it is ready, or known not to be: only now does anybody type."""
        self.frame.locator("#target").get_by_text(text, exact=True).wait_for()
        self.next_is_ready()

    def next_is_ready(self):
        """Wait until all is there that the next task will need; answer whether there is a next task."""
        self.page.locator("#frames[data-next]").wait_for()
        self.page.wait_for_function("document.activeElement.id === 'frame'")
        return self.page.locator("#frames").get_attribute("data-next") == "ready"

    @property
    def task(self):
        return self.page.url.rsplit("/", 1)[1]


@pytest.fixture
def new_screen(browser, service):  # noqa: F811
    """Seat workers, each in a context of his own; whatever fails on a page fails the test."""
    contexts, problems = [], []

    def make(worker, **options):
        usual = {"viewport": {"width": 1280, "height": 800}, "locale": "en-US", "base_url": service.url}
        context = browser.new_context(**usual | options)
        context.set_default_timeout(30_000)
        contexts.append(context)
        context.on("weberror", lambda error: problems.append(str(error.error)))
        return Screen(context, worker)

    yield make
    for context in contexts:
        context.close()
    assert problems == []


def photo(width, height):
    """Make a JPEG that does not compress to nothing: sky, hills, and things to label."""
    image = Image.effect_noise((width // 4, height // 4), 40).resize((width, height)).convert("RGB")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, height * 0.7, width, height), fill=(96, 130, 90))
    draw.ellipse((width * 0.12, height * 0.3, width * 0.4, height * 0.7), fill=(190, 90, 60))
    draw.rectangle((width * 0.6, height * 0.45, width * 0.8, height * 0.85), fill=(70, 90, 140))
    body = BytesIO()
    image.save(body, "JPEG", quality=92)
    return body.getvalue()


@pytest.fixture(scope="session")
def pictures(s3):  # noqa: F811
    """Put photos of three sizes into S3; the text is the address of a size."""
    sizes = {"small": (800, 533), "large": (4000, 3000)}
    for name, size in sizes.items():
        s3.put_object(Bucket=BUCKET, Key=f"images/{name}.jpg", Body=photo(*size), ContentType="image/jpeg")
    return {name: f"s3://{BUCKET}/images/{name}.jpg" for name in sizes}
