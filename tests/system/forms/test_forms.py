"""Every DAG is started from Airflow's own trigger form: as it opens, with fields made empty, and filled in."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nightloop.aws.storage.layout import LoopFiles
from nightloop.aws.storage.object_store import ObjectStore
from tests.integration.aws.nights import Night

SIZE = {"width": 1400, "height": 1100}
DAGS = ("bootstrap", "nightly_review", "incremental_training", "rollback_endpoint", "teardown")
YESTERDAY = "nights/{:%Y-%m-%d}"


@pytest.fixture(scope="module")
def loop(make_loop, stack):
    """A loop that serves, and has learned something that a teardown may keep."""
    with stack.connected():
        made = make_loop(schedule=None, training={"minimum_new_lines": 7}, review={"answer_within_minutes": 45})
        Night(made, "2026-01-01").bootstrap()
        ObjectStore().write_once(f"{LoopFiles.of(made).models_folder}kept.json", b"{}")
        yield made


@pytest.fixture(scope="module")
def airflow(start_airflow, loop, tmp_path_factory):
    airflow = start_airflow(loop, broken_loop(loop, tmp_path_factory.mktemp("broken")))
    dags = {f"{kind}_{loop.name}" for kind in DAGS} | {"invalid_loop_broken"}
    airflow.wait_until(lambda: dags <= {dag["dag_id"] for dag in airflow.get("/dags", limit=100)["dags"]}, 120)
    return airflow


def broken_loop(loop, folder):
    class Broken:
        path = folder / "broken.yaml"

    shutil.copy(loop.path, Broken.path)  # its name is the other loop's
    return Broken


@pytest.fixture
def form(airflow, browser, loop):
    """Open the trigger form of a DAG, fill it in, and start a run by its button."""
    context = browser.new_context(viewport=SIZE)
    page = context.new_page()

    class Form:
        def open(self, kind):
            self.dag = kind if kind.startswith("invalid") else f"{kind}_{loop.name}"
            # Where the form does that too, Airflow 3.3 on SQLite may hold itself up until its wait for a write ends.
            airflow.unpause(self.dag)
            page.goto(f"{airflow.url}/dags/{self.dag}")
            page.get_by_role("button", name="Trigger").first.click(timeout=60_000)
            self.dialog = page.get_by_role("dialog")
            self.button = self.dialog.get_by_role("button", name="Trigger", exact=True)
            self.button.wait_for(timeout=30_000)
            self.dialog.get_by_text("Advanced Options").wait_for()
            return self

        def fill(self, **fields):
            for name, value in fields.items():
                field = page.locator(f"[name=element_{name}]")
                if value is True:
                    self.dialog.locator(f"label:has([name=element_{name}])").click()
                else:
                    field.fill(value)
                    field.blur()
            if folder := os.environ.get("NIGHTLOOP_SCREENSHOTS"):
                page.screenshot(path=Path(folder) / f"form-{self.dag}.png")
            return self

        def start(self):
            with page.expect_response(lambda answer: answer.url.endswith("/dagRuns")) as answered:
                self.button.click(timeout=20_000)
            assert answered.value.status == 200, answered.value.text()
            return answered.value.json()["dag_run_id"]

    yield Form()
    context.close()


def rendered(airflow, dag, run, task):
    return airflow.get(f"/dags/{dag}/dagRuns/{run}/taskInstances/{task}")["rendered_fields"]


def run_to_the_end(airflow, form, run):
    """Return how a run ended, its tasks' states, and what it was started with."""
    state = airflow.wait_for_end(form.dag, run, seconds=240)
    return state, airflow.states(form.dag, run), airflow.get(f"/dags/{form.dag}/dagRuns/{run}")["conf"]


def test_bootstrap_with_nothing_filled_in(form, airflow):
    run = form.open("bootstrap").fill(ordinal="").start()
    state, _, conf = run_to_the_end(airflow, form, run)
    assert (state, conf) == ("success", {"ordinal": None})
    assert rendered(airflow, form.dag, run, "train_seed_model")["ordinal"] == "0"


