# ruff: noqa: N803
"""The model registry of the SageMaker in memory."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from .client import ACCOUNT, REGION, operation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


class Packages:
    """Versions are counted from 1 in each group; a number is not used again."""

    def __init__(self) -> None:
        super().__init__()
        self.groups: dict[str, dict[str, Any]] = {}
        self.packages: dict[str, dict[str, Any]] = {}
        self._tokens: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    @operation
    def create_model_package_group(
        self, ModelPackageGroupName: str, Tags: Sequence[dict[str, str]] = (), **more: Any
    ) -> dict[str, Any]:
        arn = self.arn("model-package-group", ModelPackageGroupName)
        if ModelPackageGroupName in self.groups:
            raise self.invalid(f"Model Package Group already exists: {arn}")
        self.groups[ModelPackageGroupName] = {"ModelPackageGroupName": ModelPackageGroupName, **more}
        return {"ModelPackageGroupArn": self.tag(arn, Tags)}

    @operation
    def delete_model_package_group(self, ModelPackageGroupName: str) -> None:
        self._group(ModelPackageGroupName)
        if self._versions(ModelPackageGroupName):
            arn = self.arn("model-package-group", ModelPackageGroupName)
            raise self.error(
                "ConflictException",
                f"Model Package Group {arn} cannot be deleted because it still contains Model Packages",
            )
        del self.groups[ModelPackageGroupName]

    @operation
    def create_model_package(
        self,
        ModelPackageGroupName: str,
        ClientToken: str = "",
        Tags: Sequence[dict[str, str]] = (),
        ModelApprovalStatus: str = "PendingManualApproval",
        **more: Any,
    ) -> dict[str, Any]:
        if Tags:
            raise self.invalid(
                "Tags are not supported in Model Package versions. Please add them to the Model Package Group"
            )
        if ModelPackageGroupName not in self.groups:
            raise self.invalid("Model Package Group does not exist.")
        if ClientToken and ClientToken in self._tokens:
            return {"ModelPackageArn": self._tokens[ClientToken]}
        number = self._counts[ModelPackageGroupName] = self._counts.get(ModelPackageGroupName, 0) + 1
        arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package/{ModelPackageGroupName}/{number}"
        self.packages[arn] = {
            "ModelPackageName": ModelPackageGroupName,
            "ModelPackageGroupName": ModelPackageGroupName,
            "ModelPackageVersion": number,
            "ModelPackageArn": arn,
            "ModelPackageStatus": "Completed",
            "ModelApprovalStatus": ModelApprovalStatus,
            "CreationTime": self.now(),
            **more,
        }
        self._tokens[ClientToken] = arn
        return {"ModelPackageArn": arn}

    @operation
    def describe_model_package(self, ModelPackageName: str) -> dict[str, Any]:
        return deepcopy(self._package(ModelPackageName))

    @operation
    def update_model_package(
        self, ModelPackageArn: str, CustomerMetadataProperties: dict[str, str] | None = None, **more: Any
    ) -> dict[str, Any]:
        package = self._package(ModelPackageArn)
        package |= more
        package["CustomerMetadataProperties"] = {
            **package.get("CustomerMetadataProperties", {}),
            **(CustomerMetadataProperties or {}),
        }
        return {"ModelPackageArn": ModelPackageArn}

    @operation
    def delete_model_package(self, ModelPackageName: str) -> None:
        del self.packages[self._package(ModelPackageName)["ModelPackageArn"]]

    @operation
    def list_model_packages(
        self,
        ModelPackageGroupName: str,
        CreationTimeAfter: datetime | None = None,
        SortOrder: str = "Ascending",
        NextToken: str | None = None,
        **_: Any,
    ) -> dict[str, Any]:
        self._group(ModelPackageGroupName)
        keys = (
            "ModelPackageGroupName",
            "ModelPackageVersion",
            "ModelPackageArn",
            "CreationTime",
            "ModelPackageStatus",
            "ModelApprovalStatus",
        )
        found = [
            {key: package[key] for key in keys}
            for package in self._versions(ModelPackageGroupName)
            if CreationTimeAfter is None or package["CreationTime"] > CreationTimeAfter
        ]
        ordered = found[::-1] if SortOrder == "Descending" else found
        return self.page(ordered, "ModelPackageSummaryList", NextToken)

    def _versions(self, group: str) -> list[dict[str, Any]]:
        return [package for package in self.packages.values() if package["ModelPackageGroupName"] == group]

    def _group(self, name: str) -> None:
        if name not in self.groups:
            raise self.invalid(f"ModelPackageGroup {self.arn('model-package-group', name)} does not exist.")

    def _package(self, arn: str) -> dict[str, Any]:
        if arn not in self.packages:
            raise self.invalid(f"ModelPackage {arn} does not exist.")
        return self.packages[arn]
