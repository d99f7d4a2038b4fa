"""People in a real browser: invited and at work; signed in at a real OpenID Connect provider, and out."""

from __future__ import annotations

import uuid

import pytest

from tests.integration.review.conftest import Service, make_job
from tests.integration.review.test_people import PASSWORD, make_administrator
from tests.oidc_provider.running import CLIENT, SECRET, OidcProvider

WAIT = 30_000


@pytest.fixture(scope="module")
def provider_and_service(tmp_path_factory):
    service = Service(tmp_path_factory.mktemp("review"), "http://127.0.0.1:9")
    places = f"{service.url}/portal/oidc/callback", f"{service.url}/portal/sign-in"
    provider = OidcProvider(tmp_path_factory.mktemp("provider"), *places).starts()
    service.settings = {
        "OIDC_ISSUER": provider.issuer,
        "OIDC_CLIENT_ID": CLIENT,
        "OIDC_CLIENT_SECRET": SECRET,
        "OIDC_SCOPE": "openid email profile groups",
        "OIDC_NAME": "Example Cloud",
    }
    service.starts()
    yield provider, service
    service.is_killed()
    provider.stops()


@pytest.fixture(scope="module")
def service(provider_and_service):
    return provider_and_service[1]


@pytest.fixture
def new_page(browser, service):
    """Open pages in browsers that know nothing yet; a problem in the console fails the test."""
    contexts, problems = [], []

    def note(kind, text, address):
        # The provider's page wants letters from the internet. And a page of ours that refuses something says so by its
        # status, which the browser repeats.
        if kind == "error" and address.startswith(service.url) and "status of 4" not in text:
            problems.append(text)

    def make(**options):
        contexts.append(browser.new_context(base_url=service.url, **options))
        contexts[-1].set_default_timeout(WAIT)
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: note(message.type, message.text, message.location["url"]))
        return page

    yield make
    for context in contexts:
        context.close()
    assert problems == []


def signs_in(page, worker):
    page.goto("/portal/sign-in")
    page.get_by_label("E-mail").fill(worker.email)
    page.get_by_label("Password").fill(worker.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/portal/")


def test_an_administrator_invites_a_worker_who_then_sees_his_jobs(service, new_page):
    job, email = make_job(service), f"new-{uuid.uuid4().hex[:8]}@example.com"
    team = job.group.replace("group-", "team-")
    job.starts_loop()
    desk = new_page()
    signs_in(desk, make_administrator(service))
    desk.get_by_role("link", name="Teams").click()
    desk.get_by_text("Invite a person").click()
    desk.get_by_label("E-mail").fill(email)
    desk.get_by_label("Name (may be left out)").fill("Hanako")
    desk.get_by_label(team, exact=True).check()
    desk.get_by_role("button", name="Invite", exact=True).click()
    link = desk.get_by_label("One-time link").input_value()

    phone = new_page(viewport={"width": 390, "height": 844})
    phone.goto(link)
    assert phone.get_by_label("Your name").input_value() == "Hanako"
    phone.get_by_label("New password").fill("password12345")
    phone.get_by_role("button", name="Begin").click()
    phone.get_by_role("alert").filter(has_text="too easy to guess").wait_for()
    phone.get_by_label("New password").fill(PASSWORD)
    phone.get_by_role("button", name="Begin").click()
    phone.wait_for_url("**/portal/")
    phone.get_by_role("button", name="Start working").wait_for()
    assert phone.get_by_role("link", name="Teams").count() == 0

    stranger = new_page()
    stranger.goto(link)
    stranger.get_by_role("alert").filter(has_text="already used").wait_for()

    desk.goto("/portal/admin/teams")
    desk.locator(f'[data-team="{team}"]').get_by_role("link", name="Hanako").click()
    desk.get_by_role("button", name="Deactivate").click()
    desk.get_by_role("button", name="Open again").wait_for()
    phone.goto("/portal/")
    phone.wait_for_url("**/portal/sign-in")


def test_signing_in_at_the_provider_and_out_of_both(provider_and_service, new_page):
    provider, service = provider_and_service
    job = make_job(service)
    account = {"name": "Ann Provider", "email": "ann@provider.example", "email_verified": True, "groups": [job.group]}
    provider.knows(accounts={"ann": account})
    page = new_page()
    page.goto("/portal/sign-in")
    page.get_by_role("link", name="Sign in with Example Cloud").click()
    page.get_by_placeholder("Enter any login").fill("ann")
    page.get_by_placeholder("and password").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"{service.url}/portal/")
    page.locator(f'[data-flow="{job.name}"]').wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{provider.issuer}/session/end**")
    page.get_by_role("button", name="Yes, sign me out").click()
    page.wait_for_url(f"{service.url}/portal/sign-in**")


def test_in_japanese(service, new_page):
    page = new_page(locale="ja-JP")
    page.goto("/portal/sign-in")
    page.get_by_role("link", name="Example Cloudでサインイン").wait_for()
    chief = make_administrator(service)
    page.locator('input[name="email"]').fill(chief.email)
    page.locator('input[name="password"]').fill(chief.password)
    page.locator("form button.primary").click()
    page.wait_for_url("**/portal/")
    for address, title in (("/portal/admin/teams", "チームとメンバー"), ("/portal/account", "マイアカウント")):
        page.goto(address)
        page.get_by_role("heading", name=title, level=1).wait_for()
