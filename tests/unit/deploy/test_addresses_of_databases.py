"""The addresses with TLS that the page and the Secret's example show are what each driver takes."""

from __future__ import annotations

import inspect
import re
import ssl

import asyncpg
import psycopg2.extensions
import pytest
import yaml
from kombu import Connection
from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import make_url

from tests.support.manifests import DEPLOY, ROOT

PAGE = (ROOT / "docs" / "how-to" / "run-on-kubernetes.md").read_text()


def shown(file):
    (address,) = re.findall(rf"^\| `{file}` \| `([^`]+)`", PAGE, re.MULTILINE)
    return address


def given_to_the_driver(address):
    url = make_url(address)
    positional, named = url.get_dialect()().create_connect_args(url)
    assert not positional or url.get_driver_name() == "psycopg2"
    return named or psycopg2.extensions.parse_dsn(positional[0])


@pytest.mark.parametrize("file", ["metadata", "result-backend"])
def test_psycopg2_asks_for_tls(file):
    address = shown(file).removeprefix("db+")
    assert given_to_the_driver(address)["sslmode"] == "require"
    assert "+" not in address.partition("://")[0], "KEDA's scaler knows no driver of SQLAlchemy's"
    assert psycopg2.extensions.parse_dsn(address)["sslmode"] == "require"


def test_asyncpg_knows_every_parameter_and_asks_for_tls():
    named = given_to_the_driver(shown("metadata-async"))
    assert set(named) <= set(inspect.signature(asyncpg.connect).parameters) | {"host", "database", "user", "password"}
    assert named["ssl"] == "require"
    derived = given_to_the_driver(shown("metadata").replace("postgresql://", "postgresql+asyncpg://"))
    assert "sslmode" not in inspect.signature(asyncpg.connect).parameters, "else Airflow's own derivation would do"
    assert "sslmode" in derived


def test_redis_is_asked_for_its_certificate():
    assert Connection(shown("broker")).ssl == {"ssl_cert_reqs": ssl.CERT_REQUIRED}


def test_the_review_service_asks_for_tls():
    lines = (DEPLOY / "review/base/secret.example.yaml").read_text()
    (address,) = re.findall(r"database: \"\" +# (\S+)", lines)
    assert yaml.safe_load(lines)["stringData"]["database"] == ""
    named = given_to_the_driver(address)
    assert "sslmode=require" in make_conninfo(**named)
