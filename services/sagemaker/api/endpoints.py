from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from services.awswire import Context, ServiceError
from services.sagemaker.api import records
from services.sagemaker.api.arns import arn_of
from services.sagemaker.api.endpoint_description import describe
from services.sagemaker.api.errors import (
    already_exists,
    config_not_found,
    endpoint_not_found,
    invalid,
    model_not_found,
)
from services.sagemaker.api.model_containers import running_container
from services.sagemaker.api.operations import control, moment, now_of, service_of
from services.sagemaker.fleets.deployment import Deployment, Variant
from services.sagemaker.storage.tables import EndpointConfigRow, EndpointRow, ModelRow

Document = dict[str, Any]

IN_PROGRESS = frozenset({"Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"})


def _exists(arn: str) -> ServiceError:
    return already_exists("endpoint", arn)


@control.implements("CreateEndpoint")
def create_endpoint(context: Context, request: Document) -> Document:
    """Record an endpoint as Creating and start its fleet in the background."""
    name = request["EndpointName"]
    arn, now = arn_of(context, f"endpoint/{name.lower()}"), now_of(context)
    records.refuse_existing(context, EndpointRow, name, _exists, arn)
    with service_of(context).database.read() as session:
        variants = _variants_of(session, context, request["EndpointConfigName"])
        config = records.fetch(session, context, EndpointConfigRow, request["EndpointConfigName"], config_not_found)
    queue = config.request.get("AsyncInferenceConfig")
    pending = Deployment.make(config.name, variants, request.get("DeploymentConfig", {}), now, queue)
    row = EndpointRow(
        key=name.lower(),
        name=name,
        arn=arn,
        created=now,
        request={key: value for key, value in request.items() if key != "Tags"},
        modified=now,
        status="Creating",
        failure_reason=None,
        config_name=config.name,
        deployed=None,
        pending=pending.to_json(),
        last_deployment_config=None,
    )
    records.insert(context, row, request.get("Tags", []), _exists)
    service_of(context).endpoints.create(row.key)
    return {"EndpointArn": arn}


def _variants_of(session: Session, context: Context, config_name: str) -> list[Variant]:
    """Read the variants of a config with their current models."""
    config = records.fetch(session, context, EndpointConfigRow, config_name, config_not_found)
    variants = []
    for variant in config.request["ProductionVariants"]:
        model = records.fetch(session, context, ModelRow, variant["ModelName"], model_not_found)
        variants.append(Variant.from_request(variant, running_container(model.request)))
    return variants


@control.implements("DescribeEndpoint")
def describe_endpoint(context: Context, request: Document) -> Document:
    """Describe an endpoint."""
    row = records.read(context, EndpointRow, request["EndpointName"], endpoint_not_found)
    return describe(row, service_of(context).resources.images)


@control.implements("ListEndpoints")
def list_endpoints(context: Context, request: Document) -> Document:
    """List endpoints, newest first."""
    page = records.list_rows(context, EndpointRow, request, "Descending")
    endpoints = [
        {
            "EndpointName": row.name,
            "EndpointArn": row.arn,
            "CreationTime": moment(row.created),
            "LastModifiedTime": moment(row.modified),
            "EndpointStatus": row.status,
        }
        for row in page.rows
    ]
    return {"Endpoints": endpoints, "NextToken": page.next_token}


@control.implements("UpdateEndpoint")
def update_endpoint(context: Context, request: Document) -> Document:
    """Record an endpoint as Updating and replace its fleet in the background."""
    with service_of(context).database.write() as session:
        row = _fetch_changeable(session, context, request["EndpointName"])
        # SageMaker needs the current config to roll back to, and refuses the update if it was deleted.
        records.fetch(session, context, EndpointConfigRow, row.config_name, config_not_found)
        variants = _variants_of(session, context, request["EndpointConfigName"])
        config = records.fetch(session, context, EndpointConfigRow, request["EndpointConfigName"], config_not_found)
        assert row.deployed is not None
        current = Deployment.from_json(row.deployed)
        policy = request.get("DeploymentConfig", {})
        if request.get("RetainDeploymentConfig"):
            policy = row.last_deployment_config or {}
        if request.get("RetainAllVariantProperties"):
            excluded = [kind["VariantPropertyType"] for kind in request.get("ExcludeRetainedVariantProperties", [])]
            variants = _retain(current, variants, excluded)
        if policy:
            _check_same_names(current, variants)
            _check_sizes(policy, sum(variant.count for variant in variants))
        queue = config.request.get("AsyncInferenceConfig")
        _check_same_kind(row.name, current, queue)
        _check_same_machines(context, row.name, current, variants)
        pending = Deployment.make(config.name, variants, policy, now_of(context), queue)
        row.status, row.pending, row.failure_reason = "Updating", pending.to_json(), None
        row.modified = now_of(context)
    service_of(context).endpoints.update(row.key)
    return {"EndpointArn": row.arn}


def _fetch_changeable(session: Session, context: Context, name: str) -> EndpointRow:
    row = records.fetch(session, context, EndpointRow, name, endpoint_not_found)
    if row.status in IN_PROGRESS:
        raise invalid(f'Cannot update in-progress endpoint "{row.arn}".')
    if row.status == "Failed":
        raise invalid(f'Cannot update failed endpoint "{row.arn}".')
    return row


