"""RaiseError: shows what a loop file gave."""

from __future__ import annotations

import pytest

from nightloop.aws.errors import SetupError
from nightloop.aws.operators.admin.raise_error import RaiseOperator
from tests.support.fakes.task import context


def test_the_error_is_raised_as_it_is():
    error = SetupError("voc.yaml, line 3: budget is no number")
    operator = RaiseOperator(task_id="broken", error=error)
    for _ in range(2):
        with pytest.raises(SetupError) as raised:
            operator.execute(context())
        assert raised.value is error
