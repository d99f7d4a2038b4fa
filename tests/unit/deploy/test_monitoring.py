"""What dashboards and alerts ask for is what the review service and Airflow export, under these very names."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import airflow
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from services.review.metrics.registry import Metrics
from services.review.storage.database import schema
from services.review.storage.database.engine import Database

FOLDER = Path(__file__).parents[3] / "deploy" / "monitoring"
REGISTRY = Path(airflow.__file__).parent / "_shared" / "observability" / "metrics" / "metrics_template.yaml"
PREFIXES = r"\b(?:nightloop|airflow)_\w+"
OF_HISTOGRAM = ("_bucket", "_sum", "_count")
DASHBOARD = json.loads((FOLDER / "dashboard.json").read_text())
RULES = yaml.safe_load((FOLDER / "alerts.yml").read_text())
MAPPINGS = yaml.safe_load((FOLDER / "statsd-exporter.yml").read_text())["mappings"]
QUERIES = [target["expr"] for panel in DASHBOARD["panels"] for target in panel.get("targets", [])]
ALERTS = [rule["expr"] for group in RULES["groups"] for rule in group["rules"]]


@pytest.fixture(scope="module")
def of_review(tmp_path_factory):
    """The names that a review service with an empty database exports, and its labels as the code declares them."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('metrics') / 'review.sqlite'}")
    schema.migrate(database)
    metrics = Metrics(database, lambda: datetime.now(UTC))
    metrics.request("GET", "/", 200, 0.1)
    names = set()
    for family in text_string_to_metric_families(metrics.exposition().decode()):
        endings = {"histogram": OF_HISTOGRAM, "counter": ("_total",)}.get(family.type, ("",))
        names |= {family.name + ending for ending in endings}
    database.close()
    return names


def of_airflow():
    """The names that Airflow's registry has, as the exporter writes them, each with its labels."""
    found = {}
    for metric in yaml.safe_load(REGISTRY.read_text())["metrics"]:
        name = "airflow_" + re.sub(r"\W", "_", metric["name"])
        endings = OF_HISTOGRAM if metric["type"] == "timer" else ("",)
        found |= {name + ending: set(metric["name_variables"]) for ending in endings}
    return found


@pytest.mark.parametrize("query", QUERIES + ALERTS)
def test_every_metric_exists(query, of_review):
    names = set(re.findall(PREFIXES, query))
    assert names or "up{" in query
    assert names <= of_review | of_airflow().keys(), query


@pytest.mark.parametrize("query", [query for query in QUERIES + ALERTS if "airflow_" in query])
def test_every_label_of_airflows_metrics_exists(query):
    [labels] = {frozenset(of_airflow()[name]) for name in re.findall(PREFIXES, query)}
    grouped = {label.strip() for group in re.findall(r"by \(([^)]*)\)", query) for label in group.split(",")}
    asked = set(re.findall(r"[{,]\s*(\w+)\s*=", query))
    assert (grouped | asked) - {"le"} <= labels


def test_every_mapping_is_of_a_timer_that_airflow_has():
    timers = {one["name"] for one in yaml.safe_load(REGISTRY.read_text())["metrics"] if one["type"] == "timer"}
    for mapping in MAPPINGS:
        assert mapping["match"].removeprefix("airflow.") in timers
        assert mapping["name"] == re.sub(r"\W", "_", mapping["match"])


SEND = """
from airflow._shared.observability.metrics import stats
from airflow.configuration import conf
from airflow.observability.metrics import stats_utils
legacy = conf.getboolean("metrics", "legacy_names_on")
stats.initialize(factory=stats_utils.get_stats_factory(), export_legacy_names=legacy)
stats.incr("ti.finish", tags={"dag_id": "d", "task_id": "t", "state": "failed", "run_id": "r"})
stats.timing("dagrun.duration.success", 1500, tags={"dag_id": "d"})
"""


def test_airflow_sends_names_without_ids_and_tags_with_the_settings_of_the_compose_file():
    pytest.importorskip("statsd")
    compose = (FOLDER.parents[1] / "docker-compose.yaml").read_text()
    form = dict(re.findall(r'(AIRFLOW__METRICS__(?:STATSD_INFLUXDB_ENABLED|LEGACY_NAMES_ON)): "(\w+)"', compose))
    assert len(form) == 2
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as exporter:
        exporter.bind(("127.0.0.1", 0))
        exporter.settimeout(5)
        place = {"HOST": "127.0.0.1", "PORT": str(exporter.getsockname()[1]), "ON": "True", "PREFIX": "airflow"}
        settings = form | {f"AIRFLOW__METRICS__STATSD_{name}": value for name, value in place.items()}
        subprocess.run([sys.executable, "-c", SEND], env=os.environ | settings, check=True)
        sent = []
        while len([line for line in sent if b"serde" not in line]) < 2:
            sent.append(exporter.recv(1000))
    assert b"airflow.ti.finish,dag_id=d,task_id=t,state=failed:1|c" in sent
    assert any(line.startswith(b"airflow.dagrun.duration.success,dag_id=d:1500") for line in sent)


def test_every_alert_says_what_to_do():
    for group in RULES["groups"]:
        for rule in group["rules"]:
            assert rule["labels"]["severity"] in {"page", "ticket"}
            assert rule["annotations"].keys() == {"summary", "action"}


def test_every_panel_has_a_place_of_its_own():
    cells = [
        (panel["gridPos"]["x"] + x, panel["gridPos"]["y"] + y)
        for panel in DASHBOARD["panels"]
        for x in range(panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["h"])
    ]
    assert len(cells) == len(set(cells))
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed (Debian: prometheus)")
def test_prometheus_can_read_all_of_it(tmp_path):
    for file in ("prometheus.yml", "alerts.yml"):
        shutil.copy(FOLDER / file, tmp_path)
    (tmp_path / "metrics-token").write_text("token")
    queries = [{"record": f"panel:{number}", "expr": query} for number, query in enumerate(QUERIES)]
    (tmp_path / "panels.yml").write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": queries}]}))
    for check in (["config", "prometheus.yml"], ["rules", "alerts.yml"], ["rules", "panels.yml"]):
        done = subprocess.run(["promtool", "check", *check], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
