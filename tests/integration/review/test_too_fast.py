"""An answer given faster than anyone can look, from the portal to output.json and back to an administrator."""

import pytest

from tests.integration.review.conftest import TEMPLATE, make_job, wait_until
from tests.integration.review.test_admin import make_admin


@pytest.fixture
def admin(service):
    return make_admin(service)


def only_answer(written, job, loop):
    (answer,) = written(job.becomes(loop, "Completed"))["humanAnswers"]
    return answer


def test_it_is_kept_and_marked_until_an_administrator_lets_it_count(job, worker, admin, answer, written):
    loop = job.starts_loop()
    task = worker.starts_working(job.name)
    worker.submits(answer, seconds=0.063)
    marked = only_answer(written, job, loop)
    assert (marked["answerContent"], marked["tooFast"]) == (answer, True)

    for page in ("/portal/admin/flows", f"/portal/admin/flows/{job.name}"):
        listed = admin.opens(page).text
        assert f"Answers of “{job.name}” that were given too fast: 1." in listed
        assert f'<a href="/portal/admin/loops/{loop}">' in listed
    assert "Let it count" in admin.opens(f"/portal/admin/loops/{loop}").text

    assert "Confirmed" in admin.sends(f"/portal/admin/claims/{task}/confirm").text
    wait_until(lambda: only_answer(written, job, loop)["tooFast"] is False)
    assert only_answer(written, job, loop) == marked | {"tooFast": False}
    assert f"Answers of “{job.name}”" not in admin.opens("/portal/admin/flows").text


def test_a_template_says_how_fast_is_too_fast(new_job, service, admin, answer, written):
    for floor, seconds, mark in (("30", 20, True), ("0", 0.01, False)):
        job = new_job(template=TEMPLATE.replace("<crowd-form>", f'<crowd-form min-seconds="{floor}">'))
        worker = service.employs("ann", job.group)
        worker.signs_in()
        loop = job.starts_loop()
        worker.starts_working(job.name)
        worker.submits(answer, seconds=seconds)
        assert only_answer(written, job, loop)["tooFast"] is mark


def test_a_page_that_claims_more_seconds_than_went_by_is_not_believed(job, worker, answer, written):
    loop = job.starts_loop()
    worker.starts_working(job.name)
    worker.submits(answer, seconds=30)
    assert only_answer(written, job, loop)["tooFast"] is True


def test_a_service_may_mark_nothing(new_service, answer, written):
    service = new_service()
    service.settings["MIN_SECONDS"] = "0"
    service.starts()
    job = make_job(service)
    worker = service.employs("ann", job.group)
    worker.signs_in()
    loop = job.starts_loop()
    worker.starts_working(job.name)
    worker.submits(answer, seconds=0.01)
    assert only_answer(written, job, loop)["tooFast"] is False


def test_an_answer_like_any_other_has_the_fields_of_a2i_only(job, worker, answer, written, service):
    loop = job.starts_loop()
    task = worker.starts_working(job.name)
    service.changes("UPDATE claims SET accepted_at = :past WHERE id = :id", past="2020-01-01 00:00:00.000000", id=task)
    worker.submits(answer, seconds=12.5)
    assert set(only_answer(written, job, loop)) == {
        "acceptanceTime", "answerContent", "submissionTime", "timeSpentInSeconds", "workerId", "workerMetadata",
    }  # fmt: skip


def test_the_next_task_takes_no_answer_before_its_page_is_shown(job, worker, answer, written):
    first, second = job.starts_loop(), job.starts_loop()
    worker.starts_working(job.name)
    following = worker.submits(answer).json()["task"]
    assert worker.submits(answer, task=following["id"]).json()["error"]["code"] == "TaskNotShown"
    assert job.status(second) == "InProgress"

    assert worker.sees(following["id"]).json()["task"]["shown"] is True
    assert worker.submits(answer, task=following["id"]).status_code == 200
    for loop in (first, second):
        assert only_answer(written, job, loop)["answerContent"] == answer
