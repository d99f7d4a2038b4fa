"""Finds the version of a model to go back to, or lets a person choose it from a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from airflow.providers.standard.operators.hitl import HITLOperator

from nightloop.aws.errors import RegistryError
from nightloop.aws.hooks.registry import RegistryHook
from nightloop.aws.hooks.sagemaker import ModelHook

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.hooks.registry import ModelVersion
    from nightloop.aws.resources.serving import ServingSettings
    from nightloop.aws.results.training import ChosenVersion

PREVIOUS: Final = "previous"
"""The version that was live before the live one."""

CHOOSE: Final = "choose"
"""Ask a person, with a list of all versions that were live."""

_LISTED: Final = 20


class ChooseVersionOperator(HITLOperator):
    """Find the version to put live; make sure that its model exists.

    Versions that were live are those the registry holds as approved.

    Returns version number, package, model, training job and artefact, and the model that is live now.

    :param serving: How models of this loop are served.
    :param version: `previous`, `choose` or a version's number (templated).
    :param aws_conn_id: The Airflow connection of SageMaker.
    :raises RegistryError: if there is no such version, or it is live already.
    """

    template_fields = ("subject", "body", "version")

    def __init__(
        self,
        *,
        serving: ServingSettings,
        version: str = PREVIOUS,
        aws_conn_id: str | None = "aws_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(
            subject=f"Which version of {serving.loop} should be live?", options=[PREVIOUS], body="", **kwargs
        )
        self.serving = serving
        self.version = version
        self.aws_conn_id = aws_conn_id

    def execute(self, context: Context) -> Any:
        """Find the version, or ask."""
        if self.version.strip() != CHOOSE:
            return self._target(self.version.strip())
        live, candidates = self.candidates()
        listed = candidates[:_LISTED]
        if not listed:
            raise _nothing(self.serving.loop)
        self.options = [str(version.number) for version in listed]
        self.body = table(live, listed)
        return super().execute(context)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Any:
        """Take the person's choice."""
        if "error" in event:
            self.process_trigger_event_error(event)
        return self._target(str(event["chosen_options"][0]))

    def candidates(self) -> tuple[str, list[ModelVersion]]:
        """Return the live model, and the versions that were live before, newest first."""
        live = ModelHook(self.aws_conn_id).live_model(self.serving.endpoint_name).model
        versions = RegistryHook(self.aws_conn_id).versions(self.serving.loop)
        return live, [version for version in versions if version.status == "Approved" and version.model != live]

    def _target(self, wanted: str) -> ChosenVersion:
        live, candidates = self.candidates()
        version = self._previous(live, candidates) if wanted == PREVIOUS else self._numbered(wanted, live, candidates)
        self._restore(version)
        self.log.info("Version %s, %s, takes the place of %s", version.number, version.model, live)
        return {
            "version": version.number,
            "package": version.arn,
            "model": version.model,
            "training_job": version.training_job,
            "artefact": version.artefact,
            "live_model": live,
        }

    def _previous(self, live: str, candidates: list[ModelVersion]) -> ModelVersion:
        registered = RegistryHook(self.aws_conn_id).versions(self.serving.loop)
        current = next((version.number for version in registered if version.model == live), None)
        earlier = [version for version in candidates if current is None or version.number < current]
        if not earlier:
            raise _nothing(self.serving.loop)
        return max(earlier, key=lambda version: version.number)

    def _numbered(self, wanted: str, live: str, candidates: list[ModelVersion]) -> ModelVersion:
        for version in candidates:
            if str(version.number) == wanted:
                return version
        numbers = ", ".join(str(version.number) for version in candidates) or "none"
        raise RegistryError(
            f"{wanted!r} is no version to go back to: {live} is live, and the other versions that were live are "
            f"{numbers}. Start this DAG again with one of them, {PREVIOUS!r} or {CHOOSE!r}."
        )

    def _restore(self, version: ModelVersion) -> None:
        request = self.serving.model_request(version.training_job, version.artefact)
        container = {"Image": version.image, "ModelDataUrl": version.artefact}
        made = ModelHook(self.aws_conn_id).create_model(
            request | {"ModelName": version.model, "PrimaryContainer": container}
        )
        if made:
            self.log.info("Model %s was deleted; it is made again from its artefact", version.model)


def table(live: str, versions: list[ModelVersion]) -> str:
    """Return versions to choose from as a Markdown table."""
    rows = ["| version | registered | mAP on the holdout | model |", "|--:|---|--:|---|"]
    for version in versions:
        figure = version.metadata.get("mean_average_precision", "")
        rows.append(f"| {version.number} | {version.created:%Y-%m-%d %H:%M} | {figure} | {version.model} |")
    return "\n".join([f"Live now: {live}", "", *rows])


def _nothing(loop: str) -> RegistryError:
    return RegistryError(
        f"There is no earlier version of {loop} to go back to: none in the registry was live before the live one."
    )
