"""Teams, members, roles and accounts, as administrators and workers meet them."""

import re
import uuid

import pytest

from services.review.people.commands import save_worker
from services.review.server.state import utc_now
from services.review.storage.database.engine import Database
from tests.integration.review.conftest import Worker

PASSWORD = "seven green herons"


def make_administrator(service):
    email = f"chief-{uuid.uuid4().hex[:8]}@example.com"
    account = {"name": "Chief", "email": email, "password": PASSWORD, "groups": [], "is_administrator": True}
    database = Database(service.database)
    database.write(lambda session: save_worker(session, **account, now=utc_now()))
    database.close()
    administrator = Worker(service, email, PASSWORD)
    administrator.signs_in()
    return administrator


@pytest.fixture
def administrator(service):
    return make_administrator(service)


def id_of(service, worker):
    return service.reads("SELECT public_id FROM workers WHERE email = :e", e=worker.email)[0][0]


def new_name(kind="team"):
    return f"{kind}-{uuid.uuid4().hex[:8]}"


def members_of(page, team):
    section = re.search(rf'data-team="{team}".*?</section>', page, re.DOTALL)[0]
    return re.findall(r'/portal/admin/people/([0-9a-f]{16})"', section)


def test_a_team_of_the_portal_is_one_of_the_api(service, administrator):
    name = new_name()
    page = administrator.sends("/portal/admin/teams", name=name, description="Finds cats")
    assert page.url.path == "/portal/admin/teams"
    assert members_of(page.text, name) == []
    team = service.sagemaker.describe_workteam(WorkteamName=name)["Workteam"]
    assert team["Description"] == "Finds cats"
    assert team["MemberDefinitions"] == [{"OidcMemberDefinition": {"Groups": [name]}}]
    again = administrator.sends("/portal/admin/teams", name=name, description="")
    assert again.status_code == 409
    assert "A team of this name already exists" in again.text


@pytest.mark.parametrize("name", ["", "-a", "a_b", "a" * 64, "<script>", "a b"])
def test_a_name_aws_would_not_take_is_refused(administrator, name):
    assert administrator.sends("/portal/admin/teams", name=name, description="").status_code == 400


def test_members_come_and_go_and_their_tasks_return(service, job, administrator):
    worker = service.employs("ann")
    person = id_of(service, worker)
    team = job.group.replace("group-", "team-")
    page = administrator.sends(f"/portal/admin/teams/{team}/members", person=person)
    assert members_of(page.text, team) == [person]
    worker.signs_in()
    job.starts_loop()
    assert worker.starts_working(job.name)
    page = administrator.sends(f"/portal/admin/teams/{team}/members/{person}/remove")
    assert members_of(page.text, team) == []
    assert worker.submits({}).status_code == 404
    assert service.reads("SELECT state FROM claims WHERE id = :id", id=worker.task) == [("returned",)]
    assert worker.sees_waiting(job.name) is None


def test_deactivating_ends_sessions_and_returns_tasks(service, job, worker, answer, written):
    administrator = make_administrator(service)
    person = id_of(service, worker)
    first, second = job.starts_loop(), job.starts_loop()
    worker.starts_working(job.name)
    assert worker.submits(answer).status_code == 200
    worker.starts_working(job.name)
    page = administrator.sends(f"/portal/admin/people/{person}/deactivate")
    assert "Deactivated" in page.text
    assert worker.opens("/portal/").url.path == "/portal/sign-in"
    assert service.reads("SELECT state FROM claims WHERE id = :id", id=worker.task) == [("returned",)]
    refused = worker.signs_in()
    assert refused.status_code == 403
    assert "deactivated" in refused.text
    assert worker.signs_in("a wrong guess").status_code == 401, "said only to who knows the password"
    assert written(job.becomes(first, "Completed"))["humanAnswers"][0]["workerId"] == person
    assert job.status(second) == "InProgress"
    administrator.sends(f"/portal/admin/people/{person}/reactivate")
    assert worker.signs_in().url.path == "/portal/"
    assert worker.starts_working(job.name)


def test_roles_change_at_once_but_the_last_administrator_stays(new_service):
    service = new_service().starts()
    chief, ann = make_administrator(service), service.employs("ann")
    ann.signs_in()
    me, her = id_of(service, chief), id_of(service, ann)
    for action, fields in (("role", {"role": "worker"}), ("deactivate", {})):
        refused = chief.sends(f"/portal/admin/people/{me}/{action}", **fields)
        assert refused.status_code == 409
        assert "last administrator" in refused.text
    assert ann.opens("/portal/admin/teams").status_code == 403
    chief.sends(f"/portal/admin/people/{her}/role", role="administrator")
    assert ann.opens("/portal/admin/teams").status_code == 200
    assert chief.sends(f"/portal/admin/people/{me}/role", role="worker").url.path == "/portal/"
    assert chief.opens("/portal/admin/teams").status_code == 403
    assert ann.sends(f"/portal/admin/people/{me}/role", role="king").status_code == 400
    assert service.command("create-admin", "--name", "C", "--email", chief.email, stdin=PASSWORD).returncode == 0
    assert chief.signs_in().url.path == "/portal/", "the command line is the way back in"


