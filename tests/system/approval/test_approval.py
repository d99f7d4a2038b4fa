"""A person decides about a promotion on Airflow's own page: approval, refusal, and no answer."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from nightloop.aws.hooks.registry import RegistryHook
from nightloop.aws.storage.layout import LoopFiles
from nightloop.aws.storage.object_store import ObjectStore
from tests.integration.aws.nights import Night

SIZE = {"width": 1400, "height": 1000}
NAMES = ("approved", "refused", "unanswered")


@pytest.fixture(scope="module")
def loops(make_loop, s3, stack):
    """Three loops with a first model that serves, one reviewed night, and a person to ask."""
    with stack.connected():
        made = {name: make_loop(gate={"approval": "required", "approval_within_minutes": 30}) for name in NAMES[:2]}
        made["unanswered"] = make_loop(gate={"approval": "required", "approval_within_minutes": 1})
        for loop in made.values():
            Night(loop, "2026-01-01").bootstrap()
            Night(loop, "2026-06-01").write_reviewed(s3)
        yield made


@pytest.fixture(scope="module")
def airflow(start_airflow, loops):
    return start_airflow(*loops.values())


@pytest.fixture(scope="module")
def runs(airflow, loops):
    """The training run of each loop, all begun at once."""
    dags = {name: f"incremental_training_{loop.name}" for name, loop in loops.items()}
    known = lambda: {dag["dag_id"] for dag in airflow.get("/dags", limit=100)["dags"]}  # noqa: E731
    airflow.wait_until(lambda: set(dags.values()) <= known(), 120)
    return {name: (dag, airflow.trigger(dag)) for name, dag in dags.items()}


@pytest.fixture
def page(runs, browser):
    # After the runs: while Playwright is started nothing in this thread may call asyncio.run(), as bootstrapping does.
    context = browser.new_context(viewport=SIZE)
    yield context.new_page()
    context.close()


def open_question(page, airflow, run):
    dag, run_id = run
    airflow.wait_for_task(dag, run_id, "approve", "awaiting_input")
    page.goto(f"{airflow.url}/dags/{dag}/runs/{run_id}/tasks/approve/required_actions")
    page.get_by_text("better with probability").wait_for(timeout=20_000)


def keep_picture(page, name):
    if folder := os.environ.get("NIGHTLOOP_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def receipt(loop):
    files = LoopFiles.of(loop)
    (uri,) = [entry.uri for entry in ObjectStore().list(files.models) if entry.uri.endswith("/receipt.json")]
    return json.loads(ObjectStore().read(uri))


def live_config(stack, loop):
    return stack.client("sagemaker", "sagemaker").describe_endpoint(EndpointName=loop.endpoint.name)[
        "EndpointConfigName"
    ]


def test_approval(page, airflow, runs, loops, stack):
    before = live_config(stack, loops["approved"])
    open_question(page, airflow, runs["approved"])
    table = page.locator("table", has_text="AP at IoU 0.5")
    assert "person" in table.inner_text()
    assert "+1.000" in table.inner_text()
    assert "COCO AP75" in page.locator("table", has_text="calibration error").inner_text()
    pictures = page.locator("img[alt$='.png']")
    assert pictures.count() >= 2
    loaded = pictures.evaluate_all("images => images.map(image => image.complete && image.naturalWidth)")
    assert all(width > 400 for width in loaded), loaded
    keep_picture(page, "approval")
    page.get_by_role("button", name="Approve").click()

    assert airflow.wait_for_end(*runs["approved"]) == "success"
    assert live_config(stack, loops["approved"]) != before
    told = receipt(loops["approved"])
    assert told["promoted"] is True
    assert told["approval"]["status"] == "Approved"
    assert "Approved by" in told["approval"]["why"]


def test_refusal(page, airflow, runs, loops, stack):
    before = live_config(stack, loops["refused"])
    open_question(page, airflow, runs["refused"])
    page.get_by_role("button", name="Reject").click()

    assert airflow.wait_for_end(*runs["refused"]) == "success"
    states = airflow.states(*runs["refused"])
    assert (states["promote"], states["verify_endpoint"]) == ("skipped", "skipped")
    assert live_config(stack, loops["refused"]) == before
    told = receipt(loops["refused"])
    assert told["promoted"] is False
    assert told["approval"]["why"].startswith("Rejected by ")
    (version,) = RegistryHook().versions(loops["refused"].name)
    assert (version.status, version.why) == ("Rejected", told["approval"]["why"])


def test_no_answer_promotes_nothing(airflow, runs, loops, stack):
    assert airflow.wait_for_end(*runs["unanswered"], seconds=180) == "success"
    states = airflow.states(*runs["unanswered"])
    assert (states["approve"], states["promote"], states["verify_endpoint"]) == ("success", "skipped", "skipped")
    told = receipt(loops["unanswered"])
    assert told["promoted"] is False
    why = "Nobody answered in time, so it was not promoted."
    assert told["approval"] == {"status": "Rejected", "why": why, "outcome": "rejected"}
    assert (states["rejected"], states["promoted"], states["superseded"]) == ("success", "skipped", "skipped")
