"""Every route of the service against every role that may knock: who gets in, and with what answer.

To add a route: a row in ROUTES. Its answers are, in this order, those to

    nobody, a worker of another team, a worker of the team who does not hold the task, the worker who holds it,
    a worker whose account is closed, an administrator, a program with a valid signature of the API's.

A signature is worth nothing in the portal, and a session nothing at the API. Rows of `POST` also say nothing is done
without the CSRF token of the visit, or with the token of another one.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from starlette.routing import Mount, Route

from services.review.app import create_app
from services.review.config.settings import Settings
from services.review.storage.database.engine import Database
from tests.integration.review.conftest import KEYS, REGION, make_job
from tests.integration.review.test_people import id_of, make_administrator

ROLES = ("nobody", "other team", "team", "holder", "closed", "administrator", "program")


@dataclass(frozen=True)
class Row:
    """What each role gets; `fields` are the form's, in `path` and `fields` {names} are filled in."""

    answers: tuple[int, ...]
    fields: dict[str, str] = field(default_factory=dict)
    is_json: bool = False


def same(status, **fields):
    return Row((status,) * 7, fields)


def signed_in(status, *, administrator=None, **fields):
    """Take every worker in; strangers are sent to sign in."""
    return Row((303, status, status, status, 303, administrator or status, 303), fields)


def held(status, *, others=404, strangers=303, **fields):
    """Let the worker in who holds the task, and nobody else: an administrator holds nothing."""
    return Row((strangers, others, others, status, strangers, others, strangers), fields, is_json=strangers == 401)


def administrators(status, **fields):
    return Row((303, 403, 403, 403, 303, status, 303), fields)


ROUTES = {
    ("GET", "/healthz"): same(200),
    ("GET", "/readyz"): same(200),
    ("GET", "/metrics"): same(404),  # no token is configured
    ("GET", "/human-task-uis/{identifier:int}"): same(403),  # the address has no signature
    ("GET", "/portal"): same(308),
    ("GET", "/portal/"): signed_in(200),
    ("GET", "/portal/sign-in"): Row((200, 303, 303, 303, 200, 303, 200)),
    ("POST", "/portal/sign-in"): same(401, email="{new}@example.com", password="wrong"),
    ("POST", "/portal/sign-out"): same(303),
    ("GET", "/portal/oidc/start"): same(404),  # no provider is configured
    ("GET", "/portal/oidc/callback"): same(404),
    ("GET", "/portal/invitation"): same(404),
    ("POST", "/portal/invitation"): same(404, token="none", name="x", password="a long password"),
    ("GET", "/portal/account"): signed_in(200),
    ("POST", "/portal/account/name"): signed_in(303, name="Ann"),
    ("POST", "/portal/account/password"): signed_in(401, password="wrong", new_password="x"),
    ("POST", "/portal/account/sign-out-everywhere"): signed_in(303),
    ("GET", "/portal/admin/teams"): administrators(200),
    ("POST", "/portal/admin/teams"): administrators(303, name="team-{new}", description="d"),
    ("POST", "/portal/admin/teams/{team}/members"): administrators(303, person="{person}"),
    ("POST", "/portal/admin/teams/{team}/members/{person}/remove"): administrators(303),
    ("POST", "/portal/admin/invitations"): administrators(200, email="{new}@example.com", role="worker"),
    ("POST", "/portal/admin/invitations/{invitation:int}/resend"): administrators(404),
    ("POST", "/portal/admin/invitations/{invitation:int}/revoke"): administrators(404),
    ("GET", "/portal/admin/people/{person}"): administrators(200),
    ("POST", "/portal/admin/people/{person}/role"): administrators(303, role="worker"),
    ("POST", "/portal/admin/people/{person}/deactivate"): administrators(303),
    ("POST", "/portal/admin/people/{person}/reactivate"): administrators(303),
    ("POST", "/portal/admin/people/{person}/new-password"): administrators(200),
    ("POST", "/portal/language"): same(303, language="en"),
    ("POST", "/portal/jobs/{flow}/start"): Row((303, 404, 303, 303, 303, 404, 303)),
    ("GET", "/portal/tasks/{task_id}"): held(200),
    ("GET", "/portal/tasks/{task_id}/frame"): held(200),
    ("POST", "/portal/tasks/{task_id}/draft"): held(200, strangers=401),
    ("POST", "/portal/tasks/{task_id}/shown"): held(200, strangers=401),
    ("POST", "/portal/tasks/{task_id}/next"): held(200, strangers=401),
    ("GET", "/portal/tasks/{task_id}/next/frame"): held(404),  # nothing is reserved
    ("POST", "/portal/tasks/{task_id}/submit"): held(200, strangers=401),
    ("POST", "/portal/tasks/{task_id}/decline"): held(303),
    ("POST", "/portal/tasks/{task_id}/release"): held(303),
    ("GET", "/portal/admin/flows"): administrators(200),
    ("GET", "/portal/admin/flows/{flow}"): administrators(200),
    ("GET", "/portal/admin/loops/{loop}"): administrators(200),
    ("GET", "/portal/admin/loops/{loop}/input.json"): administrators(200),
    ("POST", "/portal/admin/loops/{loop}/stop"): administrators(303),
    ("GET", "/portal/admin/claims/{claim}/answer.json"): administrators(404),  # it has none yet
    ("GET", "/portal/admin/claims/{claim}/late-answer.json"): administrators(404),
    ("POST", "/portal/admin/claims/{claim}/return"): administrators(303),
    ("POST", "/portal/admin/claims/{claim}/confirm"): administrators(303),
    ("GET", "/portal/admin/activity"): administrators(200),
    ("GET", "/portal/admin/activity/{worker}"): administrators(200),
    ("GET", "/portal/admin/preview"): administrators(200),
    ("POST", "/portal/admin/preview/report"): administrators(200, template="<crowd-form></crowd-form>", input="{{}}"),
    ("POST", "/portal/admin/preview/frame"): administrators(200, template="<crowd-form></crowd-form>", input="{{}}"),
    ("GET", "/portal/static"): same(200),
    ("GET", "/portal/{rest:path}"): same(404),
    ("POST", "/portal/{rest:path}"): same(404),
    ("GET", "/elements"): same(200),
    ("POST", ""): Row((403, 403, 403, 403, 403, 403, 200)),
}
FILES = {"/portal/static": "/portal/static/portal.css", "/elements": "/elements/index.js"}
TARGET = "SageMaker.ListWorkteams"


