"""The chart's job that migrates Airflow's database also makes the pool, as often as it runs."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import yaml

from tests.support.manifests import DEPLOY


def test_the_database_is_migrated_and_the_pool_is_there(tmp_path):
    job = yaml.safe_load((DEPLOY / "airflow" / "values.yaml").read_text())["migrateDatabaseJob"]
    home = tmp_path / "airflow"
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("AIRFLOW", "NIGHTLOOP", "PYTHON"))}
    environment = kept | {
        "PATH": f"{Path(sys.executable).parent}:{kept['PATH']}",
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
    }

    for _ in ("the installation", "an upgrade"):
        done = subprocess.run(job["args"], env=environment, capture_output=True, text=True, check=False, timeout=200)
        assert done.returncode == 0, done.stderr
    with sqlite3.connect(home / "airflow.db") as database:
        pools = dict(database.execute("SELECT pool, slots FROM slot_pool"))
    assert pools["scoring"] == 32
    assert "default_pool" in pools
