"""Runs a Great Expectations suite over rows; it alone imports Great Expectations, and only inside a task."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from nightloop.aws.errors import SetupError

_NAMED_LINES: Final = 20
LINE_COLUMN: Final = "line_number"


@dataclass(frozen=True)
class Violation:
    """An expectation that rows do not meet; a `critical` one fails the task, others are only reported."""

    expectation: str
    description: str
    lines: tuple[int, ...]
    observed: str
    critical: bool

    def __str__(self) -> str:
        """Say what is wrong and where."""
        sentence = f"{self.description or self.expectation} ({self.expectation})"
        if not self.lines:
            return f"{sentence}: {self.observed}"
        named = ", ".join(str(line) for line in self.lines[:_NAMED_LINES])
        more = len(self.lines) - _NAMED_LINES
        return f"{sentence}: line{'s' * (len(self.lines) > 1)} {named}{f' and {more} more' if more > 0 else ''}"


@dataclass(frozen=True)
class SuiteResult:
    """How many expectations were evaluated, which were not met, and Great Expectations' own page about them."""

    evaluated: int
    violations: tuple[Violation, ...]
    data_docs: str

    @property
    def critical(self) -> list[Violation]:
        """The violations that fail a check."""
        return [violation for violation in self.violations if violation.critical]


def read_suite(path: str) -> dict[str, Any]:
    """Read a suite in Great Expectations' own JSON form.

    :raises SetupError: if the file does not exist or holds no suite.
    """
    try:
        suite = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SetupError(f"The expectations {path} cannot be read: {error}") from error
    if not isinstance(suite, dict) or not suite.get("expectations"):
        raise SetupError(f"{path} holds no expectations.")
    return suite


def validate(rows: list[dict[str, Any]], columns: tuple[str, ...], suite: dict[str, Any]) -> SuiteResult:
    """Check rows, one a manifest line, against a suite."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")  # a check of data calls nobody
    logging.getLogger("great_expectations").setLevel(logging.WARNING)  # before the import: it tells hundreds of lines
    import great_expectations as gx
    import pandas as pd
    from great_expectations.core.expectation_suite import ExpectationSuite

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    batch = (
        context.data_sources.add_pandas("rows")
        .add_dataframe_asset("rows")
        .add_batch_definition_whole_dataframe("rows")
        .get_batch({"dataframe": pd.DataFrame(rows, columns=list(columns))})
    )
    result = batch.validate(
        ExpectationSuite(**suite),
        result_format={"result_format": "COMPLETE", "unexpected_index_column_names": [LINE_COLUMN]},
    )
    failed = [outcome for outcome in result.results if not outcome.success]
    return SuiteResult(len(result.results), tuple(_violation(outcome) for outcome in failed), _page(result))


def _page(result: Any) -> str:
    from great_expectations.render.renderer import ValidationResultsPageRenderer
    from great_expectations.render.view import DefaultJinjaPageView

    return str(DefaultJinjaPageView().render(ValidationResultsPageRenderer().render(result)))


def _violation(outcome: Any) -> Violation:
    config, result = outcome.expectation_config, outcome.result or {}
    found = result.get("unexpected_index_list") or []
    lines = sorted({int(entry[LINE_COLUMN]) for entry in found if isinstance(entry, dict)})
    columns = [str(config.kwargs[key]) for key in ("column", "column_A", "column_B") if key in config.kwargs]
    raised = (outcome.exception_info or {}).get("exception_message")
    return Violation(
        expectation=f"{config.type}: {', '.join(columns)}" if columns else str(config.type),
        description=str(config.description or "").rstrip("."),
        lines=tuple(lines),
        observed=str(raised or result.get("observed_value", "not met")),
        critical=str(getattr(config.severity, "value", config.severity)) == "critical",
    )
