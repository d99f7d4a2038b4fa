"""SageMaker's model registry: the versions of a loop's models, what they were made of and who approved them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from nightloop.aws.clients.error_translation import translated
from nightloop.aws.clients.tags import tag_list
from nightloop.aws.hooks.base import LoopHook, is_missing
from nightloop.domain.identity import naming

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

_METADATA: Final = re.compile(r"[\w .:/=+\-@]{1,256}")
"""Values that the registry takes; others are left out, as the model's origin.json has them too."""

_CLOCKS: Final = timedelta(minutes=1)

ROLLED_BACK: Final = "rolled-back"
"""The outcome of a version that a person rolled back: no training makes it live again."""


@dataclass(frozen=True)
class ModelVersion:
    """One version in the registry; `metadata` has the model's name, training job, cohort, parent and addresses."""

    arn: str
    number: int
    status: str
    why: str
    created: datetime
    image: str
    artefact: str
    metadata: Mapping[str, str]

    @property
    def model(self) -> str:
        """The SageMaker model that serves it."""
        return str(self.metadata.get("model", ""))

    @property
    def training_job(self) -> str:
        """The training job that made it."""
        return str(self.metadata.get("training_job", ""))

    @property
    def outcome(self) -> str:
        """What happened to it, in one word; empty while nothing is recorded."""
        return str(self.metadata.get("outcome", ""))


class RegistryHook(LoopHook):
    """Registers, lists, approves and deletes versions (`sagemaker`), in one group for each loop.

    :param aws_conn_id: The Airflow connection of SageMaker.
    """

    def __init__(self, aws_conn_id: str | None = "aws_default", **kwargs: Any) -> None:
        kwargs["client_type"] = "sagemaker"
        super().__init__(aws_conn_id=aws_conn_id, **kwargs)

    @translated
    def register(
        self, loop: str, request: dict[str, Any], metadata: dict[str, str], since: datetime, tags: dict[str, str]
    ) -> ModelVersion:
        """Register a model in the loop's group, or find it there.

        :param request: CreateModelPackage's request without group and metadata.
        :param since: When the model was made; it cannot have been registered before.
        """
        group = naming.model_package_group_name(loop)
        created = self.create("create_model_package_group", ModelPackageGroupName=group, Tags=tag_list(tags))
        if not created:
            for version in self.versions(loop, since - _CLOCKS):
                if version.model == metadata["model"]:
                    return version
        kept = {key: value for key, value in metadata.items() if _METADATA.fullmatch(value)}
        token = hashlib.sha256(f"{group} {metadata['model']}".encode()).hexdigest()[:36]
        answer = self.client.create_model_package(
            ModelPackageGroupName=group, CustomerMetadataProperties=kept, ClientToken=token, **request
        )
        return self.describe(answer["ModelPackageArn"])

    @translated
    def versions(self, loop: str, since: datetime | None = None, status: str = "") -> Iterator[ModelVersion]:
        """Go through a loop's versions, newest first; without a group there are none.

        :param since: Leave out versions that were registered before.
        :param status: Leave out versions with another approval status.
        """
        filters = {"CreationTimeAfter": since} if since else {}
        pages = self.client.get_paginator("list_model_packages").paginate(
            ModelPackageGroupName=naming.model_package_group_name(loop),
            SortBy="CreationTime",
            SortOrder="Descending",
            **filters,
        )
        try:
            found = [entry for page in pages for entry in page["ModelPackageSummaryList"]]
        except self.client.exceptions.ClientError as error:
            if not is_missing(error):
                raise
            found = []
        wanted = [entry for entry in found if status in {"", entry.get("ModelApprovalStatus")}]
        return map(self.describe, [entry["ModelPackageArn"] for entry in wanted])

    @translated
    def describe(self, arn: str) -> ModelVersion:
        """Return a version by its ARN."""
        answer = self.client.describe_model_package(ModelPackageName=arn)
        container = answer["InferenceSpecification"]["Containers"][0]
        return ModelVersion(
            arn=arn,
            number=int(answer["ModelPackageVersion"]),
            status=str(answer["ModelApprovalStatus"]),
            why=str(answer.get("ApprovalDescription", "")),
            created=answer["CreationTime"],
            image=str(container.get("Image", "")),
            artefact=str(container.get("ModelDataUrl", "")),
            metadata=answer.get("CustomerMetadataProperties", {}),
        )

    @translated
    def set_status(self, arn: str, status: str, why: str, outcome: str) -> None:
        """Approve or reject a version.

        :param status: `Approved` or `Rejected`.
        :param why: A sentence.
        :param outcome: What happened to it, in one word: `promoted`, `rejected`, `superseded`, `rolled-back` ...
        """
        self.client.update_model_package(
            ModelPackageArn=arn,
            ModelApprovalStatus=status,
            ApprovalDescription=why[:1024],
            CustomerMetadataProperties={"outcome": outcome},
        )

    @translated
    def delete_all(self, loop: str) -> int:
        """Delete a loop's versions, then their group; return how many versions there were."""
        arns = [version.arn for version in self.versions(loop)]
        deleted = sum(self.remove("delete_model_package", ModelPackageName=arn) for arn in arns)
        self.remove("delete_model_package_group", ModelPackageGroupName=naming.model_package_group_name(loop))
        return deleted
