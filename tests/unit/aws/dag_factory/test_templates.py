"""One entry of a result: a template in a DAG, the entry itself where the result is there."""

from __future__ import annotations

import pytest
from airflow.sdk import DAG, BaseOperator

from nightloop.aws.dag_factory.templates import part
from nightloop.aws.errors import ResultError
from nightloop.aws.results.serving import VerifiedEndpoint


def test_a_template_reads_the_task_and_makes_nobody_wait_for_it():
    with DAG("d"):
        first = BaseOperator(task_id="verify")
        template = part(VerifiedEndpoint, first.output, "config")
        then = BaseOperator(task_id="then", doc=template)
    assert template == "{{ ti.xcom_pull(task_ids='verify')['config'] }}"
    assert then.upstream_task_ids == set()


def test_a_result_that_is_there_gives_its_entry_as_airflow_would_render_it():
    assert part(VerifiedEndpoint, {"config": "c", "compared": 3}, "compared") == "3"
    with pytest.raises(ResultError, match="it has no 'compared'"):
        part(VerifiedEndpoint, {"config": "c"}, "config")


def test_an_entry_that_no_such_result_has_is_refused_when_the_dag_is_parsed():
    with pytest.raises(KeyError, match=r"A VerifiedEndpoint has no 'confg'; it has compared, config\."):
        part(VerifiedEndpoint, {"config": "c", "compared": 3}, "confg")
