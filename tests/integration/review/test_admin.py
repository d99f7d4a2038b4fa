"""The administrators' pages: what they show, what they do, who may enter them."""

import re
from datetime import timedelta

import pytest

from services.review.server.state import utc_now

PAGES = ["flows", "activity", "preview"]


def make_admin(service, name="boss"):
    admin = service.employs(name)
    assert service.changes("UPDATE workers SET is_administrator = true WHERE email = :email", email=admin.email) == 1
    admin.signs_in()
    return admin


@pytest.fixture
def admin(service):
    return make_admin(service)


def numbers_of(page, flow):
    """Read a row of the flows page: label -> what stands there."""
    row = re.search(rf'<tr data-flow="{flow}">(.*?)</tr>', page, re.DOTALL)[1]
    return {
        label: text.strip() for label, text in re.findall(r'class="number[^"]*" data-label="([^"]+)">([^<]*)<', row)
    }


def test_flows_show_how_their_queues_stand(service, new_job, admin, answer):
    job = new_job(TaskCount=2)
    loops = [job.starts_loop() for _ in range(3)]
    ann, bob = service.employs("ann", job.group), service.employs("bob", job.group)
    for person in (ann, bob):
        person.signs_in()
        person.starts_working(job.name)
        assert person.submits(answer, seconds=0.0).status_code == 200
    job.becomes(loops[0], "Completed")
    numbers = numbers_of(admin.opens("/portal/admin/flows").text, job.name)
    # Both went on to their next task when they had answered the first.
    assert numbers["Waiting tasks"] == "2"
    assert numbers["Being worked on"] == "2"
    assert numbers["Answers in 1 h"] == numbers["Answers in 24 h"] == "2"
    assert numbers["Median time"] == "0.0 s"
    assert (numbers["Completed"], numbers["Failed"], numbers["Stopped"]) == ("1", "0", "0")
    page = admin.opens(f"/portal/admin/flows/{job.name}").text
    assert job.arn in page
    assert "ann" in page
    assert "1 of 2" not in page
    assert "2 of 2" in page


def test_the_age_of_the_oldest_waiting_task_is_shown(service, job, admin):
    loop = job.starts_loop()
    job.starts_loop()
    created = utc_now() - timedelta(days=3, hours=4, minutes=1)
    service.changes("UPDATE human_loops SET created_at = :at WHERE name = :name", at=str(created)[:-6], name=loop)
    assert numbers_of(admin.opens("/portal/admin/flows").text, job.name)["Oldest waiting"] == "3 d 4 h"


def test_an_output_that_cannot_be_written_is_told_with_its_reason(new_job, service, admin, answer, eventually):
    job = new_job()
    nowhere = "s3://no-such-bucket-there/reviews"
    service.changes("UPDATE flow_definitions SET output_path = :path WHERE name = :name", path=nowhere, name=job.name)
    ann = service.employs("ann", job.group)
    ann.signs_in()
    loop = job.starts_loop()
    ann.starts_working(job.name)
    ann.submits(answer)
    eventually(lambda: "NoSuchBucket" in admin.opens("/portal/admin/flows").text)
    assert (
        f"Outputs of “{job.name}” cannot be written to S3: 1 so far"
        in admin.opens(f"/portal/admin/flows/{job.name}").text
    )
    assert "NoSuchBucket" in admin.opens(f"/portal/admin/loops/{loop}").text
    service.changes("DELETE FROM outbox WHERE last_error LIKE '%NoSuchBucket%'")


def test_loops_are_found_by_page_status_and_the_beginning_of_their_names(new_job, service, admin):
    job = new_job()
    unique = job.name[-8:]
    loops = [job.starts_loop(f"l-{unique}-{number:03d}") for number in range(103)]
    service.changes("UPDATE human_loops SET state = 'Failed' WHERE name = :name", name=loops[7])
    address, seen = f"/portal/admin/flows/{job.name}", []
    while address:
        page = admin.opens(address).text
        seen.append(re.findall(r'data-loop="([^"]+)"', page))
        older = re.search(r'rel="next" href="([^"]+)"', page)
        address = older and f"/portal/admin/flows/{job.name}{older[1].replace('&amp;', '&')}"
    assert [len(page) for page in seen] == [50, 50, 3]
    assert [name for page in seen for name in page] == loops[::-1]

    def found(query):
        return re.findall(r'data-loop="([^"]+)"', admin.opens(f"/portal/admin/flows/{job.name}?{query}").text)

    assert found("status=Failed") == [loops[7]]
    assert found(f"name=l-{unique}-00") == loops[9::-1]
    assert found(f"status=InProgress&name=l-{unique}-00") == [loop for loop in loops[9::-1] if loop != loops[7]]
    assert found("name=%25") == found("name=_") == []
    assert len(found("before=rubbish")) == len(found("before=99999999999999999999999-1")) == 50


def test_a_loop_is_stopped(job, worker, admin):
    waiting = job.starts_loop()
    admin.opens(f"/portal/admin/loops/{waiting}")
    page = admin.sends(f"/portal/admin/loops/{waiting}/stop")
    assert page.status_code == 200
    assert job.becomes(waiting, "Stopped")
    assert "Stop this review" not in page.text
    again = admin.sends(f"/portal/admin/loops/{waiting}/stop")
    assert again.status_code == 409
    assert "has ended meanwhile" in again.text
    held = job.starts_loop()
    worker.starts_working(job.name)
    admin.sends(f"/portal/admin/loops/{held}/stop")
    assert job.status(held) == "Stopping"
    assert admin.browser.post(f"/portal/admin/loops/{held}/stop", data={"csrf_token": "guessed"}).status_code == 403
    assert admin.browser.post(f"/portal/admin/loops/{held}/stop", data={}).status_code == 403


