"""SageMaker's control plane, as the loop uses it: by name, start or adopt."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from nightloop.aws.clients.endpoint_states import SERVING, state_error
from nightloop.aws.clients.error_translation import error_message, translated
from nightloop.aws.errors import EndpointBusyError, EndpointMissingError
from nightloop.aws.hooks.base import LoopHook

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class LiveModel:
    """What an endpoint runs: its configuration, its model, and the artefact that the model was made from."""

    endpoint: str
    config: str
    model: str
    artefact: str


class ModelHook(LoopHook):
    """Describes, starts, adopts and deletes training jobs, models, transform jobs and endpoints (`sagemaker`).

    :param aws_conn_id: The Airflow connection of SageMaker.
    """

    def __init__(self, aws_conn_id: str | None = "aws_default", **kwargs: Any) -> None:
        kwargs["client_type"] = "sagemaker"
        super().__init__(aws_conn_id=aws_conn_id, **kwargs)

    @translated
    def describe_job(self, kind: str, name: str) -> dict[str, Any] | None:
        """Describe a `training` or `transform` job, its status also as `status`; None if there is no such job."""
        word = kind.capitalize()
        job = self.find(f"describe_{kind}_job", **{f"{word}JobName": name})
        return None if job is None else {**job, "status": job[f"{word}JobStatus"]}

    @translated
    def create_training_job(self, request: dict[str, Any]) -> bool:
        """Start a training job; return False if one of this name already exists."""
        return self.create("create_training_job", **request)

    @translated
    def create_transform_job(self, request: dict[str, Any]) -> bool:
        """Start a transform job; return False if one of this name already exists."""
        return self.create("create_transform_job", **request)

    @translated
    def stop_job(self, kind: str, name: str) -> bool:
        """Ask a `training` or `transform` job to end; return False if there is none to end."""
        try:
            return self.remove(f"stop_{kind}_job", **{f"{kind.capitalize()}JobName": name})
        except self.client.exceptions.ClientError as error:
            if error_message(error).startswith(f"The request was rejected because the {kind} job is in status"):
                return False  # it has ended by itself meanwhile
            raise

    @translated
    def create_model(self, request: dict[str, Any]) -> bool:
        """Create a model; return False if one of this name already exists."""
        return self.create("create_model", **request)

    @translated
    def describe_model(self, name: str) -> dict[str, Any]:
        """Return DescribeModel's answer."""
        return dict(self.client.describe_model(ModelName=name))

    @translated
    def artefact_of(self, model: str) -> str | None:
        """Return the artefact a model was made from, an S3 URI; None without a model or an artefact."""
        found = self.find("describe_model", ModelName=model)
        return None if found is None else found.get("PrimaryContainer", {}).get("ModelDataUrl")

    @translated
    def create_endpoint_config(self, request: dict[str, Any]) -> bool:
        """Create an endpoint configuration; return False if one of this name already exists."""
        return self.create("create_endpoint_config", **request)

    @translated
    def create_endpoint(self, name: str, config: str, tags: list[dict[str, str]]) -> bool:
        """Create an endpoint; return False if it already exists, also if it runs another configuration."""
        return self.create("create_endpoint", EndpointName=name, EndpointConfigName=config, Tags=tags)

    @translated
    def describe_endpoint(self, name: str) -> dict[str, Any]:
        """Return DescribeEndpoint's answer.

        :raises EndpointMissingError: if there is no such endpoint.
        """
        endpoint = self.find("describe_endpoint", EndpointName=name)
        if endpoint is None:
            raise EndpointMissingError(f"There is no endpoint {name}. Run this loop's bootstrap DAG first.")
        return endpoint

    @translated
    def update_endpoint(self, request: dict[str, Any]) -> None:
        """Start an endpoint update; ask once only, because asking twice would make two fleets of machines.

        :raises EndpointBusyError: if the endpoint is already being changed.
        :raises TransientError: if it is not known whether the update started: look at the endpoint before asking again.
        """
        with _busy_endpoint(self.client):
            self.single_attempt_client.update_endpoint(**request)

    @cached_property
    def single_attempt_client(self) -> Any:
        """A client whose caller repeats requests: botocore would repeat one whose reply was lost."""
        from botocore.config import Config

        return self.get_client_type(config=self.config.merge(Config(retries={"total_max_attempts": 1})))

    @translated
    def live_model(self, endpoint_name: str) -> LiveModel:
        """Return what an endpoint runs now.

        :raises EndpointMissingError: if there is no such endpoint.
        :raises EndpointBusyError: if it is being created or deleted.
        :raises EndpointNotServingError: if it exists but takes no requests.
        :raises EndpointConfigMissingError: if its configuration was deleted, so that nobody knows what it runs.
        :raises ModelMissingError: if its model was deleted.
        """
        endpoint = self.describe_endpoint(endpoint_name)
        if endpoint["EndpointStatus"] not in SERVING:
            raise state_error({"EndpointName": endpoint_name, **endpoint})
        config = str(endpoint["EndpointConfigName"])
        model = self.model_of_config(config)
        container = self.client.describe_model(ModelName=model)["PrimaryContainer"]
        return LiveModel(endpoint_name, config, model, str(container.get("ModelDataUrl", "")))

    @translated
    def model_of_endpoint(self, endpoint_name: str) -> str | None:
        """Return the model an endpoint is configured with, in any state; None if there is no endpoint."""
        endpoint = self.find("describe_endpoint", EndpointName=endpoint_name)
        config = endpoint and self.find("describe_endpoint_config", EndpointConfigName=endpoint["EndpointConfigName"])
        return str(config["ProductionVariants"][0]["ModelName"]) if config else None

    @translated
    def model_of_config(self, config: str) -> str:
        """Return the model of an endpoint configuration's first variant."""
        return str(self.variants_of_config(config)[0]["ModelName"])

    @translated
    def variants_of_config(self, config: str) -> list[dict[str, Any]]:
        """Return the production variants of an endpoint configuration.

        :raises EndpointConfigMissingError: if there is no such configuration.
        """
        return list(self.client.describe_endpoint_config(EndpointConfigName=config)["ProductionVariants"])

    @translated
    def names(self, kind: str, prefix: str) -> list[str]:
        """List the names of `models` or `endpoint_configs` that begin with a prefix."""
        pages = self.client.get_paginator(f"list_{kind}").paginate(NameContains=prefix)
        return [name for page in pages for name in _names(page) if name.startswith(prefix)]

    @translated
    def delete(self, kind: str, name: str) -> bool:
        """Delete an `endpoint`, `endpoint_config` or `model`; return False if it does not exist.

        :raises EndpointBusyError: if the endpoint is being changed.
        """
        parameter = {"endpoint": "EndpointName", "endpoint_config": "EndpointConfigName", "model": "ModelName"}[kind]
        with _busy_endpoint(self.client):
            return self.remove(f"delete_{kind}", **{parameter: name})


@contextmanager
def _busy_endpoint(client: Any) -> Iterator[None]:
    try:
        yield
    except client.exceptions.ClientError as error:
        if error_message(error).startswith("Cannot update in-progress endpoint"):
            raise EndpointBusyError(f"{error_message(error)} The task will try again later.") from error
        raise


def _names(page: dict[str, Any]) -> Iterator[str]:
    for entry in [*page.get("Models", []), *page.get("EndpointConfigs", [])]:
        yield str(entry.get("ModelName") or entry.get("EndpointConfigName"))
