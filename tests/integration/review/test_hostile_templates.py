"""A dozen of the templates and inputs that took a service longest, while somebody asks whether it is alive."""

import json
import math

import pytest

from benchmarks.hostile.attack_list import attacks
from benchmarks.hostile.doors import FAILURES, Pulse
from benchmarks.hostile.suite import make_doors
from tests.integration.review.conftest import KEYS, ROLE

WORST = {
    "uniq, again and again",
    "a cycle of nine thousand names",
    "loops in a row up to the length",
    "thousands of grants",
    "parse: blanks after an opened output",
    "parse: opened raws",
    "parse: deep parentheses",
    "page: opened comments of HTML",
    "page: opened scripts",
    "3 MiB of empty lists, printed",
    "3 MiB of numbers, uniq",
    "start: 3 MiB of lists, 199 deep",
    "body: empty lists, up to 36 MB",
}
CHOSEN = [attack for attack in attacks() if attack.what in WORST]


@pytest.fixture(scope="module")
def doors(service):
    return make_doors(service.url, service.database, KEYS)


def test_the_list_is_long_and_the_chosen_are_on_it():
    listed = [(attack.door, attack.what) for attack in attacks()]
    assert len(set(listed)) == len(listed) >= 100
    assert len(CHOSEN) == len(WORST)


@pytest.mark.parametrize("attack", CHOSEN, ids=lambda attack: attack.what)
def test_nobody_else_waits(service, doors, attack):
    longest = math.inf
    # An attack that holds the service up does so each time; a shared machine that stands still for a second does not.
    for _ in range(2):
        with Pulse(service.url) as pulse:
            seconds, reply = doors.enter(attack)
        assert seconds < 10
        assert pulse.beats > 0
        assert not any(word in reply for word in FAILURES), reply
        longest = min(longest, pulse.overall)
        if longest < 1:
            break
    assert longest < 1


@pytest.mark.parametrize(
    "place", ["s3://bucket-base", "s3://", "s3://no bucket/k", "https://s3.amazonaws.com/bucket-base"]
)
def test_what_cannot_be_in_s3_is_named(service, place):
    template = "<crowd-form><img src='{{ task.input.taskObject | grant_read_access }}'></crowd-form>"
    answer = service.sagemaker.render_ui_template(
        UiTemplate={"Content": template}, Task={"Input": json.dumps({"taskObject": place})}, RoleArn=ROLE
    )
    (error,) = answer["Errors"]
    assert error["Code"] == "TemplateRenderingError"
    assert place.removeprefix("https://s3.amazonaws.com/") in error["Message"]


def test_a_task_that_cannot_be_shown_says_so_to_its_worker(service, job, worker):
    job.starts_loop(taskObject="s3://bucket-base")
    worker.starts_working(job.name)
    page = worker.sees_frame()
    assert page.status_code == 200
    assert "cannot be shown" in page.text