def test_a_task_is_taken_back_and_what_is_sent_after_all_is_kept(job, worker, admin, answer, service):
    loop = job.starts_loop()
    task = worker.starts_working(job.name)
    page = admin.opens(f"/portal/admin/loops/{loop}").text
    assert f"/portal/admin/claims/{task}/return" in page
    assert admin.sends(f"/portal/admin/claims/{task}/return").status_code == 200
    assert worker.sees_waiting(job.name) == 1
    late = worker.submits(answer, task=task)
    assert late.status_code == 409
    assert late.json()["error"]["code"] == "ClaimExpired"
    page = admin.opens(f"/portal/admin/loops/{loop}").text
    assert "Late answer of ann" in page
    file = admin.opens(f"/portal/admin/claims/{task}/late-answer.json")
    assert file.json() == answer
    assert file.headers["content-disposition"] == f'attachment; filename="{loop}-late-answer.json"'
    assert admin.opens(f"/portal/admin/claims/{task}/answer.json").status_code == 404
    assert worker.starts_working(job.name) not in {None, task}
    assert admin.sends(f"/portal/admin/claims/{task}/return").status_code == 200, "once more changes nothing"
    assert service.reads("SELECT count(*) FROM claims WHERE state = 'held' AND id <> :task", task=task)[0][0] >= 1
    assert admin.sends(f"/portal/admin/claims/{'0' * 32}/return").status_code == 404


def test_a_loop_shows_input_and_answers_as_text(job, worker, admin, answer):
    evil = "</pre><script>alert(1)</script>"
    loop = job.starts_loop(header=evil)
    task = worker.starts_working(job.name)
    answer["annotatedResult"]["boundingBoxes"][0]["label"] = "dog"
    worker.submits(answer)
    job.becomes(loop, "Completed")
    response = admin.opens(f"/portal/admin/loops/{loop}")
    assert "<script>alert" not in response.text
    assert "&lt;/pre&gt;&lt;script&gt;" in response.text
    assert 'x="10" y="20" width="30" height="40"' in response.text
    image = re.search(r'<image href="([^"?]+)', response.text)[1]
    assert f"img-src 'self' {image} data:" in response.headers["content-security-policy"]
    assert admin.opens(f"/portal/admin/loops/{loop}/input.json").json()["header"] == evil
    assert admin.opens(f"/portal/admin/claims/{task}/answer.json").json() == answer


def test_activity_tells_what_each_worker_did(job, worker, admin, answer, service):
    for _ in range(3):
        job.starts_loop()
    worker.starts_working(job.name)
    worker.submits(answer, seconds=0.0)
    worker.opens("/portal/")
    worker.starts_working(job.name)
    worker.declines()
    page = admin.opens(f"/portal/admin/activity?flow={job.name}").text
    public_id = service.reads("SELECT public_id FROM workers WHERE email = :email", email=worker.email)[0][0]
    row = re.search(rf'<tr data-worker="{public_id}">(.*?)</tr>', page, re.DOTALL)[1]
    told = {label: text.strip() for label, text in re.findall(r'data-label="([^"]+)">([^<]*)<', row)}
    assert (told["Answers in 24 h"], told["7 days"], told["30 days"]) == ("1", "1", "1")
    assert (told["Declined"], told["Time ran out"], told["Median time"]) == ("1", "0", "0.0 s")
    assert "/portal/admin/loops/" in row, "the task he has now"
    own = admin.opens(f"/portal/admin/activity/{public_id}").text
    assert own.count("Answered") == 1
    assert own.count('<td data-label="State"><span>Declined') == 1


@pytest.mark.parametrize(
    "path",
    ["flows/none", "loops/none", "activity/none", "activity?flow=none", "preview?flow=none", "preview?template=none"],
)
def test_what_is_not_there_is_said(admin, path):
    response = admin.opens(f"/portal/admin/{path}")
    assert response.status_code == 404
    assert "There is no such" in response.text


@pytest.mark.parametrize("page", PAGES)
def test_workers_and_strangers_do_not_get_in(service, worker, page):
    assert worker.browser.get(f"/portal/admin/{page}").status_code == 403
    stranger = service.employs("stranger")
    refused = stranger.browser.get(f"/portal/admin/{page}")
    assert refused.status_code == 303
    assert refused.headers["location"].startswith("/portal/sign-in")


def test_a_worker_can_do_nothing_there(job, worker):
    loop = job.starts_loop()
    task = worker.starts_working(job.name)
    for path in (f"loops/{loop}/stop", f"claims/{task}/return", "preview/frame", "preview/report"):
        assert worker.sends(f"/portal/admin/{path}", template="x", input="{}").status_code == 403
    for path in (f"claims/{task}/late-answer.json", f"loops/{loop}/input.json"):
        assert worker.opens(f"/portal/admin/{path}").status_code == 403
    assert job.status(loop) == "InProgress"


def test_only_administrators_have_the_navigation(worker, admin):
    assert "/portal/admin/" not in worker.opens("/portal/").text
    assert admin.opens("/portal/admin/flows").text.count('aria-current="page"') == 1
