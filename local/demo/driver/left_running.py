"""`make up`: the demo's images and a loop that is ready to run; a person answers its reviews."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from local.config.settings import ADMINISTRATOR, AIRFLOW_USER, REVIEWER
from local.demo.driver.airflow_api import AirflowApi
from local.demo.driver.loop_file import PROJECT_LOOP, read_loop
from local.demo.images.upload import choose, is_uploaded, last_interval, upload
from local.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from local.demo.images.dataset import Dataset
    from local.stack.stack import Stack

BOOTSTRAP = "bootstrap_voc"
NIGHTLY = "nightly_review_voc"
TRAINING = "incremental_training_voc"
MOST_IMAGES = 30
"""A person who tries this out does not want to draw boxes on all of the demo's images."""


def upload_last_night(stack: Stack, data: Path | None) -> None:
    """Upload the images of the first night Airflow will run, unless they exist, before Airflow looks for them."""
    night = _night(stack)
    if not is_uploaded(stack, night):
        stack.say(f"making and uploading the images of the night {night}")
        dataset = choose(data, date.fromisoformat(night).toordinal())
        _check_classes(dataset, stack.settings.loops / PROJECT_LOOP.name)
        upload(stack, replace(dataset, night=dataset.night[:MOST_IMAGES]), night)


def _check_classes(dataset: Dataset, path: Path) -> None:
    """Refuse images whose classes are not those of the loop that will run on them."""
    if list(dataset.classes) != read_loop(path)["classes"]:
        raise DataError(
            f"the classes of {dataset.name} are not those of {path}: copy that file to a folder of your own, set its "
            f"classes to {list(dataset.classes)}, and name the folder: NIGHTLOOP_LOOPS=folder make up DATA=..."
        )


def prepare_loop(stack: Stack) -> None:
    """Run the bootstrap DAG until it has succeeded, start the nights, and print what to do next."""
    api = AirflowApi(stack.settings.airflow_url, AIRFLOW_USER, stack.secrets.airflow_password)
    api.wait_for_dags(BOOTSTRAP, NIGHTLY, TRAINING)
    if not any(run.state == "success" for run in api.runs(BOOTSTRAP)):
        stack.say("training the first model and starting its endpoint: about a minute")
        api.unpause(BOOTSTRAP)
        api.wait(api.trigger(BOOTSTRAP), seconds=900)
    for dag_id in (TRAINING, NIGHTLY):
        api.unpause(dag_id)
    stack.say(_what_next(stack))


def _loop(stack: Stack) -> dict[str, Any]:
    return read_loop(stack.settings.loops / PROJECT_LOOP.name)


def _night(stack: Stack) -> str:
    loop = _loop(stack)
    return last_interval(loop["schedule"], loop.get("timezone", "UTC"), datetime.now(UTC))


def _what_next(stack: Stack) -> str:
    settings, secrets, night = stack.settings, stack.secrets, _night(stack)
    begins = (
        f"The night {night} begins by itself"
        if _loop(stack)["schedule"]
        else f"Press Trigger: the run is for the last complete day, {night}"
    )
    return f"""
Nightloop is running; `make down` stops it, `make clean` also deletes all its data.

  Airflow  {settings.airflow_url}
           user {AIRFLOW_USER}, password {secrets.airflow_password}
  Portal   {settings.portal_url}
           sign in as {REVIEWER}, password {secrets.reviewer_password}
           or, to see all reviews and reviewers, as
           {ADMINISTRATOR}, password {secrets.administrator_password}

Next:
  1. {begins}: follow it at
     {settings.airflow_url}/dags/{NIGHTLY}
  2. When its task wait_for_answers is deferred, after half a minute, open the portal, press "Start working"
     and draw the boxes.
  3. When all tasks are answered the night goes on by itself: {TRAINING} starts
     and promotes the new model if it is better.
"""
