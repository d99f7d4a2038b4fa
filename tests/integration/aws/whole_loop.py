"""Runs the DAG files of one loop, one after the other, by `dag.test()`; writes the states of their tasks as JSON.

Run as `python whole_loop.py RESULT KIND:LOOP[:DATE] ...` with Airflow's home, its connections and NIGHTLOOP_LOOPS in
the environment.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import botocore.loaders
import botocore.session

DAGS = Path(__file__).resolve().parents[3] / "dags"


def load(kind: str, loop: str) -> Any:
    specification = importlib.util.spec_from_file_location(f"dag_file_{kind}", DAGS / f"{kind}.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return getattr(module, f"{kind}_{loop}")


def main(result: str, *steps: str) -> None:
    loader = botocore.loaders.create_loader()
    botocore.session.create_loader = lambda *_: loader  # a task makes three clients, this process a hundred
    states = []
    for step in steps:
        kind, loop, *night = step.split(":")
        states.append(run(load(kind, loop), *night, confirm=loop))
        print(f"{step}: {json.dumps(states[-1])}", flush=True)
    Path(result).write_text(json.dumps(states))


def run(dag: Any, night: str | None = None, **configuration: str) -> dict[str, Any]:
    for task in dag.tasks:
        task.retries = 0  # `dag.test()` would sit out the pause before another try
        task.poll_seconds = 1
    # A run is about the day its data interval begins on: it fires the day after, at two.
    logical_date = datetime.fromisoformat(f"{night}T02:00:00+00:00") + timedelta(days=1) if night else None
    dag_run = dag.test(logical_date=logical_date, run_conf=configuration if "confirm" in dag.params else {})
    tasks = {f"{ti.task_id}[{ti.map_index}]": str(ti.state) for ti in dag_run.get_task_instances()}
    return {"state": str(dag_run.state), "tasks": tasks}


if __name__ == "__main__":
    main(*sys.argv[1:])
