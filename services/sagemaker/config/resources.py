from dataclasses import dataclass

from services.sagemaker.aws.cloudwatch import MetricPublisher
from services.sagemaker.aws.logs import LogShipper
from services.sagemaker.aws.s3 import AwsClient, ObjectStore
from services.sagemaker.config.settings import Settings
from services.sagemaker.containers.images import Images
from services.sagemaker.containers.machines import Machines
from services.sagemaker.containers.process import Containers
from services.sagemaker.storage.database import Database


@dataclass(frozen=True)
class Resources:
    """The resources that every part of the service uses; made once, in `lifecycle/service.py`."""

    settings: Settings
    database: Database
    store: ObjectStore
    logs: LogShipper
    metrics: MetricPublisher
    alarms: AwsClient
    images: Images
    containers: Containers
    machines: Machines
