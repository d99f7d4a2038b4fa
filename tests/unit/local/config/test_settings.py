"""The stack's ports and folders, and how they are set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from local.config.settings import PORTS_FILE, ROOT, Settings
from local.errors import SettingError


def read(state=Path("state"), **environment):
    return Settings.from_environment(environment, state)


def wrong(**environment):
    with pytest.raises(SettingError) as error:
        read(**environment)
    return str(error.value).splitlines()


def test_defaults():
    assert read().ports == {"AIRFLOW_PORT": 8080, "AWS_PORT": 8090, "SAGEMAKER_PORT": 8091, "REVIEW_PORT": 8092}
    assert read().loops == ROOT / "include" / "loops"


def test_a_setting_is_read_from_its_variable():
    settings = read(REVIEW_PORT="9999", NIGHTLOOP_LOOPS="mine", AWS_PORT="", STATE="of the caller")
    assert settings.portal_url == "http://localhost:9999/portal/"
    assert settings.loops == Path("mine").absolute()
    assert settings.aws_port == 8090
    assert settings.state == Path("state").absolute()


def test_only_what_is_passed_counts(monkeypatch):
    monkeypatch.setenv("AWS_PORT", "1234")
    assert read().aws_port == 8090


@pytest.mark.parametrize("text", ["abc", "0", "65536", "-1", "80.5"])
def test_a_wrong_port_is_named(text):
    assert wrong(SAGEMAKER_PORT=text) == [f"SAGEMAKER_PORT={text!r} is not a port: give a whole number from 1 to 65535"]


def test_two_equal_ports_are_named():
    assert wrong(AIRFLOW_PORT="8092") == ["REVIEW_PORT='8092' is also AIRFLOW_PORT: each part needs a port of its own"]


def test_every_wrong_variable_is_named():
    assert len(wrong(AIRFLOW_PORT="x", AWS_PORT="0", SAGEMAKER_PORT="8092")) == 3


def test_ports_that_are_not_named_are_those_the_stack_last_had(tmp_path):
    read(tmp_path, AWS_PORT="9000").keep_ports()
    assert read(tmp_path, REVIEW_PORT="9001").ports["AWS_PORT"] == 9000


@pytest.mark.parametrize("text", ["{", json.dumps({"AWS_PORT": "x"})])
def test_a_damaged_file_of_ports_is_named(tmp_path, text):
    (tmp_path / PORTS_FILE).write_text(text)
    with pytest.raises(SettingError, match=r"damaged|AWS_PORT"):
        read(tmp_path)


def test_every_setting_says_what_it_is_for():
    assert [name for name, field in Settings.model_fields.items() if name != "state" and not field.description] == []