def _check_same_names(current: Deployment, variants: list[Variant]) -> None:
    before, after = ({variant.name for variant in group} for group in (current.variants, variants))
    if before != after:
        raise invalid(
            "A deployment configuration needs the same variant names in the current and the new endpoint configuration"
            f": {', '.join(sorted(before))} are not {', '.join(sorted(after))}."
        )


def _check_same_kind(name: str, current: Deployment, queue: Document | None) -> None:
    if current.asynchronous and queue is None:
        raise invalid(
            f"The AsyncInferenceConfig parameter cannot be removed from this endpoint {name}. Create another endpoint "
            "without it."
        )
    if queue is not None and not current.asynchronous:
        raise invalid(
            f"The AsyncInferenceConfig parameter cannot be added to this endpoint {name}. Create another endpoint "
            "with it."
        )


def _check_same_machines(context: Context, name: str, current: Deployment, variants: list[Variant]) -> None:
    before = {variant.name: variant.instance_type for variant in current.variants}
    changed = [variant.name for variant in variants if before.get(variant.name) not in {None, variant.instance_type}]
    if changed and service_of(context).scaling.target_of(name) is not None:
        raise invalid(
            f"The instance type of variant {changed[0]} cannot be changed: it is registered with Application Auto "
            "Scaling. Deregister the scalable target first."
        )


def _check_sizes(policy: Document, machines: int) -> None:
    if {"BlueGreenUpdatePolicy", "RollingUpdatePolicy"} <= policy.keys():
        raise invalid("BlueGreenUpdatePolicy and RollingUpdatePolicy are both given. Give one of them.")
    routing = policy.get("BlueGreenUpdatePolicy", {}).get("TrafficRoutingConfiguration", {})
    for kind, member, low, high in (("CANARY", "CanarySize", 1, 50), ("LINEAR", "LinearStepSize", 10, 50)):
        if routing.get("Type") != kind:
            continue
        size = routing.get(member)
        if size is None:
            raise invalid(f"{member} is required for traffic routing of type {kind}.")
        if size["Type"] == "CAPACITY_PERCENT" and not low <= size["Value"] <= high:
            raise invalid(f"{member} must be between {low} and {high} percent of the capacity, not {size['Value']}.")
        if size["Type"] == "INSTANCE_COUNT" and size["Value"] > machines * high // 100:
            raise invalid(f"{member} must be at most {high} percent of the {machines} instances, not {size['Value']}.")


def _retain(current: Deployment, variants: list[Variant], excluded: list[str]) -> list[Variant]:
    """Keep the current values of the live variants of the same names."""
    live = {variant.name: variant for variant in current.variants}
    retained = []
    for variant in variants:
        kept = live.get(variant.name, variant)
        count = variant.count if "DesiredInstanceCount" in excluded else kept.count
        weight = variant.weight if "DesiredWeight" in excluded else kept.weight
        retained.append(replace(variant, count=count, weight=weight))
    return retained


@control.implements("UpdateEndpointWeightsAndCapacities")
def update_endpoint_weights_and_capacities(context: Context, request: Document) -> Document:
    """Record other weights and instance counts and apply them in the background."""
    wanted = request["DesiredWeightsAndCapacities"]
    with service_of(context).database.write() as session:
        row = _fetch_changeable(session, context, request["EndpointName"])
        assert row.deployed is not None
        current = Deployment.from_json(row.deployed)
        _check_wanted(current, [change["VariantName"] for change in wanted])
        changes = {change["VariantName"]: change for change in wanted}
        least = 0 if current.asynchronous else 1
        variants = [_changed(variant, changes.get(variant.name, {}), least) for variant in current.variants]
        row.status, row.pending = "Updating", current.with_variants(variants).to_json()
        row.failure_reason, row.modified = None, now_of(context)
    service_of(context).endpoints.update(row.key)
    return {"EndpointArn": row.arn}


def _check_wanted(current: Deployment, names: list[str]) -> None:
    known = {variant.name for variant in current.variants}
    for name in names:
        if names.count(name) > 1:
            raise invalid(f'The variant name "{name}" was non-unique within the request.')
    if unknown := [name for name in names if name not in known]:
        listed = ", ".join(f'"{name}"' for name in unknown)
        raise invalid(
            f'The variant name(s) {listed} is/are not present within endpoint configuration "{current.config_name}".'
        )


def _changed(variant: Variant, change: Document, least: int) -> Variant:
    count = change.get("DesiredInstanceCount", variant.count)
    if count < least:
        raise invalid(f"DesiredInstanceCount of variant {variant.name} must be at least {least}, not {count}.")
    return replace(variant, count=count, weight=change.get("DesiredWeight", variant.weight))


@control.implements("DeleteEndpoint")
def delete_endpoint(context: Context, request: Document) -> Document:
    """Record an endpoint as Deleting and end its fleet in the background."""
    with service_of(context).database.write() as session:
        row = records.fetch(session, context, EndpointRow, request["EndpointName"], endpoint_not_found)
        if row.status in IN_PROGRESS:
            raise invalid(f'Cannot update in-progress endpoint "{row.arn}".')
        row.status, row.modified = "Deleting", now_of(context)
    service_of(context).scaling.forget(row.name)
    service_of(context).endpoints.delete(row.key)
    return {}
