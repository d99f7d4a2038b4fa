"""Settings: one variable a field, clear errors, no secrets in sight."""

from dataclasses import fields
from pathlib import Path

import pytest

from services.review import settings
from services.review.errors import SettingsError
from services.review.settings import Settings

README = (Path(settings.__file__).parent / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("field", fields(Settings), ids=lambda field: field.name)
def test_every_setting_is_documented(field):
    assert f"`{field.metadata['env']}`" in README


def test_read_from_the_environment():
    read = Settings.from_environment({"NIGHTLOOP_REVIEW_PORT": "99", "NIGHTLOOP_REVIEW_HOST": "", "OTHER": "x"})
    assert (read.port, read.host) == (99, "127.0.0.1")


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "ninety"), ("SESSION_HOURS", "1.5"), ("PUBLIC_URL", "localhost:8092")]
)
def test_a_wrong_value_is_named(name, value):
    with pytest.raises(SettingsError, match=f"NIGHTLOOP_REVIEW_{name}"):
        Settings.from_environment({f"NIGHTLOOP_REVIEW_{name}": value})


@pytest.mark.parametrize("keys", ["", "{}", "[]", "no json", '{"id": 1}'])
def test_access_keys_are_required(keys):
    with pytest.raises(SettingsError, match="NIGHTLOOP_REVIEW_ACCESS_KEYS"):
        Settings(access_keys=keys).keys()
    assert Settings(access_keys='{"id": "secret"}').keys() == {"id": "secret"}


def test_the_secret_key_is_long():
    with pytest.raises(SettingsError, match="NIGHTLOOP_REVIEW_SECRET_KEY"):
        Settings(secret_key="short").signing_key()


def test_secrets_are_not_shown():
    shown = repr(Settings(database="postgresql://u:p4ss@h/d", access_keys='{"a": "s3cret"}', secret_key="k3y"))
    for secret in ("p4ss", "s3cret", "k3y"):
        assert secret not in shown
