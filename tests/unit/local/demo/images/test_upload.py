"""Manifests, and which night is the last."""

from __future__ import annotations

import datetime
import json

import pytest

from local.bench.night import stage_seconds
from local.demo.driver.loop_file import PROJECT_LOOP, read_loop, write_demo_loop
from local.demo.images.dataset import CLASSES, Example, TrueBox, manifest
from local.demo.images.upload import ds_of_last_night, last_interval


def test_a_line_is_an_augmented_manifest_line():
    example = Example("a.jpg", b"", 256, 200, (TrueBox(11, 1, 2, 3, 4),))
    line = json.loads(manifest((example,), "s3://bucket/seed/", "job-1"))
    assert line["source-ref"] == "s3://bucket/seed/a.jpg"
    assert line["bounding-box"] == {
        "annotations": [{"class_id": 11, "left": 1, "top": 2, "width": 3, "height": 4}],
        "image_size": [{"width": 256, "height": 200, "depth": 3}],
    }
    metadata = line["bounding-box-metadata"]
    assert metadata["class-map"]["11"] == "dog"
    assert metadata["objects"] == [{"confidence": 1}]
    assert (metadata["type"], metadata["human-annotated"], metadata["job-name"]) == (
        "groundtruth/object-detection",
        "yes",
        "job-1",
    )


def test_the_classes_are_the_loops():
    assert list(CLASSES) == read_loop()["classes"]


def test_the_last_night_is_yesterday():
    assert ds_of_last_night(datetime.datetime(2026, 3, 1, 0, 5, tzinfo=datetime.UTC)) == "2026-02-28"


@pytest.mark.parametrize(
    ("now", "night"),
    [("2026-11-23T10:00", "2026-11-22"), ("2026-11-23T02:01", "2026-11-22"), ("2026-11-23T01:59", "2026-11-21")],
)
def test_the_night_airflow_runs_first_follows_from_the_schedule(now, night):
    moment = datetime.datetime.fromisoformat(now).replace(tzinfo=datetime.UTC)
    assert last_interval("0 2 * * *", "UTC", moment) == night
    assert last_interval(None, "UTC", moment) == "2026-11-22"


def test_the_night_airflow_runs_first_is_a_day_of_the_loop_s_clock():
    moment = datetime.datetime(2026, 11, 22, 17, 30, tzinfo=datetime.UTC)  # 02:30 on the 23rd in Tokyo
    assert last_interval("0 2 * * *", "Asia/Tokyo", moment) == "2026-11-22"
    assert last_interval("0 3 * * *", "Asia/Tokyo", moment) == "2026-11-21"
    assert last_interval(None, "Asia/Tokyo", moment) == "2026-11-22"


def test_the_demos_loop_differs_only_in_schedule_pace_and_training(tmp_path):
    queue = "http://localhost:8090/123456789012/events"
    written = write_demo_loop(tmp_path, queue)
    original = read_loop()
    original["schedule"] = None
    original["review"] |= {"poll_seconds": 3, "events_queue_url": queue}
    original["promotion"] |= {"canary_seconds": 0, "bake_seconds": 0}
    assert written == read_loop(tmp_path / PROJECT_LOOP.name) == original
    schema = (tmp_path / PROJECT_LOOP.name).read_text().splitlines()[0].removeprefix("# yaml-language-server: $schema=")
    assert (tmp_path / schema).resolve() == PROJECT_LOOP.with_name("schema.json")
    assert write_demo_loop(tmp_path, queue, ("bolt", "nut")) == original | {"classes": ["bolt", "nut"]}


def test_a_stage_lasts_from_its_first_start_to_its_last_end():
    def task(name, start, end):
        return {"task_id": name, "start_date": f"2026-01-01T00:00:{start}Z", "end_date": f"2026-01-01T00:00:{end}Z"}

    skipped = {"task_id": "skipped", "start_date": None, "end_date": None}
    rows = [task("score", "10", "14"), task("score", "12", "19"), task("list", "01", "03.5"), skipped]
    assert stage_seconds(rows) == {"list": 2.5, "score": 9.0}
