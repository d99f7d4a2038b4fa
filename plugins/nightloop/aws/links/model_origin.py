"""Leads from what a model said to the run that trained it."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from airflow.configuration import conf
from airflow.sdk import BaseOperatorLink

from nightloop.aws.errors import NightloopError
from nightloop.aws.storage.layout import ModelFiles

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.hooks.sagemaker import LiveModel
    from nightloop.aws.storage.object_store import ObjectStore


log = logging.getLogger(__name__)


class ModelOriginLink(BaseOperatorLink):
    """The DAG run that trained the model, in Airflow itself."""

    name = "Where the model comes from"
    key = "model_origin"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """Return the address that the task remembered; an empty one if the model came from elsewhere."""
        from airflow.sdk.execution_time.xcom import XCom

        return str(XCom.get_value(key=self.key, ti_key=ti_key) or "")

    @classmethod
    def remember(cls, context: Context, store: ObjectStore, live: LiveModel) -> None:
        """Remember the run that trained a live model, if this loop trained it: its origin lies beside its artefact.

        A missing link never fails a task.
        """
        try:
            run = _run_that_trained(store, live.artefact)
        except (NightloopError, ValueError) as error:
            log.warning("No link to where model %s comes from: %s", live.model, error)
            return
        if run:
            dag_id, run_id = run.split("/", 1)
            base = conf.get("api", "base_url", fallback="") or ""
            address = f"{base.rstrip('/')}/dags/{dag_id}/runs/{quote(run_id, safe='')}"
            context["ti"].xcom_push(key=cls.key, value=address)


def _run_that_trained(store: ObjectStore, artefact: str) -> str | None:
    """Return DAG and run."""
    files = ModelFiles.of_artefact(artefact)
    stored = store.read_if_there(files.origin) if files else None
    run = json.loads(stored).get("run") if stored else None
    return None if run is None else str(run)
