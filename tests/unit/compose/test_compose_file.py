"""What docker-compose.yaml promises: nothing public unless asked, no root, no secret in the repository, limits."""

from __future__ import annotations

import copy
import itertools
import os
import re
import stat
import subprocess

import pytest
import yaml

from services.aws.config.settings import Settings as AwsSettings
from services.review.config.settings import Settings as ReviewSettings
from services.sagemaker.config.settings import Settings as SageMakerSettings
from tests.support import compose

ONE_SHOT = {"postgres-setup", "airflow-init", "review-migrate", "demo-setup", "demo-night"}
PROFILES = ("local-aws", "scoring", "demo")
SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|_KEYS?$|_CONN|RESULT_BACKEND|BROKER_URL|REDISCLI_AUTH|_CONNECTION$")
NO_SECRETS = {"AWS_ACCESS_KEY_ID", "AIRFLOW__CORE__AUTH_MANAGER"}
VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)(?::?([-?])((?:[^{}]|\{[^{}]*\})*))?\}")


def test_it_keeps_all_its_promises():
    assert broken(compose.plain()) == []


@pytest.mark.parametrize(
    ("service", "change", "sentence"),
    [
        ("review", {"image": "nightloop-services:latest"}, "review: image nightloop-services:latest"),
        ("redis", {"image": "redis"}, "redis: image redis"),
        ("review", {"ports": ["8092:8092"]}, "review: port 8092:8092"),
        ("proxy", {"ports": ["0.0.0.0:80:80"]}, "proxy: port 0.0.0.0:80:80"),
        ("proxy", {"ports": ["${PUBLISH_ADDRESS:-0.0.0.0}:80:80"]}, "proxy: port ${PUBLISH_ADDRESS:-0.0.0.0}:80:80"),
        ("proxy", {"ports": [{"target": 80, "published": "80"}]}, "proxy: port {'target': 80, 'published': '80'}"),
        ("redis", {"environment": {"REDISCLI_AUTH": "redis"}}, "redis: REDISCLI_AUTH is written down"),
        ("redis", {"environment": {"X_PASSWORD": "${A:-redis}"}}, "redis: X_PASSWORD is written down"),
        ("redis", {"environment": {"URL": "redis://:word@redis"}}, "redis: URL is written down"),
        ("postgres", {"user": "root"}, "postgres: user root"),
        ("aws", {"user": "0:0"}, "aws: user 0:0"),
        ("aws", {"user": None}, "aws: user None"),
        ("aws", {"deploy": {}}, "aws: no memory limit"),
        ("aws", {"healthcheck": None}, "aws: no health check"),
        ("aws", {"restart": None}, "aws: restart None"),
        ("aws", {"cap_drop": []}, "aws: keeps capabilities"),
        ("aws", {"privileged": True}, "aws: privileged"),
        ("aws", {"network_mode": "host"}, "aws: network_mode host"),
        ("aws", {"volumes": ["/var/run/docker.sock:/var/run/docker.sock"]}, "aws: /var/run/docker.sock"),
    ],
)
def test_a_broken_promise_is_seen(service, change, sentence):
    content = copy.deepcopy(compose.plain())
    content["services"][service].update(change)
    assert any(found.startswith(sentence) for found in broken(content))


@pytest.mark.skipif(compose.command() is None, reason=compose.HOW_TO_GET_ONE)
@pytest.mark.parametrize("profiles", [chosen for n in range(4) for chosen in itertools.combinations(PROFILES, n)])
def test_docker_compose_reads_it_without_a_word(profiles, tmp_path):
    found = compose.resolved(compose.make_env(tmp_path), *profiles)
    assert ("aws" in found["services"]) is ("local-aws" in profiles)
    for service in found["services"].values():
        for port in service.get("ports", []):
            assert port["host_ip"] == "127.0.0.1"


@pytest.mark.skipif(compose.command() is None, reason=compose.HOW_TO_GET_ONE)
def test_with_an_aws_account_nothing_of_the_local_one_is_left(tmp_path):
    env = compose.make_env(tmp_path)
    env.write_text(of_an_account(env.read_text()))
    services = compose.resolved(env)["services"]
    assert not {"aws", "sagemaker", "demo-setup"} & set(services)
    worker = services["airflow-worker"]["environment"]
    assert worker["AWS_ACCESS_KEY_ID"] is None
    assert "aws:8090" not in str(services["review"]["environment"])
    assert worker["NIGHTLOOP_LOOPS"] == "/opt/airflow/include/loops"
    assert yaml.safe_load(worker["AIRFLOW_CONN_AWS_DEFAULT"])["extra"] == {"region_name": "eu-central-1"}


def of_an_account(text: str) -> str:
    """Do to an .env what its comments say: one part off, the other on."""
    head, _, account, tail = re.split(r"^# --- (?:AWS|Reviews).*\n", text, flags=re.MULTILINE)
    account = re.sub(r"^#(?=[A-Z_]+=)", "", account, flags=re.MULTILINE)
    account = re.sub(r"^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)=\n", "", account, flags=re.MULTILINE)
    account = account.replace("the account's twelve digits", "111122223333")
    return head + account + tail


def test_every_variable_without_a_default_is_in_the_example():
    text = compose.FILE.read_text()
    used = {match[1] for match in VARIABLE.finditer(text) if match[2] == "?"}
    assert used
    example = dict(lines_of(compose.ROOT / ".env.example"))
    assert used <= set(example)
    assert [name for name in example if name not in text + str(list(example.values()))] == []


