"""The DAG files themselves, templates, mapping, branches and all, from bootstrap to teardown on the real services."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nightloop.aws.storage import uris
from nightloop.aws.storage.layout import LoopFiles
from tests.integration.aws.nights import Night
from tests.integration.aws.pictures import encode, picture
from tests.integration.aws.reviewer import Reviewer
from tests.integration.aws.stack import ROOT

BOX = {"label": "person", "left": 20, "top": 30, "width": 60, "height": 40}
DATE, EMPTY = "2026-07-01", "2026-07-02"
SMALL, LARGE = "2026-07-03", "2026-07-04"


@pytest.fixture(scope="module")
def loops(make_loop, s3, stack):
    """A loop to bootstrap, with images of a night; and one with a reviewed night, whose models learn nothing."""
    better = make_loop(scoring={"images_per_chunk": 2})
    for number in range(3):
        body = encode(picture([(20, 30, 60, 40)], shade=70 + number))
        Night(better, DATE).put_key(s3, f"{number} 写真.png", body)
    stuck = make_loop(
        training={"incremental": {"learns": "nothing"}},
        scoring={"by": "auto", "batch_from_images": 3, "images_per_chunk": 2},
        review={"score_threshold": 0.0},
    )
    for night, images in ((SMALL, 1), (LARGE, 3)):
        for number in range(images):
            Night(stuck, night).put_key(s3, f"{number}.png", encode(picture([(20, 30, 60, 40)], shade=50 + number)))
    with stack.connected():
        Night(stuck, DATE).bootstrap()
        Night(stuck, DATE).write_reviewed(s3)
    return better, stuck


@pytest.fixture(scope="module")
def environment(loops, stack, tmp_path_factory):
    home = tmp_path_factory.mktemp("airflow")
    for loop in loops:
        shutil.copy(loop.path, home)
    kept = {name: text for name, text in os.environ.items() if not name.startswith("AIRFLOW")}
    values = kept | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "NIGHTLOOP_LOOPS": str(home),
        "PYTHONPATH": str(ROOT / "plugins"),
        **stack.connections(),
    }
    command = [str(Path(sys.executable).with_name("airflow")), "db", "migrate"]
    subprocess.run(command, env=values, check=True, capture_output=True)
    return values


@pytest.fixture(scope="module")
def runs(loops, environment, stack, tmp_path_factory):
    """The states of all runs and their tasks, by step; a reviewer answers meanwhile."""
    better, stuck = (loop.name for loop in loops)
    steps = {
        "bootstrap": f"bootstrap:{better}",
        "night": f"nightly_review:{better}:{DATE}",
        "training": f"incremental_training:{better}",
        "empty night": f"nightly_review:{better}:{EMPTY}",
        "training again": f"incremental_training:{better}",
        "teardown": f"teardown:{better}",
        "other training": f"incremental_training:{stuck}",
        "small night": f"nightly_review:{stuck}:{SMALL}",
        "large night": f"nightly_review:{stuck}:{LARGE}",
    }
    log = tmp_path_factory.mktemp("runs") / "log"
    result = log.with_name("result.json")
    command = [sys.executable, str(Path(__file__).with_name("whole_loop.py")), str(result), *steps.values()]
    with log.open("w") as told:
        process = subprocess.Popen(command, cwd=log.parent, env=environment, stdout=told, stderr=subprocess.STDOUT)
    try:
        answer_three(process, Reviewer(stack).signs_in(), Night(loops[0], DATE).flow.name)
        process.wait(timeout=200)
    finally:
        process.kill()
    assert process.returncode == 0, log.read_text()[-5000:]
    return dict(zip(steps, json.loads(result.read_text()), strict=True))


def answer_three(process, reviewer, flow):
    answered = 0
    while process.poll() is None and answered < 3:
        answered += bool(reviewer.answers(flow, [BOX]))
        time.sleep(0.2)


def tasks_in(run, state):
    return {name.split("[")[0] for name, found in run["tasks"].items() if found == state}


def receipt_of(s3, loop, night):
    bucket, key = uris.split(LoopFiles.of(loop).night(night).receipt)
    return json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())


def test_every_run_succeeds(runs):
    assert {step: run["state"] for step, run in runs.items()} == dict.fromkeys(runs, "success")


@pytest.mark.parametrize("step", ["bootstrap", "night"])
def test_every_task_of_a_full_run_does_its_work(runs, step):
    assert set(runs[step]["tasks"].values()) == {"success"}


def test_a_training_shows_that_its_model_was_promoted(runs):
    assert tasks_in(runs["training"], "skipped") == {"rejected", "undecided", "superseded"}
    assert set(runs["training"]["tasks"].values()) == {"success", "skipped"}


def test_teardown_keeps_the_data(runs):
    assert tasks_in(runs["teardown"], "skipped") == {"delete_data"}


def test_images_are_scored_a_chunk_a_task_and_reviewed(runs, loops, s3):
    assert {f"score_images[{index}]" for index in (0, 1)} <= set(runs["night"]["tasks"])
    receipt = receipt_of(s3, loops[0], DATE)
    assert (receipt["images"], receipt["answers"], receipt["manifest_lines"]) == (3, 3, 3)


def test_an_empty_night_skips_scoring_and_publishing_only(runs):
    assert tasks_in(runs["empty night"], "skipped") == {"score_images", "publish_manifest"}


def test_a_small_night_of_a_loop_with_large_ones_goes_to_the_endpoint(runs, loops, s3):
    assert tasks_in(runs["small night"], "skipped") == {"prepare_images", "transform_images", "publish_manifest"}
    assert (receipt_of(s3, loops[1], SMALL)["scored"], "transform" in receipt_of(s3, loops[1], SMALL)) == (1, False)


def test_a_large_night_is_scored_by_one_job(runs, loops, s3):
    assert tasks_in(runs["large night"], "skipped") == {"publish_manifest"}
    assert {f"{task}[{index}]" for task in ("prepare_images", "score_images") for index in (0, 1)} <= set(
        runs["large night"]["tasks"]
    )
    receipt = receipt_of(s3, loops[1], LARGE)
    assert (receipt["scored"], receipt["transform"]["jobs"]) == (3, 1)
    assert receipt["transform"]["machine_seconds"] >= 0


def test_nothing_new_trains_nothing(runs):
    assert tasks_in(runs["training again"], "success") == set(), "the live model knows every line already"


def test_a_model_that_is_no_better_is_not_promoted(runs):
    skipped = {"promote", "verify_endpoint", "promoted", "undecided", "superseded"}
    assert tasks_in(runs["other training"], "skipped") == skipped
    assert {"rejected", "write_receipt"} <= tasks_in(runs["other training"], "success")
