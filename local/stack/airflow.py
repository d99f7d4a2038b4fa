"""Airflow 3.3 for one machine: its settings, its database, its four processes."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from local.config.settings import ACCESS_KEY, AIRFLOW_USER, HOST, REGION, ROOT
from local.stack.environment import base_environment
from local.stack.processes import Part
from local.stack.secrets import write_private

if TYPE_CHECKING:
    from local.config.settings import Settings
    from local.stack.secrets import Secrets

# The scheduler first: it is the slowest to be ready.
PROCESSES = ("scheduler", "dag-processor", "triggerer", "api-server")
HEALTH_KEYS = {"scheduler": "scheduler", "dag-processor": "dag_processor", "triggerer": "triggerer"}
SQLITE_MODULE = '''"""How long an Airflow process waits for another's write before it gives up."""

connect_args = {"timeout": 60}
'''


def airflow_environment(settings: Settings, secrets: Secrets) -> dict[str, str]:
    """Return the environment all of Airflow's processes share."""
    home = settings.airflow_home
    return {
        **base_environment(),
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__FERNET_KEY": secrets.airflow_fernet_key,
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://{HOST}:{settings.airflow_port}/execution/",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{AIRFLOW_USER}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
        "AIRFLOW__API__BASE_URL": settings.airflow_url,
        "AIRFLOW__API__SECRET_KEY": secrets.airflow_api_secret,
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API_AUTH__JWT_SECRET": secrets.airflow_jwt_secret,
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONNECT_ARGS": "nightloop_sqlite.connect_args",
        "AIRFLOW__LOGGING__COLORED_CONSOLE_LOG": "False",
        "NIGHTLOOP_LOOPS": str(settings.loops),
        "SCARF_ANALYTICS": "false",
        **_pace(),
        **_connections(settings, secrets),
    }


def _pace() -> dict[str, str]:
    """Return settings for two cores and SQLite: more tasks at once lock the database, fewer heartbeats spare it."""
    return {
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__MAX_ACTIVE_TASKS_PER_DAG": "4",
        "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "10",
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "60",
        # A laptop that slept must not find its tasks declared dead.
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "900",
        "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": "1800",
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.5",
    }


def _connections(settings: Settings, secrets: Secrets) -> dict[str, str]:
    aws = {"region_name": REGION, "endpoint_url": settings.aws_url}
    models = {name: {"endpoint_url": settings.sagemaker_url} for name in ("sagemaker", "sagemaker-runtime")}
    reviews = {name: {"endpoint_url": settings.review_url} for name in ("sagemaker", "sagemaker-a2i-runtime")}
    return {
        "AIRFLOW_CONN_AWS_DEFAULT": _connection(secrets, {**aws, "service_config": models}),
        "AIRFLOW_CONN_A2I_DEFAULT": _connection(secrets, {**aws, "service_config": reviews}),
    }


def _connection(secrets: Secrets, extra: dict[str, object]) -> str:
    parts = {"conn_type": "aws", "login": ACCESS_KEY, "password": secrets.aws_secret_key, "extra": extra}
    return json.dumps(parts)


def command(*arguments: str) -> list[str]:
    """Return a command of the Airflow that is installed beside this Python."""
    return [str(Path(sys.executable).parent / "airflow"), *arguments]


def prepare_home(settings: Settings, secrets: Secrets) -> None:
    """Write what Airflow reads from its own folder."""
    configuration = settings.airflow_home / "config"
    configuration.mkdir(parents=True, exist_ok=True)
    (configuration / "nightloop_sqlite.py").write_text(SQLITE_MODULE)
    write_private(settings.airflow_home / "passwords.json", json.dumps({AIRFLOW_USER: secrets.airflow_password}))


def airflow_parts(settings: Settings, secrets: Secrets) -> list[Part]:
    """Return Airflow's four processes; logs are read from the disk, so none serves them on a port."""
    arguments = {
        "scheduler": ["--skip-serve-logs"],
        "dag-processor": [],
        "triggerer": ["--skip-serve-logs"],
        "api-server": ["--host", HOST, "--port", str(settings.airflow_port)],
    }
    environment = airflow_environment(settings, secrets)
    url = f"{settings.airflow_url}/api/v2/version"
    return [
        Part(
            name,
            command(name, *arguments[name]),
            environment,
            settings.airflow_home,
            url if name == "api-server" else None,
        )
        for name in PROCESSES
    ]


def is_healthy(settings: Settings, name: str) -> bool:
    """Tell whether Airflow itself reports that one of its processes is alive."""
    try:
        answer = httpx.get(f"{settings.airflow_url}/api/v2/monitor/health", timeout=10)
    except httpx.HTTPError:
        return False
    if answer.status_code != 200:
        return False
    part = answer.json().get(HEALTH_KEYS.get(name, ""), {})
    return bool(part.get("status") == "healthy")
