"""A night that only plans: the box of the trigger form is ticked."""

from __future__ import annotations

import pytest

from tests.system.airflow.nights import lines

pytestmark = pytest.mark.timeout(600)

NIGHT = "2026-03-20"
ASKING = ("open_reviews", "wait_for_answers", "collect_answers", "build_manifest", "publish_manifest")


def test_a_dry_run_plans_and_asks_nobody(nights, airflow):
    before, events = nights.records.loops(), airflow.api.count_asset_events()
    run = nights.begin(NIGHT, dry_run=True)
    airflow.finish(run)
    states = {task["task_id"]: task["state"] for task in airflow.tasks(run)}
    assert [states[task_id] for task_id in ("list_images", "score_images", "plan_reviews")] == ["success"] * 3
    assert {states[task_id] for task_id in ASKING} == {"skipped"}
    assert nights.records.loops() == before
    assert airflow.api.count_asset_events() == events
    assert nights.files(NIGHT) == {}, "the night itself is still to come"

    planned = nights.files_of_dry_run(run, NIGHT)
    assert {name.split("/")[0] for name in planned} == {"images.jsonl", "chunks.json", "predictions", "plan.jsonl"}
    assert lines(planned["plan.jsonl"])
    assert len(lines(planned["images.jsonl"])) == len(nights.dataset.night)
