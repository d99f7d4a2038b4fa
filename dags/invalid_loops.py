"""Show each loop file that cannot be used as a DAG of its own, so that it does not stop the others."""

from __future__ import annotations

import re

from airflow.sdk import DAG

from nightloop.aws.dag_factory import dags
from nightloop.aws.operators.admin.raise_error import RaiseOperator
from nightloop.config import LoopConfigError, Mistake, load_loops

DOC = """\
# This loop's file cannot be used

`{path}` has {count}:

{mistakes}

## When this fails

It always does: correct the file. This DAG then goes away and the loop's own DAGs appear.
"""


def page(error: LoopConfigError) -> str:
    """Return the DAG's page: each mistake on a line of its own, as text that Markdown leaves as it is."""
    count = f"{len(error.mistakes)} mistakes" if len(error.mistakes) > 1 else "a mistake"
    mistakes = "\n".join(f"    {_line(mistake)}" for mistake in error.mistakes)
    return DOC.format(path=error.path, count=count, mistakes=mistakes)


def _line(mistake: Mistake) -> str:
    place = f"line {mistake.line}: " if mistake.line else ""
    return " ".join(f"{place}{mistake}".split())


def invalid_loop(stem: str, error: LoopConfigError) -> DAG:
    """Wire the DAG of a file that cannot be used."""
    with DAG(
        dag_id=f"invalid_loop_{re.sub(r'[^A-Za-z0-9_.-]', '_', stem)}",
        dag_display_name=f"Invalid loop: {stem}",
        schedule=None,
        is_paused_upon_creation=False,
        start_date=dags.START,
        tags=["nightloop", "invalid"],
        default_args={"owner": "nightloop", "retries": 0},
        doc_md=page(error),
    ) as dag:
        RaiseOperator(task_id="read_loop_file", error=error)
    return dag


try:
    broken = {loop.stem: loop.error for loop in load_loops()[1]}
except LoopConfigError as problem:
    broken = {"folder": problem}
for name, why in broken.items():
    globals()[f"invalid_loop_{name}"] = invalid_loop(name, why)
