"""Asks for a word before something is destroyed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.errors import NotConfirmedError
from nightloop.aws.operators.base import LoopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class ConfirmOperator(LoopOperator):
    """Go on only if the word that was given is the one expected.

    :param given: What the person who started the DAG wrote (templated).
    :param expected: The word to write.
    :raises NotConfirmedError: if they differ.
    """

    template_fields = aws_template_fields("given")

    def __init__(self, *, given: str, expected: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.given = given
        self.expected = expected

    def execute(self, context: Context) -> None:
        """Compare the words."""
        if self.given != self.expected:
            raise NotConfirmedError(
                f"Nothing was deleted: start this DAG with the parameter `confirm` set to {self.expected!r} "
                f"(it was {self.given!r})."
            )
