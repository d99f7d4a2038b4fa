"""`make demo`: a fresh stack, one night on it, a summary with pictures, and nothing left running."""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.config.settings import AIRFLOW_USER, ROOT, Settings
from local.demo.driver.loop_file import write_demo_loop
from local.demo.driver.night import Night
from local.demo.driver.progress import Progress
from local.demo.images.upload import choose, ds_of_last_night, upload, write_truth
from local.demo.report.loop_records import Records
from local.demo.report.pictures import choose_examples, write_pictures
from local.demo.report.story import Story, follow
from local.demo.report.summary import Summary, failed_conditions, render_table, write_summary
from local.stack.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

INSTALL_SECONDS = ROOT / ".venv" / "install-seconds"


@dataclass(frozen=True)
class Told:
    """All that is known when the night has ended and the stack still runs."""

    stack: Stack
    night: Night
    story: Story


def run_demo(build: Path, data: Path | None, then: Callable[[Told], None] = lambda _: None) -> int:
    """Run the demo into a folder; `then` is called while the stack still runs. 0 if every condition holds."""
    progress = Progress()
    stack = _fresh_stack(build, progress)
    try:
        told = _tell(stack, build, data, progress)
        then(told)
    finally:
        progress.say("stopping the stack")
        stack.down()
    installed = float(INSTALL_SECONDS.read_text()) if INSTALL_SECONDS.exists() else 0.0
    seconds = {"install": installed, "total": round(installed + progress.seconds, 1)}
    summary = {**told.story.summary, "seconds": seconds, "urls": _urls(stack.settings)}
    failed = failed_conditions(summary, told.story.rerun)
    write_summary(summary, build / "summary.json", ok=not failed)
    _close(build, summary, failed)
    return 1 if failed else 0


def _fresh_stack(build: Path, progress: Progress) -> Stack:
    """Return a stack with an empty state folder; parts that an earlier demo left running are stopped first."""
    state = build / "state"
    settings = Settings.from_environment({**os.environ, "NIGHTLOOP_LOOPS": str(state / "loops")}, state)
    if state.exists():
        Stack(settings, progress.say).clean()
    for path in [build / "summary.json", *build.glob("*.png")]:
        path.unlink(missing_ok=True)
    return Stack(settings, progress.say)


def _tell(stack: Stack, build: Path, data: Path | None, progress: Progress) -> Told:
    dataset = choose(data)
    date = ds_of_last_night(datetime.datetime.now(datetime.UTC))
    loop = write_demo_loop(stack.settings.loops, stack.settings.events_queue_url, dataset.classes)
    stack.up()
    progress.say(f"Airflow {stack.settings.airflow_url} ({AIRFLOW_USER} / {stack.secrets.airflow_password})")
    progress.say(f"portal {stack.settings.portal_url}; logs in {stack.settings.logs}")
    upload(stack, dataset, date)
    write_truth(dataset, build / "truth.jsonl")
    counts = f"{len(dataset.seed)} seed, {len(dataset.holdout)} holdout, {len(dataset.night)} images of the night"
    progress.say(f"uploaded {dataset.name}: {counts}")
    night = Night(stack, dataset, loop, date, progress)
    story = follow(night, Records(stack, loop))
    maps = story.summary["evaluation"]
    scores = f"{maps['champion_map']:.2f} before, {maps['challenger_map']:.2f} after"
    title = f"Night {date}: mAP@0.5 on the holdout {scores}. The reviewer is a script."
    write_pictures(build, choose_examples(dataset.night, story.sides), story.sides, title)
    return Told(stack, night, story)


def _close(build: Path, summary: Summary, failed: list[str]) -> None:
    print(f"\n{render_table(summary)}\n\n  {build / 'summary.json'}\n  {build / 'before-reviewer-after.png'}\n")
    for sentence in failed:
        print(f"  does not hold: {sentence}")
    print("the night failed" if failed else "all conditions hold; nothing is left running")


def _urls(settings: Settings) -> dict[str, str]:
    return {
        "airflow": settings.airflow_url,
        "portal": settings.portal_url,
        "aws": settings.aws_url,
        "sagemaker": settings.sagemaker_url,
        "review": settings.review_url,
    }
