"""What people outside the network of containers see: pages, images, links, and whose address counts."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from local.demo.driver.html import Page
from local.demo.images.upload import choose, upload
from tests.browser.conftest import CHROMIUM, FLAGS, UNLIKE_PEOPLE
from tests.compose.stack import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

AIRFLOW = f"http://localhost:{SETTINGS['AIRFLOW_PORT']}"
PORTAL = f"http://localhost:{SETTINGS['REVIEW_PORT']}/portal/"
S3 = f"http://localhost:{SETTINGS['S3_PORT']}"
PICTURES = Path(__file__).resolve().parents[2] / "build" / "compose-test"
NIGHT = "nightly_review_voc"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    playwright = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}; set NIGHTLOOP_CHROMIUM to one")
    with playwright.sync_playwright() as driver:
        yield driver.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS, ignore_default_args=UNLIKE_PEOPLE)


@pytest.fixture(scope="module")
def waiting(stack) -> str:
    """The run of a night whose reviews wait for people."""
    dataset = choose(None, 5)
    day = (datetime.now(UTC) - timedelta(days=3)).date().isoformat()
    upload(stack.place(), replace(dataset, night=dataset.night[:12]), day)
    api = stack.airflow()
    if not any(run.state == "success" for run in api.runs("bootstrap_voc")):
        api.wait_for_dags("bootstrap_voc", NIGHT)
        api.unpause("bootstrap_voc")
        api.wait(api.trigger("bootstrap_voc"), 900)
    api.unpause(NIGHT)
    run_id = api.trigger(NIGHT, conf={"night": day}).run_id
    deadline = time.monotonic() + 600
    while not any(
        task["task_id"] == "wait_for_answers" and task["state"] == "deferred"
        for task in api.task_instances(NIGHT, run_id)
    ):
        assert time.monotonic() < deadline, api.task_instances(NIGHT, run_id)
        time.sleep(1)
    return run_id


def test_a_reviewer_sees_the_image_and_answers(stack, browser, waiting):
    page = browser.new_page()
    page.goto(f"{PORTAL}sign-in")
    page.fill("input[name=email]", "reviewer@example.com")
    page.fill("input[name=password]", stack.values["REVIEWER_PASSWORD"])
    page.click("button.primary")
    page.wait_for_url(PORTAL)
    page.locator("form[action$='/start'] button").first.click()
    page.wait_for_url("**/tasks/**")
    frame = page.frame_locator("iframe").first
    image = frame.locator("crowd-bounding-box")
    image.wait_for()
    with page.expect_response(lambda response: response.url.startswith(S3)) as shown:
        page.reload()
    assert shown.value.status == 200
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.wait_for_timeout(1500)
    page.screenshot(path=PICTURES / "review.png")
    page.close()


def test_airflow_signs_people_in_and_its_links_open(stack, browser, waiting):
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(AIRFLOW)
    page.fill("input[name=username]", "admin")
    page.fill("input[name=password]", stack.values["AIRFLOW_ADMIN_PASSWORD"])
    page.click("input[type=submit], button[type=submit]")
    page.wait_for_url(f"{AIRFLOW}/**")
    page.goto(f"{AIRFLOW}/dags/{NIGHT}/runs/{waiting}/tasks/open_reviews/details")
    page.get_by_text("Worker portal").first.wait_for(timeout=60_000)
    page.screenshot(path=PICTURES / "airflow.png")
    links = (
        stack.airflow()
        .http.get(f"/dags/{NIGHT}/dagRuns/{waiting}/taskInstances/open_reviews/links")
        .json()["extra_links"]
    )
    assert links["Worker portal"] == PORTAL.rstrip("/")
    lists = stack.airflow().http.get(f"/dags/{NIGHT}/dagRuns/{waiting}/taskInstances/list_images/links").json()
    output = lists["extra_links"]["Output in S3"]
    assert output.startswith(S3)
    page.goto(output)
    assert "s3://nightloop-demo/images/" in page.content()
    page.goto(links["Worker portal"])
    assert "sign-in" in page.url
    page.close()


def test_tasks_addresses_are_not_reached_from_outside():
    assert httpx.get(f"{AIRFLOW}/execution/health").status_code == 404
    sagemaker = f"http://localhost:{SETTINGS['SAGEMAKER_PORT']}"
    assert httpx.get(f"{sagemaker}/healthz").status_code == 404


class OtherMachine:
    """A network namespace with an address of its own: a machine beside this one."""

    def __init__(self, name: str, net: str) -> None:
        self.name, self.here, self.address = name, f"{net}.1", f"{net}.2"
        for words in (
            f"ip netns add {name}",
            f"ip link add {name} type veth peer name eth0 netns {name}",
            f"ip addr add {self.here}/30 dev {name}",
            f"ip link set {name} up",
            f"ip -n {name} addr add {self.address}/30 dev eth0",
            f"ip -n {name} link set eth0 up",
            f"ip -n {name} link set lo up",
            f"ip -n {name} route add default via {self.here}",
        ):
            subprocess.run(words.split(), check=True, capture_output=True)

    def sign_in(self, email: str, *headers: str) -> int:
        """Try to sign in with a wrong password and return the status."""
        origin = f"http://{self.here}:{SETTINGS['REVIEW_PORT']}"
        cookies = Path(f"/tmp/{self.name}.cookies")
        forms = Page(self.curl(f"{origin}/portal/sign-in", "--cookie-jar", str(cookies))).forms
        form = next(form for form in forms if "password" in form.values)
        filled = {**form.values, "email": email, "password": "a wrong one"}
        data = [word for name, value in filled.items() for word in ("--data-urlencode", f"{name}={value}")]
        extra = [word for header in headers for word in ("--header", header)]
        status = self.curl(
            f"{origin}/portal/sign-in",
            "--cookie", str(cookies), "--header", f"Origin: {PORTAL.removesuffix('/portal/')}",
            *extra, *data, "--output", "/dev/null", "--write-out", "%{http_code}",
        )  # fmt: skip
        cookies.unlink(missing_ok=True)
        return int(status)

    def curl(self, *words: str) -> str:
        command = ["ip", "netns", "exec", self.name, "curl", "--silent", "--max-time", "20", *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def close(self) -> None:
        subprocess.run(["ip", "netns", "delete", self.name], check=True)


@pytest.fixture
def machines() -> Iterator[list[OtherMachine]]:
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("only root makes network namespaces, with iproute2")
    made: list[OtherMachine] = []
    try:
        for name, net in (("night-a", "10.213.79"), ("night-b", "10.213.80")):
            made.append(OtherMachine(name, net))
        yield made
    finally:
        for machine in made:
            machine.close()


def test_each_reviewers_own_address_counts(stack, machines):
    """Thirty wrong passwords lock out the machine they came from, and no other behind the same proxy."""
    first, second = machines
    forged = "X-Forwarded-For: 198.51.100.7"
    statuses = [first.sign_in(f"person-{number}@example.com", forged) for number in range(31)]
    assert statuses[0] < 429
    assert statuses[-1] == 429, "a forged X-Forwarded-For does not help"
    assert second.sign_in("somebody@example.com") < 429
    rows = stack.run(
        "exec", "-T", "postgres", "psql", "--username", "postgres", "--dbname", "review", "--tuples-only", "--no-align",
        "--command", "SELECT address, count(*) FROM sign_in_failures GROUP BY address ORDER BY 2 DESC",
    )  # fmt: skip
    counted = dict(row.split("|") for row in rows.split())
    assert counted[first.address] == "30"
    assert counted[second.address] == "1"
    assert "198.51.100.7" not in counted
