"""`make up`: the demo's images and a loop that is ready to run, its reviews left to a person."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from local.demo.airflow_api import AirflowApi
from local.demo.data import choose, ds_of_last_night, is_uploaded, upload
from local.settings import AIRFLOW_USER, REVIEWER

if TYPE_CHECKING:
    from pathlib import Path

    from local.stack.stack import Stack

BOOTSTRAP = "bootstrap_voc"
NIGHTLY = "nightly_review_voc"
TRAINING = "incremental_training_voc"


def prepare_loop(stack: Stack, data: Path | None) -> None:
    """Upload the images once, run the bootstrap DAG until it has succeeded, and say what to do next."""
    settings, secrets = stack.settings, stack.secrets
    night = ds_of_last_night(datetime.datetime.now(datetime.UTC))
    if not is_uploaded(stack, night):
        stack.say(f"making and uploading the images of the night {night}")
        upload(stack, choose(data), night)
    api = AirflowApi(settings.airflow_url, AIRFLOW_USER, secrets.airflow_password)
    api.wait_for_dags(BOOTSTRAP, NIGHTLY, TRAINING)
    if not any(run.state == "success" for run in api.runs(BOOTSTRAP)):
        stack.say("training the first model and starting its endpoint: about a minute")
        api.unpause(BOOTSTRAP)
        api.wait(api.trigger(BOOTSTRAP), seconds=900)
    for dag_id in (NIGHTLY, TRAINING):
        api.unpause(dag_id)
    stack.say(_what_next(stack, night))


def _what_next(stack: Stack, night: str) -> str:
    settings, secrets = stack.settings, stack.secrets
    return f"""
Nightloop is running; `make down` stops it, `make clean` also forgets all.

  Airflow  {settings.airflow_url}
           user {AIRFLOW_USER}, password {secrets.airflow_password}
  Portal   {settings.portal_url}
           sign in as {REVIEWER}, password {secrets.reviewer_password}

Next:
  1. In Airflow open {NIGHTLY} and press Trigger with the logical date {night}
     ({settings.airflow_url}/dags/{NIGHTLY}).
  2. When the task wait_for_answers is deferred, open the portal, press "Start working" and draw the boxes.
  3. When all tasks are answered the night goes on by itself: {TRAINING} starts
     and promotes the new model if it is better.
"""
