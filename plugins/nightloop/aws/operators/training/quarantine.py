"""Keeps what a rolled-back model learned out of training, and says in the registry that it was rolled back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields
from airflow.sdk.exceptions import AirflowSkipException

from nightloop.aws.datasets.quarantine import Quarantines
from nightloop.aws.errors import EndpointChangedError
from nightloop.aws.hooks.registry import ROLLED_BACK, RegistryHook
from nightloop.aws.links.s3_output import S3OutputLink
from nightloop.aws.operators.sagemaker.holding import HoldingOperator
from nightloop.aws.results.training import ChosenVersion, QuarantinedLines
from nightloop.aws.storage.layout import LoopFiles
from nightloop.aws.storage.night_files import read_lines

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.datasets.cohorts import DataSettings
    from nightloop.aws.results.given import Given
    from nightloop.domain.lineage.origins import ModelOrigin


class QuarantineOperator(HoldingOperator[QuarantinedLines]):
    """Quarantine the manifest lines that the rolled-back model learned and the restored one had not.

    It runs before the endpoint is updated. From then on, no model that learned the lines or that goes on from the
    rolled-back one is promoted, even if the update fails. This run holds the endpoint until the run has ended. Later
    cohorts leave the lines out until the training DAG is started with `release` set to that model. Skipped if a later
    version is made live: then nothing is taken back.

    Returns the rolled-back model, how many lines are in quarantine and where they are listed.

    :param loop: The loop's name.
    :param data: What the loop learns from.
    :param endpoint_name: The live endpoint.
    :param target: What `ChooseVersionOperator` returned (templated).
    :param reason: Why the model was rolled back (templated).
    :raises EndpointChangedError: if the endpoint runs neither the model to roll back nor the one to restore.
    """

    template_fields = aws_template_fields("reason", "target")
    operator_extra_links = (S3OutputLink(),)

    def __init__(
        self,
        *,
        loop: str,
        data: DataSettings,
        endpoint_name: str,
        target: Given[ChosenVersion],
        reason: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.loop = loop
        self.endpoint_name = endpoint_name
        self.data = data
        self.target = target
        self.reason = reason

    def proceed(self, context: Context) -> QuarantinedLines:
        """Quarantine and reject."""
        from nightloop.domain.lineage.quarantine import Quarantine

        self.take_endpoint(context, self.data.folder)
        self.wait_until_settled(self.endpoint_name)
        target = self.read(ChosenVersion, target=self.target)
        self._check_live(target)
        registry = RegistryHook(self.aws_conn_id, **self.client_arguments)
        versions = {version.model: version for version in registry.versions(self.loop)}
        bad, good = versions.get(target["live_model"]), versions[target["model"]]
        if bad is None or bad.number < good.number:
            raise AirflowSkipException(f"{target['live_model']} was not rolled back to an earlier version.")
        files = LoopFiles(self.data.folder)
        learned, kept = (self._learned(files, version.training_job) for version in (bad, good))
        reason = self.reason.strip() or "no reason was given"
        quarantine = Quarantine.of(bad.model, learned, good.model, kept, attribute=self.data.attribute, reason=reason)
        uri = Quarantines(self.store, files).put(quarantine)
        registry.set_status(bad.arn, "Rejected", f"Rolled back to version {good.number}: {reason}", ROLLED_BACK)
        S3OutputLink.persist_for(context, self, uri)
        self.log.info("%s lines that %s learned are in quarantine: %s", len(quarantine.lines), bad.model, uri)
        return {"model": bad.model, "lines": len(quarantine.lines), "uri": uri}

    def _check_live(self, target: ChosenVersion) -> None:
        live = self.sagemaker.live_model(self.endpoint_name).model
        if live not in {target["live_model"], target["model"]}:
            raise EndpointChangedError(
                f"Endpoint {self.endpoint_name} runs {live} by now, not {target['live_model']}, which was live "
                f"when version {target['version']} was chosen. Nothing was changed. Start this DAG again to go "
                f"back from {live}."
            )

    def _learned(self, files: LoopFiles, training_job: str) -> list[dict[str, Any]]:
        origin = self._origin(files, training_job)
        return [line for uri in (origin.train, origin.validation) for line in read_lines(self.store, uri)]

    def _origin(self, files: LoopFiles, training_job: str) -> ModelOrigin:
        from nightloop.domain.lineage.origins import ModelOrigin

        return ModelOrigin.from_json(json.loads(self.store.read(files.model(training_job).origin)))