def test_the_example_has_no_secret():
    for name, value in lines_of(compose.ROOT / ".env.example"):
        if SECRET.search(name) and name not in NO_SECRETS:
            assert not re.search(r'"password": "(?!\$)', value), name
            assert value.startswith(("$", "{")) or not value, name


def test_each_new_env_has_secrets_of_its_own_that_only_its_owner_reads(tmp_path):
    first = compose.make_env(tmp_path)
    values = {name: value for name, value in lines_of(first) if SECRET.search(name) and "{" not in value}
    secrets = [value for name, value in values.items() if name not in NO_SECRETS]
    assert len(secrets) == len(set(secrets)) > 8
    assert all(len(secret) >= 40 for secret in secrets)
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    before = first.read_bytes()
    compose.make_env(tmp_path)
    assert first.read_bytes() == before, "an .env that is there stays"
    (tmp_path / "other").mkdir()
    other = dict(lines_of(compose.make_env(tmp_path / "other")))
    assert not [name for name, value in values.items() if other[name] == value and name not in NO_SECRETS]


def test_every_setting_exists():
    known = {**AwsSettings.variables(), **ReviewSettings.variables(), **SageMakerSettings.variables()}
    for name, service in compose.plain()["services"].items():
        given = {key for key in service.get("environment") or {} if re.match("NIGHTLOOP_(AWS|REVIEW|SAGEMAKER)_", key)}
        assert given <= set(known), name


def test_every_setting_of_airflow_exists():
    from airflow.configuration import conf

    described = {
        f"AIRFLOW__{section.upper()}__{option.upper()}"
        for section, content in conf.configuration_description.items()
        for option in content["options"]
    }
    for name, service in compose.plain()["services"].items():
        given = {key for key in service.get("environment") or {} if key.startswith("AIRFLOW__")}
        assert given <= described, name


@pytest.mark.parametrize("name", ["Dockerfile", "services/Dockerfile", "deploy/compose/proxy/Dockerfile"])
def test_an_image_runs_as_nobody_special_from_a_named_version(name):
    lines = (compose.ROOT / name).read_text().splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER")]
    assert users[-1] in {"50000", "50000:0"}
    stages = {line.split()[3] for line in lines if line.startswith("FROM") and " AS " in line}
    bases = {line.split()[1] for line in lines if line.startswith("FROM")} - stages
    defaults = dict(line.removeprefix("ARG ").split("=", 1) for line in lines if line.startswith("ARG "))
    for base in bases:
        image = defaults[base.strip("${}")] if base.startswith("$") else base
        assert re.fullmatch(r"[a-z/]+:.*\d.*", image), image


def test_the_scripts_are_sound():
    for path in [*compose.ROOT.glob("deploy/compose/*.sh"), compose.ROOT / "deploy/compose/proxy/start.sh"]:
        shell = "bash" if "bash" in path.read_text().splitlines()[0] else "sh"
        subprocess.run([shell, "-n", path], check=True)
        assert os.access(path, os.X_OK), path


def broken(content: dict) -> list[str]:
    """Return a sentence for each promise that a compose file does not keep."""
    return [f"{name}: {what}" for name, service in content["services"].items() for what in faults(name, service)]


def faults(name: str, service: dict) -> list[str]:
    found = [f"port {port}" for port in service.get("ports", []) if not is_loopback(port)]
    image = VARIABLE.sub(lambda match: match[3], service.get("image", ""))
    if not re.search(r":(?!latest$)[^:/]+$", image):
        found.append(f"image {image}")
    found += [f"{key} is written down" for key, value in (service.get("environment") or {}).items() if bare(key, value)]
    if str(service.get("user")).split(":")[0] in {"None", "root", "0"}:
        found.append(f"user {service.get('user')}")
    if not service.get("deploy", {}).get("resources", {}).get("limits", {}).get("memory"):
        found.append("no memory limit")
    if service.get("restart") != ("no" if name in ONE_SHOT else "unless-stopped"):
        found.append(f"restart {service.get('restart')}")
    if not service.get("healthcheck") and name not in ONE_SHOT:
        found.append("no health check")
    if service.get("cap_drop") != ["ALL"] or "no-new-privileges:true" not in service.get("security_opt", []):
        found.append("keeps capabilities")
    if service.get("privileged"):
        found.append("privileged")
    if service.get("network_mode") == "host":
        found.append("network_mode host")
    return found + [str(volume) for volume in service.get("volumes", []) if "docker.sock" in str(volume)]


def is_loopback(port: object) -> bool:
    return isinstance(port, str) and port.startswith(("127.0.0.1:", "${PUBLISH_ADDRESS:-127.0.0.1}:"))


def bare(name: str, value: object) -> bool:
    """Whether a secret's value, or a part of one, stands in the file itself."""
    text = VARIABLE.sub(lambda match: match[3] if match[2] == "-" else "", str(value or ""))
    if re.search(r"://[^/@]*:[^/@]+@", text):
        return True
    if not SECRET.search(name) or name in NO_SECRETS or "://" in text:
        return False
    return bool(re.sub(r'[{}": ]|nightloop', "", text))


def lines_of(path) -> list[tuple[str, str]]:
    lines = path.read_text().splitlines()
    return [tuple(line.split("=", 1)) for line in lines if line and not line.startswith("#")]
