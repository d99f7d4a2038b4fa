"""One night on the compose stack, and the summary that `make demo` writes of its own."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Final

from local.demo.driver.loop_file import read_loop
from local.demo.driver.night import Night
from local.demo.driver.progress import Progress
from local.demo.images.upload import choose, ds_of_last_night, upload
from local.demo.report.loop_records import Records
from local.demo.report.story import follow
from local.demo.report.summary import failed_conditions, render_table, write_summary

if TYPE_CHECKING:
    from pathlib import Path

    from local.compose.place import ComposePlace

PATIENCE: Final = 180.0
"""Seconds that a part may be away while it is started again."""


def run_night(place: ComposePlace, results: Path) -> int:
    """Run bootstrap, a night, its training and the same night again; 0 if every condition of the demo holds.

    It works on a stack whose demo has not run yet: the conditions count what the night added.
    """
    progress = Progress()
    dataset = choose(None)
    date = ds_of_last_night(datetime.datetime.now(datetime.UTC))
    loop = read_loop(place.settings.loops / "voc.yaml")
    upload(place, dataset, date)
    progress.say(f"uploaded {dataset.name}: {len(dataset.night)} images of the night {date}")
    night = Night(place, dataset, loop, date, progress, patience=PATIENCE)
    story = follow(night, Records(place, loop))
    summary = {**story.summary, "seconds": {"install": 0.0, "total": round(progress.seconds, 1)}}
    failed = failed_conditions(summary, story.rerun)
    write_summary(summary, results / "summary.json", ok=not failed)
    print(f"\n{render_table(summary)}\n")
    for sentence in failed:
        print(f"  does not hold: {sentence}")
    print("the night failed" if failed else "all conditions hold")
    return 1 if failed else 0
