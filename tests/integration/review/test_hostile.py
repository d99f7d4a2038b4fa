"""People and inputs that mean harm."""

import re
import uuid

import pytest


@pytest.fixture
def stranger(service):
    """A worker of another team."""
    worker = service.employs("eve", f"group-of-eve-{uuid.uuid4().hex[:6]}")
    worker.signs_in()
    return worker


def test_nobody_reaches_anything_without_signing_in(service, job):
    visitor = service.employs("nobody", job.group)
    for path in ("/portal/", "/portal/tasks/" + "0" * 32, "/portal/tasks/" + "0" * 32 + "/frame"):
        assert visitor.opens(path).url.path == "/portal/sign-in"
    assert visitor.submits({}, task="0" * 32).status_code == 401
    assert visitor.signs_in("a wrong password").status_code == 401


def test_jobs_of_other_teams_do_not_exist(job, worker, stranger):
    job.starts_loop()
    assert stranger.sees_waiting(job.name) is None
    assert stranger.starts_working(job.name) is None
    assert stranger.sends(f"/portal/jobs/{job.name}/start").status_code == 404


def test_tasks_of_other_workers_do_not_exist(service, job, worker, answer):
    loop = job.starts_loop()
    task = worker.starts_working(job.name)
    colleague = service.employs("mallory", job.group)
    colleague.signs_in()
    colleague.task = task
    assert colleague.opens(f"/portal/tasks/{task}").status_code == 404
    assert colleague.sees_frame().status_code == 404
    assert colleague.submits(answer).status_code == 404
    assert colleague.declines().status_code == 404
    assert colleague.stops_working().status_code == 404
    assert job.status(loop) == "InProgress"
    assert worker.submits(answer).status_code == 200


def test_who_leaves_the_team_loses_the_task(service, job, worker, answer):
    job.starts_loop()
    worker.starts_working(job.name)
    service.changes("DELETE FROM worker_groups WHERE group_name = :group", group=job.group)
    assert worker.sees_frame().status_code == 404
    assert worker.submits(answer).status_code == 404


def test_every_post_needs_the_token_of_the_visit(job, worker, stranger, answer):
    loop = job.starts_loop()
    task = worker.starts_working(job.name)
    own = worker.csrf
    for forged in ("", "0" * 64, stranger.csrf):
        worker.csrf = forged
        refused = worker.submits(answer)
        assert refused.status_code == 403
        assert refused.json()["error"]["code"] == "ForgedRequest"
        assert worker.browser.post(f"/portal/tasks/{task}/release", data={"csrf_token": forged}).status_code == 403
        assert worker.browser.post("/portal/sign-out", data={"csrf_token": forged}).status_code == 403
    assert job.status(loop) == "InProgress"
    worker.csrf = own
    assert worker.submits(answer).status_code == 200


def test_guessing_a_password_is_slowed_down(service, job):
    worker = service.employs("ann", job.group)
    for _ in range(5):
        assert worker.signs_in("a wrong guess").status_code == 401
    refused = worker.signs_in()
    assert refused.status_code == 429
    assert "Wait a few minutes" in refused.text
    service.changes("UPDATE sign_in_failures SET failed_at = '2020-01-01 00:00:00.000000'")
    assert worker.signs_in().url.path == "/portal/"


def test_the_cookie_is_out_of_reach_of_scripts_and_ends_with_the_session(service, worker):
    old = dict(worker.browser.cookies)
    worker.sends("/portal/sign-out")
    worker.browser.cookies.clear()
    worker.browser.cookies.update(old)
    assert worker.opens("/portal/").url.path == "/portal/sign-in", "the server has forgotten the session"
    worker.opens("/portal/sign-in")
    form = {"csrf_token": worker.csrf, "email": worker.email, "password": worker.password}
    cookie = worker.browser.post("/portal/sign-in", data=form).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert old["nightloop_session"] not in cookie, "signing in makes a new token"
    assert (old["nightloop_session"],) not in service.reads("SELECT digest FROM worker_sessions")


