"""Ports: free, taken, by whom, and how they are set."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from local.config.settings import DEFAULT_PORTS, Settings
from local.errors import PortTakenError, SettingError
from local.stack import ports


@pytest.fixture
def taken():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_listened_port_is_not_free(taken):
    assert not ports.is_free(taken)


def test_a_port_is_free_again_afterwards():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    assert ports.is_free(port)


def test_the_error_names_port_holder_variable_and_another_port(taken):
    with pytest.raises(PortTakenError) as error:
        ports.require_free({"AWS_PORT": taken})
    sentence = str(error.value)
    assert f"port {taken} is taken by process {os.getpid()}" in sentence
    other = int(sentence.rsplit("AWS_PORT=", 1)[1])
    assert other > taken
    assert ports.is_free(other)


def test_every_taken_port_is_named(taken):
    with socket.socket() as second:
        second.bind(("127.0.0.1", 0))
        second.listen()
        with pytest.raises(PortTakenError) as error:
            ports.require_free({"AWS_PORT": taken, "REVIEW_PORT": second.getsockname()[1]})
    assert len(str(error.value).splitlines()) == 2


def read(**environment):
    return Settings.from_environment(environment, Path("state"))


def test_defaults():
    assert (
        read().ports
        == DEFAULT_PORTS
        == {
            "AIRFLOW_PORT": 8080,
            "AWS_PORT": 8090,
            "SAGEMAKER_PORT": 8091,
            "REVIEW_PORT": 8092,
        }
    )


def test_a_port_is_read_from_its_variable():
    settings = read(REVIEW_PORT="9999")
    assert settings.portal_url == "http://localhost:9999/portal/"


@pytest.mark.parametrize("text", ["abc", "0", "65536", "-1", "80.5"])
def test_a_wrong_port_is_named(text):
    with pytest.raises(SettingError, match="SAGEMAKER_PORT"):
        read(SAGEMAKER_PORT=text)


def test_two_equal_ports_are_named():
    with pytest.raises(SettingError, match=r"AIRFLOW_PORT and REVIEW_PORT|REVIEW_PORT and AIRFLOW_PORT"):
        read(AIRFLOW_PORT="8092")
