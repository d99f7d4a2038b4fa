"""The tasks that make models and change the endpoint, and those that delete them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nightloop.aws.dag_factory.loop_files import loop_files
from nightloop.aws.dag_factory.templates import part
from nightloop.aws.datasets.cohorts import DataSettings
from nightloop.aws.operators.admin.confirm import ConfirmOperator
from nightloop.aws.operators.admin.delete_data import DeleteDataOperator
from nightloop.aws.operators.sagemaker.await_endpoint import AwaitEndpointOperator
from nightloop.aws.operators.sagemaker.create_endpoint import CreateEndpointOperator
from nightloop.aws.operators.sagemaker.create_endpoint_config import CreateEndpointConfigOperator
from nightloop.aws.operators.sagemaker.create_model import CreateModelOperator
from nightloop.aws.operators.sagemaker.delete_serving import DeleteServingOperator
from nightloop.aws.operators.sagemaker.promote import PromoteOperator
from nightloop.aws.operators.sagemaker.scale_endpoint import ScaleEndpointOperator
from nightloop.aws.operators.sagemaker.transform import TransformOperator
from nightloop.aws.operators.sagemaker.verify_endpoint import VerifyEndpointOperator
from nightloop.aws.resources.serving import ServingSettings
from nightloop.aws.results.training import ChosenVersion, Transformed

if TYPE_CHECKING:
    from nightloop.aws.results.given import Given
    from nightloop.aws.results.serving import Promoted
    from nightloop.aws.results.training import Trained
    from nightloop.config import LoopConfig


def create_model(loop: LoopConfig, trained: Given[Trained], *, require_endpoint: bool = False) -> CreateModelOperator:
    """Make a model that can be served from what was trained.

    :param require_endpoint: Whether the live endpoint must exist; in a bootstrap it does not.
    """
    return CreateModelOperator(
        task_id="create_model",
        serving=ServingSettings.of(loop),
        trained=trained,
        require_endpoint=require_endpoint,
    )


def create_endpoint_config(loop: LoopConfig, model: Given[str]) -> CreateEndpointConfigOperator:
    """Make the endpoint configuration of the first model."""
    return CreateEndpointConfigOperator(task_id="create_endpoint_config", serving=ServingSettings.of(loop), model=model)


def create_endpoint(loop: LoopConfig, config: Given[str]) -> CreateEndpointOperator:
    """Create the live endpoint."""
    return CreateEndpointOperator(
        task_id="create_endpoint", endpoint_name=loop.endpoint.name, config=config, tags=loop.tags
    )


def scale_endpoint(loop: LoopConfig) -> ScaleEndpointOperator:
    """Let the endpoint's machines come and go as the loop's file says."""
    return ScaleEndpointOperator(task_id="scale_endpoint", serving=ServingSettings.of(loop))


def transform(loop: LoopConfig, task_id: str, model: Given[str]) -> TransformOperator:
    """Run a model over the holdout."""
    return TransformOperator(
        task_id=task_id,
        model=model,
        loop=loop.name,
        data=DataSettings.of(loop),
        instance_type=loop.transform.instance_type,
        instance_count=loop.transform.instance_count,
        tags=loop.tags,
    )


def promote(loop: LoopConfig, model: Given[str], champion: Given[Transformed]) -> PromoteOperator:
    """Update the endpoint to a new model, if what it was compared with is still live."""
    return PromoteOperator(
        task_id="promote",
        serving=ServingSettings.of(loop),
        champion=part(Transformed, champion, "model"),
        attribute=loop.attribute,
        model=model,
    )


def roll_back(loop: LoopConfig, target: Given[ChosenVersion]) -> PromoteOperator:
    """Update the endpoint to an earlier model, even if no line had to be quarantined."""
    return PromoteOperator(
        task_id="roll_back",
        serving=ServingSettings.of(loop),
        model=part(ChosenVersion, target, "model"),
        champion=part(ChosenVersion, target, "live_model"),
        trigger_rule="none_failed",
    )


def verify_endpoint(
    loop: LoopConfig, promoted: Given[Promoted], challenger: Given[Transformed]
) -> VerifyEndpointOperator:
    """Check that the endpoint serves what it was updated to."""
    return VerifyEndpointOperator(
        task_id="verify_endpoint",
        endpoint_name=loop.endpoint.name,
        data=DataSettings.of(loop),
        images=loop.promotion.verify_images,
        promoted=promoted,
        challenger=challenger,
    )


def wait_for_endpoint(loop: LoopConfig) -> AwaitEndpointOperator:
    """Wait until nobody changes the endpoint."""
    return AwaitEndpointOperator(
        task_id="wait_for_endpoint", endpoint_name=loop.endpoint.name, loop_folder=loop_files(loop).folder
    )


def confirm(loop: LoopConfig, given: str) -> ConfirmOperator:
    """Go on only if the loop's name was given."""
    return ConfirmOperator(task_id="confirm", given=given, expected=loop.name)


def delete_serving(loop: LoopConfig) -> DeleteServingOperator:
    """Delete the endpoint and the loop's models."""
    return DeleteServingOperator(
        task_id="delete_serving",
        loop=loop.name,
        endpoint_name=loop.endpoint.name,
        loop_folder=loop_files(loop).folder,
    )


def delete_data(loop: LoopConfig, given: str) -> DeleteDataOperator:
    """Delete what the loop learned, if its name was given for that as well."""
    return DeleteDataOperator(task_id="delete_data", loop=loop.name, loop_folder=loop_files(loop).folder, given=given)
