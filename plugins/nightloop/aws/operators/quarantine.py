"""Keeps what a rolled-back model learned out of training, and says in the registry that it was rolled back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields
from airflow.sdk.exceptions import AirflowSkipException

from nightloop.aws.hooks.registry import RegistryHook
from nightloop.aws.layout import LoopFiles
from nightloop.aws.links.s3_output import S3OutputLink
from nightloop.aws.operators.base import Given, LoopOperator
from nightloop.aws.operators.rows import read_lines
from nightloop.aws.quarantine import Quarantines

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.cohorts import DataSettings
    from nightloop.loop.lineage import ModelOrigin


class QuarantineOperator(LoopOperator):
    """Quarantine the manifest lines the rolled-back model learned and the restored one had not.

    Later training sets leave them out until the training DAG is started with `release` set to that model. Skipped if a
    later version was put live: nothing is taken back then.

    Returns the rolled-back model, how many lines are kept out and where they are listed.

    :param loop: The loop's name.
    :param data: What the loop learns from.
    :param target: What `ChooseVersionOperator` returned (templated).
    :param reason: Why the model was rolled back (templated).
    """

    template_fields = aws_template_fields("reason", "target")
    operator_extra_links = (S3OutputLink(),)

    def __init__(self, *, loop: str, data: DataSettings, target: Given, reason: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.loop = loop
        self.data = data
        self.target = target
        self.reason = reason

    def execute(self, context: Context) -> dict[str, Any]:
        """Quarantine and reject."""
        from nightloop.loop.quarantine import Quarantine

        registry = RegistryHook(self.aws_conn_id, **self.client_arguments)
        versions = {version.model: version for version in registry.versions(self.loop)}
        bad, good = versions.get(self.target["live_model"]), versions[self.target["model"]]
        if bad is None or bad.number < good.number:
            raise AirflowSkipException(f"{self.target['live_model']} was not rolled back to an earlier version.")
        files = LoopFiles(self.data.folder)
        learned, kept = (self._learned(files, version.training_job) for version in (bad, good))
        reason = self.reason.strip() or "no reason was given"
        quarantine = Quarantine.of(bad.model, learned, good.model, kept, attribute=self.data.attribute, reason=reason)
        uri = Quarantines(self.store, files).put(quarantine)
        registry.set_status(bad.arn, "Rejected", f"Rolled back to version {good.number}: {reason}")
        S3OutputLink.persist_for(context, self, uri)
        self.log.info("%s lines that %s learned are in quarantine: %s", len(quarantine.lines), bad.model, uri)
        return {"model": bad.model, "lines": len(quarantine.lines), "uri": uri}

    def _learned(self, files: LoopFiles, training_job: str) -> list[dict[str, Any]]:
        origin = self._origin(files, training_job)
        return [line for uri in (origin.train, origin.validation) for line in read_lines(self.store, uri)]

    def _origin(self, files: LoopFiles, training_job: str) -> ModelOrigin:
        from nightloop.loop.lineage import ModelOrigin

        return ModelOrigin.from_json(json.loads(self.store.read(files.origin(training_job))))
