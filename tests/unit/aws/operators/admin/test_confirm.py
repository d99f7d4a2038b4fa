"""Confirm: goes on only with the word that was asked for."""

from __future__ import annotations

import pytest

from nightloop.aws.errors import NotConfirmedError
from nightloop.aws.operators.admin.confirm import ConfirmOperator
from tests.support.night import run


def confirm(given):
    return run(ConfirmOperator(task_id="confirm", given="{{ params.confirm }}", expected="voc"), confirm=given)


def test_the_word_lets_the_dag_go_on():
    assert confirm("voc") is None


@pytest.mark.parametrize("given", ["", "VOC", "voc ", "vo", "yes"])
def test_any_other_deletes_nothing_and_says_which_was_expected(given):
    with pytest.raises(NotConfirmedError, match=rf"Nothing was deleted.*`confirm` set to 'voc' \(it was '{given}'\)"):
        confirm(given)
