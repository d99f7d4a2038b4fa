from typing import Any

from sqlalchemy import JSON, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Document = dict[str, Any]


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
        }
    )
    type_annotation_map = {Document: JSON, list[Document]: JSON}  # noqa: RUF012 - SQLAlchemy reads it from the class


class Resource:
    """What every resource has. `key` is the name in lower case: names that differ only in case are the same."""

    key: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    arn: Mapped[str] = mapped_column(index=True)
    created: Mapped[float] = mapped_column(index=True)  # seconds since 1970, as all times here
    request: Mapped[Document]  # the Create request as it came, defaults filled in


class ModelRow(Resource, Base):
    """A model."""

    __tablename__ = "models"


class EndpointConfigRow(Resource, Base):
    """An endpoint configuration."""

    __tablename__ = "endpoint_configs"


class EndpointRow(Resource, Base):
    """An endpoint. `deployed` and `pending` are Deployment documents: what runs, and what is being started."""

    __tablename__ = "endpoints"

    modified: Mapped[float]
    status: Mapped[str]
    failure_reason: Mapped[str | None]
    config_name: Mapped[str]
    deployed: Mapped[Document | None]
    pending: Mapped[Document | None]
    last_deployment_config: Mapped[Document | None]


class TrainingJobRow(Resource, Base):
    """A training job."""

    __tablename__ = "training_jobs"

    modified: Mapped[float]
    status: Mapped[str]
    secondary_status: Mapped[str]
    failure_reason: Mapped[str | None]
    transitions: Mapped[list[Document]]
    started: Mapped[float | None]
    ended: Mapped[float | None]
    log_stream: Mapped[str]
    metrics: Mapped[list[Document]]


class TransformJobRow(Resource, Base):
    """A transform job. `container` is the model as it was when the job was created."""

    __tablename__ = "transform_jobs"

    modified: Mapped[float]
    status: Mapped[str]
    failure_reason: Mapped[str | None]
    container: Mapped[Document]
    started: Mapped[float | None]
    ended: Mapped[float | None]
    log_stream: Mapped[str]


class ModelPackageGroupRow(Resource, Base):
    """A model package group. `last_version` only grows: the number of a deleted version is not used again."""

    __tablename__ = "model_package_groups"

    last_version: Mapped[int]


class ModelPackageRow(Resource, Base):
    """A version of a model package group. `request` is that of CreateModelPackage, with the updates since."""

    __tablename__ = "model_packages"

    modified: Mapped[float]
    group_key: Mapped[str] = mapped_column(index=True)
    group_name: Mapped[str]
    version: Mapped[int]
    approval_status: Mapped[str]


class AsyncRequestRow(Base):
    """A request of InvokeEndpointAsync that is not finished; `endpoint` is the endpoint's key."""

    __tablename__ = "async_requests"

    id: Mapped[str] = mapped_column(primary_key=True)
    endpoint: Mapped[str] = mapped_column(index=True)
    received: Mapped[float] = mapped_column(index=True)
    expires: Mapped[float]
    timeout: Mapped[float]
    inference: Mapped[str]
    input: Mapped[str | None]
    body: Mapped[bytes | None]
    headers: Mapped[Document]
    output: Mapped[str]
    failure: Mapped[str | None]


class TagRow(Base):
    """One tag of one resource."""

    __tablename__ = "tags"

    arn: Mapped[str] = mapped_column(primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class ContainerRow(Base):
    """A container process that may be alive; pid and start time are unknown until it has been started."""

    __tablename__ = "containers"

    id: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    pid: Mapped[int | None]
    process_started: Mapped[str | None]
