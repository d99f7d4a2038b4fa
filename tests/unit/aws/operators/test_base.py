"""What every operator of the loop has: its store, SageMaker, and the settings of its clients."""

from __future__ import annotations

from nightloop.aws.operators.base import LoopOperator, NightOperator
from tests.support.night import NIGHT


class Step(NightOperator):
    def execute(self, context):
        return self.store.read(self.files.plan)


def test_connection_region_verification_and_configuration_reach_the_hooks():
    operator = LoopOperator(
        task_id="t", aws_conn_id="other", region_name="eu-west-1", verify=False, botocore_config={"read_timeout": 5}
    )
    for hook in (operator.store.hook, operator.sagemaker):
        assert (hook.aws_conn_id, hook._region_name, hook._verify) == ("other", "eu-west-1", False)
        assert hook._config.read_timeout == 5


def test_connection_and_region_are_templated():
    operator = LoopOperator(task_id="t", aws_conn_id="{{ params.conn }}", region_name="{{ params.region }}")
    operator.render_template_fields({"params": {"conn": "other", "region": "eu-west-1"}})
    assert (operator.store.aws_conn_id, operator.store.hook._region_name) == ("other", "eu-west-1")


def test_the_night_is_templated(s3):
    step = Step(task_id="t", night=NIGHT)
    step.render_template_fields({"params": {"night": "s3://bucket/p/voc/nights/2026-11-22"}})
    s3.put("s3://bucket/p/voc/nights/2026-11-22/plan.jsonl", b"the plan")
    assert step.execute({}) == b"the plan"
    assert step.files.date == "2026-11-22"