def test_a_night_with_every_field_empty_is_the_last_that_is_over(form, airflow):
    before = datetime.now(UTC)
    run = form.open("nightly_review").fill(night="", answer_within_minutes="").start()
    state, _, conf = run_to_the_end(airflow, form, run)
    assert (state, conf) == ("success", {"night": None, "answer_within_minutes": None, "dry_run": False})
    days = {YESTERDAY.format(moment - timedelta(days=1)) for moment in (before, datetime.now(UTC))}
    night = rendered(airflow, form.dag, run, "list_images")["night"]
    assert any(night.endswith(day) for day in days), night
    assert rendered(airflow, form.dag, run, "wait_for_answers")["answer_within_minutes"] == "45"


def test_a_dry_run_of_a_named_night(form, airflow):
    run = form.open("nightly_review").fill(night="2026-11-01", answer_within_minutes="2.5", dry_run=True).start()
    state, states, conf = run_to_the_end(airflow, form, run)
    assert (state, conf) == ("success", {"night": "2026-11-01", "answer_within_minutes": 2.5, "dry_run": True})
    assert states["open_reviews"] == "skipped"
    assert rendered(airflow, form.dag, run, "list_images")["night"].endswith("/2026-11-01")


@pytest.mark.parametrize(
    ("fields", "conf", "minimum"),
    [
        ({"ordinal": "1"}, {"ordinal": 1, "minimum_new_lines": 7, "release": None}, "7"),
        (
            {"ordinal": "", "minimum_new_lines": "", "release": ""},
            {"ordinal": None, "minimum_new_lines": None, "release": None},
            "7",
        ),
        ({"minimum_new_lines": "3"}, {"ordinal": 0, "minimum_new_lines": 3, "release": None}, "3"),
    ],
)
def test_training_with_one_field_or_none(form, airflow, fields, conf, minimum):
    run = form.open("incremental_training").fill(**fields).start()
    state, states, given = run_to_the_end(airflow, form, run)
    assert given == conf
    assert (state, states["build_cohort"], states["train"]) == ("success", "skipped", "skipped"), "nothing is new"
    assert rendered(airflow, form.dag, run, "build_cohort")["minimum_new_lines"] == minimum
    assert rendered(airflow, form.dag, run, "build_cohort")["release"] == ""


def test_rollback_with_every_field_empty_is_to_the_version_before(form, airflow):
    run = form.open("rollback_endpoint").fill(version="", reason="").start()
    state, states, conf = run_to_the_end(airflow, form, run)
    assert conf == {"version": None, "reason": None}
    assert (state, states["choose_version"]) == ("failed", "failed"), "only one version was ever live"
    assert rendered(airflow, form.dag, run, "choose_version")["version"] == "previous"


def test_a_loop_that_cannot_be_used_says_so_when_it_is_started(form, airflow):
    run = form.open("invalid_loop_broken").fill().start()
    assert run_to_the_end(airflow, form, run)[0] == "failed"


def test_teardown_asks_for_its_word_and_keeps_the_data(form, airflow, loop):
    form.open("teardown").fill()
    assert form.button.is_disabled(), "nothing is deleted by a click"
    run = form.fill(confirm=loop.name).start()
    state, states, conf = run_to_the_end(airflow, form, run)
    assert (state, conf) == ("success", {"confirm": loop.name, "delete_data": None})
    assert states == {"confirm": "success", "delete_serving": "success", "delete_reviews": "success"} | {
        "delete_data": "skipped"
    }
    assert ObjectStore().read_if_there(f"{LoopFiles.of(loop).models_folder}kept.json") == b"{}"


def test_teardown_with_both_words_deletes_what_was_learned(form, airflow, loop):
    run = form.open("teardown").fill(confirm=loop.name, delete_data=loop.name).start()
    state, states, _ = run_to_the_end(airflow, form, run)
    assert (state, states["delete_data"]) == ("success", "success")
    assert list(ObjectStore().list(LoopFiles.of(loop).everything)) == []
