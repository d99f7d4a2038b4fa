"""Trying a template: the same sandbox as a task, and nothing kept."""

import json
import re

import pytest

from services.review.render.frame.document import SANDBOX
from tests.integration.review.conftest import TEMPLATE
from tests.integration.review.test_admin import make_admin

INPUT = json.dumps({"taskObject": "s3://nightloop-review-test/images/cat.jpg", "labels": ["cat"], "header": "Cats"})


@pytest.fixture
def admin(service):
    admin = make_admin(service)
    admin.opens("/portal/admin/preview")
    return admin


def report_of(admin, template, task_input=INPUT):
    response = admin.browser.post(
        "/portal/admin/preview/report", data={"csrf_token": admin.csrf, "template": template, "input": task_input}
    )
    return response.json()


def test_the_frame_is_held_in_as_a_task_is(admin, job, worker):
    job.starts_loop(header="Cats")
    worker.starts_working(job.name)
    task = worker.sees_frame()
    preview = admin.browser.post(
        "/portal/admin/preview/frame", data={"csrf_token": admin.csrf, "template": TEMPLATE, "input": INPUT}
    )
    assert preview.status_code == 200
    assert preview.headers["content-security-policy"] == task.headers["content-security-policy"]
    assert preview.headers["content-security-policy"].endswith(f"sandbox {SANDBOX}")
    assert "set-cookie" not in preview.headers
    assert admin.csrf not in preview.text
    assert 'header="Cats"' in preview.text


def test_a_preview_has_no_address(admin):
    evil = "<script>parent.document.title = 'taken'</script>"
    assert admin.browser.get("/portal/admin/preview/frame", params={"template": evil}).status_code == 404
    forged = admin.browser.post("/portal/admin/preview/frame", data={"template": evil, "input": "{}"})
    assert forged.status_code == 403
    assert "taken" not in forged.text
    page = admin.opens("/portal/admin/preview")
    assert "taken" not in page.text
    assert re.search(rf'<iframe id="preview"[^>]* sandbox="{SANDBOX}"', page.text)


def test_it_is_said_what_will_not_work(admin):
    assert report_of(admin, TEMPLATE) == {"error": "", "findings": []}
    found = report_of(admin, "<crowd-magic></crowd-magic><script src='https://cdn.example/x.js'></script>")
    assert {finding["code"] for finding in found["findings"]} == {
        "UnsupportedElement",
        "BlockedScript",
        "NoForm",
        "NoElements",
    }
    assert any("<crowd-magic>" in finding["message"] for finding in found["findings"])
    assert "2:9" in report_of(admin, "a\nb {{ x | nofilter }}")["error"], "line and column"
    assert "InputContent" in report_of(admin, TEMPLATE, "[1]")["error"]
    assert "InputContent" in report_of(admin, TEMPLATE, "{")["error"]
    failed = admin.sends("/portal/admin/preview/frame", template="{% if %}", input="{}")
    assert "cannot be shown" in failed.text


def test_what_a_flow_shows_comes_with_its_newest_input(admin, job):
    evil = "</textarea><script>alert(1)</script>"
    job.starts_loop(header="older")
    job.starts_loop(header=evil)
    page = admin.opens(f"/portal/admin/preview?flow={job.name}").text
    assert "grant_read_access" in page
    assert "&lt;/textarea&gt;&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert "older" not in page
    name = job.name.replace("flow-", "ui-")
    assert "&lt;/textarea&gt;&lt;script&gt;" in admin.opens(f"/portal/admin/preview?template={name}").text
    job.service.sagemaker.delete_human_task_ui(HumanTaskUiName=name)
    assert f"{name} (deleted)" in admin.opens(f"/portal/admin/preview?flow={job.name}").text
    assert admin.opens(f"/portal/admin/preview?template={name}").status_code == 404
