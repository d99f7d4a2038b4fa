"""Runs the DAG files of one loop, one after the other, by `dag.test()`; prints the states of their tasks as JSON.

Run as `python whole_loop.py LOOP DATE` with Airflow's home, its connections and NIGHTLOOP_LOOPS in the environment.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

DAGS = Path(__file__).resolve().parents[3] / "dags"


def load(kind: str, loop: str) -> Any:
    specification = importlib.util.spec_from_file_location(f"dag_file_{kind}", DAGS / f"{kind}.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return getattr(module, f"{kind}_{loop}")


def main(loop: str, date: str) -> None:
    states = {}
    for kind in ("bootstrap", "nightly_review", "incremental_training", "teardown"):
        dag = load(kind, loop)
        for task in dag.tasks:
            task.retries = 0  # `dag.test()` would sit out the pause before another try
            task.poll_seconds = 1
        logical_date = datetime.fromisoformat(f"{date}T00:00:00+00:00") if kind == "nightly_review" else None
        configuration = {"confirm": loop} if kind == "teardown" else {}
        dag_run = dag.test(logical_date=logical_date, run_conf=configuration)
        tasks = {f"{ti.task_id}[{ti.map_index}]": str(ti.state) for ti in dag_run.get_task_instances()}
        states[kind] = {"state": str(dag_run.state), "tasks": tasks}
        print(f"{kind}: {json.dumps(states[kind])}", file=sys.stderr, flush=True)
    print(json.dumps(states))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