def test_input_stays_text_in_the_frame(job, worker):
    attack = "<script>parent.postMessage('x')</script>\" onload='x' {{ task }} {% raw %}"
    job.starts_loop(header=attack, labels=[attack, "</script>"])
    worker.starts_working(job.name)
    page = worker.sees_frame().text
    assert "<script>parent" not in page
    assert "{{ task }}" in page, "input is never a template"
    header = re.search(r'header="([^"]*)"', page)[1]
    assert "&lt;script&gt;" in header


def test_the_frame_is_held_in(service, job, worker):
    job.starts_loop(taskObject="s3://nightloop-review-test/images/cat;a.jpg")
    task = worker.starts_working(job.name)
    response = worker.sees_frame()
    policy = dict(part.split(" ", 1) for part in response.headers["content-security-policy"].split("; "))
    assert policy["form-action"] == "'none'"
    assert policy["script-src"] == f"{service.url}/elements/ 'unsafe-inline'"
    assert "allow-same-origin" not in policy["sandbox"]
    assert "allow-top-navigation" not in policy["sandbox"]
    image = f"{service.s3_url}/nightloop-review-test/images/cat%3Ba.jpg"
    assert policy["default-src"] == f"data: blob: {service.url}/elements/ {image}", "this object and no other"
    assert response.headers["referrer-policy"] == "no-referrer"
    session = worker.browser.cookies["nightloop_session"]
    assert session not in response.text
    assert worker.csrf not in response.text
    shell = worker.opens(f"/portal/tasks/{task}")
    assert "frame-src 'self'" in shell.headers["content-security-policy"]
    assert "unsafe-inline" not in shell.headers["content-security-policy"]
    assert shell.headers["cross-origin-opener-policy"] == "same-origin", "a tab that a template opens has no hold of it"


def test_a_template_that_fails_can_be_declined(service, new_job):
    job = new_job(template="<crowd-form>{{ task.input.number | divided_by: 0 }}</crowd-form>")
    worker = service.employs("ann", job.group)
    worker.signs_in()
    job.starts_loop(number=1)
    worker.starts_working(job.name)
    assert "cannot be shown" in worker.sees_frame().text
    assert worker.declines().status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"no json",
        b'{"answer": 1, "seconds": 1}',
        b'{"answer": {}, "seconds": "x"}',
        b'{"answer": {"a": NaN}}',
        b"[",
    ],
    ids=["empty", "array", "text", "answer", "seconds", "nan", "cut"],
)
def test_bodies_that_are_no_answer_are_refused(service, job, worker, body):
    loop = job.starts_loop()
    worker.starts_working(job.name)
    headers = {"X-CSRF-Token": worker.csrf, "Content-Type": "application/json"}
    response = worker.browser.post(f"/portal/tasks/{worker.task}/submit", content=body, headers=headers)
    assert response.status_code == 400
    assert response.json()["error"]["message"]
    assert job.status(loop) == "InProgress"


BOX = {"label": "cat", "left": 1, "top": 1, "width": 5, "height": 5}
PHOTO = {"width": 800, "height": 533}


@pytest.mark.parametrize(
    ("boxes", "code", "words"),
    [
        ([BOX, BOX | {"left": -50}], "ShapeOutsideImage", "2 (cat)"),
        ([BOX | {"left": 900}], "ShapeOutsideImage", "inside the image"),
        ([BOX | {"width": -5}], "ShapeUnreadable", "Delete it"),
        ([BOX | {"label": "unicorn"}], "UnknownLabel", "unicorn"),
        ([BOX | {"label": ""}], "ShapeWithoutLabel", "no label"),
        ([BOX] * 10_000, "TooManyShapes", "10000"),
    ],
    ids=["negative", "outside", "size", "unknown", "none", "many"],
)
def test_boxes_that_cannot_be_are_refused_and_nothing_is_stored(  # noqa: PLR0917 - fixtures
    service, job, worker, answer, boxes, code, words
):
    loop = job.starts_loop()
    task = worker.starts_working(job.name)
    answer["annotatedResult"] |= {"boundingBoxes": boxes, "inputImageProperties": PHOTO}
    worker.browser.headers["Accept-Language"] = "en"
    refused = worker.submits(answer)
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == code
    assert words in refused.json()["error"]["message"]
    assert service.reads("SELECT state, answer FROM claims WHERE id = :task", task=task) == [("held", None)]
    answer["annotatedResult"]["boundingBoxes"] = [BOX]
    assert worker.submits(answer).status_code == 200, "the worker mends it and goes on"
    job.becomes(loop, "Completed")


