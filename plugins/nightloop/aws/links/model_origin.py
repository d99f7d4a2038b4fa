"""Leads from what a model said to the run that trained it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from airflow.configuration import conf
from airflow.sdk import BaseOperatorLink

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.hooks.sagemaker import LiveModel
    from nightloop.aws.store import NightStore


class ModelOriginLink(BaseOperatorLink):
    """The DAG run that trained the model, in Airflow itself."""

    name = "Where the model comes from"
    key = "model_origin"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """Return the address the task remembered; none if the model came from elsewhere."""
        from airflow.sdk.execution_time.xcom import XCom

        return str(XCom.get_value(key=self.key, ti_key=ti_key) or "")

    @classmethod
    def remember(cls, context: Context, store: NightStore, live: LiveModel) -> None:
        """Remember the run that trained a live model, if this loop trained it: its origin lies beside its artefact."""
        parts = live.artefact.rsplit("/", 2)
        stored = store.read_if_there(f"{parts[0]}/origin.json") if len(parts) == 3 and parts[0] else None
        run = json.loads(stored).get("run") if stored else None
        if run:
            dag_id, run_id = run.split("/", 1)
            base = conf.get("api", "base_url", fallback="") or ""
            address = f"{base.rstrip('/')}/dags/{dag_id}/runs/{quote(run_id, safe='')}"
            context["ti"].xcom_push(key=cls.key, value=address)
