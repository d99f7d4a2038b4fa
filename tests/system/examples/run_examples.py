"""Runs `airflow dags test` for several DAGs in one process: Airflow is imported once, which is most of their time.

Each DAG's output follows a line of its own, `DAG_BEGINS` and its id.
"""

from __future__ import annotations

import sys
import traceback

DAG_BEGINS = "Now runs: "


def main(dag_ids: list[str]) -> None:
    from airflow.cli.cli_parser import get_parser

    for dag_id in dag_ids:
        sys.stderr.flush()
        print(f"\n{DAG_BEGINS}{dag_id}", flush=True)
        arguments = get_parser().parse_args(["dags", "test", dag_id])
        try:
            arguments.func(arguments)
        except SystemExit as failed:
            print(f"state=failed: {failed}", flush=True)
        except Exception:  # noqa: BLE001  the others are run all the same
            print(f"state=failed\n{traceback.format_exc()}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
