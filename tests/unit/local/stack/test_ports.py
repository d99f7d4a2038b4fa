"""Ports: free, taken, by whom, and how they are set."""

from __future__ import annotations

import os
import socket

import pytest

from local.errors import PortTakenError
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
