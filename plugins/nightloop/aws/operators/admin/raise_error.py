"""Shows a loop file that cannot be used, as a DAG, so that the other loops' DAGs still work."""

from __future__ import annotations

from typing import Any

from airflow.sdk import BaseOperator, Context


class RaiseOperator(BaseOperator):
    """Raise the error that a loop file gave.

    :param error: The error.
    """

    def __init__(self, *, error: Exception, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.error = error

    def execute(self, context: Context) -> None:
        """Raise it."""
        raise self.error
