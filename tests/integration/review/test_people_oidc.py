"""Signing in at a real OpenID Connect provider, certified oidc-provider, run beside the service."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

import httpx
import pytest

from tests.oidc_provider.running import CLIENT, SECRET, OidcProvider, ProviderPages, parameters

ANN = {"name": "Ann Provider", "email": "ann@provider.example", "email_verified": True, "groups": ["cats", "x" * 64]}


@dataclass
class Place:
    """A service, the provider it trusts, and a person before both."""

    service: object
    provider: OidcProvider

    def person(self):
        worker = self.service.employs("unused")
        worker.browser.headers["user-agent"] = "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0"
        return worker

    def begins(self, person):
        """Return where the service sends the browser."""
        answer = person.browser.get("/portal/oidc/start")
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def comes_back(self, person, address):
        return person.reads(person.browser.get(address, follow_redirects=True))

    def signs_in(self, person, login, pages=None):
        pages = pages or ProviderPages(self.provider)
        return self.comes_back(person, pages.signs_in(self.begins(person), login))

    def groups(self, subject):
        query = """SELECT group_name FROM worker_groups JOIN worker_identities USING (worker_id)
            WHERE subject = :subject ORDER BY group_name"""
        return [group for (group,) in self.service.reads(query, subject=subject)]

    def is_administrator(self, subject):
        query = (
            "SELECT is_administrator FROM workers w JOIN worker_identities i ON i.worker_id = w.id WHERE i.subject = :s"
        )
        return bool(self.service.reads(query, s=subject)[0][0])


def make_place(folder, make_service, **settings):
    service = make_service()
    folder.mkdir(exist_ok=True)
    provider = OidcProvider(folder, f"{service.url}/portal/oidc/callback", f"{service.url}/portal/sign-in").starts()
    service.settings = {
        "OIDC_ISSUER": provider.issuer,
        "OIDC_CLIENT_ID": CLIENT,
        "OIDC_CLIENT_SECRET": SECRET,
        "OIDC_SCOPE": "openid email profile groups",
        "OIDC_ADMIN_GROUP": "chiefs",
        "OIDC_NAME": "Example <Cloud>",
    } | settings
    service.starts()
    return Place(service, provider)


@pytest.fixture(scope="module")
def place(tmp_path_factory, s3_server, s3, service):
    made = []

    def make():
        made.append(type(service)(tmp_path_factory.mktemp("oidc-service"), s3_server))
        return made[-1]

    place = make_place(tmp_path_factory.mktemp("oidc"), make)
    yield place
    place.provider.stops()
    made[0].is_killed()


@pytest.fixture
def login(place):
    """A name at the provider that no other test uses."""
    login = f"sub-{secrets.token_hex(4)}"
    place.provider.knows(accounts={login: ANN | {"email": f"{login}@provider.example"}})
    return login


def test_the_first_sign_in_makes_the_worker_and_his_groups(place, login):
    person = place.person()
    assert "Sign in with Example &lt;Cloud&gt;" in person.opens("/portal/sign-in").text
    page = place.signs_in(person, login)
    assert page.url.path == "/portal/"
    assert "Ann Provider" in page.text
    assert place.groups(login) == ["cats"], "a group longer than AWS allows can be no team's"
    assert not place.is_administrator(login)
    assert f"{login}@provider.example" in person.opens("/portal/account").text
    assert "Firefox · Linux" in person.opens("/portal/account").text


def test_each_sign_in_brings_the_groups_and_the_role_of_the_moment(place, login):
    place.signs_in(place.person(), login)
    (worker,) = place.service.reads("SELECT worker_id FROM worker_identities WHERE subject = :s", s=login)[0]
    place.service.changes(
        "INSERT INTO worker_groups (worker_id, group_name, from_provider) VALUES (:w, 'given-here', false)", w=worker
    )
    place.provider.knows(accounts={login: ANN | {"groups": ["dogs", "chiefs"]}})
    person = place.person()
    assert "Teams" in place.signs_in(person, login).text
    assert place.groups(login) == ["chiefs", "dogs", "given-here"]
    assert person.opens("/portal/admin/teams").status_code == 200
    place.provider.knows(accounts={login: {"name": "Ann"}})
    place.signs_in(place.person(), login)
    assert place.groups(login) == ["given-here"], "no claim is no group"
    assert person.opens("/portal/admin/teams").status_code == 403, "the role ends in sessions that are open, too"


def test_output_names_the_issuer_and_the_subject(place, login, s3, written):
    from tests.integration.review.conftest import make_job

    job = make_job(place.service)
    place.provider.knows(accounts={login: ANN | {"groups": [job.group]}})
    person = place.person()
    place.signs_in(person, login)
    loop = job.starts_loop()
    person.starts_working(job.name)
    answer = {"annotatedResult": {"boundingBoxes": [], "inputImageProperties": {"width": 8, "height": 8}}}
    assert person.submits(answer).status_code == 200
    (given,) = written(job.becomes(loop, "Completed"))["humanAnswers"]
    assert given["workerMetadata"]["identityData"] == {
        "identityProviderType": "Oidc",
        "issuer": place.provider.issuer,
        "sub": login,
    }


def test_what_comes_back_is_for_one_browser_and_one_time(place, login):
    person, other, pages = place.person(), place.person(), ProviderPages(place.provider)
    back = pages.signs_in(place.begins(person), login)
    other.opens("/portal/sign-in")
    stolen = place.comes_back(other, back)
    assert stolen.status_code == 400
    assert "another browser" in stolen.text
    assert place.comes_back(person, back).status_code == 400, "a state that was used, by whomever, is used"
    back = pages.signs_in(place.begins(person), login)
    assert place.comes_back(person, back).url.path == "/portal/"
    person.browser.cookies.clear()
    assert place.comes_back(person, back).status_code == 400, "replayed"
    forged = place.comes_back(person, re.sub("state=[^&]+", "state=forged", back))
    assert forged.status_code == 400
    assert place.comes_back(person, "/portal/oidc/callback").status_code == 400


def test_a_code_of_another_sign_in_is_refused(place, login):
    person, pages = place.person(), ProviderPages(place.provider)
    stolen = parameters(pages.signs_in(place.begins(place.person()), login))["code"]
    back = pages.signs_in(place.begins(person), login)
    refused = place.comes_back(person, re.sub("code=[^&]+", f"code={stolen}", back))
    assert refused.status_code == 403, "the code is bound to the verifier of the browser that began"
    foreign = place.comes_back(
        person, re.sub("iss=[^&]+", "iss=https%3A%2F%2Fevil.example", pages.signs_in(place.begins(person), login))
    )
    assert foreign.status_code == 400, "the answer of another issuer"


def id_token_of(place, login, client, **changes):
    """Sign in as another client would, and return the id_token the provider really gives it."""
    query = {"client_id": client, "redirect_uri": place.provider.redirect_uri, "response_type": "code"}
    query |= {"scope": "openid", "state": "s", "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}
    address = httpx.URL(f"{place.provider.issuer}/auth", params=query | {"code_challenge_method": "S256"} | changes)
    code = parameters(ProviderPages(place.provider).signs_in(str(address), login))["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": place.provider.redirect_uri}
    form["code_verifier"] = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    secret = SECRET.replace(":", "%3A").replace(" ", "%20")
    answer = httpx.post(f"{place.provider.issuer}/token", data=form, auth=(client, secret))
    return answer.json()["id_token"]


@pytest.mark.parametrize(("client", "changes"), [("another-client", {}), (CLIENT, {"nonce": "of another sign-in"})])
def test_an_id_token_for_somebody_else_is_refused(place, login, client, changes):
    other = id_token_of(place, login, client, **changes)
    person, pages = place.person(), ProviderPages(place.provider)
    back = pages.signs_in(place.begins(person), login)
    place.provider.knows(accounts={login: ANN}, replace_id_token=other)
    refused = place.comes_back(person, back)
    assert refused.status_code == 400
    assert place.groups(login) == []


def test_a_provider_that_fails_is_said_to(place, login):
    person, pages = place.person(), ProviderPages(place.provider)
    back = pages.signs_in(place.begins(person), login)
    place.provider.knows(accounts={login: ANN}, break_token_endpoint=True)
    failed = place.comes_back(person, back)
    assert failed.status_code == 502
    assert "cannot be reached" in failed.text


def test_who_cancels_there_is_told_so_here(place, login):
    person = place.person()
    page = place.comes_back(person, ProviderPages(place.provider).cancels(place.begins(person)))
    assert page.status_code == 403
    assert "did not sign you in" in page.text


def test_new_keys_of_the_provider_are_fetched(place, login):
    place.signs_in(place.person(), login)
    place.provider.stops()
    place.provider.starts()
    assert place.signs_in(place.person(), login).url.path == "/portal/"


def test_signing_out_leads_to_the_provider(place, login):
    person = place.person()
    place.signs_in(person, login)
    page = person.sends("/portal/sign-out")
    there = httpx.URL(re.search(r'class="button primary" href="([^"]+)"', page.text)[1].replace("&amp;", "&"))
    assert str(there).startswith(f"{place.provider.issuer}/session/end?")
    assert parameters(str(there))["id_token_hint"].count(".") == 2
    assert person.opens("/portal/").url.path == "/portal/sign-in"
    there_page = httpx.get(there, follow_redirects=True)
    assert there_page.status_code == 200, "the provider accepts the hint and the way back"


def test_a_deactivated_worker_stays_out(place, login):
    place.signs_in(place.person(), login)
    time = "2026-01-01 00:00:00.000000"
    query = (
        "UPDATE workers SET deactivated_at = :t WHERE id = (SELECT worker_id FROM worker_identities WHERE subject = :s)"
    )
    assert place.service.changes(query, t=time, s=login) == 1
    refused = place.signs_in(place.person(), login)
    assert refused.status_code == 403
    assert "deactivated" in refused.text


def test_an_account_with_the_same_email_is_not_taken_over(place, login):
    there = place.service.employs("ann")
    place.provider.knows(accounts={login: ANN | {"email": there.email}})
    refused = place.signs_in(place.person(), login)
    assert refused.status_code == 409
    assert "signs in by password" in refused.text
    place.provider.knows(accounts={login: ANN | {"email": there.email, "email_verified": False}})
    person = place.person()
    assert place.signs_in(person, login).url.path == "/portal/"
    assert there.signs_in().url.path == "/portal/", "both have an account of their own"


def test_linking_by_verified_email_and_no_passwords_where_so_set(tmp_path, new_service):
    settings = {"OIDC_LINK_BY_EMAIL": "true", "PASSWORD_SIGN_IN": "false"}
    place = make_place(tmp_path / "provider", new_service, **settings)
    there = place.service.employs("ann", "given-here")
    try:
        place.provider.knows(accounts={"sub": ANN | {"email": there.email.upper()}})
        person = place.person()
        assert "ann" in place.signs_in(person, "sub").text
        query = "SELECT w.email FROM workers w JOIN worker_identities i ON i.worker_id = w.id WHERE i.subject = 'sub'"
        assert place.service.reads(query) == [(there.email,)]
        assert place.groups("sub") == ["cats", "given-here"]
        assert 'type="password"' not in person.opens("/portal/account").text
        assert 'type="password"' not in place.person().opens("/portal/sign-in").text
        assert there.signs_in().status_code == 403
    finally:
        place.provider.stops()


def test_a_provider_that_is_not_there_gives_a_page(tmp_path, new_service):
    service = new_service()
    service.settings = {"OIDC_ISSUER": "http://127.0.0.1:9", "OIDC_CLIENT_ID": "x"}
    service.starts()
    page = service.employs("ann").opens("/portal/oidc/start")
    assert page.status_code == 502
    assert "cannot be reached now" in page.text
    assert 'name="password"' in page.text, "the other way in is still there"