def test_refusals_are_said_in_the_workers_language(job, worker, answer):
    job.starts_loop()
    worker.starts_working(job.name)
    answer["annotatedResult"]["boundingBoxes"] = [BOX | {"left": -50}]
    worker.browser.headers["Accept-Language"] = "ja"
    assert "はみ出しています" in worker.submits(answer).json()["error"]["message"]


def test_the_labels_of_a_page_that_changes_them_itself_are_not_checked(service, new_job, answer):
    script = "<script>document.querySelector('crowd-bounding-box').labels = ['tree']</script>"
    tool = "<crowd-bounding-box name='annotatedResult' labels=\"['placeholder']\"></crowd-bounding-box>"
    for template, status in ((tool + script, 200), (tool, 400)):
        job = new_job(template=f"<crowd-form>{template}</crowd-form>")
        worker = service.employs("ann", job.group)
        worker.signs_in()
        job.starts_loop()
        worker.starts_working(job.name)
        assert worker.submits(answer).status_code == status


def test_many_boxes_that_can_be_are_taken_whole(job, worker, answer, written):
    loop = job.starts_loop()
    worker.starts_working(job.name)
    answer["annotatedResult"] |= {"boundingBoxes": [BOX] * 5000, "inputImageProperties": PHOTO}
    assert worker.submits(answer).status_code == 200
    (human,) = written(job.becomes(loop, "Completed"))["humanAnswers"]
    assert human["answerContent"] == answer


@pytest.mark.parametrize(
    "body",
    [
        b'{"answer": ' + b'{"a": ' * 100_000 + b"1" + b"}" * 100_000 + b"}",
        b'{"answer": {"a": ' + b"[" * 300 + b"]" * 300 + b"}}",
        b'{"answer": {"a": 1e999}}',
        b'{"answer": {"a": -Infinity}}',
        b'{"answer": {"a": "\xff"}}',
        '{"answer": {"a": 1}}'.encode("utf-16"),
    ],
    ids=["deep", "deep-list", "huge", "infinity", "no-utf8", "utf16"],
)
def test_answers_that_could_not_be_written_again_are_refused(service, job, worker, body):
    job.starts_loop()
    task = worker.starts_working(job.name)
    headers = {"X-CSRF-Token": worker.csrf, "Content-Type": "application/json"}
    response = worker.browser.post(f"/portal/tasks/{task}/submit", content=body, headers=headers)
    assert response.status_code == 400
    assert service.reads("SELECT state, answer FROM claims WHERE id = :task", task=task) == [("held", None)]


@pytest.mark.parametrize("path", ["/portal/tasks/%00", "/portal/jobs/a%00b/start", "/portal/?finished=%00"])
def test_the_character_nul_in_an_address(worker, path):
    assert worker.browser.get(path, follow_redirects=True).status_code in {400, 404, 405}
    assert worker.sends(path).status_code in {400, 404, 405}


def test_a_body_that_is_too_large_is_refused(job, worker):
    job.starts_loop()
    worker.starts_working(job.name)
    assert worker.submits({"image": "x" * (4 * 2**20)}).status_code == 413


def test_secrets_are_not_in_the_log(service, job, worker, answer, written):
    loop = job.starts_loop()
    worker.starts_working(job.name)
    worker.sees_frame()
    worker.submits(answer)
    job.becomes(loop, "Completed")
    log = service.log
    assert "answer received" in log
    secrets = [worker.password, worker.email, worker.csrf, worker.browser.cookies["nightloop_session"]]
    for secret in [*secrets, "X-Amz-Signature", "a secret of the tests", "a secret key of the tests"]:
        assert secret not in log


def test_the_elements_may_be_loaded_by_the_frame(worker):
    response = worker.browser.get("/elements/index.js", headers={"Origin": "null"})
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == "*"
    assert "javascript" in response.headers["content-type"]
    assert worker.browser.get("/elements/%2e%2e/settings.py").status_code == 404
