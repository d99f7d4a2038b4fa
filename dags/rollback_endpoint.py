"""Put an earlier model back on the live endpoint, and keep what the bad one learned out of training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import DAG, chain

from nightloop.aws.dag_factory import dags, forms, model_tasks, serving_tasks
from nightloop.aws.dag_factory.templates import part
from nightloop.aws.operators.training.choose_version import PREVIOUS
from nightloop.aws.results.training import ChosenVersion

if TYPE_CHECKING:
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
    with DAG(
        **dags.arguments(loop, "rollback_endpoint"),
        schedule=None,
        description="Put an earlier model back",
        doc_md=DOC,
        params=forms.rollback_form(),
    ) as dag:
        waited = serving_tasks.wait_for_endpoint(loop)
        chosen = model_tasks.choose_version(loop, forms.form("version", PREVIOUS))
        tried = serving_tasks.transform(loop, "transform", part(ChosenVersion, chosen.output, "model"))
        kept_out = model_tasks.quarantine(loop, chosen.output, forms.form("reason"))
        rolled = serving_tasks.roll_back(loop, chosen.output)
        verified = serving_tasks.verify_endpoint(loop, rolled.output, tried.output)
        chain(waited, chosen, tried, kept_out, rolled, verified)
    return dag


for usable in dags.loops("rollback_endpoint"):
    globals()[f"rollback_endpoint_{usable.name}"] = rollback_endpoint(usable)
