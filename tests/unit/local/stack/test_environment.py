"""Secrets and the environment of each part."""

from __future__ import annotations

import json
import stat
from dataclasses import asdict

import pytest

from local.config.settings import Settings
from local.errors import SettingError
from local.stack.airflow import airflow_environment
from local.stack.environment import review_environment, sagemaker_environment
from local.stack.secrets import Secrets, load_secrets


@pytest.fixture
def settings(tmp_path):
    return Settings.from_environment({}, tmp_path)


def test_secrets_are_made_once_and_private(tmp_path):
    made = load_secrets(tmp_path)
    assert load_secrets(tmp_path) == made
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    assert load_secrets(tmp_path / "other").airflow_password != made.airflow_password


def test_secrets_that_a_state_folder_has_not_yet_are_made_and_kept(tmp_path):
    """It may have been made by an earlier version."""
    made = load_secrets(tmp_path)
    older = {name: text for name, text in asdict(made).items() if name != "administrator_password"}
    (tmp_path / "secrets.json").write_text(json.dumps(older))
    completed = load_secrets(tmp_path)
    assert load_secrets(tmp_path) == completed
    assert {name: text for name, text in asdict(completed).items() if name in older} == older


def test_damaged_secrets_are_named(tmp_path):
    (tmp_path / "secrets.json").write_text('{"airflow_password": "x", "unknown": 1}')
    with pytest.raises(SettingError, match=r"secrets\.json"):
        load_secrets(tmp_path)


def test_the_callers_own_settings_do_not_reach_a_part(settings, monkeypatch):
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AIRFLOW__CORE__EXECUTOR", "AIRFLOW_CONN_OTHER", "PYTHONPATH"):
        monkeypatch.setenv(name, "foreign")
    for environment in (airflow_environment(settings, Secrets()), review_environment(settings, Secrets())):
        assert "foreign" not in environment.values()


def test_both_connections_lead_to_the_local_services(settings):
    secrets = Secrets()
    environment = airflow_environment(settings, secrets)
    aws, a2i = (json.loads(environment[f"AIRFLOW_CONN_{name}_DEFAULT"]) for name in ("AWS", "A2I"))
    assert aws["password"] == a2i["password"] == secrets.aws_secret_key
    assert aws["extra"]["endpoint_url"] == "http://localhost:8090"
    assert {name: values["endpoint_url"] for name, values in aws["extra"]["service_config"].items()} == {
        "sagemaker": "http://localhost:8091",
        "sagemaker-runtime": "http://localhost:8091",
    }
    assert {name: values["endpoint_url"] for name, values in a2i["extra"]["service_config"].items()} == {
        "sagemaker": "http://localhost:8092",
        "sagemaker-a2i-runtime": "http://localhost:8092",
    }


def test_services_share_one_access_key(settings):
    secrets = Secrets()
    keys = {"nightloop": secrets.aws_secret_key}
    assert json.loads(review_environment(settings, secrets)["NIGHTLOOP_REVIEW_ACCESS_KEYS"]) == keys
    environment = sagemaker_environment(settings, secrets)
    assert json.loads(environment["NIGHTLOOP_SAGEMAKER_ACCESS_KEYS"]) == keys
    assert (environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]) == (
        "nightloop",
        secrets.aws_secret_key,
    )
