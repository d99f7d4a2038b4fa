"""Put an earlier model back on the live endpoint, and keep what the bad one learned out of training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import DAG, Param, chain

from nightloop.aws.dag_factory import loop_dags
from nightloop.aws.datasets.cohorts import DataSettings
from nightloop.aws.operators.sagemaker.await_endpoint import AwaitEndpointOperator
from nightloop.aws.operators.sagemaker.promote import PromoteOperator
from nightloop.aws.operators.sagemaker.transform import TransformOperator
from nightloop.aws.operators.sagemaker.verify_endpoint import VerifyEndpointOperator
from nightloop.aws.operators.training.choose_version import CHOOSE, PREVIOUS, ChooseVersionOperator
from nightloop.aws.operators.training.quarantine import QuarantineOperator
from nightloop.aws.resources.serving import ServingSettings

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator

    from nightloop.config import LoopConfig

DOC = """\
# Rollback

Started by hand. `version` is `previous` (the version that was live before), a version's number, or `choose`: the run
then waits for you to choose from a list, under *Required Actions*.

1. **wait_for_endpoint**: a promotion or teardown under way ends first; what is live is known only then.
2. **choose_version**: from the model registry, among the versions that were live.
3. **transform**: what that model says about the holdout; the job of its own training is found again.
4. **quarantine**: what the rolled-back model learned and the restored one had not stays out of training, until
   incremental_training is started with `release` set to the rolled-back model. No other run changes the endpoint from
   here to the end of this one.
5. **roll_back**, **verify_endpoint**: the endpoint is updated and checked as in a promotion; no request is lost.

## When this fails

| task | what to do |
|---|---|
| wait_for_endpoint | It waits for the run its log names. If that never ends, unpause its DAG or mark it failed. |
| choose_version | The message lists the versions. |
| quarantine | *runs ... by now*: another model went live meanwhile. Start again. Else clear the task. |
| roll_back | The endpoint is being updated: it is tried again; or clear the task later. |
| verify_endpoint | The endpoint did not take it: the message says why. Clear roll_back, or choose another version. |
"""


def rollback_endpoint(loop: LoopConfig) -> DAG:
    """Wire the rollback DAG of a loop."""
    proposals = [PREVIOUS, CHOOSE]
    title = f"{PREVIOUS}, {CHOOSE} or a version's number"
    with DAG(
        **loop_dags.arguments(loop, "rollback_endpoint"),
        schedule=None,
        description="Put an earlier model back",
        doc_md=DOC,
        params={
            "version": Param(PREVIOUS, type=["null", "string"], examples=proposals, title=title),
            "reason": Param(None, type=["null", "string"], title="Why the live model is rolled back"),
        },
    ) as dag:
        place = {"endpoint_name": loop.endpoint.name, "loop_folder": loop_dags.loop_files(loop).folder}
        waited = AwaitEndpointOperator(task_id="wait_for_endpoint", **place)
        chosen = ChooseVersionOperator(
            task_id="choose_version", serving=ServingSettings.of(loop), version=loop_dags.form("version", PREVIOUS)
        )
        chain(waited, chosen, *restore(loop, chosen))
    return dag


def restore(loop: LoopConfig, chosen: ChooseVersionOperator) -> list[BaseOperator]:
    """Keep what the live model learned out of training, put the chosen one in its place and see that it took."""
    model = loop_dags.part("choose_version", "model")
    tried = TransformOperator(task_id="transform", model=model, **loop_dags.transform_arguments(loop))
    kept_out = QuarantineOperator(
        task_id="quarantine",
        loop=loop.name,
        data=DataSettings.of(loop),
        endpoint_name=loop.endpoint.name,
        target=chosen.output,
        reason=loop_dags.form("reason"),
    )
    rolled = PromoteOperator(
        task_id="roll_back",
        serving=ServingSettings.of(loop),
        model=model,
        champion=loop_dags.part("choose_version", "live_model"),
        trigger_rule="none_failed",  # nothing is quarantined where a later version is put live
    )
    verified = VerifyEndpointOperator(
        task_id="verify_endpoint", **loop_dags.verify_arguments(loop), promoted=rolled.output, challenger=tried.output
    )
    return [tried, kept_out, rolled, verified]


for config in loop_dags.loops("rollback_endpoint"):
    globals()[f"rollback_endpoint_{config.name}"] = rollback_endpoint(config)
