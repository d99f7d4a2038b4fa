"""`make bench-night`: measures the demo's night stage by stage, beside a notebook's loop over the same endpoint."""

from __future__ import annotations

import json
import os
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from local.config.settings import BUCKET
from local.demo.demo import Told, run_demo
from local.demo.driver.airflow_api import read_time
from local.demo.driver.endpoint import invoke
from local.demo.images.upload import night_folder
from local.stack.bootstrap import client

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = "make bench-night"
MOST_TASKS = 40


def run_bench(build: Path, data: Path | None) -> int:
    """Run the demo and write its measurements; fails as the demo does, or if a bar is missed."""
    rows: list[dict[str, Any]] = []
    outcome = run_demo(build, data, then=lambda told: rows.extend(measure(told)))
    result = build / "night.json"
    beside = result.with_name("night.json.unfinished")
    beside.write_text(json.dumps(rows, indent=2) + "\n")
    beside.replace(result)
    for row in rows:
        peer = f", {row['peer']}: {row['peer_value']}" if row["peer"] else ""
        print(f"  {row['what']}: {row['value']} {row['unit']}{peer}")
    print(f"\n  {result}")
    return 1 if outcome or not all(row["ok"] for row in rows) else 0


def measure(told: Told) -> list[dict[str, Any]]:
    """Return the measurements of a night whose stack still runs."""
    run = told.story.runs["night"]
    tasks = told.night.api.task_instances(run.dag_id, run.run_id)
    stages = stage_seconds(tasks)
    images = told.story.summary["nights"][0]["scored"]
    cores = os.cpu_count() or 1
    rows = [row(f"{stage} of {images} images, {cores} cores", seconds, "s") for stage, seconds in stages.items()]
    rows.append(row("the whole night", round(run.seconds, 2), "s"))
    count = len(tasks)
    rows.append(row("task instances of the night", count, "tasks", bar=MOST_TASKS, ok=count <= MOST_TASKS))
    return [*rows, _scoring(told, tasks, images)]


def stage_seconds(tasks: list[dict[str, Any]]) -> dict[str, float]:
    """Return the seconds of each task from its first start to its last end, in order of start."""
    spans: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for task in tasks:
        start, end = read_time(task["start_date"]), read_time(task["end_date"])
        if start and end:
            spans[task["task_id"]].append((start.timestamp(), end.timestamp()))
    ordered = sorted(spans.items(), key=lambda item: min(item[1]))
    return {name: round(max(end for _, end in span) - min(start for start, _ in span), 2) for name, span in ordered}


def _scoring(told: Told, tasks: list[dict[str, Any]], images: int) -> dict[str, Any]:
    """Compare the scoring stage, start of its tasks included, with a notebook's loop: fetch, ask, next image.

    No bar, because in such a small night the start of two processes takes most of the stage.
    """
    speed = images / stage_seconds(tasks)["score_images"]
    loop_speed = len(told.night.dataset.night) / _notebook_loop(told)
    return row(
        f"{images} images scored, the stage from start to end",
        round(speed, 2),
        "images/s",
        peer="sequential loop of a notebook, same endpoint, process already started",
        peer_value=round(loop_speed, 2),
        ratio=round(speed / loop_speed, 2),
    )


def _notebook_loop(told: Told) -> float:
    settings, secrets = told.stack.settings, told.stack.secrets
    s3, night = client("s3", settings.aws_url, secrets), told.night
    began = time.perf_counter()
    for example in night.dataset.night:
        key = night_folder(night.night) + example.name
        jpeg = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        invoke(night.runtime, night.loop["endpoint"]["name"], jpeg)
    return time.perf_counter() - began


def row(
    what: str,
    value: float,
    unit: str,
    *,
    peer: str | None = None,
    peer_value: float | None = None,
    ratio: float | None = None,
    bar: float | None = None,
    ok: bool = True,
) -> dict[str, Any]:
    """Return one measurement in the form all benches share."""
    figures = {"peer": peer, "peer_value": peer_value, "ratio": ratio, "bar": bar, "ok": ok}
    return {"what": what, "value": value, "unit": unit, **figures, "command": COMMAND}