def routes_of_the_service(tmp_path):
    keys = {"NIGHTLOOP_REVIEW_ACCESS_KEYS": '{"key": "secret"}', "NIGHTLOOP_REVIEW_SECRET_KEY": "x" * 16}
    app = create_app(Settings.from_environment(keys), Database(f"sqlite:///{tmp_path / 'routes.sqlite'}"))
    for route in app.routes:
        if isinstance(route, Route):
            yield from ((method, route.path) for method in route.methods - {"HEAD"})
        else:
            assert isinstance(route, Mount), route
            yield "GET", route.path
    assert app.router.default != app.router.not_found, "all other addresses are the API's"
    yield "POST", ""


def test_every_route_has_a_row_and_every_row_a_route(tmp_path):
    assert sorted(routes_of_the_service(tmp_path)) == sorted(ROUTES)


@dataclass
class Cast:
    """A job with a task that somebody holds, and everybody who may ask for it."""

    service: object
    job: object
    people: dict[str, object]
    names: dict[str, str]
    cookies_of_the_closed: dict[str, str]

    def sends(self, role, method, path, *, token=None):
        """Send a route's request as a role does; `token` stands in for the CSRF token of its visit."""
        row, worker = ROUTES[method, path], self.people[role]
        names = self.names | {"new": f"new-{uuid.uuid4().hex[:8]}", "identifier": "1"}
        place = FILES.get(path) or path.replace(":int", "").replace(":path", "").format(**names) or "/"
        csrf = worker.csrf if token is None else token
        if path == "":
            request = {
                "content": "{}",
                "headers": {"X-Amz-Target": TARGET, "Content-Type": "application/x-amz-json-1.1"},
            }
        elif method == "GET":
            request = {}
        elif row.is_json:
            request = {"json": {"answer": {"a": 1}, "seconds": 1}, "headers": {"X-CSRF-Token": csrf}}
        else:
            fields = {name: value.format(**names) for name, value in row.fields.items()}
            request = {"data": fields | {"csrf_token": csrf}}
        built = worker.browser.build_request(method, place, **request)
        if role == "program":
            signed = AWSRequest(method, str(built.url), data=built.content, headers=dict(built.headers))
            SigV4Auth(Credentials(*KEYS.values()), "sagemaker", REGION).add_auth(signed)
            built.headers.update(dict(signed.headers))
        return worker.browser.send(built)

    def is_ready(self):
        """Bring everybody back to where the table has them, whatever the last row did."""
        self.service.changes("DELETE FROM sign_in_failures")
        for role in ("nobody", "program"):
            self.people[role].opens("/portal/sign-in")
        for role in ("other team", "team", "holder", "administrator"):
            if self.people[role].browser.get("/portal/").status_code != 200:
                self.people[role].signs_in()
        holder = self.people["holder"]
        if not holder.task or holder.browser.get(f"/portal/tasks/{holder.task}").status_code != 200:
            self.names["loop"] = self.job.starts_loop()
            holder.starts_working(self.job.name)
        self.names |= {"task_id": holder.task, "claim": holder.task}
        self.people["closed"].browser.cookies.update(self.cookies_of_the_closed)


@pytest.fixture(scope="module")
def cast(service):
    job, other = make_job(service), make_job(service)
    people = {role: service.employs(role.replace(" ", "-"), job.group) for role in ROLES}
    people["other team"] = service.employs("other", other.group)
    people["administrator"] = make_administrator(service)
    person = id_of(service, service.employs("somebody"))
    people["closed"].signs_in()
    change = "UPDATE workers SET deactivated_at = :t WHERE email = :e"
    service.changes(change, t="2026-01-01 00:00:00.000000", e=people["closed"].email)
    names = {"flow": job.name, "person": person, "worker": person, "invitation": "0", "rest": "no-such-page"}
    names["team"] = job.group.replace("group-", "team-")
    return Cast(service, job, people, names, dict(people["closed"].browser.cookies))


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=lambda part: part or "/")
def test_each_role_gets_what_the_table_says(cast, method, path):
    cast.is_ready()
    answers = {role: cast.sends(role, method, path).status_code for role in ROLES}
    assert answers == dict(zip(ROLES, ROUTES[method, path].answers, strict=True))


@pytest.mark.parametrize("path", [path for method, path in ROUTES if method == "POST" and path])
def test_a_form_needs_the_token_of_its_own_visit(cast, path):
    cast.is_ready()
    for role in ("nobody", "holder", "administrator"):
        for token in ("", cast.people["team"].csrf):
            assert cast.sends(role, "POST", path, token=token).status_code == 403
