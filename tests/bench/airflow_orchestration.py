"""What Airflow itself costs a night: the whole DAG beside its own operators, on services that take no time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

from tests.bench.records import Record
from tests.bench.stubs.reviews import BUCKET
from tests.bench.stubs.running import connections, stubs

ROOT = Path(__file__).parents[2]
LOOP = "bench"
FEW, MANY, BARE = "2026-01-01", "2026-01-02", "2026-01-03"
TASKS = 10
"""Tasks of a night that are not mapped; `score_images` has an instance for each chunk."""


def orchestration(command: str, *, few: int, many: int) -> list[Record]:
    """Run a night of few and one of many images as a DAG, and the operators of one of many without Airflow."""
    with (
        tempfile.TemporaryDirectory() as name,
        stubs(images={FEW: few, MANY: many, BARE: many}, answered_at_once=True) as url,
    ):
        place = _Place(Path(name), url)
        place.airflow("db", "migrate")
        small, large = place.night(FEW), place.night(MANY)
        began = time.perf_counter()
        place.python("-m", "tests.bench.airflow_orchestration", BARE)
        work = time.perf_counter() - began
    chunk = place.images_per_chunk
    kept = all(told["instances"] <= TASKS + -(-count // chunk) for told, count in ((small, few), (large, many)))
    what = f"a night of {many:,} images, services without latency"
    return [
        Record(f"{what}: beyond the work itself", round(large["seconds"] - work, 1), "s", command),
        Record(
            f"{what}: from first task to last (dags test)",
            round(large["seconds"], 1),
            "s",
            command,
            "its operators alone, in one process",
            round(work, 1),
            round(large["seconds"] / work, 2),
        ),
        Record(
            f"{what}: task instances",
            large["instances"],
            "instances",
            command,
            f"{few:,} images",
            small["instances"],
            round(large["instances"] / small["instances"], 2),
            f"<= {TASKS} + images / {chunk}",
            kept,
        ),
    ]


class _Place:
    """An Airflow home with a loop on the stubs."""

    def __init__(self, folder: Path, url: str) -> None:
        self.home = folder / "airflow"
        loops = folder / "loops"
        loops.mkdir()
        settings = yaml.safe_load((ROOT / "include/loops/voc.yaml").read_text(encoding="utf-8"))
        settings |= {"name": LOOP, "bucket": BUCKET, "images": f"s3://{BUCKET}/images/{{ds}}/", "schedule": None}
        self.images_per_chunk = settings["scoring"]["images_per_chunk"]
        (loops / f"{LOOP}.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
        kept = {
            name: text for name, text in os.environ.items() if not name.startswith(("AIRFLOW", "NIGHTLOOP", "AWS_"))
        }
        self.environment = kept | connections(url) | {
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{self.home / 'airflow.db'}",
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
            "NIGHTLOOP_LOOPS": str(loops),
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'plugins'}",
        }  # fmt: skip

    def airflow(self, *arguments: str) -> None:
        self._run([str(Path(sys.executable).parent / "airflow"), *arguments])

    def python(self, *arguments: str) -> str:
        return self._run([sys.executable, *arguments])

    def night(self, date: str) -> dict[str, Any]:
        """Run a night's DAG in one process; return its task instances and the time from the first to the last."""
        dag = f"nightly_review_{LOOP}"
        self.airflow("dags", "test", dag, date)
        return dict(json.loads(self.python("-c", _COUNT, str(self.home / "airflow.db"), dag, date).splitlines()[-1]))

    def _run(self, command: list[str]) -> str:
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{command} failed:\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}")
        return done.stdout


_COUNT = """
import json, sqlite3, sys
from datetime import datetime
path, dag, date = sys.argv[1:]
with sqlite3.connect(path) as database:
    rows = database.execute(
        "SELECT t.state, t.start_date, t.end_date FROM task_instance t JOIN dag_run r ON r.run_id = t.run_id "
        "AND r.dag_id = t.dag_id WHERE t.dag_id = ? AND r.logical_date LIKE ?", (dag, date + "%")).fetchall()
bad = [row for row in rows if row[0] != "success"]
if bad or not rows:
    raise SystemExit(f"not every task succeeded: {bad[:5]}")
times = [datetime.fromisoformat(moment) for row in rows for moment in row[1:]]
print(json.dumps({"instances": len(rows), "seconds": (max(times) - min(times)).total_seconds()}))
"""


def main() -> None:
    """Run the operators of a night in this process, one after the other."""
    from nightloop.config import load_loops
    from tests.integration.aws.nights import Night

    (loop,), _ = load_loops()
    night = Night(loop, sys.argv[1])
    for chunk in night.list():
        night.score(chunk)
    night.plan()
    night.wait(night.open()["flow_definition_arn"], 1)
    night.finish()


if __name__ == "__main__":
    main()
