"""The DAGs as Airflow's DAG processor sees them, parsed once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def bag():
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(str(ROOT / "dags"))


@pytest.fixture(scope="session")
def environment(tmp_path_factory):
    """What a process of its own needs to import Airflow and the project."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("AIRFLOW", "NIGHTLOOP", "AWS_"))}
    home = tmp_path_factory.mktemp("airflow")
    return kept | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "PYTHONPATH": str(ROOT / "plugins"),
    }
