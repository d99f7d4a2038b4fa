"""Images of any name go from the day's folder to people and into the manifest."""

from __future__ import annotations

import html
import re

import httpx

from tests.integration.aws.nights import Night
from tests.integration.aws.pictures import encode, picture
from tests.integration.aws.reviewer import Reviewer
from tests.integration.aws.test_night import BOX

NAMES = (
    "a#b?c=1&d \"q\" 's' %41+e <f>.PNG",
    "ünï/日本 語;x:y@z,$!~*()[]{}|^`.Jpeg",
    "double//slash.png",
    ".hidden.png",
    "trailing .png",
)


def picture_shown(reviewer, task):
    """Fetch the image a task's page shows."""
    frame = reviewer.http.get(f"{task.url}/frame").text
    source = html.unescape(re.search(r'<crowd-bounding-box[^>]*?\ssrc="([^"]+)"', frame, re.DOTALL).group(1))
    return reviewer.http.get(httpx.URL(str(task.url)).join(source)).content


def test_what_reviewers_see_and_what_is_learned_is_the_image_itself(own_loop, s3, stack):
    night = Night(own_loop, "2026-09-01")
    bodies = {}
    for number, name in enumerate(NAMES):
        form = "JPEG" if name.endswith("Jpeg") else "PNG"
        body = encode(picture([(20, 30, 60, 40)], shade=60 + number), form)
        bodies[night.put_key(s3, name, body)] = body
    opened = night.open_all()
    assert opened["opened"] == len(NAMES)
    reviewer, shown = Reviewer(stack).signs_in(), []
    for _ in NAMES:
        task = reviewer.takes(night.flow.name)
        shown.append(picture_shown(reviewer, task))
        reviewer.submits(task, [BOX])
    assert sorted(shown) == sorted(bodies.values())
    night.wait(opened["flow_definition_arn"], 1)
    assert night.finish()["manifest_lines"] == len(NAMES)
    assert {line["source-ref"] for line in night.lines(night.files.manifest)} == set(bodies)
