"""`python -m local up|down|status|clean|demo|bench`: what the Makefile calls."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from local.config.settings import ADMINISTRATOR, AIRFLOW_USER, REVIEWER, ROOT, Settings
from local.errors import LocalError
from local.stack.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

DEFAULT_STATE = ROOT / ".nightloop"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 1 if it failed, 130 if it was interrupted."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return int(COMMANDS[options.command](options))
    except LocalError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ninterrupted; everything this command had started is stopped", file=sys.stderr)
        return 130


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """Handle SIGTERM as Ctrl-C, so that the same clean-up runs."""
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local", description="Nightloop on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, what in WHAT.items():
        command = commands.add_parser(name, help=what, description=what)
        if name in ("demo", "bench"):
            command.add_argument("--data", type=Path, help="a folder with images/, pool.manifest and holdout.manifest")
            command.add_argument("--build", type=Path, default=ROOT / "build" / name, help="where the results go")
        else:
            command.add_argument("--state", type=Path, default=DEFAULT_STATE, help="the folder of all data")
        if name == "up":
            command.add_argument("--data", type=Path, help="as for demo: your own images instead of the drawn ones")
            command.add_argument("--services-only", action="store_true", help="no Airflow, no data")
    return parser


def _up(options: argparse.Namespace) -> int:
    from local.demo.driver.left_running import prepare_loop, upload_last_night  # noqa: PLC0415 - only where images are made

    stack = Stack(Settings.from_environment(os.environ, options.state), with_airflow=not options.services_only)
    if options.services_only:
        stack.up()
    else:
        stack.up(before_airflow=lambda: upload_last_night(stack, options.data))
        prepare_loop(stack)
    return 0


def _down(options: argparse.Namespace) -> int:
    ran = Stack(Settings.from_environment(os.environ, options.state)).down() if options.state.exists() else []
    print(f"stopped {', '.join(ran)}" if ran else "nothing was running")
    return 0


def _status(options: argparse.Namespace) -> int:
    if not options.state.exists():
        print(f"nothing runs from {options.state}")
        return 1
    stack = Stack(Settings.from_environment({}, options.state))  # the ports it runs with, even if the settings changed
    running = stack.running()
    for part in stack.parts():
        process = stack.processes.find(part.name)
        print(f"{part.name:15} {f'runs, process {process.pid}' if process else 'stopped'}")
    settings = stack.settings
    print(f"Airflow {settings.airflow_url}  user {AIRFLOW_USER}")
    print(f"AWS {settings.aws_url}   SageMaker {settings.sagemaker_url}   reviews {settings.review_url}")
    print(f"portal {settings.portal_url}  {REVIEWER}, {ADMINISTRATOR}")
    return 0 if len(running) == len(stack.parts()) else 1


def _clean(options: argparse.Namespace) -> int:
    if options.state.exists():
        Stack(Settings.from_environment(os.environ, options.state)).clean()
    print(f"{options.state} is deleted")
    return 0


def _demo(options: argparse.Namespace) -> int:
    from local.demo.demo import run_demo  # noqa: PLC0415

    return run_demo(options.build.absolute(), options.data)


def _bench(options: argparse.Namespace) -> int:
    from local.bench.night import run_bench  # noqa: PLC0415

    return run_bench(options.build.absolute(), options.data)


WHAT = {
    "up": "start the stack and leave it running",
    "down": "stop the stack and keep its data",
    "status": "show which parts run",
    "clean": "stop the stack and delete all its data",
    "demo": "run one whole night on a fresh stack, answered by a script, and leave nothing running",
    "bench": "run that night and measure its stages",
}
COMMANDS = {"up": _up, "down": _down, "status": _status, "clean": _clean, "demo": _demo, "bench": _bench}

if __name__ == "__main__":
    sys.exit(main())