def test_a_worker_changes_his_name_and_password(service, worker):
    other = Worker(service, worker.email, worker.password)
    other.signs_in()
    worker.opens("/portal/account")
    assert "<b>Ann</b>" not in worker.sends("/portal/account/name", name="<b>Ann</b>").text
    assert worker.sends("/portal/account/name", name=" ").status_code == 400
    change = {"password": worker.password, "new_password": "eleven quiet otters"}
    assert worker.sends("/portal/account/password", **change | {"password": "wrong"}).status_code == 401
    assert "too short" in worker.sends("/portal/account/password", **change | {"new_password": "short"}).text
    assert "too easy" in worker.sends("/portal/account/password", **change | {"new_password": "Passw0rd!2026"}).text
    assert "easy to guess" in worker.sends("/portal/account/password", **change | {"new_password": worker.email}).text
    before = dict(worker.browser.cookies)["nightloop_session"]
    page = worker.sends("/portal/account/password", **change)
    assert "Your password is changed" in page.text
    assert dict(worker.browser.cookies)["nightloop_session"] != before
    assert other.opens("/portal/").url.path == "/portal/sign-in"
    assert other.signs_in().status_code == 401
    assert other.signs_in("eleven quiet otters").url.path == "/portal/"


def test_sessions_are_listed_and_end_everywhere(service, worker):
    other = Worker(service, worker.email, worker.password)
    other.browser.headers["user-agent"] = "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"
    other.signs_in()
    page = worker.opens("/portal/account").text
    assert "Safari · iPad" in page
    assert page.count("This browser") == 1
    assert worker.sends("/portal/account/sign-out-everywhere").url.path == "/portal/sign-in"
    assert other.opens("/portal/").url.path == "/portal/sign-in"


@pytest.mark.parametrize("column", ["last_seen_at", "expires_at"])
def test_a_session_ends_by_age_and_by_idleness(service, worker, column):
    assert worker.opens("/portal/").url.path == "/portal/"
    owner = "worker_id = (SELECT id FROM workers WHERE email = :e)"
    past = "2020-01-01 00:00:00.000000"
    assert service.changes(f"UPDATE worker_sessions SET {column} = :t WHERE {owner}", t=past, e=worker.email) == 1
    assert worker.opens("/portal/").url.path == "/portal/sign-in"


def test_failing_on_purpose_does_not_lock_the_owner_out(service, worker):
    stranger = Worker(service, worker.email, "guess")
    for _ in range(5):
        assert stranger.signs_in().status_code == 401
    assert stranger.signs_in(worker.password).status_code == 429, "not even with the right one"
    worker.sends("/portal/sign-out")
    assert worker.signs_in().url.path == "/portal/", "a browser the owner has used has a count of its own"
    for _ in range(5):
        worker.sends("/portal/sign-out")
        assert worker.signs_in("a wrong guess").status_code == 401
    assert worker.signs_in().status_code == 429, "and that one has an end, too"


def test_who_is_unknown_is_told_the_same(service, worker):
    unknown = Worker(service, f"{uuid.uuid4().hex}@example.com", "guess")
    known = Worker(service, worker.email, "guess")
    pages = [re.sub(r'(content|value)="[^"]*"', "", who.signs_in().text) for who in (unknown, known)]
    assert pages[0] == pages[1]


def test_over_https_the_cookies_are_of_this_host_alone(new_service):
    service = new_service()
    service.settings = {"PUBLIC_URL": "https://review.example.com"}
    service.starts()
    worker = service.employs("ann")
    csrf = re.search(r'name="csrf-token" content="([^"]+)"', (first := worker.browser.get("/portal/sign-in")).text)[1]
    (cookie,) = first.headers.get_list("set-cookie")
    assert cookie.startswith("__Host-nightloop_session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    form = {"csrf_token": csrf, "email": worker.email, "password": worker.password}
    answer = worker.browser.post("/portal/sign-in", data=form, headers={"cookie": cookie.partition(";")[0]})
    names = sorted(value.partition("=")[0] for value in answer.headers.get_list("set-cookie"))
    assert names == ["__Host-nightloop_device", "__Host-nightloop_session"]
