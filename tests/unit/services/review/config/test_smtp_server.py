"""Where mail goes, read from one setting; a mistake in it is found at the start."""

import pytest

from services.review.config.settings import Settings
from services.review.config.smtp_server import SmtpServer, parse
from services.review.errors import SettingsError


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://relay", SmtpServer("relay", 25, "", "", tls_at_once=False, starttls=False)),
        ("smtp://u:p%40ss@relay:587?starttls", SmtpServer("relay", 587, "u", "p@ss", tls_at_once=False, starttls=True)),
        ("smtps://u:p@relay", SmtpServer("relay", 465, "u", "p", tls_at_once=True, starttls=False)),
    ],
)
def test_an_address_says_where_and_how(url, server):
    assert parse(url) == server


@pytest.mark.parametrize(
    "url", ["http://host", "smtp://", "smtp://host:x", "smtp://host?tls", "smtp://host/path", "host"]
)
def test_what_is_no_address_is_refused(url):
    with pytest.raises(SettingsError, match="NIGHTLOOP_REVIEW_SMTP_URL"):
        Settings.from_environment({"NIGHTLOOP_REVIEW_SMTP_URL": url, "NIGHTLOOP_REVIEW_MAIL_FROM": "r@example.com"})


@pytest.mark.parametrize("sender", ["", "reviews", "Reviews <>"])
def test_a_server_needs_a_sender(sender):
    with pytest.raises(SettingsError, match="NIGHTLOOP_REVIEW_MAIL_FROM"):
        Settings.from_environment({"NIGHTLOOP_REVIEW_SMTP_URL": "smtp://host", "NIGHTLOOP_REVIEW_MAIL_FROM": sender})


@pytest.mark.parametrize(
    ("name", "value", "named"),
    [
        ("OIDC_ISSUER", "https://id.example", "OIDC_CLIENT_ID"),
        ("PASSWORD_SIGN_IN", "false", "OIDC_ISSUER"),
        ("SESSION_IDLE_MINUTES", "0", "SESSION_IDLE_MINUTES"),
        ("INVITATION_DAYS", "-1", "INVITATION_DAYS"),
    ],
)
def test_settings_of_people_that_cannot_be_are_refused(name, value, named):
    with pytest.raises(SettingsError, match=named):
        Settings.from_environment({f"NIGHTLOOP_REVIEW_{name}": value})
