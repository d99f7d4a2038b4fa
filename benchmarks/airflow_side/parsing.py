"""What Nightloop costs Airflow's own processes: parsing the DAG files, loading the plugin."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.common.records import Record, limited

ROOT = Path(__file__).parents[2]
PARSE_SECONDS, PLUGIN_SECONDS = 0.5, 0.3
ROUNDS = 5
_PARSE = """
import importlib.util, json, sys, time
def load(path):
    specification = importlib.util.spec_from_file_location("parsed", path)
    specification.loader.exec_module(importlib.util.module_from_spec(specification))
seconds = {}
for path in sys.argv[1:]:
    load(path)
    began = time.perf_counter()
    load(path)
    seconds[path] = time.perf_counter() - began
print(json.dumps(seconds))
"""
_START = """
import json, time
import airflow.sdk
from airflow import plugins_manager
plugins_manager.ensure_plugins_loaded()
loaded = [name for name in __import__("sys").modules if name == "nightloop"]
print(json.dumps({"seconds": time.process_time(), "nightloop": bool(loaded)}))
"""


def parsing(command: str) -> list[Record]:
    """Parse each DAG file twice in one process; start Airflow with and without the plugin, in turns."""
    with tempfile.TemporaryDirectory() as home:
        files = sorted(str(path) for path in (ROOT / "dags").glob("*.py"))
        warm = _python(home, ROOT / "plugins", _PARSE, *files)
        found = [
            limited(f"parsing dags/{Path(path).name}, warm", seconds, "s", most=PARSE_SECONDS, command=command)
            for path, seconds in warm.items()
        ]
        empty = Path(home) / "no-plugins"
        empty.mkdir()
        runs = [(_python(home, ROOT / "plugins", _START), _python(home, empty, _START)) for _ in range(ROUNDS)]
    if not all(ours["nightloop"] and not bare["nightloop"] for ours, bare in runs):
        raise RuntimeError("the plugin was not loaded where it should, or where it should not")
    added = statistics.median(ours["seconds"] - bare["seconds"] for ours, bare in runs)
    what = "processor time that plugins/ adds to Airflow's start"
    return [*found, limited(what, added, "s", most=PLUGIN_SECONDS, command=command)]


def _python(home: str, plugins: Path, script: str, *arguments: str) -> dict[str, float]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("AIRFLOW", "NIGHTLOOP", "AWS_"))}
    environment = kept | {
        "AIRFLOW_HOME": home,
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(plugins),
        "PYTHONPATH": str(plugins),
    }
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env=environment,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told
